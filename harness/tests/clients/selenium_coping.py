"""A login that looks at each page and does what it asks for."""
import os
import sys
import time

import pyotp
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.virtual_authenticator import VirtualAuthenticatorOptions

TIME_LIMIT = 25


class Stopped(Exception):
    """The login stopped, and why."""


def visible(driver, selector):
    found = driver.find_elements(By.CSS_SELECTOR, selector)
    return next((element for element in found if element.is_displayed()), None)


def give_passkeys(driver):
    options = VirtualAuthenticatorOptions()
    options.protocol = VirtualAuthenticatorOptions.Protocol.CTAP2
    options.transport = VirtualAuthenticatorOptions.Transport.INTERNAL
    options.has_resident_key = True
    options.has_user_verification = True
    options.is_user_verified = True
    driver.add_virtual_authenticator(options)


def fresh_code(secret):
    totp = pyotp.TOTP(secret)
    left = totp.interval - time.time() % totp.interval
    if left < 5:
        time.sleep(left + 0.5)
    return totp.now()


def step(driver, done):
    """Performs one step and returns what was done on this page."""
    url = driver.current_url.split("?")[0]
    error = visible(driver, "#error")
    # A form that the page made anew just before the click is sent empty.
    if error and "username" in done and "Please enter your" not in error.text:
        raise Stopped("the org says: " + error.text)
    if "/lightning/" in url and visible(driver, "button[title='App Launcher']"):
        return "home"
    if "AddPasskeyUi" in url:
        if "gate" in done:
            return None
        give_passkeys(driver)
        driver.find_element(By.XPATH, "//button[contains(., 'Create Passkey')]").click()
        return "gate"
    if "AddPhoneNumber" in url:
        driver.find_element(By.PARTIAL_LINK_TEXT, "I Don't Want").click()
        return "phone"
    if "ChangePassword" in url:
        raise Stopped("the password has expired: it has to be changed before the suite runs")
    if "UnifiedPasskeyVerificationUi" in url:
        if "passkey" in done:
            raise Stopped("the org asks for a passkey, and this suite has none")
        driver.find_element(By.XPATH, "//button[contains(., 'Log In With a Passkey')]").click()
        time.sleep(2)
        return "passkey"
    if visible(driver, "#emc"):
        raise Stopped("the org asks for a code sent by email, and this suite reads no mail")
    if visible(driver, "#tc"):
        if "code" in done:
            return None
        secret = os.environ.get("SF_TOTP_SECRET")
        code = fresh_code(secret) if secret else os.environ.get("SF_TEMPORARY_CODE")
        if not code:
            raise Stopped("the org asks for a code, and this suite has no TOTP secret")
        visible(driver, "#tc").send_keys(code)
        visible(driver, "#save").click()
        return "code"
    if visible(driver, "#password"):
        username = visible(driver, "#username")
        if username:
            username.clear()
            username.send_keys(os.environ["SF_USERNAME"])
        visible(driver, "#password").send_keys(os.environ["SF_PASSWORD"])
        # The page may have made its form anew meanwhile.
        if not visible(driver, "#password").get_attribute("value"):
            return None
        visible(driver, "#Login").click()
        return "username password"
    if visible(driver, "#username") and "username" not in done:
        visible(driver, "#username").send_keys(os.environ["SF_USERNAME"])
        visible(driver, "#Login").click()
        return "username"
    return None


def sign_in(driver):
    driver.get(os.environ["SF_URL"])
    done = set()
    end = time.monotonic() + TIME_LIMIT
    while time.monotonic() < end:
        try:
            did = step(driver, done)
        except StaleElementReferenceException:
            continue
        if did == "home":
            return
        done.update((did or "").split())
        time.sleep(0.2)
    raise Stopped("no page this suite knows: " + driver.title)


def main():
    options = webdriver.ChromeOptions()
    options.add_argument("--headless=new")
    driver = webdriver.Chrome(options=options)
    try:
        sign_in(driver)
        print("signed in, title:", driver.title)
    except (Stopped, WebDriverException) as stopped:
        sys.exit(f"login stopped: {stopped}")
    finally:
        driver.quit()


main()

"""Adds the suite's own, empty virtual authenticator beside the one with the user's passkey."""
import os

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.virtual_authenticator import VirtualAuthenticatorOptions
from selenium.webdriver.support.ui import WebDriverWait

options = webdriver.ChromeOptions()
options.add_argument("--headless=new")
driver = webdriver.Chrome(options=options)
wait = WebDriverWait(driver, 10)


def visible(by, value):
    shown = lambda d: next((e for e in d.find_elements(by, value) if e.is_displayed()), None)
    return wait.until(shown)


try:
    empty = VirtualAuthenticatorOptions()
    empty.protocol = VirtualAuthenticatorOptions.Protocol.CTAP2
    empty.transport = VirtualAuthenticatorOptions.Transport.INTERNAL
    empty.has_resident_key = True
    empty.has_user_verification = True
    empty.is_user_verified = True
    driver.add_virtual_authenticator(empty)
    driver.get(os.environ["SF_URL"])
    visible(By.ID, "username").send_keys(os.environ["SF_USERNAME"])
    visible(By.ID, "Login").click()
    visible(By.ID, "password").send_keys(os.environ["SF_PASSWORD"])
    visible(By.ID, "Login").click()
    visible(By.XPATH, "//button[contains(., 'Log In With a Passkey')]").click()
    visible(By.CSS_SELECTOR, "button[title='App Launcher']")
finally:
    driver.quit()

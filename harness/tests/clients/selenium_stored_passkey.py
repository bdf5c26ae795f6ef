"""Loads the passkey that it keeps into a virtual authenticator of its own, by WebDriver."""
import os

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.virtual_authenticator import Credential, VirtualAuthenticatorOptions
from selenium.webdriver.support.ui import WebDriverWait

options = webdriver.ChromeOptions()
options.add_argument("--headless=new")
driver = webdriver.Chrome(options=options)
wait = WebDriverWait(driver, 10)


def visible(by, value):
    shown = lambda d: next((e for e in d.find_elements(by, value) if e.is_displayed()), None)
    return wait.until(shown)


def passkey(name):
    return os.environ["VESTIBULE_PASSKEY_" + name]


try:
    own = VirtualAuthenticatorOptions()
    own.protocol = VirtualAuthenticatorOptions.Protocol.CTAP2
    own.transport = VirtualAuthenticatorOptions.Transport.INTERNAL
    own.has_resident_key = True
    own.has_user_verification = True
    own.is_user_verified = True
    driver.add_virtual_authenticator(own)
    stored = {
        "credentialId": passkey("CREDENTIAL_ID"),
        "isResidentCredential": True,
        "rpId": passkey("RP_ID"),
        "userHandle": passkey("USER_HANDLE"),
        "privateKey": passkey("PRIVATE_KEY"),
        "signCount": int(passkey("SIGN_COUNT")),
    }
    driver.add_credential(Credential.from_dict(stored))
    driver.get(os.environ["SF_URL"])
    visible(By.ID, "username").send_keys(os.environ["SF_USERNAME"])
    visible(By.ID, "Login").click()
    visible(By.ID, "password").send_keys(os.environ["SF_PASSWORD"])
    visible(By.ID, "Login").click()
    visible(By.XPATH, "//button[contains(., 'Log In With a Passkey')]").click()
    visible(By.CSS_SELECTOR, "button[title='App Launcher']")
finally:
    driver.quit()

"""Signs in by the button of the identity provider on the org's own login page, found by its onclick."""
import os

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

options = webdriver.ChromeOptions()
options.add_argument("--headless=new")
driver = webdriver.Chrome(options=options)
wait = WebDriverWait(driver, 10)


def visible(by, value):
    shown = lambda d: next((e for e in d.find_elements(by, value) if e.is_displayed()), None)
    return wait.until(shown)


try:
    driver.get(os.environ["SF_ORG_URL"])
    visible(By.XPATH, "//button[contains(@onclick, 'IdpOptions.useIdp')]").click()
    wait.until(lambda d: "/sign-in" in d.current_url)
    visible(By.ID, "username").send_keys(os.environ["SF_USERNAME"])
    visible(By.ID, "password").send_keys(os.environ["SF_PASSWORD"])
    visible(By.ID, "Login").click()
    visible(By.CSS_SELECTOR, "button[title='App Launcher']")
finally:
    driver.quit()

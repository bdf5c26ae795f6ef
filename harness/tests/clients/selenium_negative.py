"""A test of a refused login, before or after the login of another client: `selenium_negative.py before CLIENT …`."""
import os
import subprocess
import sys

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait


def visible(driver, selector):
    found = driver.find_elements(By.CSS_SELECTOR, selector)
    return next((element for element in found if element.is_displayed()), None)


def refused_login():
    """Types a name that nobody has, and expects the error of the org."""
    options = webdriver.ChromeOptions()
    options.add_argument("--headless=new")
    driver = webdriver.Chrome(options=options)
    try:
        driver.get(os.environ["SF_ORG_URL"])
        wait = WebDriverWait(driver, 15)
        if visible(driver, "#clear_link"):
            visible(driver, "#clear_link").click()
        wait.until(lambda driver: visible(driver, "#username")).send_keys("nobody@example.com")
        if not visible(driver, "#password"):
            visible(driver, "#Login").click()
        wait.until(lambda driver: visible(driver, "#password")).send_keys("wrong")
        visible(driver, "#Login").click()
        wait.until(lambda driver: visible(driver, "#error"))
        print("refused, as it should be")
    finally:
        driver.quit()


order, *client = sys.argv[1:]
if order == "before":
    refused_login()
code = subprocess.run(client).returncode
if order == "after":
    refused_login()
sys.exit(code)

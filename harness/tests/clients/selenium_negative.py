"""A test of a refused login, before or after the login of another client: `selenium_negative.py before CLIENT …`."""
import os
import subprocess
import sys

from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException, TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

STALE = (NoSuchElementException, StaleElementReferenceException)


def visible(driver, selector):
    found = driver.find_elements(By.CSS_SELECTOR, selector)
    return next((element for element in found if element.is_displayed()), None)


def holds(driver, selector, text):
    """Whether the field holds the text; if not, types it."""
    field = visible(driver, selector)
    if field and field.get_attribute("value") != text:
        field.clear()
        field.send_keys(text)
    return field and field.get_attribute("value") == text


def submit(driver, texts, done):
    """Types each text and clicks, again where the page made its fields anew or lost the click."""
    for _ in range(5):
        for selector, text in texts.items():
            WebDriverWait(driver, 15, ignored_exceptions=STALE).until(lambda driver: holds(driver, selector, text))
        visible(driver, "#Login").click()
        try:
            return WebDriverWait(driver, 3, ignored_exceptions=STALE).until(done)
        except TimeoutException:
            continue
    raise AssertionError(f"the page stays after the click: {driver.current_url}")


def refused_login():
    """Types a name that nobody has, and expects the error of the org."""
    options = webdriver.ChromeOptions()
    options.add_argument("--headless=new")
    driver = webdriver.Chrome(options=options)
    try:
        driver.get(os.environ["SF_ORG_URL"])
        if visible(driver, "#clear_link"):
            visible(driver, "#clear_link").click()
        WebDriverWait(driver, 15).until(lambda driver: visible(driver, "#username"))
        name = {"#username": "nobody@example.com"}
        if not visible(driver, "#password"):
            submit(driver, name, lambda driver: visible(driver, "#password"))
            name = {}
        submit(driver, {**name, "#password": "wrong"}, lambda driver: visible(driver, "#error"))
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

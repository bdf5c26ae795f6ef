"""A TOTP code that was computed at the start of the run, long before it is typed."""
import os
import sys
import time

import pyotp
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

code = pyotp.TOTP(os.environ["SF_TOTP_SECRET"]).at(int(time.time()) - 300)
options = webdriver.ChromeOptions()
options.add_argument("--headless=new")
driver = webdriver.Chrome(options=options)
wait = WebDriverWait(driver, 10)


def visible(selector):
    shown = lambda d: next((e for e in d.find_elements(By.CSS_SELECTOR, selector) if e.is_displayed()), None)
    return wait.until(shown)


try:
    driver.get(os.environ["SF_URL"])
    visible("#username").send_keys(os.environ["SF_USERNAME"])
    visible("#Login").click()
    visible("#password").send_keys(os.environ["SF_PASSWORD"])
    visible("#Login").click()
    visible("#tc").send_keys(code)
    visible("#save").click()
    sys.exit("the org says: " + visible("#error").text)
finally:
    driver.quit()

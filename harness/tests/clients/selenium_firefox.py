"""A login that knows the second page, in Firefox: `plain`, which accepts any certificate, as is usual in Selenium for Python;
with verified certificates only (`strict`); by a WebDriver server (`remote`), in two browsers side by side (`two`); or at the
host of the real org (`real`)."""
import os
import sys

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.ui import WebDriverWait


def open_firefox(how):
    if how in ("plain", "real"):
        return webdriver.Firefox()
    options = webdriver.FirefoxOptions()
    if how in ("remote", "two"):
        return webdriver.Remote(os.environ["VESTIBULE_WEBDRIVER_URL"], options=options)
    options.accept_insecure_certs = False
    return webdriver.Firefox(options=options)


def sign_in(driver):
    driver.get("https://login.salesforce.com/" if how == "real" else os.environ["SF_URL"])
    for field, value in [("username", "SF_USERNAME"), ("password", "SF_PASSWORD")]:
        visible = expected_conditions.visibility_of_element_located((By.ID, field))
        WebDriverWait(driver, 30).until(visible).send_keys(os.environ[value])
        driver.find_element(By.ID, "Login").click()
    WebDriverWait(driver, 30).until(lambda d: "/lightning/" in d.current_url)
    print("signed in, title:", driver.title)


how = sys.argv[1]
drivers = []
try:
    for _ in range(2 if how == "two" else 1):
        drivers.append(open_firefox(how))
    for driver in drivers:
        sign_in(driver)
finally:
    for driver in drivers:
        driver.quit()

"""A login as in most suites: both fields on one page, then a URL that looks like home."""
import os
import sys

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

options = webdriver.ChromeOptions()
options.add_argument("--headless=new")
driver = webdriver.Chrome(options=options)
try:
    driver.get(os.environ["SF_URL"])
    driver.find_element(By.ID, "username").send_keys(os.environ["SF_USERNAME"])
    driver.find_element(By.ID, "password").send_keys(os.environ["SF_PASSWORD"])
    driver.find_element(By.ID, "Login").click()
    WebDriverWait(driver, 15).until(lambda d: "/home" in d.current_url)
    print("signed in, title:", driver.title)
finally:
    driver.quit()
sys.exit(0)

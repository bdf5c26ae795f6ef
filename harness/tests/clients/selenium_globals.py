"""Waits for the globals of the pages, as public suites do, and enters by the front door, as CumulusCI does."""
import os

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

options = webdriver.ChromeOptions()
options.add_argument("--headless=new")
driver = webdriver.Chrome(options=options)
wait = WebDriverWait(driver, 10)

GLOBALS = "return [typeof lazyload, typeof LoginHint, typeof DomainSwitcher, typeof IdpOptions].join(' ')"
# Runs after the page's own script, so it sees what would be posted. Nothing is posted.
CATCH = """
document.getElementById('login_form').addEventListener('submit', (event) => {
  event.preventDefault();
  const fields = event.target.elements;
  window.posted = ['un', 'width', 'height'].map((name) => fields.namedItem(name).value).join(' ');
});
"""

try:
    driver.get(os.environ["SF_URL"])
    wait.until(lambda d: d.execute_script(GLOBALS) == "function object object object")
    driver.execute_script(CATCH)
    driver.find_element(By.ID, "username").send_keys(os.environ["SF_USERNAME"])
    driver.find_element(By.ID, "Login").click()
    screen = driver.execute_script("return screen.width + ' ' + screen.height")
    posted = driver.execute_script("return window.posted")
    assert posted == f"{os.environ['SF_USERNAME']} {screen}", posted

    driver.get(os.environ["VESTIBULE_FRONTDOOR_URL"])
    wait.until(lambda d: d.execute_script("return Boolean(window.$A)"))
    for login_host in ["//test.salesforce.com", "//login.salesforce.com"]:
        assert login_host not in driver.current_url, driver.current_url
finally:
    driver.quit()

import os

from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as EC
from selenium.webdriver.support.ui import WebDriverWait

# Page 2 asks a user with a passkey for it first. The button that leads to the password is there only then.
wait = WebDriverWait(driver, 30)
instead = (By.CSS_SELECTOR, '#Login[value="Use Password Instead"]')
username = wait.until(EC.visibility_of_element_located((By.ID, "username")))
username.send_keys(os.environ["VESTIBULE_USERNAME"])
driver.find_element(By.ID, "Login").click()
wait.until(EC.any_of(EC.visibility_of_element_located((By.ID, "password")), EC.visibility_of_element_located(instead)))
for button in driver.find_elements(*instead):
    button.click()
password = wait.until(EC.visibility_of_element_located((By.ID, "password")))
password.send_keys(os.environ["VESTIBULE_PASSWORD"])
driver.find_element(By.ID, "Login").click()

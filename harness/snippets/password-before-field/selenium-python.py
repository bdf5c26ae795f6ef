import os

from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as EC
from selenium.webdriver.support.ui import WebDriverWait

# Page 1 has the username only; the password is on page 2, which has the same button.
wait = WebDriverWait(driver, 30)
username = wait.until(EC.visibility_of_element_located((By.ID, "username")))
username.send_keys(os.environ["VESTIBULE_USERNAME"])
driver.find_element(By.ID, "Login").click()
password = wait.until(EC.visibility_of_element_located((By.ID, "password")))
password.send_keys(os.environ["VESTIBULE_PASSWORD"])
driver.find_element(By.ID, "Login").click()

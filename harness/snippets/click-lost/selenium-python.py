import os

from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as EC
from selenium.webdriver.support.ui import WebDriverWait

# A popup of the browser can take a click: look for the next page, and click again if it does not come.
button, username, password = (By.ID, "Login"), (By.ID, "username"), (By.ID, "password")
field = WebDriverWait(driver, 30).until(EC.visibility_of_element_located(username))
field.send_keys(os.environ["VESTIBULE_USERNAME"])
for _ in range(3):
    driver.find_element(*button).click()
    try:
        WebDriverWait(driver, 10).until(EC.visibility_of_element_located(password))
        break
    except TimeoutException:
        pass
driver.find_element(*password).send_keys(os.environ["VESTIBULE_PASSWORD"])
driver.find_element(*button).click()

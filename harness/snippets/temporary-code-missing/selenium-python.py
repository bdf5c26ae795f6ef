import os

from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as EC
from selenium.webdriver.support.ui import WebDriverWait

# The code that an admin made for this user in Setup; it expires.
field = WebDriverWait(driver, 30).until(EC.visibility_of_element_located((By.ID, "tc")))
field.send_keys(os.environ["VESTIBULE_TEMPORARY_CODE"])
driver.find_element(By.ID, "save").click()

from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as EC
from selenium.webdriver.support.ui import WebDriverWait
WebDriverWait(driver, 8).until(EC.element_to_be_clickable((By.ID, "other_method"))).click()

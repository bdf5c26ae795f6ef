from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as EC
from selenium.webdriver.support.ui import WebDriverWait
WebDriverWait(driver, 8).until(EC.visibility_of_element_located((By.CSS_SELECTOR, "#phHeaderLogoImage")))

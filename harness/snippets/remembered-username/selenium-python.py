from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as EC
from selenium.webdriver.support.ui import WebDriverWait

# The org remembers a username and hides its field: ask for the empty form before you type.
username = WebDriverWait(driver, 30).until(EC.presence_of_element_located((By.ID, "username")))
if not username.is_displayed():
    driver.find_element(By.ID, "clear_link").click()

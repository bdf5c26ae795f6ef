from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as EC
from selenium.webdriver.support.ui import WebDriverWait

# Lightning shows the App Launcher to everybody, and no page before it does; a URL proves nothing.
launcher = (By.CSS_SELECTOR, "button[title='App Launcher']")
WebDriverWait(driver, 30).until(EC.visibility_of_element_located(launcher))

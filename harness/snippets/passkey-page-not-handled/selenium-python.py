from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as EC
from selenium.webdriver.support.ui import WebDriverWait

# The browser has an authenticator already, which answers the click.
button = (By.XPATH, "//button[contains(., 'Log In With a Passkey')]")
WebDriverWait(driver, 30).until(EC.element_to_be_clickable(button)).click()

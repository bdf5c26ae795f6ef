from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as EC
from selenium.webdriver.support.ui import WebDriverWait

# The page has a way out, which the org remembers.
no = (By.PARTIAL_LINK_TEXT, "Want to Register My Phone")
WebDriverWait(driver, 30).until(EC.element_to_be_clickable(no)).click()

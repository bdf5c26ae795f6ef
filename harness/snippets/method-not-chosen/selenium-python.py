from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as EC
from selenium.webdriver.support.ui import WebDriverWait

# The org offers several methods, and asks for the strongest: go to the list, and select the one that the suite can answer.
wait = WebDriverWait(driver, 30)
other, app = (By.ID, "other_method"), (By.CSS_SELECTOR, 'input[value="One-Time Password App"]')
wait.until(EC.any_of(EC.visibility_of_element_located(other), EC.visibility_of_element_located(app)))
for link in driver.find_elements(*other):
    link.click()
wait.until(EC.element_to_be_clickable(app)).click()
driver.find_element(By.ID, "save").click()

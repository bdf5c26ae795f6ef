import os

from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as EC
from selenium.webdriver.support.ui import WebDriverWait

# The page may make its form anew after you filled it: read the fields back, and click again if the page stays.
texts = {"username": os.environ["VESTIBULE_USERNAME"], "password": os.environ["VESTIBULE_PASSWORD"]}
for _ in range(3):
    for name, text in texts.items():
        field = WebDriverWait(driver, 30).until(EC.visibility_of_element_located((By.ID, name)))
        if field.get_attribute("value") != text:
            field.clear()
            field.send_keys(text)
    driver.find_element(By.ID, "Login").click()
    try:
        WebDriverWait(driver, 10).until(EC.invisibility_of_element_located((By.ID, "Login")))
        break
    except TimeoutException:
        pass

from selenium.webdriver.common.by import By
driver.find_element(By.ID, "username").send_keys(os.environ["VESTIBULE_USERNAME"])
driver.find_element(By.ID, "password").send_keys(os.environ["VESTIBULE_PASSWORD"])
driver.find_element(By.ID, "Login").click()

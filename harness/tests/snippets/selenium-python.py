import os

from selenium import webdriver
# IMPORTS

options = webdriver.ChromeOptions()
options.add_argument("--headless=new")
driver = webdriver.Chrome(options=options)
# STEPS
driver.quit()

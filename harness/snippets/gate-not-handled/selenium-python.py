from selenium.webdriver.common.by import By
from selenium.webdriver.common.virtual_authenticator import VirtualAuthenticatorOptions
from selenium.webdriver.support import expected_conditions as EC
from selenium.webdriver.support.ui import WebDriverWait

create = (By.XPATH, "//button[contains(., 'Create Passkey')]")
WebDriverWait(driver, 30).until(EC.element_to_be_clickable(create))
# The gate wants a passkey: a virtual authenticator makes one. It is lost with the browser, so keep it if you log in again.
driver.add_virtual_authenticator(VirtualAuthenticatorOptions(
    protocol=VirtualAuthenticatorOptions.Protocol.CTAP2,
    transport=VirtualAuthenticatorOptions.Transport.INTERNAL,
    has_resident_key=True, has_user_verification=True, is_user_verified=True,
))
driver.find_element(*create).click()

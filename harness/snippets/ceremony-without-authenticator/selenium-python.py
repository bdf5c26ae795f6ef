import os

from selenium.webdriver.common.by import By
from selenium.webdriver.common.virtual_authenticator import Credential, VirtualAuthenticatorOptions
from selenium.webdriver.support import expected_conditions as EC
from selenium.webdriver.support.ui import WebDriverWait

# The passkey that the user enrolled, as your secret store keeps it.
driver.add_virtual_authenticator(VirtualAuthenticatorOptions(
    protocol=VirtualAuthenticatorOptions.Protocol.CTAP2,
    transport=VirtualAuthenticatorOptions.Transport.INTERNAL,
    has_resident_key=True, has_user_verification=True, is_user_verified=True,
))
driver.add_credential(Credential.from_dict({
    "isResidentCredential": True,
    "rpId": os.environ["VESTIBULE_PASSKEY_RP_ID"],
    "credentialId": os.environ["VESTIBULE_PASSKEY_CREDENTIAL_ID"],
    "privateKey": os.environ["VESTIBULE_PASSKEY_PRIVATE_KEY"],
    "userHandle": os.environ["VESTIBULE_PASSKEY_USER_HANDLE"],
    "signCount": int(os.environ["VESTIBULE_PASSKEY_SIGN_COUNT"]),
}))
button = (By.XPATH, "//button[contains(., 'Log In With a Passkey')]")
WebDriverWait(driver, 30).until(EC.element_to_be_clickable(button)).click()

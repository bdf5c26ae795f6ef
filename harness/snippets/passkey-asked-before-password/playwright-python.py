import os

# Page 2 asks a user with a passkey for it first. The button that leads to the password is there only then.
page.locator("#username").fill(os.environ["VESTIBULE_USERNAME"])
page.locator("#Login").click()
password = page.locator("#password")
instead = page.locator('#Login[value="Use Password Instead"]')
password.or_(instead).wait_for(state="visible", timeout=30_000)
if instead.is_visible():
    instead.click()
password.fill(os.environ["VESTIBULE_PASSWORD"])
page.locator("#Login").click()

import os

# Page 1 has the username only; the password is on page 2, which has the same button.
page.locator("#username").fill(os.environ["VESTIBULE_USERNAME"])
page.locator("#Login").click()
page.locator("#password").wait_for(state="visible", timeout=30_000)
page.locator("#password").fill(os.environ["VESTIBULE_PASSWORD"])
page.locator("#Login").click()

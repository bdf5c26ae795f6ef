import os

from playwright.sync_api import TimeoutError

# A popup of the browser can take a click: look for the next page, and click again if it does not come.
page.locator("#username").fill(os.environ["VESTIBULE_USERNAME"])
for _ in range(3):
    page.locator("#Login").click()
    try:
        page.locator("#password").wait_for(state="visible", timeout=10_000)
        break
    except TimeoutError:
        pass
page.locator("#password").fill(os.environ["VESTIBULE_PASSWORD"])
page.locator("#Login").click()

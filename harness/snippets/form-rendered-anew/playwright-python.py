import os

from playwright.sync_api import TimeoutError

# The page may make its form anew after you filled it: read the fields back, and click again if the page stays.
texts = {"#username": os.environ["VESTIBULE_USERNAME"], "#password": os.environ["VESTIBULE_PASSWORD"]}
for _ in range(3):
    for selector, text in texts.items():
        page.locator(selector).wait_for(state="visible", timeout=30_000)
        if page.locator(selector).input_value() != text:
            page.locator(selector).fill(text)
    page.locator("#Login").click()
    try:
        page.locator("#Login").wait_for(state="hidden", timeout=10_000)
        break
    except TimeoutError:
        pass

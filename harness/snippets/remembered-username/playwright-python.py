# The org remembers a username and hides its field: ask for the empty form before you type.
page.locator("#username").wait_for(state="attached")
if not page.locator("#username").is_visible():
    page.locator("#clear_link").click()

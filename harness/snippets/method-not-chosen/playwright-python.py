# The org offers several methods, and asks for the strongest: go to the list, and select the one that the suite can answer.
other = page.locator("#other_method")
app = page.get_by_label("One-Time Password App")
other.or_(app).wait_for(state="visible", timeout=30_000)
if other.is_visible():
    other.click()
app.check()
page.locator("#save").click()

import re

# The page has a way out, which the org remembers.
page.get_by_role("link", name=re.compile("I Don.t Want to Register")).click()

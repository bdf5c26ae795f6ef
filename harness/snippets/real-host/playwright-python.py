import os

# The address is the run's, and is not written into the suite.
page.goto(os.environ["VESTIBULE_LOGIN_URL"])

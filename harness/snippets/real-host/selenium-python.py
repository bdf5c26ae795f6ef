import os

# The address is the run's, and is not written into the suite.
driver.get(os.environ["VESTIBULE_LOGIN_URL"])

// The address is the run's, and is not written into the suite.
driver.get(System.getenv("VESTIBULE_LOGIN_URL"));

// The address is the run's, and is not written into the suite.
await driver.get(process.env.VESTIBULE_LOGIN_URL);

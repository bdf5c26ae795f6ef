// The address is the run's, and is not written into the suite.
await browser.url(process.env.VESTIBULE_LOGIN_URL);

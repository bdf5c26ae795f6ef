// The address is the run's, and is not written into the suite: in cypress.config.js, inside defineConfig({ e2e: { … } }).
baseUrl: process.env.VESTIBULE_LOGIN_URL,

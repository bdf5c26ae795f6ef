// Lightning shows the App Launcher to everybody, and no page before it does; a URL proves nothing.
cy.get("button[title='App Launcher']", { timeout: 30_000 }).should('be.visible');

// The browser has an authenticator already, which answers the click.
cy.contains('button', 'Create Passkey', { timeout: 30_000 }).click();

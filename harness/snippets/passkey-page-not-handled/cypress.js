// The browser has an authenticator already, which answers the click.
cy.contains('button', 'Log In With a Passkey', { timeout: 30_000 }).click();

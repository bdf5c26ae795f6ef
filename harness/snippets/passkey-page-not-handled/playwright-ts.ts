// The browser has an authenticator already, which answers the click.
await page.getByRole('button', { name: 'Log In With a Passkey' }).click();

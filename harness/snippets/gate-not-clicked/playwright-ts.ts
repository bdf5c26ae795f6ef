// The browser has an authenticator already, which answers the click.
await page.getByRole('button', { name: 'Create Passkey' }).click();

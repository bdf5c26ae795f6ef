// The browser has an authenticator already, which answers the click.
await page.locator('::-p-text(Log In With a Passkey)').click();

// The browser has an authenticator already, which answers the click.
const button = browser.$('button*=Log In With a Passkey');
await button.waitForClickable({ timeout: 30_000 });
await button.click();

const create = browser.$('button*=Create Passkey');
await create.waitForClickable({ timeout: 30_000 });
// The gate wants a passkey: a virtual authenticator makes one. It is lost with the browser, so keep it if you log in again.
await browser.addVirtualAuthenticator('ctap2', 'internal', true, true, true, true);
await create.click();

// The passkey that the user enrolled, as your secret store keeps it.
const passkey = (name) => process.env[`VESTIBULE_PASSKEY_${name}`];
const authenticator = await browser.addVirtualAuthenticator('ctap2', 'internal', true, true, true, true);
await browser.addCredential(
  authenticator, passkey('CREDENTIAL_ID'), true, passkey('RP_ID'), passkey('PRIVATE_KEY'), passkey('USER_HANDLE'),
  Number(passkey('SIGN_COUNT')),
);
const button = browser.$('button*=Log In With a Passkey');
await button.waitForClickable({ timeout: 30_000 });
await button.click();

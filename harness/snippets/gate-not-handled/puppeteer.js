const create = await page.waitForSelector('::-p-text(Create Passkey)', { visible: true, timeout: 30_000 });
// The gate wants a passkey: a virtual authenticator makes one. It is lost with the browser, so keep it if you log in again.
const cdp = await page.createCDPSession();
await cdp.send('WebAuthn.enable');
await cdp.send('WebAuthn.addVirtualAuthenticator', {
  options: {
    protocol: 'ctap2',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  },
});
await create.click();

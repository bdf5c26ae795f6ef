// The passkey that the user enrolled, as your secret store keeps it.
const cdp = await page.context().newCDPSession(page);
await cdp.send('WebAuthn.enable');
const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
  options: {
    protocol: 'ctap2',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  },
});
await cdp.send('WebAuthn.addCredential', {
  authenticatorId,
  credential: {
    isResidentCredential: true,
    rpId: process.env.VESTIBULE_PASSKEY_RP_ID!,
    credentialId: process.env.VESTIBULE_PASSKEY_CREDENTIAL_ID_BASE64!,
    privateKey: process.env.VESTIBULE_PASSKEY_PRIVATE_KEY_BASE64!,
    userHandle: process.env.VESTIBULE_PASSKEY_USER_HANDLE_BASE64!,
    signCount: Number(process.env.VESTIBULE_PASSKEY_SIGN_COUNT),
  },
});
await page.getByRole('button', { name: 'Log In With a Passkey' }).click();

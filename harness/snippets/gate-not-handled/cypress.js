cy.contains('button', 'Create Passkey', { timeout: 30_000 }).should('be.visible');
// The gate wants a passkey: a virtual authenticator makes one. It is lost with the browser, so keep it if you log in again. Chromium only.
cy.then(() => Cypress.automation('remote:debugger:protocol', { command: 'WebAuthn.enable', params: {} }));
cy.then(() => Cypress.automation('remote:debugger:protocol', {
  command: 'WebAuthn.addVirtualAuthenticator',
  params: {
    options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true,
      hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true,
    },
  },
}));
cy.contains('button', 'Create Passkey').click();

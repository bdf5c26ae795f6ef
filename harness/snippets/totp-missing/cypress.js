import { TOTP } from 'otpauth';

// Run with `--env CYPRESS_TOTP_SECRET={totp-secret}`. The code is computed once the field is there, just before it is typed.
cy.get('#tc', { timeout: 30_000 }).should('be.visible').then(($field) => {
  cy.wrap($field).type(new TOTP({ secret: Cypress.env('TOTP_SECRET') }).generate(), { log: false });
});
cy.get('#save').click();

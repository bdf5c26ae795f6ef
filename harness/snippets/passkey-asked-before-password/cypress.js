// Page 2 asks a user with a passkey for it first. The button that leads to the password is there only then. Run with
// `--env CYPRESS_USERNAME={user} --env CYPRESS_PASSWORD={password}`.
cy.get('#username').type(Cypress.env('USERNAME'));
cy.get('#Login').click();
cy.get('#password, #Login[value="Use Password Instead"]', { timeout: 30_000 }).then(($found) => {
  if ($found.is('[value="Use Password Instead"]')) cy.wrap($found).click();
});
cy.get('#password', { timeout: 30_000 }).should('be.visible').type(Cypress.env('PASSWORD'), { log: false });
cy.get('#Login').click();

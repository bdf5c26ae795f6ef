// Page 1 has the username only; the password is on page 2, which has the same button. Cypress reads variables that begin
// with CYPRESS_: `vestibule survive --env CYPRESS_USERNAME={user} --env CYPRESS_PASSWORD={password} -- …`.
cy.get('#username').type(Cypress.env('USERNAME'));
cy.get('#Login').click();
cy.get('#password', { timeout: 30_000 }).should('be.visible').type(Cypress.env('PASSWORD'), { log: false });
cy.get('#Login').click();

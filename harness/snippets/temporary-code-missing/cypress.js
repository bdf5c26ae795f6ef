// The code that an admin made for this user in Setup; it expires. Run with `--env CYPRESS_TEMPORARY_CODE={temporary-code}`.
cy.get('#tc', { timeout: 30_000 }).type(Cypress.env('TEMPORARY_CODE'), { log: false });
cy.get('#save').click();

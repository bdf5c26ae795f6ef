// The page has a way out, which the org remembers.
cy.contains('a', 'Want to Register My Phone', { timeout: 30_000 }).click();

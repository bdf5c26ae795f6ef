// The org offers several methods, and asks for the strongest: go to the list, and select the one that the suite can answer.
cy.get('#other_method, input[value="One-Time Password App"]', { timeout: 30_000 }).then(($found) => {
  if ($found.is('#other_method')) cy.wrap($found).click();
});
cy.get('input[value="One-Time Password App"]', { timeout: 30_000 }).check();
cy.get('#save').click();

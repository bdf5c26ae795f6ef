// The org remembers a username and hides its field: ask for the empty form before you type.
cy.get('#username').then(($username) => {
  if (!$username.is(':visible')) cy.get('#clear_link').click();
});

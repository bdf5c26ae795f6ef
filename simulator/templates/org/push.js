// Asks whether the request of Salesforce Authenticator was answered, and loads the page again once it was.
"use strict";

(() => {
  const ask = async () => {
    const state = await fetch("/vestibule/push").then((response) => response.json()).catch(() => ({}));
    if (state.answered) location.reload();
    else setTimeout(ask, 1000);
  };
  setTimeout(ask, 500);
})();

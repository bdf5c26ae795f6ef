// The global that suites poll to learn that Lightning has loaded.
"use strict";

window.$A = {
  clientService: { inFlightXHRs: () => 0 },
  metricsService: { getCurrentPageTransaction: () => ({ config: { context: { ept: 1 } } }) },
  get: () => undefined,
};

// The user menu opens the card with the link that logs out.
document.addEventListener("click", (event) => {
  const menu = event.target.closest(".branding-userProfile-button");
  if (!menu) return;
  const card = document.getElementById("profile-card");
  card.hidden = !card.hidden;
  menu.setAttribute("aria-expanded", String(!card.hidden));
});

"use strict";
// The report is complete without this script; it only adds the filter and opens the case that a link names.
const form = document.getElementById("filter");
const text = document.getElementById("text");
const toggle = document.getElementById("toggle");
const cases = Array.from(document.querySelectorAll("details.case"));

function filter() {
  const verdict = form.querySelector("input[name=verdict]:checked").value;
  const words = text.value.toLowerCase().split(" ").filter(Boolean);
  let shown = 0;
  for (const one of cases) {
    const said = one.dataset.text.toLowerCase();
    one.hidden = !((verdict === "" || one.dataset.verdict === verdict) && words.every((word) => said.includes(word)));
    shown += one.hidden ? 0 : 1;
  }
  document.getElementById("shown").textContent = shown + " of " + cases.length + " shown";
}

// A browser opens the case by itself, unless the filter hides it.
function openLinked() {
  const linked = cases.find((one) => "#" + one.querySelector(".facts").id === location.hash);
  if (linked) {
    linked.hidden = false;
    linked.open = true;
    linked.scrollIntoView();
  }
}

form.hidden = false;
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
toggle.addEventListener("click", () => {
  const open = toggle.textContent === "Open all";
  cases.forEach((one) => { one.open = open; });
  toggle.textContent = open ? "Close all" : "Open all";
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== text) {
    event.preventDefault();
    text.focus();
  }
});
window.addEventListener("beforeprint", () => cases.forEach((one) => { one.open = true; }));
window.addEventListener("hashchange", openLinked);
filter();
openLinked();

// Makes a page behave as `org.pages` says: its filled form is made anew once, and its first click is lost.
"use strict";

(() => {
  const { page, reRenderAfter, swallowClick } = document.currentScript.dataset;
  const tell = (what) =>
    fetch("/vestibule/pages/" + page + "/" + what, { method: "POST", keepalive: true }).catch(() => {});

  const TYPED = "input:is([type=text], [type=email], [type=password], [type=tel])";
  const fields = () => [...document.querySelectorAll(TYPED)].filter((field) => field.getClientRects().length > 0);

  const makeAnew = () => {
    for (const field of fields()) {
      const copy = field.cloneNode();
      copy.value = copy.defaultValue;
      field.replaceWith(copy);
    }
    tell("form-rendered-anew");
  };

  if (reRenderAfter !== undefined) {
    let waiting;
    let done = false;
    const now = () => {
      clearTimeout(waiting);
      waiting = undefined;
      done = true;
      makeAnew();
    };
    document.addEventListener("input", () => {
      if (done) return;
      clearTimeout(waiting);
      waiting = fields().every((field) => field.value) ? setTimeout(now, Number(reRenderAfter)) : undefined;
    }, true);
    // Whoever sends the form before that sends one that is no longer on the page.
    document.addEventListener("submit", (event) => {
      if (waiting === undefined) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      now();
    }, true);
  }

  if (swallowClick) {
    let lost = false;
    // A script and the Enter key click without a pointer; only a pointer misses.
    document.addEventListener("click", (event) => {
      const button = event.target.closest?.("button, [type=submit], [type=button]");
      if (lost || !button || event.detail === 0) return;
      lost = true;
      event.preventDefault();
      event.stopImmediatePropagation();
      tell("click-lost");
    }, true);
  }
})();

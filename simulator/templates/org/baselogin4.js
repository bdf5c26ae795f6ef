// The login page's own script. The global names are those that public suites wait for.
"use strict";

// By its id in the contract: a page may give it another one (`org.pages`).
const byId = (id) => document.querySelector(`[data-contract-id="${id}"]`) ?? document.getElementById(id);

function handleLogin() {
  const form = byId("login_form");
  const username = byId("username");
  if (username) form.elements.namedItem("un").value = username.value;
  form.elements.namedItem("width").value = screen.width;
  form.elements.namedItem("height").value = screen.height;
}

function checkCaps(event) {
  const hint = byId("pwcaps");
  if (hint && event.getModifierState) hint.style.display = event.getModifierState("CapsLock") ? "block" : "none";
}

function lazyload() {}

const IdpOptions = {
  useIdp(label, url) { window.location.assign(url); },
  // The form in place of the identity provider that was used last.
  cancelHint() {
    byId("idp_hint_section").style.display = "none";
    byId("login_form").style.display = "";
    byId("idp_section").style.display = "";
  },
};

const LoginHint = {
  clear() {
    const group = byId("usernamegroup");
    const username = byId("username");
    byId("idcard-container").style.display = "none";
    const back = byId("hint_back");
    if (back) back.style.display = "";
    group.style.display = "";
    username.value = "";
    byId("un_hfid").value = "";
    username.focus();
  },
  // The saved username again, in place of the field.
  back() {
    const saved = byId("idcard-identity").textContent;
    byId("hint_back").style.display = "none";
    byId("usernamegroup").style.display = "none";
    byId("idcard-container").style.display = "";
    byId("username").value = saved;
    byId("un_hfid").value = saved;
  },
};

const DomainSwitcher = {
  enterCustomDomain() {
    const box = byId("theloginform");
    const form = document.createElement("form");
    const label = document.createElement("label");
    const input = document.createElement("input");
    const button = document.createElement("input");
    label.htmlFor = input.id = input.name = "mydomain";
    label.textContent = "Custom Domain";
    input.className = "input wide";
    button.type = "submit";
    button.className = "button primary wide";
    button.value = "Continue";
    form.append(label, input, button);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const port = location.port ? ":" + location.port : "";
      const suffix = location.hostname.startsWith("test.") ? ".sandbox" : "";
      const tld = location.hostname.split(".").slice(1).join(".");
      location.assign("https://" + input.value + suffix + ".my." + tld + port + "/");
    });
    box.replaceChildren(form);
    input.focus();
  },
};

Object.assign(window, { IdpOptions, LoginHint, DomainSwitcher });

// Page 2 comes late; until then this page stays usable. Each click captures the fields at that moment, and the last
// click counts.
let late;
function postLate(event) {
  const form = event.target;
  const copy = form.cloneNode(false);
  copy.removeAttribute("id");
  for (const [name, value] of new FormData(form)) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    copy.append(field);
  }
  event.preventDefault();
  document.body.ariaBusy = "true";
  clearTimeout(late);
  late = setTimeout(() => {
    document.body.append(copy);
    copy.submit();
  }, Number(form.dataset.secondPageDelay));
}

// The combined page does not send an empty password, and makes its fields anew. The org only hears what was typed.
function refuseEmptyPassword(event) {
  const form = event.target;
  if (form.elements.namedItem("pw").value) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const typed = new URLSearchParams(new FormData(form));
  typed.set("vestibuleRefusedByScript", "1");
  fetch(form.action, { method: "POST", body: typed, keepalive: true }).catch(() => {});
  const error = byId("error");
  error.setAttribute("role", "alert");
  error.style.display = "";
  error.textContent = form.dataset.emptyPassword;
  for (const field of [byId("username"), byId("password")]) {
    const copy = field.cloneNode();
    copy.value = field.value;
    field.replaceWith(copy);
  }
  const password = byId("password");
  password.addEventListener("keypress", checkCaps);
  password.focus();
}

byId("login_form").addEventListener("submit", handleLogin);
if (byId("login_form").dataset.emptyPassword) {
  byId("login_form").addEventListener("submit", refuseEmptyPassword);
}
if (byId("login_form").dataset.secondPageDelay) {
  byId("login_form").addEventListener("submit", postLate);
}
byId("password")?.addEventListener("keypress", checkCaps);
byId("mydomainLink")?.addEventListener("click", (event) => {
  event.preventDefault();
  DomainSwitcher.enterCustomDomain();
});
byId("cancel_idp_hint")?.addEventListener("click", (event) => {
  event.preventDefault();
  IdpOptions.cancelHint();
});
byId("hint_back_chooser")?.addEventListener("click", (event) => {
  event.preventDefault();
  LoginHint.back();
});
byId("clear_link")?.addEventListener("click", (event) => {
  if (!byId("username")) return;
  event.preventDefault();
  LoginHint.clear();
});
lazyload();

// The start page: copies texts, acts as an admin, and asks every two seconds for users, logins and emails.
const token = new URLSearchParams(location.search).get("token") ?? "";
const byId = (id) => document.getElementById(id);
const realm = "/vestibule/api/v1/realms/" + encodeURIComponent(document.querySelector("main").dataset.realm);

async function ask(path, body) {
  const headers = { Authorization: "Bearer " + token };
  const post = body && { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(path, { headers, cache: "no-store", ...post });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.error ?? "the server answered " + answer.status);
  return said;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button.copy");
  if (!button) return;
  const text = button.dataset.from ? byId(button.dataset.from).textContent : button.dataset.copy;
  const what = button.getAttribute("aria-label").slice("Copy ".length);
  try {
    await navigator.clipboard.writeText(text);
    byId("said").textContent = "Copied " + what + ".";
  } catch (error) {
    byId("said").textContent = "The browser did not copy " + what + ": " + error.message;
  }
});

// A text that has not changed is left alone, so that a selection in it stays. What a user does not have is hidden.
function set(id, text) {
  const place = byId(id);
  if (!place) return;
  if (place.textContent !== (text ?? "")) place.textContent = text ?? "";
  const row = place.closest("dl > div");
  if (row) row.hidden = !text;
}

// DevTools takes binary fields in base64 rather than base64url.
function forDevTools(passkey) {
  const plain = (text) => text.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat((4 - (text.length % 4)) % 4);
  const binary = Object.entries(passkey).filter(([name]) => ["credentialId", "privateKey", "userHandle"].includes(name));
  return { ...passkey, ...Object.fromEntries(binary.map(([name, text]) => [name, plain(text)])) };
}

// What an admin can do about a user as the user is now: a label, and the act of the control API.
function acts(user) {
  const disconnect = user.verifiers.map((method) => ["Disconnect " + words(method), { disconnect: method }]);
  return [
    ...(user.locked ? [["Unlock", "unlock"]] : []),
    ...(user.state === "active" ? [["Freeze", "freeze"]] : []),
    ...(user.state === "frozen" ? [["Unfreeze", "unfreeze"]] : []),
    ...(user.verifiers.includes("salesforce-authenticator")
      ? [["Approve push", { "answer-push": "approve" }], ["Deny push", { "answer-push": "deny" }]]
      : []),
    ...disconnect,
    ["Generate temporary code", { "generate-temporary-code": 24 }],
    ["Reset password", "reset-password"],
    ["Reset security token", "reset-security-token"],
    ...(user.waiver === "assigned" ? [["Restore waiver", "restore-waiver"]] : []),
  ];
}

function showActs(user) {
  const place = byId("acts-" + user.key);
  const list = acts(user);
  const shown = JSON.stringify(list);
  if (!place || place.dataset.shown === shown) return;
  const focused = place.contains(document.activeElement);
  place.dataset.shown = shown;
  place.replaceChildren(...list.map(([label, act]) => {
    const button = node("button", { type: "button" }, label);
    button.addEventListener("click", () => administer(user.key, label, act));
    return button;
  }));
  if (focused) place.querySelector("button").focus();
}

// The pages of the other orgs are behind the same token.
for (const link of document.querySelectorAll("a[data-query=keep]")) link.search = location.search;

async function administer(key, label, act) {
  try {
    await ask(realm + "/users/" + encodeURIComponent(key) + "/administration", { act });
    byId("said").textContent = label + ": done for " + key + ".";
  } catch (error) {
    byId("said").textContent = label + ": " + error.message;
  }
  await show();
}

function showUser(user) {
  for (const name of ["username", "password", "totp-secret", "security-token"]) set(name + "-" + user.key, user[name]);
  set("temporary-code-" + user.key, user["temporary-code"]?.code);
  set("totp-code-" + user.key, user["totp-code"]?.code);
  set("left-" + user.key, user["totp-code"] ? user["totp-code"]["seconds-left"] + " s left" : "");
  user.passkeys.forEach((passkey, number) => {
    set("passkey-" + user.key + "-" + number, JSON.stringify(forDevTools(passkey), null, 2));
  });
  showActs(user);
}

// Where each signal of the message is, and what it is worth.
function inspected(found) {
  if (!found) return [];
  const rows = found.signals.map((one) => [one.value, one.place, one.tier, one.signed ? "signed" : "not signed", one["near-miss"] ?? ""]);
  const list = rows.length ? table(["signal", "where", "tier", "signature", "probably meant"], rows) : node("p", {}, "No signal is in it.");
  const others = found["not-shown"].length ? node("p", { className: "facts" }, "Not shown: " + found["not-shown"].join(", ")) : null;
  const { finding } = found;
  const fix = finding && node("p", {}, ...marked(finding.sentence), " ", node("b", {}, "Fix (" + finding.owner + "): "), ...marked(finding.remedy));
  return [section("Signals of the message", list, others, fix)];
}

async function fill(one) {
  const body = one.querySelector(":scope > div") ?? one.appendChild(node("div", {}));
  try {
    const login = await ask("logins/" + one.dataset.id);
    body.replaceChildren(...inspected(login.inspected), ...details(login));
  } catch (error) {
    body.replaceChildren(node("p", { className: "notice" }, "The login cannot be shown: " + error.message));
  }
}

const rows = new Map();

function row(login) {
  const made = node("details", {}, node("summary", {}, node("b", {}), node("span", {}), node("small", {})));
  made.dataset.id = login.id;
  made.addEventListener("toggle", () => { if (made.open) fill(made); });
  rows.set(login.id, made);
  byId("list").prepend(made);
  return made;
}

function showLogins(list) {
  for (const login of list) {
    const one = rows.get(login.id) ?? row(login);
    if (one.dataset.last === String(login.last)) continue;
    one.dataset.last = login.last;
    one.className = "case " + login.verdict;
    const [word, title, at] = one.querySelector("summary").children;
    word.textContent = login.word;
    title.textContent = login.title;
    at.textContent = login.at;
    if (one.open) fill(one);
  }
  for (const [id, one] of rows) {
    if (list.some((login) => login.id === id)) continue;
    one.remove();
    rows.delete(id);
  }
  byId("no-logins").hidden = rows.size > 0;
}

function showEmails(list) {
  if (byId("emails").children.length === list.length && byId("emails").dataset.last === (list[0]?.at ?? "")) return;
  byId("emails").dataset.last = list[0]?.at ?? "";
  byId("emails").replaceChildren(...list.map((email) => node("li", {},
    node("b", {}, email.subject), node("p", { className: "facts" }, instant(email.at) + " · to " + email.to), node("pre", {}, email.body))));
  byId("no-emails").hidden = list.length > 0;
}

async function show() {
  try {
    const [users, inbox, now] = await Promise.all([ask(realm + "/users"), ask(realm + "/inbox"), ask("live")]);
    set("org", now.org);
    users.forEach(showUser);
    for (const user of now.users) {
      set("about-" + user.key, user.about);
      set("after-" + user.key, user["after-password"]);
    }
    showLogins(now.logins);
    showEmails(inbox.emails.slice(-MOST_EMAILS).reverse());
    byId("gone").hidden = true;
  } catch {
    byId("gone").hidden = false;
  }
}

async function live() {
  await show();
  setTimeout(live, 2000);
}

// The most emails that the page shows.
const MOST_EMAILS = 20;

live();

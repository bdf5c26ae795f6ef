// The start page: copies texts, and asks every two seconds for codes, logins and emails.
const token = new URLSearchParams(location.search).get("token") ?? "";
const byId = (id) => document.getElementById(id);

async function ask(path) {
  const answer = await fetch(path, { headers: { Authorization: "Bearer " + token }, cache: "no-store" });
  if (!answer.ok) throw new Error("the server answered " + answer.status);
  return answer.json();
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

// A text that has not changed is left alone, so that a selection in it stays.
function set(id, text) {
  const place = byId(id);
  if (place && place.textContent !== text) place.textContent = text;
}

async function fill(one) {
  const body = one.querySelector(":scope > div") ?? one.appendChild(node("div", {}));
  try {
    body.replaceChildren(...details(await ask("logins/" + one.dataset.id)));
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

async function live() {
  try {
    const now = await ask("live");
    for (const user of now.users) {
      set("code-" + user.key, user.code ?? "none");
      set("left-" + user.key, user.code ? now.left + " s left" : "");
      user.passkeys.forEach((passkey, number) => set("passkey-" + user.key + "-" + number, JSON.stringify(passkey, null, 2)));
    }
    showLogins(now.logins);
    showEmails(now.emails);
    byId("gone").hidden = true;
  } catch {
    byId("gone").hidden = false;
  }
  setTimeout(live, 2000);
}

live();

// Signs in over HTTP, without a browser, to the org of `vestibule serve`: as the user with this key, by the client of
// `vestibule authenticator`. Prints the pages on the way. Its first argument is the folder of that client.
import path from "node:path";
import { pathToFileURL } from "node:url";

const [folder, user] = process.argv.slice(2);
const { Authenticator, AuthenticatorError } = await import(
  pathToFileURL(path.join(folder, "vestibule-authenticator.mjs"))
);
const key = user.toUpperCase();
const username = process.env[`VESTIBULE_USERNAME_${key}`];
const password = process.env[`VESTIBULE_PASSWORD_${key}`];
const authenticator = new Authenticator();
const cookies = [];

const keep = (url, header) => {
  const [pair, ...attributes] = header.split(";").map((part) => part.trim());
  const at = pair.indexOf("=");
  const domain = attributes.find((attribute) => attribute.toLowerCase().startsWith("domain="));
  const host = domain ? domain.slice("domain=".length).replace(/^\./, "") : url.hostname;
  const name = pair.slice(0, at);
  const old = cookies.findIndex((cookie) => cookie.host === host && cookie.name === name);
  if (old >= 0) cookies.splice(old, 1);
  const gone = attributes.some((attribute) => attribute.toLowerCase() === "max-age=0");
  if (!gone) cookies.push({ host, name, value: pair.slice(at + 1) });
};

const ask = async (url, fields) => {
  let body = fields && new URLSearchParams(fields);
  for (let hops = 0; hops < 10; hops += 1) {
    const mine = cookies.filter(({ host }) => url.hostname === host || url.hostname.endsWith(`.${host}`));
    const headers = { cookie: mine.map(({ name, value }) => `${name}=${value}`).join("; ") };
    const answer = await fetch(url, { method: body ? "POST" : "GET", headers, body, redirect: "manual" });
    for (const header of answer.headers.getSetCookie()) keep(url, header);
    const next = answer.headers.get("location");
    if (!next) return { url, page: await answer.text() };
    url = new URL(next, url);
    body = undefined;
  }
  throw new Error("too many redirects");
};

const text = (html) =>
  html.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(code)).replace(/&quot;/g, '"').replace(/&amp;/g, "&");
const options = (page, id) =>
  JSON.parse(page.match(new RegExp(`<script type="application/json" id="${id}">(.*?)</script>`, "s"))[1]);

let { url, page } = await ask(new URL("/", process.env.VESTIBULE_ORG_URL), { un: username, pw: password });
for (let pages = 0; pages < 4; pages += 1) {
  const name = page.match(/<meta name="vestibule-page" content="([^"]+)"/)[1];
  console.log(name);
  let typed;
  if (name === "verify-totp") {
    typed = { tc: await authenticator.code(username, url.hostname) };
  } else if (name === "create-passkey") {
    const made = await authenticator.create(username, url.origin, options(page, "webauthn-create"));
    typed = { credential: JSON.stringify(made) };
  } else if (name === "verify-passkey") {
    const asserted = await authenticator.get(username, url.origin, options(page, "webauthn-get"));
    typed = { credential: JSON.stringify(asserted) };
  } else {
    break;
  }
  const hidden = [...page.matchAll(/<input type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"/g)];
  const fields = Object.fromEntries(hidden.map(([, field, value]) => [text(field), text(value)]));
  const action = text(page.match(/<form[^>]*action="([^"]+)"/)[1]);
  ({ url, page } = await ask(new URL(action, url), { ...fields, ...typed }));
}

try {
  await authenticator.code(username, "elsewhere.example");
} catch (error) {
  if (!(error instanceof AuthenticatorError)) throw error;
  console.log(error.error);
}

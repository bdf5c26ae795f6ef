// Visits pages, and prints what axe-core finds on each in light and dark, one line of JSON a page.
//
//   axe_pages.mjs READY PAGES…    READY: the file with the first line of `vestibule serve --json`
//
// With PICTURES, the folder, also takes pictures of each page: PAGE-light.png, PAGE-dark.png, PAGE-narrow.png.
import { readFileSync } from "node:fs";
import axe from "axe-core";
import { chromium } from "playwright-core";

const ready = JSON.parse(readFileSync(process.argv[2], "utf8"));
const browser = await chromium.launch();
const TIME_LIMIT = 10_000;

const user = (key) => ready.users.find((one) => one.key === key);
const named = (page) => page.locator("meta[name=vestibule-page]").getAttribute("content");

async function opened(url, context) {
  const page = await (context ?? (await browser.newContext({ ignoreHTTPSErrors: true }))).newPage();
  page.setDefaultTimeout(TIME_LIMIT);
  await page.goto(url);
  return page;
}

// The page after username and password.
async function loggedIn(key) {
  const page = await opened(ready["my-domain-url"]);
  await page.fill("#username", user(key).username);
  if (!(await page.locator("#password").count())) await page.click("#Login");
  await page.fill("#password", user(key).password);
  await page.click("#Login");
  return page;
}

// The page of a product after username and password.
async function atProduct(product, key, password) {
  const { url, users } = ready.products[product];
  const found = users.find((one) => one.key === key);
  const page = await opened(url + "/sign-in");
  await page.fill("#productUser", found.username);
  await page.fill("#productPassword", password ?? found.password);
  return clicked(page, "#productSubmit");
}

// A page behind the login, which one browser passes once for all of them.
let session;
async function behindTheLogin(host, path) {
  session ??= activated();
  return opened(new URL(path, ready[host]).href, (await session).context());
}

async function activated() {
  const page = await loggedIn("rep");
  const inbox = await page.context().newPage();
  await inbox.goto(ready["inbox-url"]);
  const code = /Verification Code: (\d{6})/.exec(await inbox.innerText("main"))[1];
  await page.fill("#emc", code);
  await page.click("#save");
  await page.waitForURL("**/lightning/**");
  return page;
}

async function clicked(page, selector) {
  await page.click(selector);
  return page;
}

// How the gate looks while its ceremony runs, and after it has failed.
async function ceremony(page) {
  const look = () => page.evaluate(() => {
    const button = document.getElementById("create-passkey");
    return {
      disabled: button.disabled,
      status: document.querySelector("[role=status]").textContent,
      error: document.getElementById("ceremony-error")?.textContent ?? null,
      focused: document.activeElement === button,
    };
  });
  await page.evaluate(() => {
    navigator.credentials.create = () => new Promise((_, reject) => { window.refuse = reject; });
  });
  await page.focus("#create-passkey");
  await page.keyboard.press("Enter");
  const { focused: _, ...running } = await look();
  await page.evaluate(() => window.refuse(new DOMException("", "NotAllowedError")));
  await page.waitForSelector("#ceremony-error");
  return { running, failed: await look() };
}

// The request of an app that every org has.
const AUTHORIZATION = new URLSearchParams({
  response_type: "code",
  client_id: "PlatformCLI",
  redirect_uri: "http://localhost:1717/OauthRedirect",
}).toString();

async function everythingOpen(page) {
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
  return page;
}

// Whether the film of the case that is open ends in view.
const filmEnds = () => {
  const film = document.querySelector(".film");
  return film.scrollLeft + film.clientWidth >= film.scrollWidth - 1;
};

// What the keyboard does with the timeline of the case that is open.
async function timeline(page) {
  const list = page.locator(".moments").first();
  const look = () => page.evaluate(() => {
    const trace = document.querySelector(".trace");
    const rows = [...trace.querySelectorAll(".moments li")];
    const shown = rows.filter((row) => !row.hidden);
    const chosen = rows.filter((row) => row.getAttribute("aria-selected") === "true");
    return {
      rows: rows.length,
      shown: shown.map((row) => row.textContent.toLowerCase()),
      chosen: chosen.length === 1 ? rows.indexOf(chosen[0]) : null,
      active: chosen[0]?.id === trace.querySelector(".moments").getAttribute("aria-activedescendant"),
      time: Number(trace.querySelector("input[type=range]").value),
      sides: [...trace.querySelectorAll(".sides figcaption")].map((side) => side.textContent.split(":")[0]),
    };
  });
  const opened = await look();
  await list.focus();
  await page.keyboard.press("Home");
  const first = await look();
  await page.keyboard.press("ArrowDown");
  const second = await look();
  await page.keyboard.press("End");
  const last = await look();
  await page.locator(".trace input[type=range]").first().press("Home");
  const scrubbed = await look();
  await page.locator(".trace input[type=search]").first().fill("decision");
  const searched = await look();
  await page.locator(".trace input[type=search]").first().press("Escape");
  const cleared = await look();
  await page.locator(".trace input[value=request]").first().uncheck();
  const narrowed = await look();
  await page.locator(".trace input[value=request]").first().check();
  return {
    "opens at the end": opened.chosen === opened.rows - 1 && opened.active,
    home: first.chosen === 0 && first.active,
    down: second.chosen === 1 && second.active && second.time >= first.time,
    end: last.chosen === last.rows - 1,
    "the time is scrubbed to the start": scrubbed.chosen === 0 && scrubbed.time === 0,
    "a search shows what it finds": searched.shown.length > 0 && searched.shown.length < searched.rows && searched.shown.every((text) => text.includes("decision")),
    "what is chosen is shown": searched.chosen !== null && searched.active,
    "escape clears the search": cleared.shown.length === cleared.rows,
    "a kind is left out": narrowed.shown.length > 0 && narrowed.shown.length < narrowed.rows,
    sides: last.sides,
  };
}

// The name of each page, how it is reached, and what else is looked at.
const PAGES = {
  username: () => opened(ready["my-domain-url"]),
  login: () => opened(ready["my-domain-url"]),
  shared: () => opened(ready["login-url"]),
  password: async () => {
    const page = await opened(ready["my-domain-url"]);
    await page.fill("#username", user("rep").username);
    return clicked(page, "#Login");
  },
  "email-login": () => opened(new URL("/vestibule/log-in-with-email", ready["login-url"]).href),
  "site-login": () => opened(new URL("/login", ready["my-domain-url"]).href),
  "wrong-password": async () => {
    const page = await opened(ready["my-domain-url"]);
    await page.fill("#username", user("rep").username);
    await page.fill("#password", "wrong");
    return clicked(page, "#Login");
  },
  "forgot-password": () => opened(new URL("/secur/forgotpassword.jsp", ready["my-domain-url"]).href),
  "link-sent": async () => {
    const page = await opened(new URL("/secur/forgotpassword.jsp", ready["my-domain-url"]).href);
    await page.fill("#un", user("rep").username);
    await page.click("#continue");
    await page.waitForSelector("#link-sent");
    return page;
  },
  "new-password": async () => {
    const page = await opened(new URL("/secur/forgotpassword.jsp", ready["my-domain-url"]).href);
    await page.fill("#un", user("rep").username);
    await page.click("#continue");
    await page.waitForSelector("#link-sent");
    await page.goto(ready["inbox-url"]);
    await page.goto(/https:\S+/.exec(await page.innerText("main"))[0]);
    return page;
  },
  "change-password": () => loggedIn("expired"),
  "register-phone": () => loggedIn("phoneless"),
  "verify-temporary-code": () => loggedIn("temp"),
  "login-refused": async () => {
    const page = await opened(ready["my-domain-url"]);
    await Promise.all([page.waitForSelector("#login-status"), page.evaluate(() => {
      const form = document.body.appendChild(document.createElement("form"));
      form.method = "post";
      form.action = "/";
      form.appendChild(Object.assign(document.createElement("input"), { name: "SAMLResponse", value: "none" }));
      form.submit();
    })]);
    return page;
  },
  "verify-totp": () => loggedIn("rep"),
  "verify-passkey": () => loggedIn("pia"),
  "verify-push": () => loggedIn("pushed"),
  "verify-sms": () => loggedIn("caller"),
  "verify-email": () => loggedIn("rep"),
  "choose-verification-method": async () => clicked(await loggedIn("several"), "#other_method"),
  "create-passkey": () => loggedIn("new"),
  "create-passkey-failed": async () => {
    const page = await loggedIn("new");
    return [page, await ceremony(page)];
  },
  "choose-enrolment": async () => clicked(await loggedIn("new"), "#chRegL"),
  "connect-authenticator-app": async () => {
    const page = await clicked(await loggedIn("new"), "#chRegL");
    return clicked(page, "button[value='One-Time Password App']");
  },
  home: () => behindTheLogin("lightning-url", "/lightning/page/home"),
  "login-history": () => behindTheLogin("lightning-url", "/lightning/setup/OrgLoginHistory/home"),
  "reset-security-token": () => behindTheLogin("my-domain-url", "/_ui/system/security/ResetApiTokenEdit"),
  "saml-validator": () => behindTheLogin("my-domain-url", "/setup/secur/SAMLValidationPage.apexp"),
  "identity-verification": () => behindTheLogin("lightning-url", "/lightning/setup/IdentityVerification/home"),
  "security-token-sent": async () => {
    const page = await behindTheLogin("my-domain-url", "/_ui/system/security/ResetApiTokenEdit");
    await page.click("#save");
    await page.waitForSelector("#token-sent");
    return page;
  },
  "user-detail": async () => {
    // Its path is the id of the user, which the control API knows.
    const start = await opened(ready["start-url"]);
    const id = await start.evaluate(async () => {
      const Authorization = "Bearer " + new URLSearchParams(location.search).get("token");
      const realm = document.querySelector("main").dataset.realm;
      const answer = await fetch("/vestibule/api/v1/realms/" + realm + "/users/rep", { headers: { Authorization } });
      return (await answer.json()).id;
    });
    return behindTheLogin("my-domain-url", "/" + id);
  },
  "authorize-app": () => behindTheLogin("my-domain-url", "/services/oauth2/authorize?" + AUTHORIZATION),
  maintenance: () => loggedIn("noticed"),
  "allow-app": () => loggedIn("asked"),
  "connect-device": () => opened(new URL("/setup/connect", ready["my-domain-url"]).href),
  "step-up": () => behindTheLogin("lightning-url", "/lightning/r/Report/00O5e000008fXyZEAU/view"),
  inbox: async () => {
    await loggedIn("rep");
    return opened(ready["inbox-url"]);
  },
  "logged-out": () => opened(new URL("/secur/logout.jsp", ready["my-domain-url"]).href),
  "not-simulated": () => opened(new URL("/vestibule/sign-up", ready["my-domain-url"]).href),
  "not-found": () => opened(new URL("/no-such-page", ready["my-domain-url"]).href),
  "idp-sign-in": async () => clicked(await opened(ready["my-domain-url"]), "#idp_section_buttons button"),
  "idp-chooser": () => opened(new URL("/services/auth/sso/people", ready["my-domain-url"]).href),
  "idp-signed-out": () => opened(new URL("/oidc/end-session", ready["idp-urls"].people).href),
  "idp-error": () => opened(new URL("/saml/sso?SAMLRequest=none", ready["idp-urls"].okta).href),
  "idp-device": () => opened(new URL("/device", ready["idp-urls"].op).href),
  "idp-consent": async () => {
    const asked = "response_type=code&client_id=app&redirect_uri=http://127.0.0.1:9/callback&scope=openid+email&prompt=consent";
    const page = await opened(new URL("/oidc/authorize?" + asked, ready["idp-urls"].op).href);
    await page.fill("#username", user("rep").username);
    await page.fill("#password", user("rep").password);
    return clicked(page, "form > button");
  },
  "product-sign-in": () => opened(ready.products.crm.url + "/sign-in"),
  "product-wrong-password": () => atProduct("crm", "ann", "wrong"),
  "product-code": () => atProduct("crm", "service"),
  "product-pairing": () => atProduct("vms", "ann"),
  "crm-home": async () => {
    const page = await atProduct("crm", "ann");
    await page.fill("#application", "sync");
    return clicked(page, "#generateAppPassword");
  },
  "vms-home": () => atProduct("vms", "sue"),
  "integration-home": () => opened(ready.products.erp.url),
  "product-error": () => opened(ready.products.crm.url + "/no-such-page"),
  start: async () => {
    const page = await opened(ready["start-url"]);
    await page.waitForFunction(() => [...document.querySelectorAll(".code-now")].some((code) => code.textContent.length === 6));
    return page;
  },
  "start-opened": async () => {
    await loggedIn("rep");
    const page = await opened(ready["start-url"]);
    await page.click("#list summary");
    await page.waitForSelector("#list .rules");
    return page;
  },
  "start-of-condition": async () => {
    const page = await opened(ready["start-url"]);
    await page.selectOption("#condition", "passkey-gate-hard");
    await page.click("#open-condition");
    await page.waitForURL("**/realms/**");
    return page;
  },
  "switch-refused": async () => {
    const page = await opened(ready["start-url"]);
    await page.evaluate(() => { document.querySelector("[name=operation]").value = "/nothing"; });
    await page.click("#set-date");
    await page.waitForSelector("#error");
    return page;
  },
  report: () => opened(process.env.REPORT),
  "report-opened": async () => {
    const page = await opened(process.env.REPORT);
    await page.click("#toggle");
    await page.waitForSelector(".film img");
    await page.evaluate(() => Promise.all([...document.querySelectorAll(".film img")].map((one) => one.decode())));
    await page.waitForFunction(filmEnds);
    return everythingOpen(page);
  },
  "report-trace": async () => {
    const page = await opened(process.env.REPORT);
    await page.click("details.case > summary");
    await page.waitForSelector(".moments [aria-selected=true]");
    return [page, await timeline(page)];
  },
  attack: () => opened(process.env.ATTACK),
  audit: () => opened(process.env.AUDIT),
  matrix: () => opened(process.env.MATRIX),
  "matrix-opened": async () => {
    const page = await opened(process.env.MATRIX);
    await page.click("#toggle");
    await page.waitForSelector(".box");
    return everythingOpen(page);
  },
};

// The colour scheme changes colours alone: what does not depend on them is checked once.
const RULES = {
  light: {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    rules: { "target-size": { enabled: true } },
  },
  dark: { runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] } },
};

async function violations(page, colorScheme) {
  await page.emulateMedia({ colorScheme });
  const found = await page.evaluate((options) => window.axe.run(document, options), {
    ...RULES[colorScheme],
    resultTypes: ["violations"],
  });
  return found.violations.map((one) => one.id + ": " + one.nodes.map((node) => node.target.join(" ")).join(", "));
}

try {
  for (const name of process.argv.slice(3)) {
    const reached = await PAGES[name]();
    const [page, seen] = Array.isArray(reached) ? reached : [reached, null];
    await page.waitForLoadState();
    const said = { name, page: (await page.locator("meta[name=vestibule-page]").count()) ? await named(page) : null, seen };
    await page.evaluate(axe.source);
    const picture = async (how) => {
      if (process.env.PICTURES) await page.screenshot({ path: process.env.PICTURES + "/" + name + "-" + how + ".png", fullPage: true });
    };
    for (const colorScheme of ["light", "dark"]) {
      said[colorScheme] = await violations(page, colorScheme);
      await picture(colorScheme);
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 390, height: 800 });
    said.narrow = await page.evaluate(() => document.documentElement.scrollWidth);
    console.log(JSON.stringify(said));
    await picture("narrow");
    await (page.context() === (await session)?.context() ? page : page.context()).close();
  }
} finally {
  await browser.close();
}

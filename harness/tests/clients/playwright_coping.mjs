// A login that looks at each page and does what it asks for.
import { chromium } from "playwright-core";
import { TOTP } from "otpauth";

const TIME_LIMIT = 25_000;

class Stopped extends Error {}

async function givePasskeys(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

async function freshCode(page, secret) {
  const left = 30_000 - (Date.now() % 30_000);
  if (left < 5_000) await page.waitForTimeout(left + 500);
  return new TOTP({ secret }).generate();
}

// Performs one step and returns what was done on this page.
async function step(page, done) {
  const url = new URL(page.url());
  const shows = (selector) => page.locator(selector).first().isVisible();
  if (done.has("username") && (await shows("#error"))) {
    throw new Stopped(`the org says: ${await page.locator("#error").first().innerText()}`);
  }
  if (url.pathname.startsWith("/lightning/") && (await shows("button[title='App Launcher']"))) return "home";
  if (url.pathname.includes("AddPasskeyUi")) {
    if (done.has("gate")) return undefined;
    await givePasskeys(page);
    await page.getByRole("button", { name: "Create Passkey" }).click();
    return "gate";
  }
  if (url.pathname.includes("AddPhoneNumber")) {
    await page.getByRole("link", { name: /I Don.t Want/ }).click();
    return "phone";
  }
  if (url.pathname.includes("ChangePassword")) {
    throw new Stopped("the password has expired: it has to be changed before the suite runs");
  }
  if (url.pathname.includes("UnifiedPasskeyVerificationUi")) {
    if (done.has("passkey")) throw new Stopped("the org asks for a passkey, and this suite has none");
    await page.getByRole("button", { name: "Log In With a Passkey" }).click();
    await page.waitForTimeout(2_000);
    return "passkey";
  }
  if (await shows("#emc")) throw new Stopped("the org asks for a code sent by email, and this suite reads no mail");
  if (await shows("#tc")) {
    if (done.has("code")) return undefined;
    const secret = process.env.SF_TOTP_SECRET;
    const code = secret ? await freshCode(page, secret) : process.env.SF_TEMPORARY_CODE;
    if (!code) throw new Stopped("the org asks for a code, and this suite has no TOTP secret");
    await page.fill("#tc", code);
    await page.click("#save");
    return "code";
  }
  if (await shows("#password")) {
    if (await shows("#username")) await page.fill("#username", process.env.SF_USERNAME);
    await page.fill("#password", process.env.SF_PASSWORD);
    await page.click("#Login");
    return "username password";
  }
  if (!done.has("username") && (await shows("#username"))) {
    await page.fill("#username", process.env.SF_USERNAME);
    await page.click("#Login");
    return "username";
  }
  return undefined;
}

async function signIn(page) {
  await page.goto(process.env.SF_URL);
  const done = new Set();
  const end = Date.now() + TIME_LIMIT;
  while (Date.now() < end) {
    const did = await step(page, done);
    if (did === "home") return;
    for (const word of did?.split(" ") ?? []) done.add(word);
    await page.waitForTimeout(200);
  }
  throw new Stopped(`no page this suite knows: ${await page.title()}`);
}

const browser = await chromium.launch();
const page = await browser.newPage();
try {
  await signIn(page);
  console.log("signed in, title:", await page.title());
} catch (error) {
  console.error(`login stopped: ${error.message}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}

// A login that looks at each page and does what it asks for.
import { TOTP } from "otpauth";
import { remote } from "webdriverio";

const TIME_LIMIT = 25_000;

class Stopped extends Error {}

async function freshCode(browser, secret) {
  const left = 30_000 - (Date.now() % 30_000);
  if (left < 5_000) await browser.pause(left + 500);
  return new TOTP({ secret }).generate();
}

// Performs one step and returns what was done on this page.
async function step(browser, done) {
  const url = new URL(await browser.getUrl());
  const shows = (selector) => browser.$(selector).isDisplayed();
  if (done.has("username") && (await shows("#error"))) {
    throw new Stopped(`the org says: ${await browser.$("#error").getText()}`);
  }
  if (url.pathname.startsWith("/lightning/") && (await shows("button[title='App Launcher']"))) return "home";
  if (url.pathname.includes("AddPasskeyUi")) {
    if (done.has("gate")) return undefined;
    await browser.addVirtualAuthenticator("ctap2", "internal", true, true, true, true);
    await browser.$("button*=Create Passkey").click();
    return "gate";
  }
  if (url.pathname.includes("AddPhoneNumber")) {
    await browser.$("a*=I Don't Want").click();
    return "phone";
  }
  if (url.pathname.includes("ChangePassword")) {
    throw new Stopped("the password has expired: it has to be changed before the suite runs");
  }
  if (url.pathname.includes("UnifiedPasskeyVerificationUi")) {
    if (done.has("passkey")) throw new Stopped("the org asks for a passkey, and this suite has none");
    await browser.$("button*=Log In With a Passkey").click();
    await browser.pause(2_000);
    return "passkey";
  }
  if (await shows("#emc")) throw new Stopped("the org asks for a code sent by email, and this suite reads no mail");
  if (await shows("#tc")) {
    if (done.has("code")) return undefined;
    const secret = process.env.SF_TOTP_SECRET;
    const code = secret ? await freshCode(browser, secret) : process.env.SF_TEMPORARY_CODE;
    if (!code) throw new Stopped("the org asks for a code, and this suite has no TOTP secret");
    await browser.$("#tc").setValue(code);
    await browser.$("#save").click();
    return "code";
  }
  if (await shows("#password")) {
    if (await shows("#username")) await browser.$("#username").setValue(process.env.SF_USERNAME);
    await browser.$("#password").setValue(process.env.SF_PASSWORD);
    await browser.$("#Login").click();
    return "username password";
  }
  if (!done.has("username") && (await shows("#username"))) {
    await browser.$("#username").setValue(process.env.SF_USERNAME);
    await browser.$("#Login").click();
    return "username";
  }
  return undefined;
}

// If the page navigates between two queries, it is queried again.
async function look(browser, done) {
  try {
    return await step(browser, done);
  } catch (error) {
    if (/Cannot find context|does not belong to the document/.test(error.message)) return undefined;
    throw error;
  }
}

async function signIn(browser) {
  await browser.url(process.env.SF_URL);
  const done = new Set();
  const end = Date.now() + TIME_LIMIT;
  while (Date.now() < end) {
    const did = await look(browser, done);
    if (did === "home") return;
    for (const word of did?.split(" ") ?? []) done.add(word);
    await browser.pause(200);
  }
  throw new Stopped(`no page this suite knows: ${await browser.getTitle()}`);
}

const browser = await remote({
  logLevel: "error",
  capabilities: { browserName: "chrome", "goog:chromeOptions": { args: ["--headless=new"] } },
});
try {
  await signIn(browser);
  console.log("signed in, title:", await browser.getTitle());
} catch (error) {
  console.error(`login stopped: ${error.message}`);
  process.exitCode = 1;
} finally {
  await browser.deleteSession();
}

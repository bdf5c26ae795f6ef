// A browser that signs in at an identity provider by its form. Says one line of JSON: the page of the org that it gets to.
import { chromium } from "playwright-core";

const [user, password] = process.argv.slice(2);
const TIME_LIMIT = 40_000;

// The names that forms of identity providers give to their fields.
const USERNAME = "input[name=login], input[name=username]";
const PASSWORD = "input[name=password]";
// Their pages ask further hosts for fonts and styles.
const ASKED = /^127\.0\.0\.1$|\.(salesforce|force)\.com$/;

// One look at the page; returns the name of a page of the org that leads nowhere by itself.
async function look(page) {
  await page.waitForLoadState();
  const name = page.locator("meta[name=vestibule-page]");
  if (await name.count()) {
    return (await page.locator("form[data-submit]").count()) ? undefined : name.getAttribute("content");
  }
  if (await page.locator(USERNAME).first().isVisible()) {
    await page.fill(USERNAME, user);
    await page.fill(PASSWORD, password);
  }
  // The form of the login, or that in which the user agrees.
  const submit = page.locator("form button[type=submit]").first();
  if (await submit.isVisible()) await Promise.all([page.waitForEvent("framenavigated"), submit.click()]);
  return undefined;
}

async function signIn(page) {
  const end = Date.now() + TIME_LIMIT;
  let last;
  while (Date.now() < end) {
    try {
      const name = await look(page);
      if (name) return name;
    } catch (error) {
      // The page went on while it was looked at.
      last = error;
    }
    await page.waitForTimeout(100);
  }
  throw new Error(`it got no further than ${page.url()}: ${await page.locator("body").innerText()}: ${last}`);
}

const browser = await chromium.launch();
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(10_000);
  await page.route((url) => !ASKED.test(url.hostname), (route) => route.abort());
  await page.goto(process.env.VESTIBULE_SSO_URL);
  console.log(JSON.stringify({ ok: await signIn(page) }));
} catch (error) {
  console.log(JSON.stringify({ error: error.message }));
} finally {
  await browser.close();
}

// A login as in this year's tutorials: username, password, then a URL that looks like home.
import { chromium } from "playwright-core";

const browser = await chromium.launch();
const page = await browser.newPage();
try {
  await page.goto(process.env.SF_URL);
  await page.fill("#username", process.env.SF_USERNAME);
  await page.click("#Login");
  await page.fill("#password", process.env.SF_PASSWORD, { timeout: 15_000 });
  await page.click("#Login");
  await page.waitForURL(/home|lightning/, { timeout: 15_000 });
  console.log("signed in, title:", await page.title());
} finally {
  await browser.close();
}

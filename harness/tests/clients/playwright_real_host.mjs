// The vendor's own host, written into the suite.
import { chromium } from "playwright-core";

const browser = await chromium.launch();
const page = await browser.newPage();
try {
  await page.goto("https://login.salesforce.com/");
  await page.fill("#username", process.env.SF_USERNAME, { timeout: 5_000 });
} finally {
  await browser.close();
}

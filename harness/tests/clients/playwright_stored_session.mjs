// Loads the session that an earlier run stored, and expects the home page.
import { chromium } from "playwright-core";

const browser = await chromium.launch();
const context = await browser.newContext();
try {
  const value = "00D000000000001!AQEAQ.stored-by-an-earlier-run";
  await context.addCookies([{ name: "sid", value, url: process.env.SF_ORG_URL }]);
  const page = await context.newPage();
  await page.goto(`${process.env.SF_ORG_URL}/lightning/page/home`);
  await page.locator("button[title='App Launcher']").waitFor({ timeout: 3_000 });
} finally {
  await browser.close();
}

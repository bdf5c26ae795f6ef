// A login with the host of the team's own org written in it.
import { chromium } from "playwright-core";

const browser = await chromium.launch();
const page = await browser.newPage();
page.setDefaultTimeout(15_000);
try {
  await page.goto("https://globex--qa.sandbox.my.salesforce.com/");
  await page.fill("#username", process.env.SF_USERNAME);
  if (!(await page.locator("#password").isVisible())) await page.click("#Login");
  await page.fill("#password", process.env.SF_PASSWORD);
  await page.click("#Login");
  await page.waitForURL("https://globex--qa.sandbox.lightning.force.com/**");
  await page.locator("button[title='App Launcher']").waitFor();
} finally {
  await browser.close();
}

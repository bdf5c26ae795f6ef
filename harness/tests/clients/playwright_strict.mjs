// A locator by role and name, on a login page with SSO buttons.
import { chromium } from "playwright-core";

const browser = await chromium.launch();
const page = await browser.newPage();
try {
  await page.goto(process.env.SF_ORG_URL);
  await page.fill("#username", process.env.SF_USERNAME);
  await page.getByRole("button", { name: "Log In" }).click();
  await page.fill("#password", process.env.SF_PASSWORD, { timeout: 5_000 });
} finally {
  await browser.close();
}

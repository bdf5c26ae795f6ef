// Starts single sign-on and types into the pages of Entra, at their own host.
import { chromium } from "playwright-core";

const browser = await chromium.launch();
const page = await browser.newPage();
page.setDefaultTimeout(15_000);
try {
  await page.goto(process.env.SF_URL);
  await page.waitForURL("https://login.microsoftonline.com/**");
  await page.fill("#i0116", process.env.SF_USERNAME);
  await page.click("#idSIButton9");
  await page.fill("#i0118", process.env.SF_PASSWORD);
  await page.click("#idSIButton9");
  await page.getByText("Stay signed in?").waitFor();
  await page.click("#idSIButton9");
  await page.locator("button[title='App Launcher']").waitFor();
} finally {
  await browser.close();
}

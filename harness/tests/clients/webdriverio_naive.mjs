// A login that was adapted to the second page and nothing else.
import { remote } from "webdriverio";

const browser = await remote({
  logLevel: "error",
  capabilities: { browserName: "chrome", "goog:chromeOptions": { args: ["--headless=new"] } },
});
try {
  await browser.url(process.env.SF_URL);
  await browser.$("#username").setValue(process.env.SF_USERNAME);
  await browser.$("#Login").click();
  await browser.$("#password").setValue(process.env.SF_PASSWORD);
  await browser.$("#Login").click();
  await browser.$("button[title='App Launcher']").waitForExist({ timeout: 15_000 });
  console.log("signed in, title:", await browser.getTitle());
} finally {
  await browser.deleteSession();
}

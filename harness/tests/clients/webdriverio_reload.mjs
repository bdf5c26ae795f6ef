// Begins with a session that it reloads, as suites do between two tests, and signs in by the second one.
import { remote } from "webdriverio";

const browser = await remote({
  logLevel: "error",
  capabilities: { browserName: "chrome", "goog:chromeOptions": { args: ["--headless=new"] } },
});
try {
  await browser.url(process.env.SF_URL);
  await browser.$("#username").setValue("nobody");
  const before = browser.sessionId;
  await browser.reloadSession();
  if (browser.sessionId === before) throw new Error("the session is the same");
  await browser.url(process.env.SF_URL);
  if (await browser.$("#username").getValue()) throw new Error("the browser is the same");
  await browser.$("#username").setValue(process.env.SF_USERNAME);
  await browser.$("#Login").click();
  await browser.$("#password").setValue(process.env.SF_PASSWORD);
  await browser.$("#Login").click();
  await browser.$("button[title='App Launcher']").waitForExist({ timeout: 15_000 });
} finally {
  await browser.deleteSession();
}

import { remote } from 'webdriverio';
// IMPORTS

const browser = await remote({
  logLevel: 'error',
  capabilities: { browserName: 'chrome', 'goog:chromeOptions': { args: ['--headless=new'] } },
});
try {
  // STEPS
} finally {
  await browser.deleteSession();
}

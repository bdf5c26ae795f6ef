import { By, until } from 'selenium-webdriver';

// The page has a way out, which the org remembers.
const no = await driver.wait(until.elementLocated(By.partialLinkText('Want to Register My Phone')), 30_000);
await no.click();

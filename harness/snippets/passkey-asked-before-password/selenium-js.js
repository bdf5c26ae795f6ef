import { By, until } from 'selenium-webdriver';

// Page 2 asks a user with a passkey for it first. The button that leads to the password is there only then.
const shown = async (css) => driver.wait(until.elementIsVisible(await driver.wait(until.elementLocated(By.css(css)), 30_000)), 30_000);
const instead = '#Login[value="Use Password Instead"]';
await (await shown('#username')).sendKeys(process.env.VESTIBULE_USERNAME);
await driver.findElement(By.css('#Login')).click();
await shown(`#password, ${instead}`);
for (const button of await driver.findElements(By.css(instead))) await button.click();
await (await shown('#password')).sendKeys(process.env.VESTIBULE_PASSWORD);
await driver.findElement(By.css('#Login')).click();

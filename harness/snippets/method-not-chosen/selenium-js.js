import { By, until } from 'selenium-webdriver';

// The org offers several methods, and asks for the strongest: go to the list, and select the one that the suite can answer.
const app = 'input[value="One-Time Password App"]';
await driver.wait(until.elementLocated(By.css(`#other_method, ${app}`)), 30_000);
for (const link of await driver.findElements(By.css('#other_method'))) await link.click();
await (await driver.wait(until.elementLocated(By.css(app)), 30_000)).click();
await driver.findElement(By.id('save')).click();

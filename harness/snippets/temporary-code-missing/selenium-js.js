import { By, until } from 'selenium-webdriver';

// The code that an admin made for this user in Setup; it expires.
const field = await driver.wait(until.elementLocated(By.id('tc')), 30_000);
await field.sendKeys(process.env.VESTIBULE_TEMPORARY_CODE);
await driver.findElement(By.id('save')).click();

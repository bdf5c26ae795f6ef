import { By, until } from 'selenium-webdriver';

// The org remembers a username and hides its field: ask for the empty form before you type.
const username = await driver.wait(until.elementLocated(By.id('username')), 30_000);
if (!(await username.isDisplayed())) await driver.findElement(By.id('clear_link')).click();

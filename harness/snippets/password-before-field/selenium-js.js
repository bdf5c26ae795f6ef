import { By, until } from 'selenium-webdriver';

// Page 1 has the username only; the password is on page 2, which has the same button.
const shown = async (id) => driver.wait(until.elementIsVisible(await driver.wait(until.elementLocated(By.id(id)), 30_000)), 30_000);
await (await shown('username')).sendKeys(process.env.VESTIBULE_USERNAME);
await driver.findElement(By.id('Login')).click();
await (await shown('password')).sendKeys(process.env.VESTIBULE_PASSWORD);
await driver.findElement(By.id('Login')).click();

import { By, until } from 'selenium-webdriver';

// A popup of the browser can take a click: look for the next page, and click again if it does not come.
await driver.wait(until.elementLocated(By.id('username')), 30_000).sendKeys(process.env.VESTIBULE_USERNAME);
for (let tries = 0; tries < 3; tries += 1) {
  await driver.findElement(By.id('Login')).click();
  const came = await driver.wait(until.elementLocated(By.id('password')), 10_000).then(() => true, () => false);
  if (came) break;
}
await driver.findElement(By.id('password')).sendKeys(process.env.VESTIBULE_PASSWORD);
await driver.findElement(By.id('Login')).click();

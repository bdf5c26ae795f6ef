import { By, until } from 'selenium-webdriver';

// The page may make its form anew after you filled it: read the fields back, and click again if the page stays.
const texts = { username: process.env.VESTIBULE_USERNAME, password: process.env.VESTIBULE_PASSWORD };
for (let tries = 0; tries < 3; tries += 1) {
  for (const [id, text] of Object.entries(texts)) {
    const field = await driver.wait(until.elementIsVisible(await driver.wait(until.elementLocated(By.id(id)), 30_000)), 30_000);
    if ((await field.getAttribute('value')) !== text) {
      await field.clear();
      await field.sendKeys(text);
    }
  }
  const button = await driver.findElement(By.id('Login'));
  await button.click();
  const left = await driver.wait(until.stalenessOf(button), 10_000).then(() => true, () => false);
  if (left) break;
}

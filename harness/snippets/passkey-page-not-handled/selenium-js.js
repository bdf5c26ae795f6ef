import { By, until } from 'selenium-webdriver';

// The browser has an authenticator already, which answers the click.
const button = await driver.wait(until.elementLocated(By.xpath("//button[contains(., 'Log In With a Passkey')]")), 30_000);
await button.click();

import { By, until } from 'selenium-webdriver';

// Lightning shows the App Launcher to everybody, and no page before it does; a URL proves nothing.
await driver.wait(until.elementLocated(By.css("button[title='App Launcher']")), 30_000);

// Page 2 asks a user with a passkey for it first. The button that leads to the password is there only then.
const instead = '#Login[value="Use Password Instead"]';
await page.locator('#username').fill(process.env.VESTIBULE_USERNAME);
await page.locator('#Login').click();
await page.waitForSelector(`#password, ${instead}`, { visible: true, timeout: 30_000 });
if (await page.$(instead)) await page.click(instead);
await page.waitForSelector('#password', { visible: true, timeout: 30_000 });
await page.type('#password', process.env.VESTIBULE_PASSWORD);
await page.locator('#Login').click();

// Page 2 asks a user with a passkey for it first. The button that leads to the password is there only then.
await page.locator('#username').fill(process.env.VESTIBULE_USERNAME!);
await page.locator('#Login').click();
const password = page.locator('#password');
const instead = page.locator('#Login[value="Use Password Instead"]');
await password.or(instead).waitFor({ state: 'visible', timeout: 30_000 });
if (await instead.isVisible()) await instead.click();
await password.fill(process.env.VESTIBULE_PASSWORD!);
await page.locator('#Login').click();

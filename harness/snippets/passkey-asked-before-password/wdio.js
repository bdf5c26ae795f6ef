// Page 2 asks a user with a passkey for it first. The button that leads to the password is there only then.
const instead = '#Login[value="Use Password Instead"]';
await browser.$('#username').waitForDisplayed({ timeout: 30_000 });
await browser.$('#username').setValue(process.env.VESTIBULE_USERNAME);
await browser.$('#Login').click();
await browser.$(`#password, ${instead}`).waitForDisplayed({ timeout: 30_000 });
if (await browser.$(instead).isExisting()) await browser.$(instead).click();
await browser.$('#password').waitForDisplayed({ timeout: 30_000 });
await browser.$('#password').setValue(process.env.VESTIBULE_PASSWORD);
await browser.$('#Login').click();

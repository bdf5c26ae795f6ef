// Page 1 has the username only; the password is on page 2, which has the same button.
await browser.$('#username').waitForDisplayed({ timeout: 30_000 });
await browser.$('#username').setValue(process.env.VESTIBULE_USERNAME);
await browser.$('#Login').click();
await browser.$('#password').waitForDisplayed({ timeout: 30_000 });
await browser.$('#password').setValue(process.env.VESTIBULE_PASSWORD);
await browser.$('#Login').click();

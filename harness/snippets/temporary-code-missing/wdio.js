// The code that an admin made for this user in Setup; it expires.
await browser.$('#tc').waitForDisplayed({ timeout: 30_000 });
await browser.$('#tc').setValue(process.env.VESTIBULE_TEMPORARY_CODE);
await browser.$('#save').click();

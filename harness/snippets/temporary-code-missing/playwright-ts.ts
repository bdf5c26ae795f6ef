// The code that an admin made for this user in Setup; it expires.
await page.locator('#tc').fill(process.env.VESTIBULE_TEMPORARY_CODE!);
await page.locator('#save').click();

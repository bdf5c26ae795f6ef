await page.locator('#username').fill(process.env.VESTIBULE_USERNAME!);
await page.locator('#password').fill(process.env.VESTIBULE_PASSWORD!, { timeout: 8_000 });
await page.locator('#Login').click();

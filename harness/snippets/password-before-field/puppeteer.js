// Page 1 has the username only; the password is on page 2, which has the same button.
await page.locator('#username').fill(process.env.VESTIBULE_USERNAME);
await page.locator('#Login').click();
await page.waitForSelector('#password', { visible: true, timeout: 30_000 });
await page.type('#password', process.env.VESTIBULE_PASSWORD);
await page.locator('#Login').click();

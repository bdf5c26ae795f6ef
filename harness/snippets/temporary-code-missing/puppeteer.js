// The code that an admin made for this user in Setup; it expires.
await page.waitForSelector('#tc', { visible: true, timeout: 30_000 });
await page.type('#tc', process.env.VESTIBULE_TEMPORARY_CODE);
await page.click('#save');

// The org remembers a username and hides its field: ask for the empty form before you type.
await page.locator('#username').waitFor({ state: 'attached' });
if (!(await page.locator('#username').isVisible())) await page.locator('#clear_link').click();

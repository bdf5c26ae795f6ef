// The org remembers a username and hides its field: ask for the empty form before you type.
const username = await page.waitForSelector('#username');
if (!(await username.isVisible())) await page.click('#clear_link');

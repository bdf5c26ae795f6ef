// The org remembers a username and hides its field: ask for the empty form before you type.
await browser.$('#username').waitForExist({ timeout: 30_000 });
if (!(await browser.$('#username').isDisplayed())) await browser.$('#clear_link').click();

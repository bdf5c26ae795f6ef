// The page has a way out, which the org remembers.
await page.locator('::-p-text(Want to Register My Phone)').click();

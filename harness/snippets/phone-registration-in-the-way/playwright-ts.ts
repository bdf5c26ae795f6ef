// The page has a way out, which the org remembers.
await page.getByRole('link', { name: /I Don.t Want to Register/ }).click();

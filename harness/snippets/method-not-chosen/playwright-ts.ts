// The org offers several methods, and asks for the strongest: go to the list, and select the one that the suite can answer.
const other = page.locator('#other_method');
const app = page.getByLabel('One-Time Password App');
await other.or(app).waitFor({ state: 'visible', timeout: 30_000 });
if (await other.isVisible()) await other.click();
await app.check();
await page.locator('#save').click();

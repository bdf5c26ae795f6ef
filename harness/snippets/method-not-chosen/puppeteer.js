// The org offers several methods, and asks for the strongest: go to the list, and select the one that the suite can answer.
const app = 'input[value="One-Time Password App"]';
await page.waitForSelector(`#other_method, ${app}`, { visible: true, timeout: 30_000 });
if (await page.$('#other_method')) await page.click('#other_method');
await page.waitForSelector(app, { visible: true, timeout: 30_000 });
await page.click(app);
await page.click('#save');

// The org offers several methods, and asks for the strongest: go to the list, and select the one that the suite can answer.
const app = 'input[value="One-Time Password App"]';
await browser.$(`#other_method, ${app}`).waitForDisplayed({ timeout: 30_000 });
if (await browser.$('#other_method').isExisting()) await browser.$('#other_method').click();
await browser.$(app).waitForClickable({ timeout: 30_000 });
await browser.$(app).click();
await browser.$('#save').click();

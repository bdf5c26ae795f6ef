// A popup of the browser can take a click: look for the next page, and click again if it does not come.
await browser.$('#username').waitForDisplayed({ timeout: 30_000 });
await browser.$('#username').setValue(process.env.VESTIBULE_USERNAME);
for (let tries = 0; tries < 3; tries += 1) {
  await browser.$('#Login').click();
  const came = await browser.$('#password').waitForDisplayed({ timeout: 10_000 }).then(() => true, () => false);
  if (came) break;
}
await browser.$('#password').setValue(process.env.VESTIBULE_PASSWORD);
await browser.$('#Login').click();

// A popup of the browser can take a click: look for the next page, and click again if it does not come.
await page.locator('#username').fill(process.env.VESTIBULE_USERNAME);
for (let tries = 0; tries < 3; tries += 1) {
  await page.locator('#Login').click();
  const came = await page.waitForSelector('#password', { visible: true, timeout: 10_000 }).then(() => true, () => false);
  if (came) break;
}
await page.type('#password', process.env.VESTIBULE_PASSWORD);
await page.locator('#Login').click();

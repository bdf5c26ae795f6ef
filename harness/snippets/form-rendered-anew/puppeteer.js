// The page may make its form anew after you filled it: read the fields back, and click again if the page stays.
const texts = { '#username': process.env.VESTIBULE_USERNAME, '#password': process.env.VESTIBULE_PASSWORD };
for (let tries = 0; tries < 3; tries += 1) {
  for (const [selector, text] of Object.entries(texts)) {
    await page.waitForSelector(selector, { visible: true, timeout: 30_000 });
    const value = await page.$eval(selector, (field) => field.value);
    if (value !== text) await page.locator(selector).fill(text);
  }
  await page.locator('#Login').click();
  const left = await page.waitForSelector('#Login', { hidden: true, timeout: 10_000 }).then(() => true, () => false);
  if (left) break;
}

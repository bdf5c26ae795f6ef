// The page may make its form anew after you filled it: read the fields back, and click again if the page stays.
const texts = { username: process.env.VESTIBULE_USERNAME!, password: process.env.VESTIBULE_PASSWORD! };
for (let tries = 0; tries < 3; tries += 1) {
  for (const [id, text] of Object.entries(texts)) {
    const field = page.locator(`#${id}`);
    await field.waitFor({ state: 'visible', timeout: 30_000 });
    if ((await field.inputValue()) !== text) await field.fill(text);
  }
  await page.locator('#Login').click();
  const left = await page.locator('#Login').waitFor({ state: 'hidden', timeout: 10_000 }).then(() => true, () => false);
  if (left) break;
}

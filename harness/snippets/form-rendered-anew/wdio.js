// The page may make its form anew after you filled it: read the fields back, and click again if the page stays.
const texts = { username: process.env.VESTIBULE_USERNAME, password: process.env.VESTIBULE_PASSWORD };
for (let tries = 0; tries < 3; tries += 1) {
  for (const [id, text] of Object.entries(texts)) {
    await browser.$(`#${id}`).waitForDisplayed({ timeout: 30_000 });
    if ((await browser.$(`#${id}`).getValue()) !== text) await browser.$(`#${id}`).setValue(text);
  }
  await browser.$('#Login').click();
  const left = await browser.$('#Login').waitForDisplayed({ reverse: true, timeout: 10_000 }).then(() => true, () => false);
  if (left) break;
}

// The page has a way out, which the org remembers.
const no = browser.$('a*=Want to Register My Phone');
await no.waitForClickable({ timeout: 30_000 });
await no.click();

import { test } from '@playwright/test';
// IMPORTS

test('signs in', async ({ page }) => {
  test.setTimeout(120_000);
  page.setDefaultTimeout(30_000);
  // STEPS
});

await page.locator('#other_method').click();

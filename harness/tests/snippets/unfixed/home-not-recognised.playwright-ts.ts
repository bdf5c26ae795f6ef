await page.locator('#phHeaderLogoImage').waitFor({ timeout: 8_000 });

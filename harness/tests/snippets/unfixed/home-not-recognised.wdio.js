await browser.$('#phHeaderLogoImage').waitForDisplayed({ timeout: 8_000 });

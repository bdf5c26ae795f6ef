await browser.$('#other_method').waitForClickable({ timeout: 8_000 });
await browser.$('#other_method').click();

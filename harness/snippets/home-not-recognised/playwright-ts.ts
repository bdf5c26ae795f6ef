// Lightning shows the App Launcher to everybody, and no page before it does; a URL proves nothing.
await page.locator("button[title='App Launcher']").waitFor({ timeout: 30_000 });

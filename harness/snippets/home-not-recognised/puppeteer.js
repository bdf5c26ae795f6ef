// Lightning shows the App Launcher to everybody, and no page before it does; a URL proves nothing.
await page.waitForSelector("button[title='App Launcher']", { visible: true, timeout: 30_000 });

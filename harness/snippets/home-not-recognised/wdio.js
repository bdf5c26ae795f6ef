// Lightning shows the App Launcher to everybody, and no page before it does; a URL proves nothing.
await browser.$("button[title='App Launcher']").waitForDisplayed({ timeout: 30_000 });

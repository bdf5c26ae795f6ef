# Lightning shows the App Launcher to everybody, and no page before it does; a URL proves nothing.
page.locator("button[title='App Launcher']").wait_for(timeout=30_000)

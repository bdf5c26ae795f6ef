//! ChromeDriver or a WebDriver URL, sessions, virtual-authenticator commands, page detection.

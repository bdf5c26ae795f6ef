//! The virtual authenticator: TOTP and WebAuthn, over HTTP and inside a browser.

//! SAML 2.0 messages: bytes to values and back. No HTTP, no clock.

//! OpenID Connect messages: bytes to values and back. No HTTP, no clock.

//! Listeners, TLS and host routing.

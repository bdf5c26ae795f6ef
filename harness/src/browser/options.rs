//! The options of a session.

use std::time::Duration;

/// The options of a session.
#[derive(Debug, Clone)]
pub struct SessionOptions {
    /// Base64 SHA-256 of the SPKI of the simulator's TLS leaf key: the only certificate trusted beyond the usual ones.
    pub spki_pin: Option<String>,
    /// Chromium's `--host-resolver-rules`: `MAP *.salesforce.com 127.0.0.1:8443`.
    pub host_rules: Option<String>,
    /// The proxy through which the browser reaches hosts: `http://proxy.example:3128`; `None` goes there directly.
    pub proxy: Option<String>,
    /// Chromium's patterns of the hosts that are reached without that proxy: `inside.example`, `*.inside.example`,
    /// `10.0.0.0/8`. `<-loopback>` removes `localhost` and what ends in it from those that always are.
    pub proxy_bypass: Vec<String>,
    /// Shows a window.
    pub headed: bool,
    /// Width and height in CSS pixels.
    pub window: (u32, u32),
    /// Longest time that one WebDriver command may take.
    pub command_limit: Duration,
    /// Longest time that opening the session may take: a server that others use too may let it wait for a free place.
    pub open_limit: Duration,
    /// Pause after each typed field and each click, so that people can watch.
    pub slow_mo: Duration,
    /// Whether to keep a copy of each page, so that pictures of it can be drawn later.
    pub page_copies: bool,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self {
            spki_pin: None,
            host_rules: None,
            proxy: None,
            proxy_bypass: Vec::new(),
            headed: false,
            window: (1280, 720),
            command_limit: Duration::from_secs(30),
            open_limit: Duration::from_secs(30),
            slow_mo: Duration::ZERO,
            page_copies: true,
        }
    }
}

/// Width and height of what a small picture shows, in CSS pixels.
pub(super) const SMALL_PICTURE_OF: (u32, u32) = (1280, 640);

//! A connection that leads nowhere, for tests, which connect what they need.

use std::net::Ipv4Addr;
use std::path::Path;

use super::limits::Limits;
use super::options::ConnectionOptions;
use crate::stopwatch::Stopwatch;

/// No realm, no WebDriver server and no browser; files go into this folder.
pub(super) fn unconnected(folder: &Path) -> ConnectionOptions {
    ConnectionOptions {
        realm: (Ipv4Addr::LOCALHOST, DISCARD).into(),
        hosts: Vec::new(),
        real_hosts: false,
        spki_pin: String::new(),
        ca_file: folder.join("ca.pem"),
        webdriver: format!("http://127.0.0.1:{DISCARD}").parse().unwrap(),
        browser: None,
        program: "/bin/true".into(),
        folder: folder.to_owned(),
        clock: Stopwatch::start(),
        passkeys: None,
        page_copies: false,
        upstream: None,
        limits: Limits::default(),
    }
}

/// A port where nothing listens.
const DISCARD: u16 = 9;

//! A connection that leads nowhere, for tests, which connect what they need.

use std::net::Ipv4Addr;
use std::path::Path;

use super::limits::Limits;
use super::options::{ConnectionOptions, Recording};
use super::reach::{Reach, RealmReach};
use crate::stopwatch::Stopwatch;

/// No WebDriver server, no browser, and a realm without hosts where nothing listens; files go into this folder.
pub(super) fn unconnected(folder: &Path) -> ConnectionOptions {
    ConnectionOptions {
        reach: Reach::Realm(nowhere(folder)),
        webdriver: format!("http://127.0.0.1:{DISCARD}").parse::<url::Url>().unwrap().into(),
        browser: None,
        program: "/bin/true".into(),
        folder: folder.to_owned(),
        clock: Stopwatch::start(),
        passkeys: None,
        recording: Recording::Commands,
        limits: Limits::default(),
    }
}

/// A realm without hosts where nothing listens.
pub(super) fn nowhere(folder: &Path) -> RealmReach {
    RealmReach {
        address: (Ipv4Addr::LOCALHOST, DISCARD).into(),
        hosts: Vec::new(),
        real_hosts: false,
        spki_pin: String::new(),
        ca_file: folder.join("ca.pem"),
        upstream: None,
    }
}

/// A port where nothing listens.
const DISCARD: u16 = 9;

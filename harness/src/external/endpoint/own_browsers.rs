//! Browsers that a suite starts by itself and drives without WebDriver, as Playwright and Puppeteer do.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::exchange::Exchange;
use super::passkeys;
use crate::browser::Attendant;
use crate::external::connection::PasskeyMaterial;

/// Gives the tabs of each such browser the persona's passkeys, until it is dropped.
#[derive(Debug)]
pub(super) struct OwnBrowsers {
    _watch: JoinSet<()>,
}

impl OwnBrowsers {
    /// Watches the list of profile folders, one to a line, which the shims write. Without passkeys nothing is watched.
    pub(super) fn watch(profiles: PathBuf, exchange: Arc<Exchange>) -> Self {
        let mut watch = JoinSet::new();
        if let Some(passkeys) = exchange.passkeys.clone() {
            watch.spawn(look_out(profiles, exchange, passkeys));
        }
        Self { _watch: watch }
    }
}

async fn look_out(profiles: PathBuf, exchange: Arc<Exchange>, passkeys: Vec<PasskeyMaterial>) {
    let mut attended = JoinSet::new();
    loop {
        let listed = tokio::fs::read_to_string(&profiles).await.unwrap_or_default();
        // The last line may be half written.
        let whole = listed.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
        for profile in whole.skip(attended.len()) {
            let (exchange, passkeys) = (Arc::clone(&exchange), passkeys.clone());
            attended.spawn(attend(PathBuf::from(profile), exchange, passkeys));
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn attend(profile: PathBuf, exchange: Arc<Exchange>, passkeys: Vec<PasskeyMaterial>) {
    let mut browser = loop {
        if let Some(debugger) = debugger(&profile).await
            && let Ok(browser) = Attendant::at(&debugger).await
        {
            break browser;
        }
        tokio::time::sleep(LOOK).await;
    };
    passkeys::give_tabs(&mut browser, &exchange.recorder, &passkeys).await;
}

/// The debugger address, once the browser has written its port; the file of an earlier one in this profile leads nowhere.
async fn debugger(profile: &Path) -> Option<String> {
    let text = tokio::fs::read_to_string(profile.join("DevToolsActivePort")).await.ok()?;
    let port: u16 = text.lines().next()?.parse().ok()?;
    Some(format!("127.0.0.1:{port}"))
}

/// A tab is seen this long after its browser has started; its first ceremony is several pages away.
const LOOK: Duration = Duration::from_millis(20);

//! Browsers that a suite starts itself and drives without WebDriver, as Playwright and Puppeteer do.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::forwarder::Forwarder;
use super::passkeys;
use crate::browser::{CdpObserver, TabEvent};
use crate::suite::passkeys::{Passkeys, given_back};

/// Adds the user's passkeys to the tabs of such browsers and copies their pages, until it is dropped.
#[derive(Debug)]
pub(super) struct LaunchedBrowsers {
    /// How many browsers are connected.
    connected: watch::Sender<usize>,
    _watch: JoinSet<()>,
}

impl LaunchedBrowsers {
    /// Watches the file to which the shims write a line for each browser, if passkeys or copies are wanted.
    pub(super) fn watch(started: PathBuf, forwarder: Arc<Forwarder>) -> Self {
        let mut watch = JoinSet::new();
        let connected = watch::Sender::new(0);
        if forwarder.passkeys.is_some() || forwarder.copies_pages() {
            watch.spawn(watch_starts(started, forwarder, connected.clone()));
        }
        Self { connected, _watch: watch }
    }

    /// Waits a moment for what browsers said before they ended: passkeys may be among it. One that the suite left running is
    /// not waited for any longer.
    pub(super) async fn heard(&self) {
        let mut connected = self.connected.subscribe();
        let _heard = timeout(LAST_WORDS, connected.wait_for(|connected| *connected == 0)).await;
    }
}

async fn watch_starts(started: PathBuf, forwarder: Arc<Forwarder>, connected: watch::Sender<usize>) {
    let mut watched = JoinSet::new();
    loop {
        let listed = tokio::fs::read_to_string(&started).await.unwrap_or_default();
        // The last line may be incomplete.
        let whole = listed.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
        for line in whole.skip(watched.len()) {
            watched.spawn(watch_browser(Started::read(line), Arc::clone(&forwarder), connected.clone()));
        }
        sleep(POLL_INTERVAL).await;
    }
}

async fn watch_browser(started: Started, forwarder: Arc<Forwarder>, connected: watch::Sender<usize>) {
    let (browser, mut events) = reached(&started).await;
    connected.send_modify(|connected| *connected += 1);
    let browser = Arc::new(browser);
    let mut tabs: HashMap<String, WatchedTab> = HashMap::new();
    let mut copying = JoinSet::new();
    while let Some(event) = events.recv().await {
        match event {
            TabEvent::Opened { target, session } => {
                if let Some(passkeys) = &forwarder.passkeys {
                    passkeys::give_tab(&browser, &forwarder.recorder, &session, passkeys).await;
                }
                tabs.insert(target, WatchedTab { session, changes: Arc::default() });
            }
            TabEvent::Changed { target } if forwarder.copies_pages() => {
                if let Some(tab) = tabs.get(&target) {
                    let change = tab.changes.fetch_add(1, Ordering::Relaxed) + 1;
                    copying.spawn(copy_page(Arc::clone(&browser), Arc::clone(&forwarder), tab.clone(), change));
                }
            }
            TabEvent::Changed { .. } => {}
            TabEvent::PasskeyUsed(passkey) => {
                if let Some(Passkeys::Kept(keeper)) = &forwarder.passkeys {
                    given_back(keeper, vec![*passkey]).await;
                }
            }
        }
        while copying.try_join_next().is_some() {}
    }
    connected.send_modify(|connected| *connected -= 1);
}

#[derive(Debug, Clone)]
struct WatchedTab {
    /// Its DevTools session.
    session: String,
    changes: Arc<AtomicU64>,
}

/// Copies a tab's page after a change, and again if it becomes another page by itself. A page that the suite leaves at
/// once is not copied: only the WebDriver endpoint can make a suite wait.
async fn copy_page(browser: Arc<CdpObserver>, forwarder: Arc<Forwarder>, tab: WatchedTab, change: u64) {
    let mut seen = None;
    for pause in [TITLE_CHANGE_PAUSE, LATE_PAGE_PAUSE] {
        sleep(pause).await;
        let Some(copy) = browser.copy(&tab.session).await else { return };
        if tab.changes.load(Ordering::Relaxed) != change {
            return;
        }
        let page = Some(copy.page.clone());
        if seen != page {
            forwarder.recorder.copy(copy);
        }
        seen = page;
    }
}

/// A browser that a shim has started.
#[derive(Debug, PartialEq, Eq)]
struct Started {
    profile: PathBuf,
    /// The debugging port that the suite chose. Such a browser writes it nowhere.
    port: Option<u16>,
}

impl Started {
    /// Reads `PROFILE<tab>PORT`, where the port may be empty or 0.
    fn read(line: &str) -> Self {
        let (profile, port) = line.rsplit_once('\t').unwrap_or((line, ""));
        Self { profile: PathBuf::from(profile), port: port.parse().ok().filter(|port| *port != 0) }
    }
}

async fn reached(started: &Started) -> (CdpObserver, UnboundedReceiver<TabEvent>) {
    loop {
        if let Some(port) = written_port(&started.profile).await
            && let Ok(reached) = CdpObserver::at(&at(port)).await
        {
            return reached;
        }
        if let Some(port) = started.port {
            match CdpObserver::of_profile(&at(port), &started.profile).await {
                Ok(Some(reached)) => return reached,
                // Another browser listens there, perhaps that of an earlier test, which is about to end.
                Ok(None) => sleep(PAUSE_BESIDE_ANOTHER).await,
                Err(_) => {}
            }
        }
        sleep(POLL_INTERVAL).await;
    }
}

/// The port that the browser chose and wrote. A file left by an earlier browser names a dead port.
async fn written_port(profile: &Path) -> Option<u16> {
    let text = tokio::fs::read_to_string(profile.join("DevToolsActivePort")).await.ok()?;
    text.lines().next()?.parse().ok()
}

fn at(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

/// How soon a browser is found after its start. Its first WebAuthn ceremony comes several pages later.
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// A browser of somebody else is not asked all the time.
const PAUSE_BESIDE_ANOTHER: Duration = Duration::from_millis(500);
/// A page that changes its title while it loads is copied only once.
const TITLE_CHANGE_PAUSE: Duration = Duration::from_millis(20);
/// Long enough for the second page of a slow login.
const LATE_PAGE_PAUSE: Duration = Duration::from_secs(3);
/// Enough to take in what a browser said before it ended.
const LAST_WORDS: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_shim_is_read() {
        let started = |profile: &str, port| Started { profile: PathBuf::from(profile), port };
        for (line, expected) in [
            ("/p\t", started("/p", None)),
            ("/p\t0", started("/p", None)),
            ("/p\t9222", started("/p", Some(9222))),
            ("/a\tb\t9222", started("/a\tb", Some(9222))),
            ("/p\t99999", started("/p", None)),
        ] {
            assert_eq!(Started::read(line), expected, "{line:?}");
        }
    }
}

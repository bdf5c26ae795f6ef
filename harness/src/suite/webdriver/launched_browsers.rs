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
    /// Watches the file to which the shims write each browser's profile folder, if passkeys or copies are wanted.
    pub(super) fn watch(profiles: PathBuf, forwarder: Arc<Forwarder>) -> Self {
        let mut watch = JoinSet::new();
        let connected = watch::Sender::new(0);
        if forwarder.passkeys.is_some() || forwarder.copies_pages() {
            watch.spawn(watch_profiles(profiles, forwarder, connected.clone()));
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

async fn watch_profiles(profiles: PathBuf, forwarder: Arc<Forwarder>, connected: watch::Sender<usize>) {
    let mut watched = JoinSet::new();
    loop {
        let listed = tokio::fs::read_to_string(&profiles).await.unwrap_or_default();
        // The last line may be incomplete.
        let whole = listed.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
        for profile in whole.skip(watched.len()) {
            watched.spawn(watch_browser(PathBuf::from(profile), Arc::clone(&forwarder), connected.clone()));
        }
        sleep(POLL_INTERVAL).await;
    }
}

async fn watch_browser(profile: PathBuf, forwarder: Arc<Forwarder>, connected: watch::Sender<usize>) {
    let (browser, mut events) = reached(&profile).await;
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

async fn reached(profile: &Path) -> (CdpObserver, UnboundedReceiver<TabEvent>) {
    loop {
        if let Some(debugger) = debugger(profile).await
            && let Ok(reached) = CdpObserver::at(&debugger).await
        {
            return reached;
        }
        sleep(POLL_INTERVAL).await;
    }
}

/// The debugger address, once the browser has written its port. A file left by an earlier browser names a dead port.
async fn debugger(profile: &Path) -> Option<String> {
    let text = tokio::fs::read_to_string(profile.join("DevToolsActivePort")).await.ok()?;
    let port: u16 = text.lines().next()?.parse().ok()?;
    Some(format!("127.0.0.1:{port}"))
}

/// How soon a browser is found after its start. Its first WebAuthn ceremony comes several pages later.
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// A page that changes its title while it loads is copied only once.
const TITLE_CHANGE_PAUSE: Duration = Duration::from_millis(20);
/// Long enough for the second page of a slow login.
const LATE_PAGE_PAUSE: Duration = Duration::from_secs(3);
/// Enough to take in what a browser said before it ended.
const LAST_WORDS: Duration = Duration::from_secs(2);

//! The options of a run. Plain data: the command line fills it in, the runner reads it.

use std::collections::BTreeMap;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::shots::Shots;
use crate::browser::{BrowserKind, Isolation, Search};
use crate::outcome::{ConditionInfo, Shard};
use crate::snapshot::SnapshotMode;
use crate::suite::SuiteOptions;

/// The options of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOptions {
    /// Stops at the first case that did not pass; the others are skipped.
    pub fail_fast: bool,
    /// How often a case is retried if its expectations failed, alone and in a fresh browser; a case that then passes is
    /// flaky.
    pub retries: u32,
    /// How often each case is run.
    pub repeat: NonZeroU32,
    /// The part of the cases to run; `None` runs all of them.
    pub shard: Option<Shard>,
    /// How many cases run at the same time; `None` lets the runner choose: two for each core, one if cases run a
    /// command.
    pub workers: Option<NonZeroUsize>,
    /// What separates one case from the next.
    pub isolation: Isolation,
    /// How long one case may take.
    pub timeout: Duration,
    /// The browser and its driver.
    pub browser: BrowserOptions,
    /// Which cases keep their screenshots.
    pub shots: Shots,
    /// What to do with recorded snapshots.
    pub snapshots: SnapshotMode,
    /// The user's own suites.
    pub suite: SuiteOptions,
    /// The details of the cases that are conditions, by the id of the case.
    pub conditions: BTreeMap<String, ConditionInfo>,
}

/// The browser and its driver.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BrowserOptions {
    /// Which browser to drive.
    pub kind: BrowserKind,
    /// A running WebDriver endpoint; `None` starts the driver of the browser.
    pub webdriver: Option<Url>,
    /// The proxy by which a browser of that endpoint reaches the simulated hosts: a tunnel from its machine to this one.
    pub proxy: Option<String>,
    /// The browser's binary; `None` looks in the usual places.
    pub browser: Option<PathBuf>,
    /// The ChromeDriver binary; `None` looks in the usual places.
    pub chromedriver: Option<PathBuf>,
    /// The geckodriver binary; `None` looks in the usual places.
    pub geckodriver: Option<PathBuf>,
    /// Shows the browser's window.
    pub headed: bool,
    /// Waits this long before every action.
    pub slow_mo: Duration,
}

impl BrowserOptions {
    /// Where to look for the browser and its driver.
    pub(crate) fn search(&self) -> Search {
        let browser = self.browser.clone();
        match self.kind {
            BrowserKind::Chromium => Search::from_environment(browser, self.chromedriver.clone(), self.headed),
            BrowserKind::Firefox => Search::of_firefox(browser, self.geckodriver.clone(), self.headed),
        }
    }
}

impl Default for RunOptions {
    /// Headless, half a minute for a case.
    fn default() -> Self {
        Self {
            fail_fast: false,
            retries: 0,
            repeat: NonZeroU32::MIN,
            shard: None,
            workers: None,
            isolation: Isolation::default(),
            timeout: DEFAULT_TIMEOUT,
            browser: BrowserOptions::default(),
            shots: Shots::default(),
            snapshots: SnapshotMode::Record,
            suite: SuiteOptions::default(),
            conditions: BTreeMap::new(),
        }
    }
}

/// How long one case may take by default.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

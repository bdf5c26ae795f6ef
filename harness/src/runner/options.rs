//! What a run is asked to do. Plain data: the command line fills it in, the runner reads it.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use crate::snapshot::SnapshotMode;

/// Everything that decides how a run goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOptions {
    /// Which cases run.
    pub selection: Selection,
    /// Runs the `must-fail` twins instead of the cases: each must go red, for the reason it states.
    pub must_fail: bool,
    /// Stops at the first case that did not pass; the others are skipped.
    pub fail_fast: bool,
    /// How many cases run at the same time; `None` lets the runner choose by the number of cores.
    pub workers: Option<NonZeroUsize>,
    /// How long one case may take; `None` means as long as its scenario says, or [`DEFAULT_TIMEOUT`].
    pub timeout: Option<Duration>,
    /// Leaves the browser of the first failed case open until a key is pressed; needs a headed browser.
    pub pause_on_failure: bool,
    /// The browser and its driver.
    pub browser: BrowserOptions,
    /// What becomes of recorded snapshots.
    pub snapshots: SnapshotMode,
}

/// Which cases run. Every given criterion must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Files and folders; empty means the built-in suites.
    pub paths: Vec<PathBuf>,
    /// A regular expression that the title or the id must match.
    pub grep: Option<String>,
    /// Tags, one of which the case must carry; empty means any.
    pub tags: Vec<String>,
}

/// The browser and its driver.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BrowserOptions {
    /// A WebDriver endpoint in use already; `None` starts ChromeDriver.
    pub webdriver: Option<Url>,
    /// The browser's binary; `None` looks in the usual places.
    pub browser: Option<PathBuf>,
    /// The ChromeDriver binary; `None` looks in the usual places.
    pub chromedriver: Option<PathBuf>,
    /// Shows the browser's window.
    pub headed: bool,
    /// Waits this long before every action.
    pub slow_mo: Duration,
}

impl Default for RunOptions {
    /// The built-in suites, headless.
    fn default() -> Self {
        Self {
            selection: Selection::default(),
            must_fail: false,
            fail_fast: false,
            workers: None,
            timeout: None,
            pause_on_failure: false,
            browser: BrowserOptions::default(),
            snapshots: SnapshotMode::Record,
        }
    }
}

/// How long one case may take where neither a flag nor its scenario says it.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

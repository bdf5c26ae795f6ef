//! What a run is asked to do. Plain data: the command line fills it in, the runner reads it.

use std::collections::BTreeMap;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use crate::browser::Isolation;
use crate::outcome::{ConditionInfo, Shard, Verdict};
use crate::snapshot::SnapshotMode;
use crate::suite::SuiteOptions;

/// Everything that decides how a run goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOptions {
    /// Stops at the first case that did not pass; the others are skipped.
    pub fail_fast: bool,
    /// How often a case whose expectations failed is tried again; one that passes then is flaky.
    pub retries: u32,
    /// How often each case is run.
    pub repeat: NonZeroU32,
    /// The part of the cases to run; `None` takes them all.
    pub shard: Option<Shard>,
    /// How many cases run at the same time; `None` lets the runner choose: two for each core, one where cases
    /// run a command.
    pub workers: Option<NonZeroUsize>,
    /// What separates one case from the next.
    pub isolation: Isolation,
    /// How long one case may take.
    pub timeout: Duration,
    /// Leaves the browser of the first failed case open until a key is pressed; needs a headed browser.
    pub pause_on_failure: bool,
    /// The browser and its driver.
    pub browser: BrowserOptions,
    /// Of which cases pictures are kept.
    pub shots: Shots,
    /// What becomes of recorded snapshots.
    pub snapshots: SnapshotMode,
    /// Suites of the user's own.
    pub suite: SuiteOptions,
    /// What is known of the cases that are conditions, by the id of the case.
    pub conditions: BTreeMap<String, ConditionInfo>,
}

/// Of which cases pictures are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shots {
    /// Of those that did not pass.
    #[default]
    OnFailure,
    /// Of every case: half a second more for each.
    All,
    /// Of none.
    None,
}

impl Shots {
    /// Whether pictures are kept of a case with this verdict.
    pub(crate) fn of(self, verdict: Verdict) -> bool {
        match self {
            Self::OnFailure => verdict != Verdict::Passed,
            Self::All => true,
            Self::None => false,
        }
    }
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
            pause_on_failure: false,
            browser: BrowserOptions::default(),
            shots: Shots::default(),
            snapshots: SnapshotMode::Record,
            suite: SuiteOptions::default(),
            conditions: BTreeMap::new(),
        }
    }
}

/// How long one case may take where nothing else is said.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

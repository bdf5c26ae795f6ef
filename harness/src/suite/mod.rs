//! Runs a user's own test suite against the realm of a case: its process and environment, a WebDriver endpoint for its
//! browsers, and an HTTP proxy for its API calls.
//!
//! ```text
//! Connection::open (endpoint, proxy, shims) -> Variables -> SuiteProcess -> watch::until_judged -> Records, Ended
//! ```

pub(crate) mod accept_loop;
mod artefacts;
mod browser_arguments;
mod connection;
mod environment;
mod failed_at;
mod guarded_hosts;
mod java_options;
pub(crate) mod launch_plan;
mod limits;
pub(crate) mod loopback_guard;
mod options;
mod overlay;
mod own_folders;
mod passkeys;
pub(crate) mod peer;
mod playwright_trace;
mod preload;
mod process;
mod proxy;
mod quick_ack_stream;
mod reach;
mod records;
mod suite_options;
mod trust;
mod upstream_proxy;
pub(crate) mod watch;
mod webdriver;

#[cfg(test)]
mod listener_tests;
#[cfg(test)]
mod unconnected;

pub(crate) use artefacts::{Keep, keep as keep_artefacts};
pub use connection::Connection;
pub use environment::{Mapping, MappingError, Variables};
pub(crate) use environment::{STANDARD, SuiteUser, Target, VARIABLES, Variable};
pub(crate) use failed_at::failed_at;
pub(crate) use guarded_hosts::GuardedHosts;
pub use limits::Limits;
pub use options::{ConnectionOptions, Recording};
pub(crate) use overlay::Overlay;
pub(crate) use passkeys::{PasskeyKeeper, Passkeys};
pub(crate) use playwright_trace::{Traced, traced};
pub(crate) use process::{Ended, ForegroundProcess, Launch, OutputLimit, ProcessError, ProgramSearch, SuiteProcess};
pub use reach::{Reach, RealmReach};
pub(crate) use records::Records;
pub use suite_options::SuiteOptions;
pub(crate) use upstream_proxy::UpstreamProxy;
pub(crate) use webdriver::ChromeDriverShim;

//! How a suite is run: the user's choices.

use std::path::PathBuf;
use std::time::Duration;

use vestibule_model::{MyDomain, SignInPage};

use super::environment::Mapping;

/// How a user's own suite is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuiteOptions {
    /// Whether the suite sees the vendor's real host names.
    pub real_hosts: bool,
    /// The My Domain that the org has for suites; `None` is that of each case.
    pub my_domain: Option<MyDomain>,
    /// The sign-in page of identity providers that ask for a password; `None` is that of each case.
    pub idp_page: Option<SignInPage>,
    /// Whether each browser of a suite gets a virtual authenticator with the passkeys of its user, unless the step says
    /// otherwise.
    pub passkey: bool,
    /// Names that the suite reads, in addition to those of each step.
    pub mappings: Vec<Mapping>,
    /// How long the suite may keep running after it has left the page on which its users came home.
    pub grace: Duration,
    /// Whether the suite may run to its end instead.
    pub full: bool,
    /// The folder of the reports, where the traces and reports of the suite's own tools are kept; `None` keeps none.
    pub artefacts: Option<PathBuf>,
}

impl Default for SuiteOptions {
    fn default() -> Self {
        Self {
            real_hosts: false,
            my_domain: None,
            idp_page: None,
            passkey: false,
            mappings: Vec::new(),
            grace: DEFAULT_GRACE,
            full: false,
            artefacts: None,
        }
    }
}

/// The default of [`SuiteOptions::grace`].
pub(crate) const DEFAULT_GRACE: Duration = Duration::from_secs(5);

//! What is run, against what, and how.

use std::time::Duration;

use clap::ValueEnum;
use url::Url;
use vestibule_simulator::attacks::{Case, Protocol};

use super::detector::Detector;
use super::hosts::AllowedHosts;
use super::provider::ProviderSpec;
use crate::outcome::Library;

/// What is run, against what, and how.
#[derive(Debug, Clone)]
pub(crate) struct AttackPlan {
    /// Where a login begins.
    pub(crate) start: Url,
    /// The page that tells who is signed in; `None`: where a good login ends.
    pub(crate) check: Option<Url>,
    /// What shows there that somebody is.
    pub(crate) sign: Detector,
    /// Whom anything may be sent to.
    pub(crate) allowed: AllowedHosts,
    /// Certificates of authorities that the app's own certificate is of, PEM.
    pub(crate) authorities: Vec<Vec<u8>>,
    /// The identity provider.
    pub(crate) provider: ProviderSpec,
    /// What the app speaks.
    pub(crate) protocol: Protocol,
    /// The cases, in the order of the catalogue.
    pub(crate) cases: Vec<&'static Case>,
    /// How logins are driven.
    pub(crate) browser: BrowserUse,
    /// How long one login may take.
    pub(crate) limit: Duration,
    /// How long the app may take to get up.
    pub(crate) wait: Duration,
    /// The library that the results are about.
    pub(crate) library: Option<Library>,
    /// Whether reports leave out how a finding is brought about.
    pub(crate) hide_payloads: bool,
}

/// How logins are driven.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum BrowserUse {
    /// By plain HTTP, and in a browser if a good login does not work without script
    #[default]
    Auto,
    /// By plain HTTP only
    Never,
    /// In a browser
    Always,
}

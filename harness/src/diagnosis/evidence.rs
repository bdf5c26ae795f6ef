//! What was observed about one login.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::Date;
use vestibule_model::Strength;
use vestibule_simulator::policy::Rulebook;

use super::SignIns;
use crate::outcome::{Details, Exit};
use crate::trace::{ActionKind, StopReason};

/// What was observed about one login, from every source. Lists begin with the login in question; the oldest entry is
/// first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Evidence {
    /// Whether every user that should be home is or was signed in, according to the realm.
    pub signed_in: bool,
    /// The realm's journal, and in it the sign-in that decides.
    pub journal: SignIns,
    /// What our own actor did; empty for a suite.
    pub actions: Vec<ActionKind>,
    /// Why our own actor stopped.
    pub stopped: Option<StopReason>,
    /// How long nothing happened on the last page before the end, in milliseconds.
    pub stood_ms: Option<u64>,
    /// Requests, WebDriver commands, proxied requests, console.
    pub details: Details,
    /// Virtual authenticators in the browser sessions: (session, how many credentials it holds).
    pub authenticators: Vec<(u32, usize)>,
    /// Whether the WebDriver server that a suite was given is gone.
    pub driver_gone: bool,
    /// How a suite ended.
    pub exit: Option<Exit>,
    /// How long a suite might run.
    pub time_limit: Option<Duration>,
    /// What a suite printed.
    pub output: String,
    /// Variables that a suite may look for and that have no value in this case.
    pub without_value: Vec<VariableWithoutValue>,
    /// Whether the realm has the vendor's real host names.
    pub real_hosts: bool,
    /// The bare names of the realm's hosts.
    pub hosts: Vec<String>,
    /// The date of the org, by which it decides; a condition has one of its own.
    pub org_date: Option<Date>,
    /// What the org and its rules say about single sign-on.
    pub sso: SsoEvidence,
    /// What is known about the user who signs in.
    pub user: UserEvidence,
}

/// What the org and its rules say about single sign-on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SsoEvidence {
    /// The signals that are in a tier.
    pub listed: Vec<(String, Strength)>,
    /// The SAML attributes in which the org looks for signals.
    pub read_attributes: Vec<String>,
    /// The contexts that the org asks each identity provider for, by its key.
    pub requested: BTreeMap<String, Vec<String>>,
}

impl SsoEvidence {
    /// What a rulebook says of signals, for an org that asks its identity providers for no context.
    pub(crate) fn of(rulebook: &Rulebook) -> Self {
        let listed = rulebook.listed_signals().into_iter();
        Self {
            listed: listed.map(|(signal, tier)| (signal.to_owned(), tier)).collect(),
            read_attributes: rulebook.read_attributes().to_vec(),
            requested: BTreeMap::new(),
        }
    }
}

/// A variable without a value: `SF_TOTP`, where `--env SF_TOTP={totp-secret}` was given and the user has no TOTP app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VariableWithoutValue {
    /// Its name in the environment.
    pub name: String,
    /// The template that stands for nothing here.
    pub template: String,
}

/// What is known about the user who signs in; no secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct UserEvidence {
    /// Key of the user.
    pub key: String,
    /// Whether a TOTP secret was given to the suite.
    pub has_totp_secret: bool,
    /// Whether a passkey is registered at the org.
    pub has_passkey: bool,
    /// Whether a passkey was put into the suite's browser.
    pub passkey_in_browser: bool,
    /// RP ID of that passkey, if it is not this org's.
    pub foreign_rp_id: Option<String>,
    /// Whether a new browser finds the username remembered.
    pub username_remembered: bool,
    /// Whether the temporary code that an admin generated has expired.
    pub temporary_code_expired: bool,
    /// Whether another browser was activated for the user before this login.
    pub device_activated: bool,
}

//! A scenario, typed. Each field documents one key of the YAML; key names are the field names in kebab-case.

mod condition;
mod expect;
mod idp;
mod org;
mod steps;
mod users;

use std::collections::BTreeMap;

pub use condition::{Applies, Condition, Enforced, OwnerName};
pub use expect::{CookieExpectation, EventPattern, Expect, Expectation, LoginRow, Recorded, SnapshotPlan};
pub use idp::{
    Carriage, ClientAuthName, Idp, KeyName, KeyStateName, MethodName, OnRequestedContextName, Protocol, SignIn,
    SignedPart,
};
pub use org::{ClockComponent, ClockPart, Org, RulebookChoice};
pub use steps::{ActorName, AdvanceClock, AuthenticatorName, HostName, Route, SignInStep, Step, Visit};
pub use users::{PasskeyLoss, Password, User};

use super::spanned::Spanned;

/// One case of a scenario with every value decided: a row of its matrix is already applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// `title`: one sentence, unique within its suite.
    pub title: Spanned<String>,
    /// `tags`: for `--tag`.
    pub tags: Vec<Spanned<String>>,
    /// `condition`: what `survive` says about this scenario, where it is a condition.
    pub condition: Option<Spanned<Condition>>,
    /// The org.
    pub org: Org,
    /// `rulebook`: the dated rules; left out, the newest.
    pub rulebook: Option<Spanned<RulebookChoice>>,
    /// `users` by key.
    pub users: BTreeMap<String, Spanned<User>>,
    /// `idp` and `idps` by key; the key of `idp` is its preset's name, or `idp`.
    pub idps: BTreeMap<String, Spanned<Idp>>,
    /// The protocol clock.
    pub clock: ClockPart,
    /// `steps`, in order.
    pub steps: Vec<Spanned<Step>>,
    /// `expect`: what must hold after the last step.
    pub expect: Spanned<Expect>,
}

//! The evidence of a case whose login was performed by one of our own actors.

use vestibule_simulator::realm::{Component, Event, Realm, User};

use super::steps::Stage;
use super::world::World;
use crate::diagnosis::{self, Evidence, PersonaEvidence};
use crate::outcome::Finding;
use crate::scenario::model::{AuthenticatorName, SignInStep};
use crate::trace::{StopReason, Trace};

/// Where the last sign-in of a case begins, and what the person brought.
#[derive(Debug, Clone)]
pub(super) struct SignInMark {
    /// Key of the user.
    pub(super) user: String,
    /// What the actor could answer with.
    pub(super) allowed: AuthenticatorName,
    /// Length of the journal before it.
    pub(super) journal_from: u64,
    /// Number of actions before it.
    pub(super) actions_from: usize,
    /// Rows of Login History before it.
    pub(super) history_from: usize,
    /// How many sessions the org had opened before it.
    pub(super) sessions_before: u32,
    /// Whether a browser was activated for the user before it.
    pub(super) device_activated: bool,
    /// Why the actor went no further.
    pub(super) stopped: Option<StopReason>,
}

impl SignInMark {
    /// The sign-in that begins now.
    pub(super) fn here(stage: &Stage<'_>, step: &SignInStep, user: &User) -> Self {
        let realm = &stage.world.realm;
        Self {
            user: user.key.clone(),
            allowed: step.authenticator,
            journal_from: journal_length(realm),
            actions_from: stage.trace.kinds().len(),
            history_from: realm.login_history.all().len(),
            sessions_before: stage.sessions_before,
            device_activated: !user.devices.is_empty(),
            stopped: None,
        }
    }
}

/// A stored session is what the browser brings from now on: the login in question begins here.
pub(super) fn begin_again(world: &mut World, trace: &Trace) {
    let realm = &world.realm;
    if let Some(mark) = &mut world.last_sign_in {
        mark.journal_from = journal_length(realm);
        mark.actions_from = trace.kinds().len();
        mark.history_from = realm.login_history.all().len();
        mark.sessions_before = realm.sessions.opened();
        mark.stopped = None;
    }
}

/// Why the last login of the case stopped; `None` where it held or none was tried.
pub(super) fn finding(world: &World, trace: &Trace) -> Option<Finding> {
    let mark = world.last_sign_in.as_ref()?;
    diagnosis::diagnose(&evidence(world, trace, mark))
}

fn evidence(world: &World, trace: &Trace, mark: &SignInMark) -> Evidence {
    let realm = &world.realm;
    let journal = realm.journal.since(mark.journal_from);
    let opened = journal
        .iter()
        .any(|entry| matches!(&entry.event, Event::SessionOpened { user, gated: false, .. } if *user == mark.user));
    let last_page = journal.iter().rev().find(|entry| matches!(entry.event, Event::PageServed { .. }));
    let now = realm.clock.now(Component::Org);
    let stood_ms = last_page.and_then(|entry| u64::try_from(now.duration_since(entry.at).as_millis()).ok());
    let user = realm.users.get(&mark.user);
    let brings_passkey =
        !matches!(mark.allowed, AuthenticatorName::Totp | AuthenticatorName::SharedTotp | AuthenticatorName::None);
    let brings_totp = !matches!(mark.allowed, AuthenticatorName::Passkey | AuthenticatorName::None);
    let has_passkey = user.as_ref().is_some_and(|user| !user.passkeys.is_empty());
    let credentials = world.credentials(&mark.user);
    Evidence {
        signed_in: opened || realm.sessions.signed_in_after(&mark.user, mark.sessions_before),
        journal,
        login_history: realm.login_history.all().split_off(mark.history_from),
        actions: trace.kinds()[mark.actions_from..].to_vec(),
        stopped: mark.stopped.clone(),
        stood_ms,
        authenticators: if brings_passkey { vec![(0, credentials)] } else { Vec::new() },
        persona: PersonaEvidence {
            user: mark.user.clone(),
            has_totp_secret: brings_totp && user.as_ref().is_some_and(|user| user.totp_secret.is_some()),
            has_passkey,
            passkey_in_browser: brings_passkey && credentials > 0,
            foreign_rp_id: world.foreign_rp_id(&mark.user),
            temporary_code_expired: user.as_ref().is_some_and(|user| user.temporary_code_expired(now)),
            username_remembered: user.as_ref().is_some_and(|user| user.spec.remembered),
            device_activated: mark.device_activated,
        },
        ..Evidence::default()
    }
}

fn journal_length(realm: &Realm) -> u64 {
    realm.journal.all().last().map_or(0, |entry| entry.seq + 1)
}

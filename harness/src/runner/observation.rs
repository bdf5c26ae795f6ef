//! What was observed in a case: the only input of the judgement, and the only source of evidence for the diagnosis.

use std::time::Duration;

use vestibule_model::AuthenticatorKind;
use vestibule_simulator::policy::Decision;
use vestibule_simulator::realm::{Component, Entry, Event, HostNaming, LoginRecord, Realm, User};

use super::case_env::CaseEnv;
use super::error::Broken;
use crate::browser::PageState;
use crate::diagnosis::{self, Evidence, SignIns, SsoEvidence, UserEvidence, VariableWithoutValue};
use crate::outcome::{self, Artefact, Details, Finding, Owner, Survival, Way, Witnessed};
use crate::scenario::model::Expectation;
use crate::suite::{Ended, Records, Traced};
use crate::trace::{ActionKind, StopReason, Trace};

/// What is known about a case when it is judged.
pub(super) struct Observation {
    /// Key of the user of the login in question.
    pub(super) user: Option<String>,
    /// Whether that user is signed in; for a suite, whether its users were when it was judged.
    pub(super) signed_in: bool,
    /// The page of our browser; `None` for a suite, which uses its own browsers.
    pub(super) page: Option<PageState>,
    /// Why the last actor stopped.
    pub(super) stopped: Option<StopReason>,
    /// The verdict on a suite, if one ran.
    pub(super) survival: Option<Survival>,
    /// Why the login stopped; `None` if it worked or no login was tried.
    pub(super) finding: Option<Finding>,
    /// The whole journal.
    pub(super) journal: Vec<Entry>,
    /// The whole Login History.
    pub(super) login_history: Vec<LoginRecord>,
}

/// Where the login in question begins, and what its user has: the last sign-in of an actor, or a whole suite.
#[derive(Debug, Clone)]
pub(super) struct LoginMark {
    /// Key of the user.
    pub(super) user: String,
    /// Whether the user's passkeys are in the browser.
    pub(super) brings_passkeys: bool,
    /// Whether the user's TOTP secret was given.
    has_totp_secret: bool,
    /// Length of the journal before it.
    pub(super) journal_from: u64,
    /// Number of actions before it.
    actions_from: usize,
    /// How many sessions the org had opened before it.
    pub(super) sessions_before: u32,
    /// Why the actor stopped.
    pub(super) stopped: Option<StopReason>,
}

/// What is known about a suite that has ended.
pub(super) struct SuiteRun {
    /// Whether every user was home.
    pub(super) home: bool,
    /// How long the realm had been idle, in milliseconds.
    pub(super) stood_ms: u64,
    /// Whether it did something for the first time a moment before its end.
    pub(super) on_its_way: bool,
    /// How long it might run.
    pub(super) limit: Duration,
    pub(super) ended: Ended,
    pub(super) records: Records,
    /// Variables that it may have looked for in vain.
    pub(super) without_value: Vec<VariableWithoutValue>,
    /// The traces and reports of its own tools that were kept.
    pub(super) artefacts: Vec<Artefact>,
    /// What it did according to its own trace, for a report. The diagnosis follows what Vestibule saw.
    pub(super) traced: Traced,
}

impl LoginMark {
    /// The login that begins now.
    pub(super) fn now(env: &CaseEnv, user: &User, authenticator: AuthenticatorKind, trace: Option<&Trace>) -> Self {
        let realm = &env.realm;
        Self {
            user: user.key.clone(),
            brings_passkeys: authenticator.has_passkeys(),
            has_totp_secret: authenticator.has_totp() && user.totp_secret.is_some(),
            journal_from: realm.journal.length(),
            actions_from: trace.map_or(0, |trace| trace.kinds().len()),
            sessions_before: realm.sessions.opened(),
            stopped: None,
        }
    }

    /// The same user begins again: from now on the browser brings a stored session.
    pub(super) fn begin_again(&mut self, realm: &Realm, trace: &Trace) {
        self.journal_from = realm.journal.length();
        self.actions_from = trace.kinds().len();
        self.sessions_before = realm.sessions.opened();
        self.stopped = None;
    }
}

impl Observation {
    /// A case whose logins are performed by our own actors; `mark` belongs to the last login.
    pub(super) fn of_actors(env: &CaseEnv, mark: Option<&LoginMark>, trace: &Trace, page: Option<PageState>) -> Self {
        let sessions = &env.realm.sessions;
        Self {
            user: mark.map(|mark| mark.user.clone()),
            signed_in: mark.is_some_and(|mark| sessions.signed_in_after(&mark.user, mark.sessions_before)),
            page,
            stopped: mark.and_then(|mark| mark.stopped.clone()),
            survival: None,
            finding: mark.and_then(|mark| diagnosis::diagnose(&evidence(env, mark, &Performance::Actor(trace)))),
            journal: env.realm.journal.all(),
            login_history: env.realm.login_history.all(),
        }
    }

    /// A case whose login was performed by a suite. `mark` belongs to the user who matters most: one who is not home.
    ///
    /// # Errors
    ///
    /// If trouble of the machine or of Vestibule kept the suite from its login, or Vestibule ended it before anything was
    /// decided.
    pub(super) fn of_suite(
        env: &CaseEnv,
        mark: &LoginMark,
        suite: &SuiteRun,
        details: &Details,
    ) -> Result<Self, Broken> {
        let evidence = evidence(env, mark, &Performance::Suite(suite, details));
        if let Some(trouble) = diagnosis::trouble(&evidence) {
            return Err(Broken::Suite(trouble));
        }
        let finding = diagnosis::diagnose(&evidence);
        let witnessed = Witnessed {
            home: evidence.is_home(),
            helper_failed: evidence.is_home() && finding.is_some(),
            way: way(suite, &evidence, finding.as_ref()),
        };
        let Some(survival) = outcome::survival(witnessed, suite.ended.exit) else {
            return Err(Broken::OutOfTime { limit: suite.limit, seen: finding });
        };
        Ok(Self {
            user: Some(mark.user.clone()),
            signed_in: suite.home,
            page: None,
            stopped: None,
            survival: Some(survival),
            finding: finding.filter(|_| survival != Survival::Survived),
            journal: env.realm.journal.all(),
            login_history: env.realm.login_history.all(),
        })
    }

    /// The user of the login that an expectation is about. Where nobody signed in, any answer would hold; scenarios are
    /// checked for that.
    pub(super) fn user_of(&self, expectation: Expectation) -> Result<&str, Broken> {
        let nobody = || Broken::Step(format!("`{expectation}` is about a login, and nobody has signed in"));
        self.user.as_deref().ok_or_else(nobody)
    }

    /// The org's last decision.
    pub(super) fn decision(&self) -> Option<&Decision> {
        self.journal.iter().rev().find_map(|entry| match &entry.event {
            Event::Decided { decision, .. } => Some(decision),
            _ => None,
        })
    }
}

/// What a suite did on its way. One that sleeps at its end, or that has not come to its login, may still act; one that looks
/// for something on a page that has stood still for long, for a cause that is known, looks in vain.
fn way(suite: &SuiteRun, evidence: &Evidence, finding: Option<&Finding>) -> Way {
    if diagnosis::only_refusals(evidence) {
        return Way::OnlyRefusals;
    }
    let known = finding.is_some_and(|finding| finding.owner != Owner::Unknown);
    let looks = suite.records.commanding && !suite.on_its_way && evidence.saw_any_page();
    if looks && known { Way::LookedInVain } else { Way::Other }
}

/// What only the performer of the login knows.
enum Performance<'a> {
    Actor(&'a Trace),
    Suite(&'a SuiteRun, &'a Details),
}

/// The evidence of the login that begins at this mark.
fn evidence(env: &CaseEnv, mark: &LoginMark, performance: &Performance<'_>) -> Evidence {
    let realm = &env.realm;
    let journal = realm.journal.since(mark.journal_from);
    let of_realm = Evidence {
        user: user_evidence(env, mark),
        org_date: Some(realm.spec.org.date),
        sso: sso_evidence(realm),
        real_hosts: realm.spec.naming == HostNaming::Real,
        hosts: realm.hosts.all(),
        ..Evidence::default()
    };
    match performance {
        Performance::Actor(trace) => {
            let signed_in = realm.sessions.signed_in_after(&mark.user, mark.sessions_before);
            let authenticator = mark.brings_passkeys.then(|| (0, env.credentials(&mark.user)));
            Evidence {
                signed_in: signed_in || session_was_opened(&journal, &mark.user),
                stood_ms: trace.page_stood_ms(mark.actions_from),
                journal: SignIns::of_one_actor(journal, &mark.user),
                actions: actions_since(trace, mark),
                stopped: mark.stopped.clone(),
                authenticators: authenticator.into_iter().collect(),
                ..of_realm
            }
        }
        Performance::Suite(suite, details) => Evidence {
            signed_in: suite.home,
            stood_ms: Some(suite.stood_ms),
            journal: SignIns::read(journal, &mark.user, of_realm.user.username_remembered),
            details: (*details).clone(),
            authenticators: suite.records.authenticators.clone(),
            driver_gone: suite.records.driver_gone,
            exit: Some(suite.ended.exit),
            time_limit: Some(suite.limit),
            output: suite.ended.output.clone(),
            without_value: suite.without_value.clone(),
            ..of_realm
        },
    }
}

fn sso_evidence(realm: &Realm) -> SsoEvidence {
    let idps = realm.spec.idps.iter();
    let requested = idps.map(|(key, idp)| (key.clone(), idp.requested_context.clone())).collect();
    SsoEvidence { requested, ..SsoEvidence::of(&realm.rulebook) }
}

fn user_evidence(env: &CaseEnv, mark: &LoginMark) -> UserEvidence {
    let user = env.realm.users.get(&mark.user);
    let user = user.as_ref();
    let now = env.realm.clock.now(Component::Org);
    UserEvidence {
        key: mark.user.clone(),
        has_totp_secret: mark.has_totp_secret,
        has_passkey: user.is_some_and(|user| !user.passkeys.is_empty()),
        passkey_in_browser: mark.brings_passkeys && env.credentials(&mark.user) > 0,
        foreign_rp_id: env.foreign_rp_id(&mark.user),
        temporary_code_expired: user.is_some_and(|user| user.temporary_code_expired(now)),
        username_remembered: user.is_some_and(|user| user.spec.remembered),
        device_activated: user.is_some_and(|user| !user.devices.is_empty()),
    }
}

fn actions_since(trace: &Trace, mark: &LoginMark) -> Vec<ActionKind> {
    trace.kinds().iter().skip(mark.actions_from).cloned().collect()
}

fn session_was_opened(journal: &[Entry], wanted: &str) -> bool {
    journal
        .iter()
        .any(|entry| matches!(&entry.event, Event::SessionOpened { user, gated: false, .. } if user == wanted))
}

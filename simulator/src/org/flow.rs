//! A login that is under way: after its first proof, before it is complete.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::SignedDuration;
use parking_lot::Mutex;

use super::attempt::LoginAttempt;
use super::passkeys::{Registration, Verification};
use super::{paths, return_url};
use crate::http::{Fields, RequestContext};
use crate::realm::{Component, Entropy, Expiring, Hosts, Kept, Realm, later};
use vestibule_model::{EnrolmentGate, LoginKind, PageName, Secret, SessionLevel, UserSpec, VerificationMethod};

/// One login under way.
pub(crate) struct Flow {
    /// Its id, the value of the flow cookie.
    pub(crate) id: Secret,
    /// What it started with.
    pub(crate) attempt: LoginAttempt,
    /// Its current step.
    pub(crate) step: Step,
    /// The anti-forgery token of its forms; also in their query strings (contract C2.4).
    pub(crate) vcsrf: Secret,
    /// The session: gated while the enrolment gate blocks it, open when the login is complete.
    pub(crate) sid: Option<Secret>,
    /// The open session for which the user verifies again or registers a method; `None` in a login.
    pub(crate) step_up: Option<StepUpOf>,
    /// The code that was last sent to the user.
    pub(crate) sent_code: Option<Secret>,
    /// Whether it was sent by text message, and not by email.
    pub(crate) sent_by_sms: bool,
    /// Whether a request waits in Salesforce Authenticator.
    pub(crate) push_waits: bool,
    /// Whether the user chose the method of the current page.
    pub(crate) method_chosen: bool,
    /// The pages between login and destination that were passed.
    pub(crate) passed: BTreeSet<PageName>,
    /// The request that completed the login.
    last: Option<LastRequest>,
}

/// What identifies a request that a second click repeats.
struct LastRequest {
    path_and_query: String,
    fields: Fields,
}

/// The open session for which a flow steps up.
pub(crate) struct StepUpOf {
    /// Its id.
    pub(crate) sid: Secret,
    /// What it is for.
    pub(crate) purpose: StepUpFor,
}

/// What somebody who is signed in verifies again for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum StepUpFor {
    /// A report or dashboard.
    Report {
        /// Whether an export is waiting.
        export: bool,
    },
    /// The registration of one more passkey, which follows the verification.
    Registration,
}

/// The current step of a login.
pub(crate) enum Step {
    /// The rules have not been asked yet.
    Deciding,
    /// The user must verify with a registered method.
    Verify {
        /// Methods offered, the preferred one first.
        methods: Vec<VerificationMethod>,
        /// The method whose page is shown.
        chosen: VerificationMethod,
        /// The WebAuthn ceremony that waits for its assertion.
        ceremony: Option<Box<Verification>>,
    },
    /// The user must register a method.
    Enrol {
        /// Methods offered, the preferred one first.
        methods: Vec<VerificationMethod>,
        /// Whether the gate can be left.
        gate: EnrolmentGate,
        /// The WebAuthn ceremony that waits for its attestation.
        ceremony: Option<Box<Registration>>,
        /// The TOTP secret that the page shows.
        totp_secret: Secret,
    },
    /// Somebody who is signed in must enter the code that was sent.
    ConfirmByEmail,
    /// The user must enter the code that was sent.
    ActivateDevice {
        /// The level that the session will have.
        level: SessionLevel,
    },
    /// A page comes between the successful login and its destination.
    Interstitial {
        /// The page.
        page: &'static Interstitial,
        /// Whether navigating elsewhere leaves it.
        leavable: bool,
        /// The level that the session will have.
        level: SessionLevel,
    },
    /// The session is open.
    Done,
}

/// A page that may come between a successful login and its destination.
pub(crate) struct Interstitial {
    /// The page.
    pub(crate) name: PageName,
    /// Its path.
    pub(crate) path: &'static str,
    /// The start of its query, before `retURL`, when a login leads to it: `d=m&`.
    pub(crate) query: &'static str,
    /// Whether the page is due for this user and this kind of login.
    pub(crate) due: fn(&UserSpec, &LoginKind) -> Option<Due>,
}

/// A page that is due.
pub(crate) struct Due {
    /// Whether navigating elsewhere leaves it.
    pub(crate) leavable: bool,
}

/// A login that several requests share, one at a time.
pub(crate) type SharedFlow = Arc<Mutex<Flow>>;

/// The logins under way in one org.
pub(crate) struct Flows {
    by_id: Expiring<SharedFlow>,
    by_sid: Expiring<Secret>,
}

impl Flows {
    pub(super) fn new(realm: &Realm) -> Self {
        Self { by_id: Expiring::new(Kept::Logins, &realm.journal), by_sid: Expiring::new(Kept::Logins, &realm.journal) }
    }

    /// Begins a login.
    pub(crate) fn start(&self, realm: &Realm, attempt: LoginAttempt) -> SharedFlow {
        let now = realm.clock.now(Component::Org);
        let flow = Flow::new(&realm.entropy, attempt);
        let id = flow.id.reveal().to_owned();
        let shared = Arc::new(Mutex::new(flow));
        self.by_id.put(&id, Arc::clone(&shared), later(now, LIFETIME), now);
        shared
    }

    /// The login with this id, if it has not expired.
    pub(crate) fn find(&self, realm: &Realm, id: &str) -> Option<SharedFlow> {
        self.by_id.get(id, realm.clock.now(Component::Org))
    }

    /// Remembers that this session belongs to this login.
    pub(crate) fn bind(&self, realm: &Realm, sid: &Secret, id: &Secret) {
        let now = realm.clock.now(Component::Org);
        self.by_sid.put(sid.reveal(), id.clone(), later(now, LIFETIME), now);
    }

    /// Ends a completed login: its cookie and the id of its gated session are no longer valid. For a short time, a second
    /// click still finds the login.
    pub(crate) fn end(&self, realm: &Realm, flow: &Flow, waited: Option<&Secret>) {
        let now = realm.clock.now(Component::Org);
        let end = later(now, REPEAT);
        self.by_id.end_at(flow.id.reveal(), end);
        if let Some(sid) = waited {
            self.by_sid.take(sid.reveal(), now);
        }
        if let Some(sid) = &flow.sid {
            self.by_sid.put(sid.reveal(), flow.id.clone(), end, now);
        }
    }

    /// Forgets the login with this id.
    pub(crate) fn forget(&self, realm: &Realm, id: &str) {
        self.by_id.take(id, realm.clock.now(Component::Org));
    }

    /// The login to which this session belongs, if it has not expired.
    pub(crate) fn of_session(&self, realm: &Realm, sid: &str) -> Option<SharedFlow> {
        let id = self.by_sid.get(sid, realm.clock.now(Component::Org))?;
        self.find(realm, id.reveal())
    }
}

impl Flow {
    fn new(entropy: &Entropy, attempt: LoginAttempt) -> Self {
        Self {
            id: Secret::new(entropy.token()),
            vcsrf: Secret::new(entropy.token()),
            attempt,
            step: Step::Deciding,
            sid: None,
            step_up: None,
            sent_code: None,
            sent_by_sms: false,
            push_waits: false,
            method_chosen: false,
            passed: BTreeSet::new(),
            last: None,
        }
    }

    /// Notes the request that completed the login, if it is complete.
    pub(crate) fn note_end(&mut self, request: &RequestContext, fields: &Fields) {
        if matches!(self.step, Step::Done) && self.last.is_none() {
            self.last = Some(LastRequest { path_and_query: request.path_and_query(), fields: fields.clone() });
        }
    }

    /// Whether the flow cookie is valid for this request. After the login is complete, it is valid only for the request that
    /// completed it: a suite that presses Enter and clicks sends that request twice (contract M1.7).
    pub(crate) fn answers(&self, request: &RequestContext, fields: &Fields) -> bool {
        let repeats = |last: &LastRequest| last.path_and_query == request.path_and_query() && last.fields == *fields;
        !matches!(self.step, Step::Done) || self.last.as_ref().is_some_and(repeats)
    }

    /// Whether the login is at this page.
    pub(crate) fn stands_at(&self, interstitial: &Interstitial) -> bool {
        matches!(self.step, Step::Interstitial { page, .. } if page.name == interstitial.name)
    }

    /// The path of the page that asks for the code that was sent.
    pub(crate) fn sent_code_path(&self) -> &'static str {
        if self.sent_by_sms { paths::SMS } else { paths::EMAIL }
    }

    /// Path and query of the login's current page.
    pub(crate) fn path(&self, hosts: &Hosts) -> String {
        let vcsrf = self.vcsrf.reveal();
        let return_url = || return_url::encode(&self.attempt.return_url.short(hosts));
        match &self.step {
            Step::Verify { chosen, .. } => format!("{}?vcsrf={vcsrf}&vpol=default", chosen.verification_path()),
            Step::ActivateDevice { .. } => format!("{}?vcsrf={vcsrf}&vpol=ic", self.sent_code_path()),
            Step::ConfirmByEmail => format!("{}?vcsrf={vcsrf}&vpol=default", self.sent_code_path()),
            Step::Enrol { methods, .. } => format!("{}?retURL={}", paths::enrolment(methods), return_url()),
            Step::Interstitial { page, .. } => format!("{}?{}retURL={}", page.path, page.query, return_url()),
            Step::Deciding | Step::Done => paths::START.to_owned(),
        }
    }
}

/// How long a second click finds a completed login.
const REPEAT: SignedDuration = SignedDuration::from_mins(1);
/// Half an hour on the protocol clock.
const LIFETIME: SignedDuration = SignedDuration::from_mins(30);

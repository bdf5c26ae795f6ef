//! A login that is under way: past its first proof, not yet through.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::SignedDuration;
use parking_lot::Mutex;
use webauthn_rs::prelude::PasskeyAuthentication;

use super::attempt::LoginAttempt;
use super::passkeys::Registration;
use super::{paths, return_url};
use crate::realm::{Component, Entropy, Expiring, Hosts, Realm};
use vestibule_model::{EnrolmentGate, LoginKind, PageName, Secret, SessionLevel, UserSpec, VerificationMethod};

/// One login under way.
pub(crate) struct Flow {
    /// Its id, the value of the flow cookie.
    pub(crate) id: Secret,
    /// What it began with.
    pub(crate) attempt: LoginAttempt,
    /// Where it stands.
    pub(crate) step: Step,
    /// The anti-forgery token of its forms; also in their query strings (contract C2.4).
    pub(crate) vcsrf: Secret,
    /// The session: gated while the enrolment gate stands before it, open when the login is through.
    pub(crate) sid: Option<Secret>,
    /// The code that was sent to the user last.
    pub(crate) sent_code: Option<Secret>,
    /// The pages between login and destination that were passed.
    pub(crate) passed: BTreeSet<PageName>,
}

/// Where a login stands.
pub(crate) enum Step {
    /// The rules have not been asked yet.
    Deciding,
    /// A registered method must be answered.
    Verify {
        /// Methods offered, the preferred one first.
        methods: Vec<VerificationMethod>,
        /// The method whose page is shown.
        chosen: VerificationMethod,
        /// The WebAuthn ceremony that waits for its assertion.
        ceremony: Option<Box<PasskeyAuthentication>>,
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
    /// The code sent by email must be answered.
    ActivateDevice {
        /// The level that the session will have.
        level: SessionLevel,
    },
    /// A page stands between the login, which went well, and its destination.
    Interstitial {
        /// The page.
        page: &'static Interstitial,
        /// Whether going elsewhere leaves it.
        leavable: bool,
        /// The level that the session will have.
        level: SessionLevel,
    },
    /// The session is open.
    Done,
}

/// A page that may stand between a login that went well and its destination.
pub(crate) struct Interstitial {
    /// The page.
    pub(crate) name: PageName,
    /// Its path.
    pub(crate) path: &'static str,
    /// What stands in its query before the `retURL` when a login leads to it: `d=m&`.
    pub(crate) query: &'static str,
    /// Whether it stands before the destination of such a login of this user.
    pub(crate) due: fn(&UserSpec, &LoginKind) -> Option<Due>,
}

/// A page that is due.
pub(crate) struct Due {
    /// Whether going elsewhere leaves it.
    pub(crate) leavable: bool,
}

/// A login that several requests may touch; one at a time does.
pub(crate) type SharedFlow = Arc<Mutex<Flow>>;

/// The logins under way in one org.
#[derive(Default)]
pub(crate) struct Flows {
    by_id: Expiring<SharedFlow>,
    by_sid: Expiring<Secret>,
}

impl Flows {
    /// Begins a login.
    pub(crate) fn start(&self, realm: &Realm, attempt: LoginAttempt) -> SharedFlow {
        let now = realm.clock.now(Component::Org);
        let flow = Flow::new(&realm.entropy, attempt);
        let id = flow.id.reveal().to_owned();
        let shared = Arc::new(Mutex::new(flow));
        self.by_id.put(id, Arc::clone(&shared), now + LIFETIME, now);
        shared
    }

    /// The login with this id, if it has not expired.
    pub(crate) fn find(&self, realm: &Realm, id: &str) -> Option<SharedFlow> {
        self.by_id.get(id, realm.clock.now(Component::Org))
    }

    /// Remembers that this session belongs to this login.
    pub(crate) fn bind(&self, realm: &Realm, sid: &Secret, id: &Secret) {
        let now = realm.clock.now(Component::Org);
        self.by_sid.put(sid.reveal(), id.clone(), now + LIFETIME, now);
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
            sent_code: None,
            passed: BTreeSet::new(),
        }
    }

    /// Whether this page is where the login stands.
    pub(crate) fn stands_at(&self, interstitial: &Interstitial) -> bool {
        matches!(self.step, Step::Interstitial { page, .. } if page.name == interstitial.name)
    }

    /// Path and query of the page where the login stands.
    pub(crate) fn path(&self, hosts: &Hosts) -> String {
        let vcsrf = self.vcsrf.reveal();
        let return_url = || return_url::encode(&self.attempt.return_url.short(hosts));
        match &self.step {
            Step::Verify { chosen, .. } => format!("{}?vcsrf={vcsrf}&vpol=default", chosen.verification_path()),
            Step::ActivateDevice { .. } => format!("{}?vcsrf={vcsrf}&vpol=ic", paths::EMAIL),
            Step::Enrol { methods, .. } => format!("{}?retURL={}", paths::enrolment(methods), return_url()),
            Step::Interstitial { page, .. } => format!("{}?{}retURL={}", page.path, page.query, return_url()),
            Step::Deciding | Step::Done => paths::START.to_owned(),
        }
    }
}

/// Half an hour on the protocol clock.
const LIFETIME: SignedDuration = SignedDuration::from_mins(30);

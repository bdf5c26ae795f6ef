//! A login that is under way: past its first proof, not yet through.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use parking_lot::Mutex;
use webauthn_rs::prelude::PasskeyAuthentication;

use super::gate::LoginAttempt;
use super::passkeys::Registration;
use crate::policy::terms::{EnrolmentGate, SessionLevel, VerificationMethod};
use crate::realm::{Component, Entropy, Realm, Secret};

/// One login under way.
pub(crate) struct Flow {
    /// Its id, the value of the flow cookie.
    pub(crate) id: Secret,
    /// What it began with.
    pub(crate) attempt: LoginAttempt,
    /// Where it stands.
    pub(crate) step: Step,
    /// The anti-forgery token of its forms; also in their query strings (facts C2).
    pub(crate) vcsrf: Secret,
    /// The session: gated while the enrolment gate stands before it, open when the login is through.
    pub(crate) sid: Option<Secret>,
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
    /// A method must be registered.
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
        /// The code.
        code: Secret,
        /// The level that the session will have.
        level: SessionLevel,
    },
    /// The session is open.
    Done,
}

/// A login that several requests may touch; one at a time does.
pub(crate) type SharedFlow = Arc<Mutex<Flow>>;

/// The logins under way in one org: bounded and expiring.
#[derive(Default)]
pub(crate) struct Flows {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    by_id: BTreeMap<String, (u64, SharedFlow)>,
    by_sid: BTreeMap<String, String>,
    order: VecDeque<String>,
}

impl Flows {
    /// Begins a login.
    pub(crate) fn start(&self, realm: &Realm, attempt: LoginAttempt) -> SharedFlow {
        let expires = realm.clock.unix(Component::Org).saturating_add(LIFETIME_SECONDS);
        let flow = Flow::new(&realm.entropy, attempt);
        let id = flow.id.reveal().to_owned();
        let shared = Arc::new(Mutex::new(flow));
        let mut kept = self.kept.lock();
        kept.by_id.insert(id.clone(), (expires, Arc::clone(&shared)));
        kept.order.push_back(id);
        if kept.order.len() > CAPACITY
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.by_id.remove(&oldest);
            kept.by_sid.retain(|_, id| *id != oldest);
        }
        shared
    }

    /// The login with this id, if it has not expired.
    pub(crate) fn find(&self, realm: &Realm, id: &str) -> Option<SharedFlow> {
        let now = realm.clock.unix(Component::Org);
        let kept = self.kept.lock();
        kept.by_id.get(id).filter(|(expires, _)| now < *expires).map(|(_, flow)| Arc::clone(flow))
    }

    /// Remembers that this session belongs to this login.
    pub(crate) fn bind(&self, sid: &Secret, id: &Secret) {
        self.kept.lock().by_sid.insert(sid.reveal().to_owned(), id.reveal().to_owned());
    }

    /// The login to which this session belongs, if it has not expired.
    pub(crate) fn of_session(&self, realm: &Realm, sid: &str) -> Option<SharedFlow> {
        let id = self.kept.lock().by_sid.get(sid).cloned()?;
        self.find(realm, &id)
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
        }
    }
}

/// Half an hour on the protocol clock.
const LIFETIME_SECONDS: u64 = 30 * 60;
/// More logins under way than any run has; the oldest goes first.
const CAPACITY: usize = 1024;

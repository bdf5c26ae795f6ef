//! The realm's append-only record of typed events. No event holds a secret.

use jiff::Timestamp;
use parking_lot::Mutex;
use serde::Serialize;

use super::hosts::HostRole;
use super::login_history::LoginRecord;
use crate::policy::Decision;
use crate::policy::terms::{LoginKind, PageName, SessionLevel, Signal, VerificationMethod};

/// One entry: when, and what.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// Position in the journal, from 0.
    pub seq: u64,
    /// The protocol clock.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// Something that happened in a realm.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Event {
    /// A page was sent to the browser.
    PageServed {
        /// Its name.
        page: PageName,
        /// The host that served it.
        host: HostRole,
        /// Path without query.
        path: String,
    },
    /// A login was taken up after its first proof: a password, an answer of an identity provider, an API session.
    LoginStarted {
        /// Key of the user, where known.
        user: Option<String>,
        /// The route.
        kind: LoginKind,
    },
    /// A step of the login form was posted. Of what was typed only this is kept.
    LoginFormPosted {
        /// The page whose form it was: `login`, `username`, `password` or `login-passkey`.
        page: PageName,
        /// Key of the user whose username was posted, where known.
        user: Option<String>,
        /// What the username field held.
        username_holds: UsernameHolds,
        /// What the password field held.
        password_holds: PasswordHolds,
    },
    /// A password was compared.
    PasswordChecked {
        /// Key of the user, where known.
        user: Option<String>,
        /// Whether it was right.
        accepted: bool,
    },
    /// The rules decided.
    Decided {
        /// Key of the user.
        user: String,
        /// The decision with its rules.
        decision: Decision,
    },
    /// Too many wrong passwords or codes locked a user out.
    UserLockedOut {
        /// Key of the user.
        user: String,
        /// What was wrong.
        by: LockoutCause,
    },
    /// A TOTP code was posted for a user who has a TOTP app. Its verdict follows as `verification-checked`.
    TotpCodePosted {
        /// Key of the user.
        user: String,
        /// How many steps of 30 seconds the code lies from now: 0 is the current step, −1 the one before. `None` where
        /// it is the code of no step within ten minutes.
        steps_off: Option<i64>,
        /// Seconds that the current step had left, 1 to 30.
        seconds_left: u64,
    },
    /// A verification was answered.
    VerificationChecked {
        /// Key of the user.
        user: String,
        /// The method.
        method: VerificationMethod,
        /// How it went.
        result: VerificationResult,
    },
    /// A verifier was registered.
    VerifierEnrolled {
        /// Key of the user.
        user: String,
        /// The method.
        method: VerificationMethod,
    },
    /// The enrolment gate was left without enrolling.
    GateLeft {
        /// Key of the user.
        user: String,
    },
    /// A page stood between a login that went well and its destination: a password change, a phone registration.
    InterstitialShown {
        /// Key of the user.
        user: String,
        /// The page.
        page: PageName,
    },
    /// The page was answered or left, and the login went on.
    InterstitialLeft {
        /// Key of the user.
        user: String,
        /// The page.
        page: PageName,
        /// How.
        how: InterstitialExit,
    },
    /// A code for device activation was asked for.
    DeviceActivationRequired {
        /// Key of the user.
        user: String,
    },
    /// The code sent by email was compared.
    DeviceActivationChecked {
        /// Key of the user.
        user: String,
        /// Whether it was right.
        accepted: bool,
    },
    /// An email was delivered to the inbox of the realm.
    EmailSent {
        /// Recipient address.
        to: String,
        /// Subject line.
        subject: String,
    },
    /// A session was opened at the org.
    SessionOpened {
        /// Key of the user.
        user: String,
        /// Number of the session.
        session: u32,
        /// Session security level.
        level: SessionLevel,
        /// Whether the enrolment gate stands before it.
        gated: bool,
    },
    /// A session was closed.
    SessionClosed {
        /// Key of the user.
        user: String,
        /// Number of the session.
        session: u32,
    },
    /// A `sid` cookie was presented that names no open session.
    SessionCookieRefused {
        /// The host.
        host: HostRole,
        /// Path without query.
        path: String,
    },
    /// The org sent an `AuthnRequest` or an authorization request to an identity provider.
    SsoStarted {
        /// Key of the identity provider.
        idp: String,
    },
    /// An identity provider received a SAML `AuthnRequest` or an OIDC authorization request.
    SsoRequestReceived {
        /// Key of the identity provider.
        idp: String,
        /// Whether it was good.
        verdict: ProtocolVerdict,
    },
    /// A user signed in at an identity provider.
    IdpSignedIn {
        /// Key of the identity provider.
        idp: String,
        /// Key of the user.
        user: String,
    },
    /// An identity provider issued a SAML `Response` or an ID token.
    SsoAnswerIssued {
        /// Key of the identity provider.
        idp: String,
        /// What it said, and where.
        signals: Vec<Signal>,
    },
    /// The org received a SAML `Response` or an ID token.
    SsoAnswerReceived {
        /// Key of the identity provider, where known.
        idp: Option<String>,
        /// The signals as they reached the org.
        signals: Vec<Signal>,
        /// Whether it was good.
        verdict: ProtocolVerdict,
    },
    /// A row was added to Login History.
    LoginRecorded(LoginRecord),
    /// A request was refused for another reason: unknown host or path, stale form.
    RequestRefused {
        /// The host.
        host: HostRole,
        /// Path without query.
        path: String,
        /// HTTP status.
        status: u16,
        /// One sentence.
        why: String,
    },
}

/// What the username field of a posted login form held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum UsernameHolds {
    /// Nothing.
    Nothing,
    /// The username of a user of the realm.
    Username,
    /// The password of a user of the realm, alone or after other text.
    Password,
    /// Any other text.
    UnknownText,
}

/// What the password field of a posted login form held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PasswordHolds {
    /// The form had no such field.
    Absent,
    /// Nothing.
    Empty,
    /// Some text. Whether it was right is said by `password-checked`.
    Present,
}

/// What locked a user out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LockoutCause {
    /// Wrong passwords.
    Passwords,
    /// Wrong verification codes.
    Codes,
}

/// How a page between login and destination was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum InterstitialExit {
    /// What it asked for was given.
    Answered,
    /// The page's own way out was taken: "I Don't Want to Register My Phone", `#cancel`.
    Declined,
    /// The browser went elsewhere.
    Navigated,
}

/// How an answered verification went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerificationResult {
    /// Accepted.
    Accepted,
    /// Wrong.
    Wrong,
    /// A TOTP code of a step that was accepted before (RFC 6238, 5.2).
    Replayed,
    /// A TOTP code that was right too long ago, or a temporary code past its validity.
    Stale,
    /// Too many wrong codes; the user is locked out.
    LockedOut,
}

/// The verdict on a protocol message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProtocolVerdict {
    /// Good.
    Accepted,
    /// Refused.
    Refused {
        /// The protocol's own code or the documented Login History text.
        code: String,
        /// One sentence on what was wrong.
        why: String,
    },
}

/// The journal of one realm.
#[derive(Debug, Default)]
pub struct Journal {
    entries: Mutex<Vec<Entry>>,
    grown: tokio::sync::Notify,
}

impl Journal {
    pub(super) fn append(&self, at: Timestamp, event: Event) {
        let mut entries = self.entries.lock();
        let seq = u64::try_from(entries.len()).unwrap_or(u64::MAX);
        entries.push(Entry { seq, at, event });
        drop(entries);
        self.grown.notify_waiters();
    }

    /// Every entry from this position on.
    pub fn since(&self, seq: u64) -> Vec<Entry> {
        let from = usize::try_from(seq).unwrap_or(usize::MAX);
        self.entries.lock().iter().skip(from).cloned().collect()
    }

    /// Every entry.
    pub fn all(&self) -> Vec<Entry> {
        self.since(0)
    }

    /// Waits until the journal has grown beyond this length.
    pub async fn grown_beyond(&self, length: usize) {
        loop {
            let grown = self.grown.notified();
            if self.entries.lock().len() > length {
                return;
            }
            grown.await;
        }
    }
}

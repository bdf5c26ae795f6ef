//! What follows a verified answer: the dispatcher, or a refusal that Login History shows.

use axum::response::Response;
use jiff::Timestamp;

use crate::http::{RequestContext, excerpt};
use crate::org::Org;
use crate::org::attempt::LoginAttempt;
use crate::org::dispatcher::{self, Refusal};
use crate::org::return_url::ReturnUrl;
use crate::realm::{ContextFault, Event, ProtocolVerdict, SsoTrust};
use vestibule_model::{LoginKind, LoginStatus, Signal, blanks};

/// A verified `Response` or ID token.
pub(super) struct Answer<'a> {
    pub(super) trust: &'a SsoTrust,
    pub(super) kind: LoginKind,
    pub(super) login_type: &'static str,
    /// `NameID` or `sub`, matched against the Federation ID.
    pub(super) federation_id: String,
    /// The signals as they reached the org.
    pub(super) signals: Vec<Signal>,
    /// The `amr` of an ID token, for Login History.
    pub(super) auth_method_reference: Option<String>,
    /// `SessionNotOnOrAfter`.
    pub(super) session_end: Option<Timestamp>,
    pub(super) return_url: ReturnUrl,
}

/// Why an answer is refused.
pub(super) struct AnswerFault {
    /// The status in Login History. The vendor documents none for OpenID Connect, so there it is the SAML text for the same
    /// fault.
    pub(super) status: LoginStatus,
    /// What was wrong, as a sentence without a period.
    pub(super) why: String,
    /// What the context that the org asked for has to do with it.
    pub(super) context: Option<ContextFault>,
    /// The `amr` of an ID token that was verified.
    pub(super) auth_method_reference: Option<String>,
}

impl AnswerFault {
    pub(super) fn new(status: LoginStatus, why: impl Into<String>) -> Self {
        Self { status, why: why.into(), context: None, auth_method_reference: None }
    }
}

/// Finds the user and lets the dispatcher decide what comes next.
pub(super) fn accept(org: &Org, request: &RequestContext, answer: Answer<'_>) -> Response {
    let Some(user) = org.realm.users.by_federation_id(&answer.federation_id) else {
        let blanks = blanks(&answer.federation_id).map(|blanks| format!(" (it has {blanks}, which counts)"));
        let blanks = blanks.unwrap_or_default();
        let why = format!("no user of this org has the Federation ID that was sent{blanks}");
        let fault = AnswerFault::new(UNKNOWN_USER, why);
        let fault = AnswerFault { auth_method_reference: answer.auth_method_reference, ..fault };
        return refuse(org, request, Some(answer.trust), answer.login_type, fault);
    };
    org.realm.record(Event::SsoAnswerReceived {
        idp: Some(answer.trust.idp.clone()),
        signals: answer.signals.clone(),
        verdict: ProtocolVerdict::Accepted,
    });
    let mut attempt = LoginAttempt::new(&user.key, answer.kind, answer.login_type, &request.host);
    attempt.signals = answer.signals;
    attempt.salesforce_mfa = answer.trust.spec.salesforce_mfa;
    attempt.auth_method_reference = answer.auth_method_reference.map(|amr| excerpt(&amr));
    attempt.session_end = answer.session_end;
    attempt.return_url = answer.return_url;
    dispatcher::begin(org, request, attempt)
}

/// Refuses an answer: a journal entry, a row in Login History, and the page that says why. Signals of a refused answer
/// prove nothing and are not recorded.
pub(super) fn refuse(
    org: &Org,
    request: &RequestContext,
    trust: Option<&SsoTrust>,
    login_type: &str,
    fault: AnswerFault,
) -> Response {
    let AnswerFault { status, why, context, auth_method_reference } = fault;
    let why = &excerpt(&format!("The single sign-on is refused: {why}."));
    org.realm.record(Event::SsoAnswerReceived {
        idp: trust.map(|trust| trust.idp.clone()),
        signals: Vec::new(),
        verdict: ProtocolVerdict::Refused { code: status.to_string(), why: why.clone(), context, request: None },
    });
    dispatcher::refuse(org, request, Refusal { user: None, login_type, status, why, auth_method_reference })
}

/// Contract D2.4.
const UNKNOWN_USER: LoginStatus = LoginStatus::UsernameOrSsoIdInvalid;

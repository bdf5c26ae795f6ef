//! What follows a verified answer: the dispatcher, or a refusal that Login History shows.

use axum::response::Response;
use jiff::Timestamp;

use crate::http::{RequestContext, excerpt};
use crate::org::Org;
use crate::org::attempt::LoginAttempt;
use crate::org::dispatcher::{self, Refusal};
use crate::org::return_url::ReturnUrl;
use crate::realm::{ContextFault, Event, ProtocolVerdict, SamlLogin, SsoTrust, User};
use crate::saml::Attribute;
use vestibule_model::{LoginKind, LoginStatus, Signal, UserIdentity, UserSpec, blanks, profile_name};

/// A verified `Response` or ID token.
pub(super) struct Answer<'a> {
    pub(super) trust: &'a SsoTrust,
    pub(super) kind: LoginKind,
    pub(super) login_type: &'static str,
    /// Who the user is: `NameID` or `sub`, or the attribute or claim that the setting names.
    pub(super) subject: String,
    /// The attributes of a verified assertion, from which a user may be created.
    pub(super) attributes: Vec<Attribute>,
    /// The signals as they reached the org.
    pub(super) signals: Vec<Signal>,
    /// The `amr` of an ID token, for Login History.
    pub(super) auth_method_reference: Option<String>,
    /// `SessionNotOnOrAfter`.
    pub(super) session_end: Option<Timestamp>,
    /// What the identity provider names a login by SAML by.
    pub(super) saml_login: Option<SamlLogin>,
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
    let user = match identified(org, &answer) {
        Ok(user) => user,
        Err(fault) => {
            let fault = AnswerFault { auth_method_reference: answer.auth_method_reference, ..fault };
            return refuse(org, request, Some(answer.trust), answer.login_type, fault);
        }
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
    attempt.saml_login = answer.saml_login;
    attempt.return_url = answer.return_url;
    dispatcher::begin(org, request, attempt)
}

/// The user whom an answer names. One who is unknown is created, if the setting says so.
fn identified(org: &Org, answer: &Answer<'_>) -> Result<User, AnswerFault> {
    let by = answer.trust.spec.identity;
    if let Some(user) = org.realm.users.identified(by, &answer.subject) {
        return Ok(user);
    }
    if answer.trust.spec.just_in_time {
        return provision(org, by, &answer.subject, &answer.attributes);
    }
    let blanks = blanks(&answer.subject).map(|blanks| format!(" (it has {blanks}, which counts)"));
    let what = match by {
        UserIdentity::FederationId => "Federation ID",
        UserIdentity::Username => "username",
        UserIdentity::UserId => "user id",
    };
    let why = format!("no user of this org has the {what} that was sent{}", blanks.unwrap_or_default());
    Err(AnswerFault::new(UNKNOWN_USER, why))
}

/// Creates the user that an assertion describes.
///
/// Source: contract D2.6 for the status; the names of the attributes are background.
fn provision(org: &Org, by: UserIdentity, subject: &str, attributes: &[Attribute]) -> Result<User, AnswerFault> {
    let fault = |why: String| AnswerFault::new(LoginStatus::ProvisionError, why);
    let only = |name: &str| {
        let named = attributes.iter().find(|attribute| attribute.name == name);
        match named.map(|attribute| attribute.values.as_slice()) {
            Some([value]) if !value.trim().is_empty() => Ok(value.clone()),
            Some([_, _, ..]) => {
                Err(fault(format!("the attribute {name} has several values, so no user can be created")))
            }
            _ => Err(fault(format!("the attribute {name} is missing, so no user can be created"))),
        }
    };
    let username = only("User.Username")?;
    let email = only("User.Email")?;
    only("User.LastName")?;
    let profile = profile_name(&only("User.ProfileId")?).map_err(fault)?;
    if !username.contains('@') {
        return Err(fault("the attribute User.Username has not the form of an email address".to_owned()));
    }
    let federation_id = match by {
        UserIdentity::FederationId => Some(subject.to_owned()),
        UserIdentity::Username if username.eq_ignore_ascii_case(subject) => only("User.FederationIdentifier").ok(),
        UserIdentity::Username => {
            return Err(fault("the attribute User.Username differs from the username that names the user".to_owned()));
        }
        UserIdentity::UserId => return Err(fault("a user who is named by the user id must exist already".to_owned())),
    };
    let spec = UserSpec { email: Some(email), federation_id, ..UserSpec::new(profile).username(username) };
    let taken = || fault("another user has the username or the Federation ID of the new user".to_owned());
    org.realm.provision(&spec).ok_or_else(taken)
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

//! "SAML Assertion Validator": what the org makes of a `Response` that somebody brings, or of the last SAML login.
//!
//! The vendor says only whether the MFA in it is strong or weak (contract D3.4); ours adds the tier and its reasons. That
//! "strong" is every tier above weak is inferred. The names of the fields are those that a public tool fills.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{acs, decryption};
use crate::http::{Form, RequestContext};
use crate::org::{Org, dispatcher, page};
use crate::policy::{self, Evidence, FiredRule, SignalRating};
use crate::realm::{Component, Event, IdpProtocol, OrgSession, ProtocolVerdict, SsoTrust};
use crate::saml;
use vestibule_model::{LoginKind, PageName, Signal, Strength};

/// The form, with the last SAML login.
pub(super) async fn get(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    let session = match dispatcher::require_session(&org, &request) {
        Ok(session) => session,
        Err(response) => return *response,
    };
    let (checks, signals) = last_login(&org).unwrap_or_default();
    answer(&org, &request, &session, checks, signals.as_deref())
}

/// The form, with what the org makes of a message.
pub(super) async fn post(
    Extension(org): Extension<Arc<Org>>,
    request: RequestContext,
    Form { fields, .. }: Form,
) -> Response {
    let session = match dispatcher::require_session(&org, &request) {
        Ok(session) => session,
        Err(response) => return *response,
    };
    let message = as_sent(fields.text(ASSERTION));
    let chosen = fields.text(CONFIG);
    let trust = acs::saml_idps(&org.realm).find(|trust| trust.config_id == chosen);
    let Some(trust) = trust.or_else(|| acs::saml_idps(&org.realm).next()) else {
        let checks = vec!["This org has no SAML single sign-on setting.".to_owned()];
        return answer(&org, &request, &session, checks, None);
    };
    let checks = checked(&org, trust, &message).await;
    let keys = decryption::keys(&org.realm, trust);
    answer(&org, &request, &session, checks, Some(&saml::readable_decrypted(&message, &keys).signals))
}

/// The message as the form field of a login carries it. The page takes it as XML, too.
fn as_sent(pasted: &str) -> String {
    let pasted = pasted.trim();
    if pasted.starts_with('<') { STANDARD.encode(pasted) } else { pasted.to_owned() }
}

/// What the org says about a message, line by line.
async fn checked(org: &Arc<Org>, trust: &SsoTrust, message: &str) -> Vec<String> {
    let verified = match acs::verify_brought(org, trust, message).await {
        Ok(verified) => verified,
        Err(rejection) => return vec![format!("{}: {rejection}.", rejection.login_history_status())],
    };
    let subject = acs::subject(trust, &verified);
    let name = subject.as_ref().unwrap_or(&verified.name_id.value);
    let user = subject.as_ref().ok().and_then(|name| org.realm.users.identified(trust.spec.identity, name));
    vec![
        "The assertion is valid.".to_owned(),
        format!("Subject: {name}"),
        match user {
            Some(user) => format!("The subject is the user {}", user.username),
            None => "Unable to map the subject to a Salesforce user".to_owned(),
        },
        format!("AssertionId: {}", verified.assertion_id),
    ]
}

/// What became of the last SAML login, and its signals if they were accepted.
fn last_login(org: &Org) -> Option<(Vec<String>, Option<Vec<Signal>>)> {
    let is_saml = |idp: Option<&str>| {
        let trust = idp.and_then(|key| org.realm.trust(key));
        trust.is_none_or(|trust| trust.spec.protocol == IdpProtocol::Saml)
    };
    let events = org.realm.journal.events();
    events.into_iter().rev().find_map(|event| match event {
        Event::SsoAnswerReceived { idp, signals, verdict } if is_saml(idp.as_deref()) => Some(match verdict {
            ProtocolVerdict::Accepted => (vec!["The last SAML login was accepted.".to_owned()], Some(signals)),
            ProtocolVerdict::Refused { code, why, .. } => (vec![format!("{code}: {why}")], None),
        }),
        _ => None,
    })
}

fn answer(
    org: &Org,
    request: &RequestContext,
    session: &OrgSession,
    checks: Vec<String>,
    signals: Option<&[Signal]>,
) -> Response {
    let template = ValidatorTemplate {
        page: PageName::SamlValidator,
        action: &request.path,
        settings: acs::saml_idps(&org.realm).collect(),
        checks,
        mfa: signals.and_then(|signals| mfa(org, session, signals)),
    };
    page::show(org, request, PageName::SamlValidator, &template)
}

/// How strong the MFA is that these signals prove. Other attributes of the user are no signals.
fn mfa(org: &Org, session: &OrgSession, signals: &[Signal]) -> Option<Mfa> {
    let realm = &org.realm;
    let user = realm.users.get(&session.user)?.facts(realm.clock.now(Component::Org));
    let tells = |signal: &&Signal| {
        policy::rate_signal(&realm.rulebook, signal) != SignalRating::NotRead
            || realm.rulebook.signal_tier(&signal.value).is_some()
    };
    let evidence = Evidence {
        login: LoginKind::Saml,
        through_sso: true,
        verified_with: None,
        signals: signals.iter().filter(tells).cloned().collect(),
        salesforce_mfa_for_sso: false,
        origin: realm.login_origin(),
    };
    let facts = realm.org_facts();
    let (tier, reasons) = policy::signalled(&realm.rulebook, &facts, &user, &evidence, realm.date());
    Some(Mfa { vendor: if tier > Strength::Weak { "strong" } else { "weak" }, tier, reasons })
}

struct Mfa {
    /// The vendor's word.
    vendor: &'static str,
    /// Our tier.
    tier: Strength,
    /// Why.
    reasons: Vec<FiredRule>,
}

/// Fields of the form.
const ASSERTION: &str = "thePage:block:theForm:Assertion";
const CONFIG: &str = "thePage:block:theForm:configId";

#[derive(Template)]
#[template(path = "org/saml_validator.html")]
struct ValidatorTemplate<'a> {
    page: PageName,
    action: &'a str,
    settings: Vec<&'a SsoTrust>,
    checks: Vec<String>,
    mfa: Option<Mfa>,
}

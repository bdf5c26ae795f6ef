//! The assertion consumer service: a `Response` by HTTP-POST, answering a request or unsolicited.

use std::sync::Arc;

use axum::response::Response;
use vestibule_certs::KeyState;

use super::accept::{self, Answer};
use super::received;
use crate::blocking;
use crate::http::{Fields, RequestContext};
use crate::org::Org;
use crate::org::attempt::login_type;
use crate::org::return_url::ReturnUrl;
use crate::realm::{Component, Federation, IdpProtocol};
use crate::saml::{ResponseRejection, VerifiedResponse, VerifySettings, issuer_of, verify_response};
use vestibule_model::LoginKind;

/// The assertion consumer service: a form with a `SAMLResponse` was posted to the host root.
pub(crate) async fn acs(org: Arc<Org>, request: RequestContext, fields: Fields) -> Response {
    let message = fields.text("SAMLResponse");
    let trust = read(&org, message).await;
    let trust = match trust {
        Ok(trust) => trust,
        Err(rejection) => return refuse(&org, &request, None, login_type::SAML_IDP_INITIATED, &rejection),
    };
    let requests = org.sso.sent_to(&org.realm, &trust.idp);
    let probable_type =
        if requests.is_empty() { login_type::SAML_IDP_INITIATED } else { login_type::SAML_SP_INITIATED };
    let verified = match verify(&org, &trust, message, requests).await {
        Ok(verified) => verified,
        Err(rejection) => return refuse(&org, &request, Some(&trust), probable_type, &rejection),
    };
    let login_type = match verified.in_response_to {
        Some(_) => login_type::SAML_SP_INITIATED,
        None => login_type::SAML_IDP_INITIATED,
    };
    if let Err(rejection) = use_once(&org, &verified) {
        return refuse(&org, &request, Some(&trust), login_type, &rejection);
    }
    let names: Vec<_> = verified.attributes.iter().map(|attribute| attribute.name.as_str()).collect();
    let answer = Answer {
        trust: &trust,
        kind: LoginKind::Saml,
        login_type,
        federation_id: verified.name_id.value.clone(),
        signals: verified.signals(&names),
        // A SAML class reference or attribute is not recorded in Login History (help 005321561).
        auth_method_reference: None,
        return_url: ReturnUrl::read(fields.text("RelayState"), &org.realm.hosts),
    };
    accept::accept(&org, &request, answer)
}

/// The trust with the issuer of a message. Keeps the message for people to read. Runs on a thread that may block.
async fn read(org: &Arc<Org>, message: &str) -> Result<Federation, ResponseRejection> {
    let (org, message) = (Arc::clone(org), message.to_owned());
    let read = blocking::run(move || {
        let trust = trust_of(&org, &message);
        received::response(&org.realm, trust.as_ref().ok().map(|trust| trust.idp.as_str()), &message);
        trust
    });
    read.await.unwrap_or(Err(ResponseRejection::SignatureInvalid))
}

/// The trust that verifies a message: the trust with the issuer that the message names.
fn trust_of(org: &Org, message: &str) -> Result<Federation, ResponseRejection> {
    let issuer = issuer_of(message)?;
    let mut known = org.realm.federations.iter().filter(|trust| trust.spec.protocol == IdpProtocol::Saml);
    let expected = || known.clone().map(|trust| trust.idp_entity_id.as_str()).collect::<Vec<_>>().join(" or ");
    let expected = expected();
    let trust = known.find(|trust| trust.idp_entity_id == issuer);
    trust.cloned().ok_or(ResponseRejection::IssuerMismatched { part: "Response", found: issuer, expected })
}

async fn verify(
    org: &Arc<Org>,
    trust: &Federation,
    message: &str,
    requests: Vec<String>,
) -> Result<VerifiedResponse, ResponseRejection> {
    let (org, trust, message) = (Arc::clone(org), trust.clone(), message.to_owned());
    let verified = blocking::run(move || verify_response(&message, &settings(&org, &trust, requests)?)).await;
    // An incomplete verification proves nothing.
    verified.unwrap_or(Err(ResponseRejection::SignatureInvalid))
}

fn settings(org: &Org, trust: &Federation, requests: Vec<String>) -> Result<VerifySettings, ResponseRejection> {
    // An admin configures the certificate that the metadata shows. The configured certificate is expired only in cases
    // that test an expired key.
    let configured = if trust.spec.key_state == KeyState::Expired { KeyState::Expired } else { KeyState::Valid };
    let key = org.realm.certs.signing_key(trust.spec.algorithm, configured);
    let certificate = key.map_err(|_| ResponseRejection::NoTrustedCertificate)?.certificate_der().to_vec();
    Ok(VerifySettings::new(
        &trust.idp_entity_id,
        certificate,
        &trust.acs_url,
        &trust.sp_entity_id,
        org.realm.clock.now(Component::Org),
        requests,
    ))
}

/// Accepts an assertion only once, and a request only for one answer.
fn use_once(org: &Org, verified: &VerifiedResponse) -> Result<(), ResponseRejection> {
    let now = org.realm.clock.now(Component::Org);
    let end = verified.not_on_or_after.saturating_add(KEEP_USED).unwrap_or(verified.not_on_or_after);
    if !org.sso.used_assertions.put_new(&verified.assertion_id, (), end, now) {
        return Err(ResponseRejection::Replayed);
    }
    let Some(request) = &verified.in_response_to else { return Ok(()) };
    let answered = org.sso.requests.update(request, now, |sent| std::mem::replace(&mut sent.answered, true));
    match answered {
        Some(false) => Ok(()),
        Some(true) | None => {
            Err(ResponseRejection::InResponseToInvalid { part: "Response", found: request.clone(), expected: None })
        }
    }
}

fn refuse(
    org: &Org,
    request: &RequestContext,
    trust: Option<&Federation>,
    login_type: &'static str,
    rejection: &ResponseRejection,
) -> Response {
    let why = format!("The single sign-on is refused: {rejection}.");
    accept::refuse(org, request, trust, None, login_type, rejection.login_history_status(), &why)
}

/// Longer than the clock skew that verification allows.
const KEEP_USED: jiff::SignedDuration = jiff::SignedDuration::from_mins(10);

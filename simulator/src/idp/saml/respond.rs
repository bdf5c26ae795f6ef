//! The `Response`, sent by HTTP-POST to the ACS that the request may choose and nowhere else.

use std::sync::Arc;

use axum::response::Response;
use http::StatusCode;
use jiff::SignedDuration;

use super::name_id::name_id;
use crate::blocking;
use crate::http::RequestContext;
use crate::idp::faults::{self, Message};
use crate::idp::page::{self, AnswerTemplate};
use crate::idp::requested::Requested;
use crate::idp::signals::{attributes_of, class_ref_of, name_format};
use crate::idp::state::{Idp, IdpSession, SamlRequest};
use crate::realm::{Event, User};
use crate::saml::{
    Attribute, AuthnStatement, NameId, ResponseSpec, SigningCredential, Status, SubjectSpec, response_form_value,
    sign_response, status,
};
use vestibule_model::{Fault, PageName, Signal};

/// Answers a request with an assertion about the user who is signed in.
pub(in crate::idp) async fn answer(
    idp: &Idp,
    context: &RequestContext,
    request: &SamlRequest,
    session: &IdpSession,
) -> Response {
    issue(idp, request, session).await.unwrap_or_else(|why| not_issued(idp, context, &why))
}

/// Answers that the user cannot be signed in without a page (saml-core 3.2.2.2, `NoPassive`).
pub(in crate::idp) async fn refuse_passive(idp: &Idp, context: &RequestContext, request: &SamlRequest) -> Response {
    let refusal = send(idp, request, Status::error(status::RESPONDER, status::NO_PASSIVE), None, &[]).await;
    refusal.unwrap_or_else(|why| not_issued(idp, context, &why))
}

/// Why there is no `Response`, as a sentence.
struct NotIssued(String);

impl NotIssued {
    fn failed_to(error: &dyn std::error::Error) -> Self {
        Self(format!("Failed to {error}."))
    }
}

fn not_issued(idp: &Idp, context: &RequestContext, NotIssued(why): &NotIssued) -> Response {
    page::error(idp, &context.path, status::RESPONDER, why)
}

async fn issue(idp: &Idp, request: &SamlRequest, session: &IdpSession) -> Result<Response, NotIssued> {
    let requested = request.requested.as_ref().map(Requested::from);
    let signals = session.chosen.signals(&idp.trust.spec, session.method, requested);
    let signals = signals.map_err(|error| NotIssued::failed_to(&error))?;
    let gone = || NotIssued("The user who is signed in no longer exists.".to_owned());
    let user = idp.realm.users.get(&session.user).ok_or_else(gone)?;
    let Some(name_id) = name_id(idp, request, &user) else {
        return send(idp, request, Status::error(status::REQUESTER, status::INVALID_NAME_ID_POLICY), None, &[]).await;
    };
    let Some(signals) = signals else {
        return send(idp, request, Status::error(status::RESPONDER, status::NO_AUTHN_CONTEXT), None, &[]).await;
    };
    let subject = subject(idp, request, session, (&user, name_id), &signals);
    let response = send(idp, request, Status::success(), Some(subject), &session.chosen.faults).await?;
    idp.realm.record(Event::SsoAnswerIssued { idp: idp.trust.idp.clone(), signals });
    Ok(response)
}

fn subject(
    idp: &Idp,
    request: &SamlRequest,
    session: &IdpSession,
    (user, name_id): (&User, NameId),
    signals: &[Signal],
) -> SubjectSpec {
    SubjectSpec {
        assertion_id: idp.realm.entropy.xml_id(),
        name_id,
        recipient: request.acs_url.clone(),
        audience: request.audience.clone(),
        not_before: idp.now(),
        not_on_or_after: idp.after(ASSERTION_LIFETIME),
        authn: AuthnStatement {
            authn_instant: session.auth_time,
            session_index: Some(session.index.clone()),
            session_not_on_or_after: None,
            class_ref: class_ref_of(signals),
        },
        attributes: attributes(idp, request, user, signals),
    }
}

/// The signals that are attributes and, except at the org, what is known about the user. A signal is never replaced.
fn attributes(idp: &Idp, request: &SamlRequest, user: &User, signals: &[Signal]) -> Vec<Attribute> {
    let mut attributes = attributes_of(signals);
    if idp.is_org(&request.audience) {
        return attributes;
    }
    for (name, values) in &user.spec.attributes {
        if attributes.iter().all(|known| known.name != *name) {
            let name_format = Some(name_format(name).to_owned());
            attributes.push(Attribute { name: name.clone(), name_format, values: values.clone() });
        }
    }
    attributes
}

async fn send(
    idp: &Idp,
    request: &SamlRequest,
    status: Status,
    assertion: Option<SubjectSpec>,
    faults: &[Fault],
) -> Result<Response, NotIssued> {
    let mut spec = ResponseSpec {
        response_id: idp.realm.entropy.xml_id(),
        issue_instant: idp.now(),
        issuer: idp.trust.idp_entity_id.clone(),
        destination: Some(request.acs_url.clone()),
        in_response_to: request.id.clone(),
        status,
        assertion,
    };
    let settings = &idp.trust.spec;
    faults::apply(&settings.faults, Message::Saml(&mut spec));
    faults::apply(faults, Message::Saml(&mut spec));
    let (certs, algorithm, parts) = (Arc::clone(&idp.realm.certs), settings.algorithm, settings.signing);
    let key_state = settings.key_state;
    let signed = blocking::run(move || {
        let key = certs.signing_key(algorithm, key_state).map_err(|error| NotIssued::failed_to(&error))?;
        sign_response(&spec, parts, &SigningCredential::from(&*key)).map_err(|error| NotIssued::failed_to(&error))
    });
    let xml = signed.await.unwrap_or_else(|| Err(NotIssued("Failed to sign the response.".to_owned())))?;
    let mut fields = vec![("SAMLResponse", response_form_value(&xml))];
    fields.extend(request.relay_state.clone().map(|state| ("RelayState", state)));
    let template = AnswerTemplate { page: PageName::Unknown, action: &request.acs_url, fields };
    Ok(page::html(StatusCode::OK, &template))
}

/// How long an assertion is valid.
const ASSERTION_LIFETIME: SignedDuration = SignedDuration::from_mins(5);

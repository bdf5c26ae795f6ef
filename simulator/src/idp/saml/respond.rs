//! The `Response`, sent by HTTP-POST to the registered ACS and nowhere else.

use std::sync::{Arc, LazyLock};
use std::thread::available_parallelism;

use axum::response::Response;
use http::StatusCode;
use jiff::SignedDuration;
use tokio::sync::Semaphore;

use super::sso::SamlRequest;
use crate::http::RequestContext;
use crate::idp::page::{self, AnswerTemplate};
use crate::idp::requested::answered;
use crate::idp::signals::{attributes_of, class_ref_of, emitted};
use crate::idp::state::{Idp, IdpSession};
use crate::realm::{Event, SamlSigning, User};
use crate::saml::{
    AuthnStatement, KeyInfo, NameId, ResponseSpec, Signed, SigningCredential, Status, SubjectSpec, name_id_format,
    response_form_value, sign_response, status,
};
use vestibule_model::{PageName, Signal};

/// Answers a request with an assertion about the user who is signed in.
pub(in crate::idp) async fn answer(
    idp: &Arc<Idp>,
    context: &RequestContext,
    request: &SamlRequest,
    session: &IdpSession,
) -> Response {
    let signals = match emitted(&idp.trust.spec, session.method) {
        Ok(signals) => signals,
        Err(error) => return page::error(idp, &context.path, status::RESPONDER, &format!("Failed to {error}.")),
    };
    let Some(user) = idp.realm.users.get(&session.user) else {
        return page::error(
            idp,
            &context.path,
            status::RESPONDER,
            "The user who is signed in does not exist any more.",
        );
    };
    let Some(signals) = answered(&idp.trust.spec, &request.requested, signals) else {
        return send(idp, context, request, Status::error(status::RESPONDER, status::NO_AUTHN_CONTEXT), None).await;
    };
    let subject = subject(idp, session, &user, &signals);
    let response = send(idp, context, request, Status::success(), Some(subject)).await;
    if response.status().is_success() {
        idp.realm.record(Event::SsoAnswerIssued { idp: idp.trust.idp.clone(), signals });
    }
    response
}

/// Answers that the user cannot be signed in without a page (saml-core 3.2.2.2, `NoPassive`).
pub(in crate::idp) async fn refuse_passive(
    idp: &Arc<Idp>,
    context: &RequestContext,
    request: &SamlRequest,
) -> Response {
    send(idp, context, request, Status::error(status::RESPONDER, status::NO_PASSIVE), None).await
}

fn subject(idp: &Idp, session: &IdpSession, user: &User, signals: &[Signal]) -> SubjectSpec {
    SubjectSpec {
        assertion_id: idp.realm.entropy.xml_id(),
        name_id: NameId { value: user.federation_id.clone(), format: Some(name_id_format::UNSPECIFIED.to_owned()) },
        recipient: idp.trust.acs_url.clone(),
        audience: idp.trust.sp_entity_id.clone(),
        not_before: idp.now(),
        not_on_or_after: idp.after(ASSERTION_LIFETIME),
        authn: AuthnStatement {
            authn_instant: session.auth_time,
            session_index: Some(session.index.clone()),
            session_not_on_or_after: None,
            class_ref: class_ref_of(signals),
        },
        attributes: attributes_of(signals),
    }
}

async fn send(
    idp: &Arc<Idp>,
    context: &RequestContext,
    request: &SamlRequest,
    status: Status,
    assertion: Option<SubjectSpec>,
) -> Response {
    let spec = ResponseSpec {
        response_id: idp.realm.entropy.xml_id(),
        issue_instant: idp.now(),
        issuer: idp.trust.idp_entity_id.clone(),
        destination: Some(idp.trust.acs_url.clone()),
        in_response_to: request.id.clone(),
        status,
        assertion,
    };
    let xml = match signed(idp, spec).await {
        Ok(xml) => xml,
        Err(why) => return page::error(idp, &context.path, status::RESPONDER, &format!("Failed to {why}.")),
    };
    let mut fields = vec![("SAMLResponse", response_form_value(&xml))];
    fields.extend(request.relay_state.clone().map(|state| ("RelayState", state)));
    let template = AnswerTemplate { page: PageName::Unknown, action: &idp.trust.acs_url, fields };
    page::html(StatusCode::OK, &template)
}

/// Signs on a thread that may block: the first use of a key may have to make it.
async fn signed(idp: &Arc<Idp>, spec: ResponseSpec) -> Result<String, String> {
    let _turn = SIGNERS.acquire().await;
    let idp = Arc::clone(idp);
    let work = tokio::task::spawn_blocking(move || {
        let settings = &idp.trust.spec;
        let key =
            idp.realm.certs.signing_key(settings.algorithm, settings.key_state).map_err(|error| error.to_string())?;
        let credential = SigningCredential {
            key: key.pkey(),
            certificate_der: key.certificate_der(),
            key_info: KeyInfo::Certificate,
        };
        sign_response(&spec, signed_parts(settings.signing), &credential).map_err(|error| error.to_string())
    });
    work.await.unwrap_or_else(|_| Err("sign the response".to_owned()))
}

fn signed_parts(signing: SamlSigning) -> Signed {
    match signing {
        SamlSigning::Response => Signed::Response,
        SamlSigning::Assertion => Signed::Assertion,
        SamlSigning::Both => Signed::Both,
    }
}

/// As many signatures at a time as there are cores.
static SIGNERS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(available_parallelism().map_or(1, std::num::NonZero::get)));

/// How long an assertion is good.
const ASSERTION_LIFETIME: SignedDuration = SignedDuration::from_mins(5);

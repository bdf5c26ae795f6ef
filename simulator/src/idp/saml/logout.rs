//! Single logout: a user signs out here, or at a service provider, and the browser carries the news to all others, one after
//! the other. The service provider that started gets the last message.
//!
//! Source: saml-profiles 4.4, saml-core 3.7.3.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use jiff::SignedDuration;
use vestibule_certs::SigningKey;
use vestibule_model::{LogoutBinding, PageName};

use super::parties;
use crate::attacks::{Case, Keys, WrongLogoutRequest};
use crate::blocking;
use crate::http::{Form, RequestContext, see_other, with_cookies};
use crate::idp::faults;
use crate::idp::page::{self, AnswerTemplate};
use crate::idp::state::{Idp, Logout, LogoutStart, Participant};
use crate::realm::later;
use crate::saml::{
    LogoutRequest, LogoutResponse, LogoutSettings, ReceivedLogout, SigningError, Status, VerifiedLogout, status,
    wrong_request_url,
};

/// The user signs out at the identity provider.
pub(in crate::idp) async fn start(State(idp): State<Arc<Idp>>, context: RequestContext) -> Response {
    let index = idp.session_of(&context).map(|session| session.index);
    let remaining = idp.close_sessions(&index.into_iter().collect());
    let cookie = idp.close_session(&context);
    let logout = Logout { remaining, awaited: String::new(), partial: false, started_by: None };
    with_cookies(next(&idp, &context, logout).await, [cookie])
}

/// A message of a service provider by HTTP-Redirect.
pub(in crate::idp) async fn by_redirect(State(idp): State<Arc<Idp>>, context: RequestContext) -> Response {
    let received = ReceivedLogout::by_redirect(&context.raw_query).map_err(|fault| fault.to_string());
    receive(idp, context, received).await
}

/// A message of a service provider by HTTP-POST.
pub(in crate::idp) async fn by_post(
    State(idp): State<Arc<Idp>>,
    context: RequestContext,
    form: Result<Form, BytesRejection>,
) -> Response {
    let fields = form.map(|form| form.fields).unwrap_or_default();
    let received = if let Some(name) = fields.repeated(&["SAMLRequest", "SAMLResponse", "RelayState"]) {
        Err(format!("the parameter {name} was sent more than once"))
    } else {
        let message = fields.get("SAMLRequest").or_else(|| fields.get("SAMLResponse")).unwrap_or_default();
        ReceivedLogout::by_post(message, fields.get("RelayState")).map_err(|fault| fault.to_string())
    };
    receive(idp, context, received).await
}

async fn receive(idp: Arc<Idp>, context: RequestContext, received: Result<ReceivedLogout, String>) -> Response {
    let known = Arc::clone(&idp);
    let verified = match received {
        Ok(received) => blocking::run(move || verify(&known, received)).await,
        Err(why) => Some(Err(why)),
    };
    // An incomplete verification proves nothing.
    match verified.unwrap_or_else(|| Err("the message cannot be verified".to_owned())) {
        Ok(VerifiedLogout::Request(request, relay_state)) => ask(&idp, &context, request, relay_state).await,
        Ok(VerifiedLogout::Response(response)) => go_on(&idp, &context, &response).await,
        Err(why) => refuse(&idp, &context, &why),
    }
}

/// Verifies a message with what the admin registered about its sender. Runs on a thread that may block.
fn verify(idp: &Idp, received: ReceivedLogout) -> Result<VerifiedLogout, String> {
    let issuer = received.claimed_issuer().map_err(|fault| fault.to_string())?;
    let party = parties::find(idp, &issuer).map_err(|rejection| rejection.to_string())?;
    if party.is_none() && !idp.trust.spec.accept_loopback {
        return Err(format!("no service provider with the entity id {issuer} is known"));
    }
    let trusted_certificates = party.map(|party| party.signing_certificates).unwrap_or_default();
    let skew = idp.trust.spec.clock_skew;
    let settings = LogoutSettings {
        logout_url: idp.trust.slo_url.clone(),
        // The messages are signed (saml-profiles 4.4.4.1), but where no certificate is known nothing verifies them.
        must_be_signed: !trusted_certificates.is_empty() || idp.trust.spec.want_authn_requests_signed,
        trusted_certificates,
        clock_skew: skew.map_or(LogoutSettings::CLOCK_SKEW, |seconds| SignedDuration::from_secs(seconds.into())),
        now: idp.now(),
        weaknesses: BTreeSet::new(),
    };
    received.verify(&settings).map_err(|fault| fault.to_string())
}

/// Ends the sessions that a service provider names, and tells everybody else who took part in them.
async fn ask(
    idp: &Arc<Idp>,
    context: &RequestContext,
    request: LogoutRequest,
    relay_state: Option<String>,
) -> Response {
    let indexes = meant(idp, &request);
    if !indexes.is_empty() && !is_new(idp, &request) {
        return refuse(idp, context, "the LogoutRequest was used before");
    }
    let is_of_browser = idp.session_of(context).is_some_and(|session| indexes.contains(&session.index));
    let mut remaining = idp.close_sessions(&indexes);
    remaining.retain(|one| one.entity_id != request.issuer);
    remaining.dedup();
    let started_by = LogoutStart { entity_id: request.issuer, id: request.id, relay_state };
    let response = if indexes.is_empty() {
        let unknown = Status::error(status::REQUESTER, status::UNKNOWN_PRINCIPAL);
        answer(idp, context, &started_by, unknown).await
    } else {
        let logout = Logout { remaining, awaited: String::new(), partial: false, started_by: Some(started_by) };
        next(idp, context, logout).await
    };
    if is_of_browser { with_cookies(response, [idp.close_session(context)]) } else { response }
}

/// Whether a request is no replay of one that ended sessions.
fn is_new(idp: &Idp, request: &LogoutRequest) -> bool {
    let skew = SignedDuration::from_secs(idp.trust.spec.clock_skew.unwrap_or_default().into());
    let id = format!("logout\n{}\n{}", request.issuer, request.id);
    idp.provider.used_ids.put_new(&id, (), later(request.remember_until(), skew), idp.now())
}

/// The indexes of the sessions in which the sender knows the user by this name.
fn meant(idp: &Idp, request: &LogoutRequest) -> BTreeSet<String> {
    let is_meant = |one: &Participant| {
        let same_session = request.session_indexes.is_empty() || request.session_indexes.contains(&one.session_index);
        one.entity_id == request.issuer && one.name_id.value == request.name_id.value && same_session
    };
    let all = idp.participants.all(idp.now()).into_iter();
    all.filter(|(_, participants)| participants.iter().any(is_meant)).map(|(index, _)| index).collect()
}

/// A service provider has answered: the next one's turn.
async fn go_on(idp: &Arc<Idp>, context: &RequestContext, response: &LogoutResponse) -> Response {
    let waits = idp.logouts.get(&response.in_response_to, idp.now());
    if waits.is_none_or(|logout| logout.awaited != response.issuer) {
        return refuse(idp, context, "no logout waits for this answer");
    }
    match idp.logouts.take(&response.in_response_to, idp.now()) {
        Some(logout) => {
            let partial = logout.partial || !response.is_complete();
            next(idp, context, Logout { partial, ..logout }).await
        }
        None => refuse(idp, context, "no logout waits for this answer"),
    }
}

/// Sends the browser to the next service provider, or ends the logout. One without a logout service is not reached.
async fn next(idp: &Arc<Idp>, context: &RequestContext, mut logout: Logout) -> Response {
    while let Some(participant) = logout.remaining.pop() {
        let Some(service) = parties::single_logout(idp, &participant.entity_id) else {
            logout.partial = true;
            continue;
        };
        let request = LogoutRequest {
            id: idp.realm.entropy.xml_id(),
            issue_instant: idp.now(),
            not_on_or_after: Some(idp.after(WAIT)),
            destination: service.url.as_str().to_owned(),
            issuer: idp.trust.idp_entity_id.clone(),
            name_id: participant.name_id,
            session_indexes: vec![participant.session_index],
        };
        let (id, destination) = (request.id.clone(), request.destination.clone());
        let message = match request_message(idp, service.binding, request).await {
            Ok(message) => repeated(idp, &participant.entity_id, message),
            Err(why) => return page::error(idp, &context.path, status::RESPONDER, &why),
        };
        logout.awaited = participant.entity_id;
        idp.logouts.put(&id, logout, idp.after(WAIT), idp.now());
        return carried(service.binding, &destination, ("SAMLRequest", message), None);
    }
    match &logout.started_by {
        Some(started_by) => {
            let status =
                if logout.partial { Status::error(status::SUCCESS, status::PARTIAL_LOGOUT) } else { Status::success() };
            answer(idp, context, started_by, status).await
        }
        None => signed_out(idp, context),
    }
}

/// A request as it is sent: signed, or as a case of the catalogue has it.
async fn request_message(idp: &Arc<Idp>, binding: LogoutBinding, request: LogoutRequest) -> Result<String, String> {
    if let Some(attack) = faults::attack(&idp.trust.spec, &[]) {
        let (own, asked) = (Arc::clone(idp), request.clone());
        let wrong = blocking::run(move || attacked(&own, attack, binding, &asked)).await;
        if let Some(wrong) = wrong.unwrap_or_else(|| Err("Failed to sign the message.".to_owned()))? {
            return Ok(wrong);
        }
    }
    let message = signed(idp, binding, move |by, key| match by {
        LogoutBinding::HttpRedirect => request.to_url(key),
        LogoutBinding::HttpPost => request.to_form_value(key),
    });
    message.await
}

/// The message of a case of the catalogue, if it is about one. Runs on a thread that may block.
fn attacked(idp: &Idp, attack: &Case, binding: LogoutBinding, good: &LogoutRequest) -> Result<Option<String>, String> {
    let keys = Keys::held_by(&idp.realm.certs, &idp.trust.spec).map_err(|error| format!("Failed to {error}."))?;
    let xml = good.to_xml().map_err(|error| format!("Failed to {error}."))?;
    let Some(wrong) = attack.logout_request(&xml, &keys) else { return Ok(None) };
    let WrongLogoutRequest { sent, signed, in_form } = wrong.map_err(|error| format!("Failed to {error}."))?;
    if binding == LogoutBinding::HttpPost {
        return Ok(Some(STANDARD.encode(in_form)));
    }
    let signed = signed.as_ref().map(|(text, key)| (text.as_str(), &**key));
    let url = wrong_request_url(&good.destination, &sent, signed);
    url.map(Some).map_err(|error| format!("Failed to {error}."))
}

/// The message, or that of an earlier logout, where a case of the catalogue sends it again.
fn repeated(idp: &Idp, to: &str, message: String) -> String {
    match faults::attack(&idp.trust.spec, &[]) {
        Some(attack) if attack.repeats_logout() => {
            idp.first_logouts.lock().entry(to.to_owned()).or_insert(message).clone()
        }
        _ => message,
    }
}

/// Answers the service provider that started a logout. One whose address nobody registered gets no answer.
async fn answer(idp: &Arc<Idp>, context: &RequestContext, to: &LogoutStart, status: Status) -> Response {
    let Some(service) = parties::single_logout(idp, &to.entity_id) else { return signed_out(idp, context) };
    let response = LogoutResponse {
        id: idp.realm.entropy.xml_id(),
        issue_instant: idp.now(),
        destination: service.answers_at().as_str().to_owned(),
        issuer: idp.trust.idp_entity_id.clone(),
        in_response_to: to.id.clone(),
        status,
    };
    let (destination, relay_state) = (response.destination.clone(), to.relay_state.clone());
    let message = signed(idp, service.binding, move |by, key| match by {
        LogoutBinding::HttpRedirect => response.to_url(relay_state.as_deref(), key),
        LogoutBinding::HttpPost => response.to_form_value(key),
    });
    match message.await {
        Ok(message) => carried(service.binding, &destination, ("SAMLResponse", message), to.relay_state.as_deref()),
        Err(why) => page::error(idp, &context.path, status::RESPONDER, &why),
    }
}

/// Writes a message with the key of the identity provider, on a thread that may block.
async fn signed(
    idp: &Arc<Idp>,
    binding: LogoutBinding,
    write: impl FnOnce(LogoutBinding, &SigningKey) -> Result<String, SigningError> + Send + 'static,
) -> Result<String, String> {
    let idp = Arc::clone(idp);
    let written = blocking::run(move || {
        let spec = &idp.trust.spec;
        let key = idp.realm.certs.signing_key(spec.algorithm, spec.key_state);
        let key = key.map_err(|error| format!("Failed to {error}."))?;
        write(binding, &key).map_err(|error| format!("Failed to {error}."))
    });
    written.await.unwrap_or_else(|| Err("Failed to sign the message.".to_owned()))
}

/// The answer that makes the browser carry a message: a URL that holds it, or a form.
fn carried(
    binding: LogoutBinding,
    destination: &str,
    (name, message): (&'static str, String),
    relay_state: Option<&str>,
) -> Response {
    match binding {
        LogoutBinding::HttpRedirect => see_other(&message),
        LogoutBinding::HttpPost => {
            let mut fields = vec![(name, message)];
            fields.extend(relay_state.map(|state| ("RelayState", state.to_owned())));
            let template = AnswerTemplate { page: PageName::Unknown, action: destination, fields };
            page::html(StatusCode::OK, &template)
        }
    }
}

fn signed_out(idp: &Idp, context: &RequestContext) -> Response {
    let template = SignedOutTemplate { page: PageName::LoggedOut, idp: &idp.trust.idp };
    page::show(idp, &context.path, PageName::LoggedOut, StatusCode::OK, &template)
}

fn refuse(idp: &Idp, context: &RequestContext, why: &str) -> Response {
    idp.record_refusal(status::REQUEST_DENIED, why, None);
    page::error(idp, &context.path, status::REQUEST_DENIED, &format!("The logout is refused: {why}."))
}

/// How long a service provider may take.
const WAIT: SignedDuration = SignedDuration::from_mins(5);

#[derive(Template)]
#[template(path = "idp/signed_out.html")]
struct SignedOutTemplate<'a> {
    page: PageName,
    idp: &'a str,
}

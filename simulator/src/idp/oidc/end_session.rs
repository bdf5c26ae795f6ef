//! Logout: what an RP starts, and what the other clients of the session hear of it.
//!
//! Source: OpenID Connect RP-Initiated Logout 1.0, Front-Channel Logout 1.0 (3) and Back-Channel Logout 1.0 (2.4, 2.5).

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::Response;
use futures_util::future::join_all;
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use url::{Url, form_urlencoded};
use vestibule_model::{EndpointUrl, PageName};

use super::client::Client;
use super::hint;
use super::issue::{members, signed};
use crate::attacks::{Case, Keys};
use crate::blocking;
use crate::http::{self as kit, Fields, Form, IDP_POLICY, RequestContext, see_other, with_cookies};
use crate::idp::faults;
use crate::idp::page;
use crate::idp::provider::Participant;
use crate::idp::state::Idp;
use crate::realm::Event;

/// Ends the `IdpSession` of this browser, and tells the clients of it. Redirects the browser only to an address of a client.
pub(in crate::idp) async fn get(State(idp): State<Arc<Idp>>, context: RequestContext) -> Response {
    end(&idp, &context, &context.query).await
}

/// The same, with the parameters in a form (RP-Initiated Logout 2) or, as some send them, in the query.
pub(in crate::idp) async fn post(
    State(idp): State<Arc<Idp>>,
    context: RequestContext,
    form: Result<Form, BytesRejection>,
) -> Response {
    let fields = form.map(|form| form.fields).ok().filter(|fields| *fields != Fields::default());
    end(&idp, &context, fields.as_ref().unwrap_or(&context.query)).await
}

async fn end(idp: &Arc<Idp>, context: &RequestContext, parameters: &Fields) -> Response {
    let asker = match asker(idp, parameters).await {
        Ok(asker) => asker,
        Err(why) => {
            idp.record_refusal("invalid_request", why.clone(), None);
            return page::error(idp, &context.path, "invalid_request", &format!("The logout is refused: {why}."));
        }
    };
    let session = idp.session_of(context).map(|session| session.index);
    let cookie = idp.close_session(context);
    let participants = session.as_ref().and_then(|index| idp.provider.participants.take(index, idp.now()));
    let participants = participants.unwrap_or_default();
    let clients: Vec<(Client, Participant)> = participants
        .into_iter()
        .filter_map(|participant| Some((Client::find(idp, &participant.client_id)?, participant)))
        .collect();
    let session = session.unwrap_or_default();
    join_all(clients.iter().map(|(client, participant)| tell(idp, client, participant, &session))).await;
    let frames: Vec<Url> = clients.iter().filter_map(|(client, _)| frame(idp, client, &session)).collect();
    let next = return_address(idp, parameters, asker.as_ref());
    let response = match next {
        _ if !frames.is_empty() => signed_out_everywhere(idp, context, &frames, next.as_ref()),
        Some(address) => see_other(address.as_str()),
        None => {
            let template = SignedOutTemplate { page: PageName::LoggedOut, idp: &idp.trust.idp };
            page::show(idp, &context.path, PageName::LoggedOut, StatusCode::OK, &template)
        }
    };
    with_cookies(response, [cookie])
}

/// The client that asks, as far as it says so.
///
/// # Errors
/// If it contradicts itself, or the ID token is none of this provider.
async fn asker(idp: &Arc<Idp>, parameters: &Fields) -> Result<Option<Client>, String> {
    let named = parameters.get("client_id").filter(|client_id| !client_id.is_empty());
    let Some(token) = parameters.get("id_token_hint").filter(|token| !token.is_empty()) else {
        return Ok(named.and_then(|client_id| Client::find(idp, client_id)));
    };
    let hint = hint::read(idp, token).await.map_err(|why| format!("the ID token of id_token_hint {why}"))?;
    if named.is_some_and(|client_id| client_id != hint.client.id) {
        return Err("client_id differs from the audience of id_token_hint".to_owned());
    }
    Ok(Some(hint.client))
}

/// `post_logout_redirect_uri`, if it is registered for the client that asks, or for any client if none is named. A client
/// that registered no such address has those with the origin of a redirect URI.
fn return_address(idp: &Idp, parameters: &Fields, asker: Option<&Client>) -> Option<Url> {
    let asked = parameters.get("post_logout_redirect_uri")?;
    let mut address = Url::parse(asked).ok()?;
    let origin = address.origin().ascii_serialization();
    let registered = |uris: &[EndpointUrl]| uris.iter().any(|uri| uri.as_str() == asked);
    let allowed = match asker {
        Some(client) if !client.spec.post_logout_redirect_uris.is_empty() => {
            registered(&client.spec.post_logout_redirect_uris)
        }
        Some(client) if !client.spec.redirect_uris.is_empty() => {
            client.spec.redirect_uris.iter().any(|uri| uri.origin() == origin)
        }
        _ => {
            let all = idp.trust.spec.relying_parties.values();
            all.into_iter().any(|client| registered(&client.post_logout_redirect_uris))
                || idp.trust.has_client_at(&origin)
        }
    };
    if !allowed {
        return None;
    }
    if let Some(state) = parameters.get("state") {
        address.query_pairs_mut().append_pair("state", state);
    }
    Some(address)
}

/// Posts a logout token to a client (Back-Channel Logout 2.4 and 2.5). A client that does not take it is recorded.
async fn tell(idp: &Arc<Idp>, client: &Client, participant: &Participant, session: &str) {
    let Some(address) = &client.spec.backchannel_logout_uri else { return };
    if let Err(why) = post_logout_token(idp, client, participant, session, address).await {
        idp.realm.record(Event::RequestRefused {
            host: idp.role(),
            path: crate::oidc::END_SESSION_PATH.to_owned(),
            status: StatusCode::BAD_GATEWAY.as_u16(),
            why: kit::excerpt(&format!("the client `{}` did not take the logout token: {why}", client.id)),
        });
    }
}

async fn post_logout_token(
    idp: &Arc<Idp>,
    client: &Client,
    participant: &Participant,
    session: &str,
    address: &EndpointUrl,
) -> Result<(), String> {
    let claims = json!({
        "iss": idp.trust.issuer,
        "sub": participant.subject,
        "aud": client.id,
        "iat": idp.now().as_second(),
        "exp": idp.after(LIFETIME).as_second(),
        "jti": idp.realm.entropy.nonce(),
        "sid": session,
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
    });
    let attack = faults::attack(&idp.trust.spec, &[]).or(*idp.last_attack.lock());
    let (own, algorithm) = (Arc::clone(idp), client.algorithm(idp));
    let made = move || match attacked(&own, attack, &claims)? {
        Some(wrong) => Ok(wrong),
        None => signed(&own, &claims, algorithm, "logout+jwt"),
    };
    let token = blocking::run(made).await;
    let token = token.unwrap_or_else(|| Err("sign the logout token".to_owned()));
    let mut token = token.map_err(|why| format!("failed to {why}"))?;
    if attack.is_some_and(Case::repeats_logout) {
        token = idp.first_logouts.lock().entry(client.id.clone()).or_insert(token).clone();
    }
    let body = form_urlencoded::Serializer::new(String::new()).append_pair("logout_token", &token).finish();
    let url: Url = address.as_str().parse().map_err(|_| format!("`{address}` is not an address"))?;
    let channel = idp.provider.back_channel(&idp.realm, &idp.trust);
    let channel = channel.ok_or("the way to the clients cannot be set up")?;
    let reply = channel.post_form(&url, body, None).await.map_err(|error| format!("failed to {error}"))?;
    // 2.8: 200 if the logout succeeded; 204 is as good.
    if reply.status.is_success() { Ok(()) } else { Err(format!("it answered with {}", reply.status)) }
}

/// The token as a case of the catalogue has it, if it is about one. Runs on a thread that may block.
fn attacked(idp: &Idp, attack: Option<&Case>, claims: &Value) -> Result<Option<String>, String> {
    let Some(attack) = attack else { return Ok(None) };
    let keys = Keys::held_by(&idp.realm.certs, &idp.trust.spec).map_err(|error| error.to_string())?;
    Ok(attack.logout_token(&members(claims), &keys))
}

/// The page of a client that the browser loads (Front-Channel Logout 3).
fn frame(idp: &Idp, client: &Client, session: &str) -> Option<Url> {
    let mut url: Url = client.spec.frontchannel_logout_uri.as_ref()?.as_str().parse().ok()?;
    url.query_pairs_mut().append_pair("iss", &idp.trust.issuer).append_pair("sid", session);
    Some(url)
}

fn signed_out_everywhere(idp: &Idp, context: &RequestContext, frames: &[Url], next: Option<&Url>) -> Response {
    let origins: Vec<String> = frames.iter().map(|url| url.origin().ascii_serialization()).collect();
    let policy = format!("{IDP_POLICY}; frame-src {}", origins.join(" "));
    let page = PageName::LoggedOut;
    idp.realm.record(Event::PageServed { page, host: idp.role(), path: context.path.clone() });
    let template = SignedOutEverywhereTemplate { page, idp: &idp.trust.idp, frames, next };
    kit::html(StatusCode::OK, &policy, &template)
        .unwrap_or_else(|_| page::error(idp, &context.path, "server_error", "The page did not render."))
}

#[derive(Template)]
#[template(path = "idp/signed_out.html")]
struct SignedOutTemplate<'a> {
    page: PageName,
    idp: &'a str,
}

#[derive(Template)]
#[template(path = "idp/signed_out_everywhere.html")]
struct SignedOutEverywhereTemplate<'a> {
    page: PageName,
    idp: &'a str,
    frames: &'a [Url],
    next: Option<&'a Url>,
}

/// How long a logout token is valid (Back-Channel Logout 2.4 recommends two minutes at most).
const LIFETIME: SignedDuration = SignedDuration::from_mins(2);

//! The authorization endpoint: checks a request, keeps it, and leads the user to the approval page (contract C1.11, F1.1).

use std::sync::Arc;

use axum::Extension;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use url::form_urlencoded;

use super::error::OauthError;
use super::parameters::Parameters;
use super::redirect::{self, Part};
use super::scopes;
use crate::http::{Form, RequestContext, found};
use crate::oidc::CodeChallenge;
use crate::org::oauth_state::{AnswerTo, REQUEST_LIFETIME, WaitingRequest, Wants};
use crate::org::return_url::encode;
use crate::org::{Org, paths};
use crate::realm::{App, HostRole, later};
use vestibule_model::Secret;

pub(super) async fn authorize(
    Extension(org): Extension<Arc<Org>>,
    request: RequestContext,
    Form { fields, .. }: Form,
) -> Response {
    let parameters = Parameters::new(&fields, &request);
    let (app, redirect_uri) = match addressee(&org, &parameters) {
        Ok(addressee) => addressee,
        Err(error) => return show(&org, &error),
    };
    let wanted = parameters.get("response_type").and_then(wants);
    let part = if matches!(wanted, Some(Wants::Tokens | Wants::HybridTokens)) { Part::Fragment } else { Part::Query };
    let read = read(&org, app, redirect_uri, wanted, &parameters);
    match read.and_then(|waiting| with_pages(&request, waiting)) {
        Ok(waiting) => lead_to_approval(&org, &request, waiting),
        Err(error) => redirect::refuse(&org, redirect_uri, part, parameters.get("state"), &error.of_app(app)),
    }
}

/// The app and where its answer goes. As long as they are not known to belong together, nothing is sent there (RFC 6749
/// 4.1.2.1).
fn addressee<'a, 'p>(org: &'a Org, parameters: &Parameters<'p>) -> Result<(&'a App, &'p str), OauthError> {
    parameters.check_addressee()?;
    let app = org.realm.apps.by_client_id(parameters.text("client_id")).ok_or_else(OauthError::unknown_client)?;
    let redirect_uri = parameters.get("redirect_uri").ok_or_else(|| {
        OauthError::new("redirect_uri_missing", "redirect_uri not provided", "the request has no redirect_uri")
            .of_app(app)
    })?;
    if app.spec.callbacks.iter().all(|callback| callback != redirect_uri) {
        let why = "redirect_uri is none of the callback URLs of the app; each character counts";
        let error = OauthError::new("redirect_uri_mismatch", "redirect_uri must match configuration", why);
        return Err(error.of_app(app));
    }
    Ok((app, redirect_uri))
}

/// The order of the words does not matter (RFC 6749 3.1.1).
fn wants(response_type: &str) -> Option<Wants> {
    match response_type {
        "code" => Some(Wants::Code),
        "token" | "token id_token" | "id_token token" => Some(Wants::Tokens),
        "hybrid_token" => Some(Wants::HybridTokens),
        _ => None,
    }
}

fn read(
    org: &Org,
    app: &App,
    redirect_uri: &str,
    wanted: Option<Wants>,
    parameters: &Parameters<'_>,
) -> Result<WaitingRequest, OauthError> {
    parameters.check()?;
    let not_supported = |why: &str| OauthError::new("unsupported_response_type", "response type not supported", why);
    let wants = wanted.ok_or_else(|| not_supported("response_type is missing or unknown"))?;
    if wants != Wants::Code && !org.settings().oauth.user_agent {
        return Err(not_supported("the org does not allow user-agent flows (`oauth.user-agent`)"));
    }
    let prompt: Vec<&str> = parameters.text("prompt").split_whitespace().collect();
    if prompt.contains(&"none") && prompt.len() > 1 {
        let why = "`prompt` has `none` beside another value, so that a page is both forbidden and asked for";
        return Err(OauthError::invalid_request("invalid prompt", why));
    }
    Ok(WaitingRequest {
        app: app.name.clone(),
        scopes: scopes::asked(app, parameters)?,
        answer: AnswerTo::App {
            redirect_uri: redirect_uri.to_owned(),
            state: parameters.get("state").map(str::to_owned),
            wants,
            challenge: challenge(parameters)?,
            nonce: parameters.get("nonce").map(str::to_owned),
        },
        fresh: prompt.contains(&"login") || prompt.contains(&"select_account"),
        asks_again: prompt.contains(&"consent"),
        silent: prompt.contains(&"none") || parameters.text("immediate") == "true",
        login_hint: parameters.get("login_hint").map(str::to_owned),
        // A value that is not known may be ignored.
        display: parameters.text("display").parse().unwrap_or_default(),
        confirmation: Secret::new(org.realm.entropy.token()),
    })
}

/// The method is S256 even where the request does not say so: `sf` leaves it out (contract K1.3).
fn challenge(parameters: &Parameters<'_>) -> Result<Option<CodeChallenge>, OauthError> {
    let challenge = parameters.get("code_challenge");
    let method = challenge.map(|_| parameters.get("code_challenge_method").unwrap_or("S256"));
    CodeChallenge::parse(challenge, method)
        .map_err(|error| OauthError::invalid_request("invalid code challenge", error.to_string()))
}

/// On the shared login host nobody is signed in, so a request that allows no page ends there.
fn with_pages(request: &RequestContext, waiting: WaitingRequest) -> Result<WaitingRequest, OauthError> {
    if waiting.silent && request.host == HostRole::Login {
        return Err(OauthError::login_required());
    }
    Ok(waiting)
}

/// On the shared login host nobody is signed in, so the login page comes first there.
fn lead_to_approval(org: &Org, request: &RequestContext, waiting: WaitingRequest) -> Response {
    let now = org.now();
    let source = org.realm.entropy.token();
    let approval = format!("{}?source={source}", paths::APPROVAL);
    if request.host == HostRole::Login {
        org.oauth.requests.put(&source, WaitingRequest { fresh: false, ..waiting }, later(now, REQUEST_LIFETIME), now);
        return found(&org.realm.hosts.url(&HostRole::Login, &format!("/?ec=302&startURL={}", encode(&approval))));
    }
    org.oauth.requests.put(&source, waiting, later(now, REQUEST_LIFETIME), now);
    found(&org.my_domain_url(&approval))
}

/// A refusal that cannot go to the app: its text, in the form in which the vendor shows it.
fn show(org: &Org, error: &OauthError) -> Response {
    error.record(org);
    let text = form_urlencoded::Serializer::new(String::new())
        .append_pair("error", error.error)
        .append_pair("error_description", error.description)
        .finish()
        .replace('+', "%20");
    (StatusCode::BAD_REQUEST, [(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

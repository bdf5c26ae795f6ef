//! The approval page, "Allow Access?" (contract C1.11). It stands behind the login, so every rule for UI logins has been applied
//! when it appears (contract F2.1).

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::response::Response;
use http::StatusCode;
use jiff::SignedDuration;

use super::admission::{decide_for, of_grant, record_row, refusal};
use super::error::OauthError;
use super::issue::{Answer, Authorization, first};
use super::redirect::{self, Part};
use crate::http::{Form, RequestContext, found, with_cookies};
use crate::org::dispatcher::{login_page_url, require_session};
use crate::org::oauth_state::{AnswerTo, IssuedCode, Said, WaitingRequest, Wants};
use crate::org::{Org, cookies, page};
use crate::policy::{AppDecision, AppRefusal, app_controls};
use crate::realm::{App, Event, HostRole, OrgSession, User, later};
use vestibule_model::{LoginStatus, OauthFlow, OauthScope, PageName};

pub(super) async fn show(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    let visit = match visit(&org, &request) {
        Ok(visit) => visit,
        Err(response) => return *response,
    };
    match decide_for(&org, &visit.app, &visit.user, visit.waiting.flow()) {
        AppDecision::Refused(reason) => refuse(&org, &request, &visit, reason),
        AppDecision::Granted if !visit.waiting.asks_again => {
            org.oauth.requests.take(&visit.source, org.now());
            grant(&org, &request, visit).await
        }
        AppDecision::Granted | AppDecision::AsksUser if visit.waiting.silent => {
            let why = "the user must approve the app, and the request allows no page";
            end(&org, &request, &visit, &OauthError::new("interaction_required", "interaction required", why))
        }
        AppDecision::Granted | AppDecision::AsksUser => ask(&org, &request, &visit),
    }
}

pub(super) async fn answer(
    Extension(org): Extension<Arc<Org>>,
    request: RequestContext,
    Form { fields, .. }: Form,
) -> Response {
    let visit = match visit(&org, &request) {
        Ok(visit) => visit,
        Err(response) => return *response,
    };
    if let AppDecision::Refused(reason) = decide_for(&org, &visit.app, &visit.user, visit.waiting.flow()) {
        return refuse(&org, &request, &visit, reason);
    }
    let (allowed, denied) = (fields.has("save"), fields.has("cancel"));
    if fields.text("_CONFIRMATIONTOKEN") != visit.waiting.confirmation.reveal() || allowed == denied {
        let why = "the form of the approval page is stale, or says neither \"Allow\" nor \"Deny\"";
        page::record_refused_request(&org, &request, StatusCode::OK, why);
        return ask(&org, &request, &visit);
    }
    // A second click finds nothing to answer.
    if org.oauth.requests.take(&visit.source, org.now()).is_none() {
        return unknown(&org, &request);
    }
    let (user, app) = (visit.user.key.clone(), visit.app.name.clone());
    if allowed {
        org.realm.grants.approve(&user, &app, org.now());
    }
    org.realm.record(Event::AppApprovalAnswered { user, app, allowed });
    if denied {
        let error = OauthError::new("access_denied", "end-user denied authorization", "the user denied the app access");
        return end(&org, &request, &visit, &error);
    }
    grant(&org, &request, visit).await
}

/// A user who came to the page.
struct Visit {
    source: String,
    waiting: WaitingRequest,
    app: App,
    user: User,
    session: OrgSession,
}

/// The user and the request, or the answer to a browser that must go elsewhere first.
fn visit(org: &Org, request: &RequestContext) -> Result<Visit, Box<Response>> {
    if request.host != HostRole::MyDomain {
        return Err(Box::new(found(&org.my_domain_url(&request.path_and_query()))));
    }
    let source = request.query.text("source").to_owned();
    let known = org.oauth.requests.get(&source, org.now());
    let known = known.and_then(|waiting| Some((org.realm.apps.get(&waiting.app)?.clone(), waiting)));
    let (app, waiting) = known.ok_or_else(|| Box::new(unknown(org, request)))?;
    if waiting.fresh {
        org.oauth.requests.update(&source, org.now(), |waiting| waiting.fresh = false);
        let own = org.return_url(&org.my_domain_url(&request.path_and_query()));
        let to_login = found(&login_page_url(org, &own));
        return Err(Box::new(with_cookies(to_login, [cookies::remove(cookies::SID)])));
    }
    let session = match require_session(org, request) {
        Ok(session) => session,
        Err(_) if waiting.silent => {
            let error = OauthError::login_required().of_app(&app);
            org.oauth.requests.take(&source, org.now());
            return Err(Box::new(answer_to(org, request, &waiting.answer, &error)));
        }
        Err(elsewhere) => return Err(elsewhere),
    };
    let user = org.realm.users.get(&session.user).ok_or_else(|| Box::new(unknown(org, request)))?;
    Ok(Visit { source, waiting, app, user, session })
}

fn unknown(org: &Org, request: &RequestContext) -> Response {
    let why = "the request of the app is unknown, was answered before, or waited too long; start again at the app";
    page::refuse(org, request, StatusCode::BAD_REQUEST, why)
}

fn ask(org: &Org, request: &RequestContext, visit: &Visit) -> Response {
    let template = ApprovalTemplate {
        page: PageName::AuthorizeApp,
        action: request.path_and_query(),
        confirmation: visit.waiting.confirmation.reveal(),
        app: &visit.app.name,
        username: &visit.user.username,
        scopes: visit.waiting.scopes.iter().copied().map(words_of).collect(),
    };
    page::show(org, request, PageName::AuthorizeApp, &template)
}

/// What the page says of a scope. Only the first three texts are public.
fn words_of(scope: OauthScope) -> &'static str {
    match scope {
        OauthScope::Api => "Manage user data via APIs",
        OauthScope::Web => "Manage user data via Web browsers",
        OauthScope::RefreshToken | OauthScope::OfflineAccess => "Perform requests at any time",
        OauthScope::Full => "Full access",
        OauthScope::Openid => "Access unique user identifiers",
        OauthScope::Id | OauthScope::Profile | OauthScope::Email | OauthScope::Address | OauthScope::Phone => {
            "Access the identity URL service"
        }
        OauthScope::ChatterApi => "Access Connect REST API resources",
        OauthScope::Visualforce => "Access Visualforce applications",
        OauthScope::Content => "Access content resources",
        OauthScope::Lightning => "Access Lightning applications",
        OauthScope::CustomPermissions => "Access custom permissions",
    }
}

/// Refuses an app that the rules keep out. The app learns it, except of an app that is not installed: there the user sees a
/// page (contract F2.3).
fn refuse(org: &Org, request: &RequestContext, visit: &Visit, reason: AppRefusal) -> Response {
    org.oauth.requests.take(&visit.source, org.now());
    let error = refusal(&visit.app, &visit.user.key, reason);
    match reason {
        AppRefusal::NotInstalled => {
            error.record(org);
            let template = RefusedTemplate { page: PageName::LoginRefused };
            page::show_with_status(org, request, PageName::LoginRefused, StatusCode::FORBIDDEN, &template)
        }
        AppRefusal::NotAdminApproved | AppRefusal::NoSuchFlow | AppRefusal::DeviceFlowBlocked => {
            // Contract F3.2: the code at this endpoint.
            end(org, request, visit, &error.coded("OAUTH_APP_ACCESS_DENIED"))
        }
    }
}

fn end(org: &Org, request: &RequestContext, visit: &Visit, error: &OauthError) -> Response {
    let error = error.clone().of_app(&visit.app).of_user(&visit.user.key);
    answer_to(org, request, &visit.waiting.answer, &error)
}

/// Sends a refusal to where the answer goes.
fn answer_to(org: &Org, request: &RequestContext, answer: &AnswerTo, error: &OauthError) -> Response {
    match answer {
        AnswerTo::App { redirect_uri, state, wants, .. } => {
            redirect::refuse(org, redirect_uri, part(*wants), state.as_deref(), error)
        }
        AnswerTo::Device { device_code } => {
            error.record(org);
            org.oauth.devices.update(device_code.reveal(), org.now(), |device| device.said = Said::Denied);
            connected(org, request, "The device gets no access.")
        }
    }
}

fn part(wants: Wants) -> Part {
    match wants {
        Wants::Code => Part::Query,
        Wants::Tokens | Wants::HybridTokens => Part::Fragment,
    }
}

/// Gives the app what it asked for. Only now it learns that its request lacks a code challenge (contract F1.6).
async fn grant(org: &Arc<Org>, request: &RequestContext, visit: Visit) -> Response {
    let Visit { waiting, app, user, session, .. } = visit;
    let flow = waiting.flow();
    match waiting.answer {
        AnswerTo::App { redirect_uri, state, wants: Wants::Code, challenge, nonce } => {
            if challenge.is_none() && requires_challenge(org, &app) {
                let flow = Some(OauthFlow::WebServer);
                record_row(org, (request, &app), Some(&user.key), LoginStatus::InvalidCodeChallenge, flow);
                let why = "the request has no code_challenge, and the app requires PKCE";
                let error = OauthError::invalid_request("missing required code challenge", why);
                let error = error.of_app(&app).of_user(&user.key);
                return redirect::refuse(org, &redirect_uri, Part::Query, state.as_deref(), &error);
            }
            let now = org.now();
            let code = org.realm.authorization_code();
            let issued = IssuedCode {
                app: app.name,
                user: user.key,
                scopes: waiting.scopes,
                redirect_uri: redirect_uri.clone(),
                challenge,
                nonce,
                level: session.level,
                expires: later(now, CODE_LIFETIME),
            };
            org.oauth.codes.put(code.reveal(), issued, later(now, CODE_IS_KNOWN), now);
            redirect::to_app(&redirect_uri, Part::Query, state.as_deref(), [("code", code.reveal())])
        }
        AnswerTo::App { redirect_uri, state, nonce, .. } => {
            // The session may have outlasted the right to log in. With a code, its exchange finds that out.
            let user = match of_grant(org, request, &app, &user.key) {
                Ok(user) => user,
                Err(error) => {
                    let error = error.coded("access_denied");
                    return redirect::refuse(org, &redirect_uri, Part::Fragment, state.as_deref(), &error);
                }
            };
            let authorization =
                Authorization { app: &app, user: &user, flow, scopes: &waiting.scopes, level: session.level, nonce };
            // A refresh token is nothing for the address bar of a web page (inferred).
            let native = !redirect_uri.starts_with("http");
            match first(org, request, &authorization, native).await {
                Ok(answer) => redirect::to_app(&redirect_uri, Part::Fragment, state.as_deref(), texts(&answer)),
                Err(error) => redirect::refuse(org, &redirect_uri, Part::Fragment, state.as_deref(), &error),
            }
        }
        AnswerTo::Device { device_code } => {
            let said = Said::Allowed { user: user.key, level: session.level };
            let told = org.oauth.devices.update(device_code.reveal(), org.now(), |device| device.said = said);
            let notice = match told {
                Some(()) => "You've connected the device. You can close this page.",
                None => "The device has waited too long, so it gets no access. Start again at the device.",
            };
            connected(org, request, notice)
        }
    }
}

fn texts(answer: &Answer) -> impl Iterator<Item = (&str, &str)> {
    answer.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
}

fn requires_challenge(org: &Org, app: &App) -> bool {
    let by_the_rules = || app_controls(&org.realm.rulebook, org.realm.date()).pkce;
    app.spec.pkce_required.unwrap_or_else(by_the_rules)
}

/// The last page of the device flow.
fn connected(org: &Org, request: &RequestContext, notice: &str) -> Response {
    page::show(org, request, PageName::Unknown, &ConnectedTemplate { page: PageName::Unknown, notice })
}

#[derive(Template)]
#[template(path = "org/authorize_app.html")]
struct ApprovalTemplate<'a> {
    page: PageName,
    action: String,
    confirmation: &'a str,
    app: &'a str,
    username: &'a str,
    scopes: Vec<&'static str>,
}

#[derive(Template)]
#[template(path = "org/oauth_refused.html")]
struct RefusedTemplate {
    page: PageName,
}

#[derive(Template)]
#[template(path = "org/device_connected.html")]
struct ConnectedTemplate<'a> {
    page: PageName,
    notice: &'a str,
}

/// "Authorization codes are valid for 15 minutes" (background).
const CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(15);
/// For so long the org can tell a late code from an unknown one.
const CODE_IS_KNOWN: SignedDuration = SignedDuration::from_hours(2);

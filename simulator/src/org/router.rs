//! The routes of the org.

use std::sync::{Arc, LazyLock};

use axum::extract::{FromRequestParts as _, Request};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Router};
use http::{Method, StatusCode};
use tower::ServiceExt as _;

use super::api::Api;
use super::{
    Org, activation, assets, choose, dispatcher, forgot_password, frontdoor, history, identity_verification, inbox,
    interstitial, lightning, login, methods, not_simulated, oauth, page, page_behaviour, paths, reset_token, rest,
    soap, sso, user_detail,
};
use crate::http::{CrossOrigin, Form, RequestContext, inflated, is_text};
use crate::realm::Realm;

/// The org of this realm, without a login under way.
pub(crate) fn start(realm: Arc<Realm>) -> Arc<Org> {
    Org::new(realm, interstitial::in_order())
}

/// Answers a request to a host of this org: My Domain, Lightning, Setup or the shared login host.
///
/// The server puts the role of the host into the extensions of each request; a request without one counts as a request
/// to the My Domain host.
pub(crate) async fn answer(org: &Arc<Org>, request: Request) -> Response {
    let mut request = match readable(org, request).await {
        Ok(request) => request,
        Err(refusal) => return *refusal,
    };
    // No request meets a session whose end has come.
    org.realm.close_ended_sessions();
    request.extensions_mut().insert(Arc::clone(org));
    let response = ROUTER.clone().oneshot(request).await.into_response();
    page_behaviour::in_due_time(org, response).await
}

/// The pages and endpoints of all orgs. Each request says in its extensions which org it is for, as a router of its own would
/// be most of the memory of an org that nobody uses.
static ROUTER: LazyLock<Router> = LazyLock::new(|| {
    Router::new()
        .merge(assets::routes())
        .merge(page_behaviour::routes())
        .merge(dispatcher::routes())
        .merge(login::routes())
        .merge(methods::routes())
        .merge(choose::routes())
        .merge(activation::routes())
        .merge(interstitial::routes())
        .merge(forgot_password::routes())
        .merge(frontdoor::routes())
        .merge(lightning::routes())
        .merge(history::routes())
        .merge(identity_verification::routes())
        .merge(not_simulated::routes())
        .merge(inbox::routes())
        .merge(reset_token::routes())
        .merge(user_detail::routes())
        .merge(rest::routes())
        .merge(soap::routes())
        .merge(oauth::routes())
        .merge(sso::routes())
        .fallback(unknown_path)
        .method_not_allowed_fallback(other_method)
});

/// The request, or the answer to one with a path or a body that no handler could read.
async fn readable(org: &Org, request: Request) -> Result<Request, Box<Response>> {
    let (mut parts, body) = request.into_parts();
    let body = if is_text(parts.uri.path()) {
        inflated(&mut parts, body).await
    } else {
        Err((StatusCode::BAD_REQUEST, "the path of the request is not UTF-8"))
    };
    match body {
        Ok(body) => Ok(Request::from_parts(parts, body)),
        Err((status, why)) => {
            let Ok(request) = RequestContext::from_request_parts(&mut parts, &()).await;
            Err(Box::new(refuse(org, &request, status, why)))
        }
    }
}

async fn other_method(Extension(org): Extension<Arc<Org>>, method: Method, request: RequestContext) -> Response {
    refuse(&org, &request, StatusCode::METHOD_NOT_ALLOWED, &format!("this address does not take the method {method}"))
}

/// Refuses a request before its handler, in the form of the protocol that its path belongs to.
fn refuse(org: &Org, request: &RequestContext, status: StatusCode, why: &str) -> Response {
    let Some(api) = Api::of_path(&request.path) else { return page::refuse(org, request, status, why) };
    page::record_refused_request(org, request, status, why);
    api.refusal(status, why)
}

async fn unknown_path(
    Extension(org): Extension<Arc<Org>>,
    method: Method,
    request: RequestContext,
    Form { fields, .. }: Form,
) -> Response {
    if let Some(subject) = user_detail::subject(&org, &request.path) {
        return user_detail::answer(&org, &request, &method, &fields, &subject);
    }
    if paths::is_behind_the_login(&request.path) {
        return lightning::shell(&org, &request, &fields);
    }
    let retired = rest::retired(&request.path);
    let api = retired.or_else(|| not_simulated::answer(&org, &request, &method, &fields));
    api.unwrap_or_else(|| {
        page::refuse(&org, &request, StatusCode::NOT_FOUND, "there is no such page in the simulated org")
    })
}

/// What a page of another origin may do with a path of the org. The login form shares its address with the ACS, so
/// the handler itself refuses it. An app may send its request for an approval as a form.
pub(crate) fn cross_origin(path: &str) -> CrossOrigin {
    let front_channel = ["/", paths::LOGIN, paths::SITE_LOGIN, paths::LOGOUT, paths::AUTHORIZE].contains(&path)
        || path.starts_with(paths::AUTH_CALLBACK);
    if front_channel { CrossOrigin::FrontChannel } else { CrossOrigin::Refused }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use axum::body::Body;
    use axum::extract::Request;
    use http::StatusCode;
    use jiff::civil::date;
    use vestibule_certs::CertStore;
    use vestibule_model::{OrgSpec, RealmSpec, UserSpec};
    use vestibule_snapshots::growth::assert_linear;

    use super::{answer, start};
    use crate::policy::Rulebook;
    use crate::realm::Realm;

    /// Each user of a realm opens the login page and types the username.
    #[test]
    fn a_login_page_takes_no_longer_where_there_are_many_users() {
        let folder = tempfile::tempdir().unwrap();
        let certs = CertStore::open(folder.path(), "2026-09-01T12:00:00Z".parse().unwrap()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let org = |size: usize| {
            let users = (0..size).map(|number| (format!("rep{number}"), UserSpec::new("Standard User").totp()));
            let spec =
                RealmSpec { users: users.collect(), ..RealmSpec::new(OrgSpec::production("acme", date(2026, 9, 1))) };
            start(Realm::start(spec, Arc::new(Rulebook::newest()), Arc::clone(&certs), 8443, BTreeMap::new()))
        };
        assert_linear("login pages", 40, org, |org| {
            for user in org.realm.users.all() {
                let form = format!("un={}", user.username);
                let posted = Request::post("/").header("Content-Type", "application/x-www-form-urlencoded");
                for request in [Request::get("/").body(Body::empty()), posted.body(Body::from(form))] {
                    let response = runtime.block_on(answer(org, request.unwrap()));
                    assert_eq!(response.status(), StatusCode::OK);
                }
            }
        });
    }
}

//! The client credentials flow: the app acts as the user whom an admin chose for it.

use std::sync::Arc;

use super::admission::without_page;
use super::client::Client;
use super::error::OauthError;
use super::issue::{Answer, Authorization, first};
use super::parameters::Parameters;
use super::scopes;
use crate::http::RequestContext;
use crate::org::Org;
use crate::realm::HostRole;
use vestibule_model::OauthFlow;

pub(super) async fn exchange(
    org: &Arc<Org>,
    request: &RequestContext,
    parameters: &Parameters<'_>,
) -> Result<Answer, OauthError> {
    if request.host != HostRole::MyDomain {
        let why = "the client credentials flow works on the My Domain host only, not on the shared login host";
        return Err(OauthError::invalid_grant("request not supported on this domain", why));
    }
    let client = Client::of(org, request, parameters)?;
    let app = client.app;
    client.check_secret(true)?;
    let nobody = |why: &str| OauthError::invalid_grant("no client credentials user enabled", why).of_app(app);
    let key = app.spec.client_credentials_user.as_deref();
    let key = key.ok_or_else(|| nobody("no user is chosen for the client credentials flow of the app"))?;
    let user = org.realm.users.get(key).ok_or_else(|| nobody("the user chosen for the app does not exist"))?;
    let scopes = scopes::asked(app, parameters)?;
    let level = without_page(org, request, app, &user, OauthFlow::ClientCredentials)?;
    let authorization =
        Authorization { app, user: &user, flow: OauthFlow::ClientCredentials, scopes: &scopes, level, nonce: None };
    first(org, request, &authorization, false).await
}

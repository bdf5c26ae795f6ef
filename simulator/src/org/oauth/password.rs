//! The username-password flow, until it ends (contract F2.2). What must follow the password is what must follow it in SOAP
//! `login()` (contract G1.6).

use std::sync::Arc;

use super::admission::{decide_for, description_of, record_row, refusal};
use super::client::Client;
use super::error::{FAILURE, OauthError};
use super::issue::{Answer, Authorization, first};
use super::parameters::Parameters;
use super::scopes;
use crate::http::RequestContext;
use crate::org::Org;
use crate::org::attempt::login_type;
use crate::org::password::{Admitted, ApiRefusal, Refused, Route, check};
use crate::policy::AppDecision;
use crate::realm::App;
use vestibule_model::OauthFlow;

/// There is no refresh token: the app has the password.
pub(super) async fn exchange(
    org: &Arc<Org>,
    request: &RequestContext,
    parameters: &Parameters<'_>,
) -> Result<Answer, OauthError> {
    let client = Client::of(org, request, parameters)?;
    let app = client.app;
    client.check_secret(true)?;
    if !org.settings().oauth.username_password {
        let why = "the org does not allow username-password flows (`oauth.username-password`)";
        return Err(OauthError::invalid_grant(FAILURE, why).of_app(app));
    }
    let scopes = scopes::asked(app, parameters)?;
    let flow = OauthFlow::UsernamePassword;
    let route = Route { kind: flow.login(), login_type: login_type::REMOTE_ACCESS };
    let checked = check(org, request, &route, parameters.text("username"), parameters.text("password"));
    let Admitted { user, level } = checked.map_err(|refused| refuse(org, request, app, refused))?;
    if let AppDecision::Refused(reason) = decide_for(org, app, &user, flow) {
        return Err(refusal(app, &user.key, reason));
    }
    let authorization = Authorization { app, user: &user, flow, scopes: &scopes, level, nonce: None };
    first(org, request, &authorization, false).await
}

/// The refusal of a login, with its row in Login History. Whoever calls does not learn which part of the credentials is wrong.
fn refuse(org: &Org, request: &RequestContext, app: &App, refused: Refused) -> OauthError {
    let Refused { user, status, why } = refused;
    record_row(org, (request, app), user.as_deref(), status, Some(OauthFlow::UsernamePassword));
    let (description, why) = match why {
        ApiRefusal::WrongCredentials => {
            (FAILURE, "the username, the password or what follows it is wrong, or the user is locked out")
        }
        ApiRefusal::SuffixMissing => {
            (FAILURE, "the password is right, but a security token or a TOTP code must follow it here")
        }
        ApiRefusal::NotAdmitted(reason) => (description_of(reason), "the org refuses the login"),
        ApiRefusal::MfaRequired => (FAILURE, "the rulebook asks for a verification in a flow that shows no page"),
    };
    let error = OauthError::invalid_grant(description, format!("{why}: {status}")).of_app(app);
    match user {
        Some(user) => error.of_user(&user),
        None => error,
    }
}

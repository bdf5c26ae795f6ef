//! The JWT bearer flow: an app that the user or an admin has approved signs for the user (contract K1.2).

use std::sync::Arc;

use super::admission::{decide_for, refusal, without_page};
use super::error::OauthError;
use super::issue::{Answer, Authorization, first};
use super::parameters::Parameters;
use crate::blocking;
use crate::http::RequestContext;
use crate::oidc::{AssertionFault, BearerAssertion};
use crate::org::Org;
use crate::policy::AppDecision;
use crate::realm::HostRole;
use vestibule_model::OauthFlow;

/// There is no refresh token: the app signs again.
pub(super) async fn exchange(
    org: &Arc<Org>,
    request: &RequestContext,
    parameters: &Parameters<'_>,
) -> Result<Answer, OauthError> {
    let fault = |fault: &AssertionFault| match fault {
        AssertionFault::Expired { .. } => OauthError::invalid_grant("expired authorization code", fault.to_string()),
        _ => OauthError::invalid_grant("invalid assertion", fault.to_string()),
    };
    let assertion = BearerAssertion::read(parameters.text("assertion")).map_err(|error| fault(&error))?;
    let app = org.realm.apps.by_client_id(&assertion.issuer).ok_or_else(OauthError::unknown_client)?;
    let certificate = app.spec.certificate.clone();
    let certificate = certificate.ok_or_else(|| {
        OauthError::invalid_grant("invalid assertion", "the app has no certificate for the JWT bearer flow").of_app(app)
    })?;
    let verified = blocking::run(move || {
        let verified = assertion.verify(&certificate);
        (assertion, verified)
    });
    // An incomplete verification proves nothing.
    let Some((assertion, verified)) = verified.await else {
        return Err(fault(&AssertionFault::Signature).of_app(app));
    };
    verified.and_then(|()| assertion.check_time(org.now())).map_err(|error| fault(&error).of_app(app))?;
    if !assertion.audiences.iter().any(|audience| is_this_org(org, audience)) {
        let why = "`aud` names neither the org's My Domain nor its login host";
        return Err(OauthError::invalid_grant("audience is invalid", why).of_app(app));
    }
    let unknown = || {
        let why = "`sub` is the username of no user of this org";
        OauthError::invalid_grant("user hasn't approved this consumer", why).of_app(app)
    };
    let user = org.realm.users.by_username(&assertion.subject).ok_or_else(unknown)?;
    match decide_for(org, app, &user, OauthFlow::JwtBearer) {
        AppDecision::Granted => {}
        AppDecision::Refused(reason) => return Err(refusal(app, &user.key, reason)),
        AppDecision::AsksUser => {
            let why = "neither the user nor an admin has approved the app";
            let error = OauthError::invalid_grant("user hasn't approved this consumer", why);
            return Err(error.of_app(app).of_user(&user.key));
        }
    }
    let level = without_page(org, request, app, &user, OauthFlow::JwtBearer)?;
    let authorization =
        Authorization { app, user: &user, flow: OauthFlow::JwtBearer, scopes: &app.spec.scopes, level, nonce: None };
    first(org, request, &authorization, false).await
}

/// Clients name the org by My Domain or by the login host, with or without a slash at the end; some name the vendor's own
/// `test.salesforce.com` whatever host they call (contract K1.2).
fn is_this_org(org: &Org, audience: &str) -> bool {
    let hosts = &org.realm.hosts;
    let audience = audience.strip_suffix('/').unwrap_or(audience);
    let shared = hosts.name(&HostRole::Login);
    let label = shared.split('.').next().unwrap_or_default();
    [hosts.origin(&HostRole::MyDomain), hosts.origin(&HostRole::Login), format!("https://{label}.salesforce.com")]
        .iter()
        .any(|own| own == audience)
        || audience == "https://test.salesforce.com"
}

//! The JWT bearer flow: the app signs a JWT for the user (RFC 7523; contract K1.2).

use std::sync::Arc;

use super::error::OauthError;
use super::issue::Answer;
use super::on_behalf::issue_for;
use super::parameters::Parameters;
use super::recipients::origins;
use crate::blocking;
use crate::http::RequestContext;
use crate::oidc::{AssertionFault, BearerAssertion};
use crate::org::Org;
use vestibule_model::OauthFlow;

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
    issue_for(org, request, app, &assertion.subject, OauthFlow::JwtBearer).await
}

fn is_this_org(org: &Org, audience: &str) -> bool {
    let audience = audience.strip_suffix('/').unwrap_or(audience);
    origins(org).iter().any(|own| own == audience)
}

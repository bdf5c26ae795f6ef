//! The SAML bearer flow: the app signs a SAML assertion for the user (RFC 7522).

use std::sync::Arc;

use openssl::x509::X509;

use super::error::OauthError;
use super::issue::Answer;
use super::on_behalf::issue_for;
use super::parameters::Parameters;
use super::recipients::{origins, token_endpoints};
use crate::blocking;
use crate::http::RequestContext;
use crate::org::Org;
use crate::org::sso_state::assertion_key;
use crate::realm::App;
use crate::saml::{
    ResponseRejection, TrustedCertificate, VerifiedResponse, VerifySettings, claimed_issuer, verify_assertion,
};
use vestibule_model::OauthFlow;

/// An assertion is good once.
pub(super) async fn exchange(
    org: &Arc<Org>,
    request: &RequestContext,
    parameters: &Parameters<'_>,
) -> Result<Answer, OauthError> {
    let message = parameters.text("assertion");
    let issuer = claimed_issuer(message).map_err(|rejection| fault(&rejection))?;
    let app = org.realm.apps.by_client_id(&issuer).ok_or_else(OauthError::unknown_client)?;
    let verified = verify(org, app, message).await.map_err(|rejection| fault(&rejection).of_app(app))?;
    let key = assertion_key(&verified.issuer, &verified.assertion_id);
    if !org.sso.used_assertions.put_new(&key, (), verified.remember_until, org.now()) {
        return Err(fault(&ResponseRejection::Replayed).of_app(app));
    }
    issue_for(org, request, app, &verified.name_id.value, OauthFlow::SamlBearer).await
}

async fn verify(org: &Arc<Org>, app: &App, message: &str) -> Result<VerifiedResponse, ResponseRejection> {
    let (org, app, message) = (Arc::clone(org), app.clone(), message.to_owned());
    let verified = blocking::run(move || {
        let certificate = app.spec.certificate.as_deref().and_then(|pem| X509::from_pem(pem.as_bytes()).ok());
        let der = certificate.and_then(|certificate| certificate.to_der().ok());
        let der = der.ok_or(ResponseRejection::NoTrustedCertificate)?;
        let trusted = TrustedCertificate { der, expired: false };
        let recipients = token_endpoints(&org);
        let settings = VerifySettings::new(&app.client_id, vec![trusted], "", "", org.now());
        let with_slash = origins(&org).into_iter().map(|origin| format!("{origin}/")).collect();
        let audiences = [origins(&org), with_slash, recipients.clone()].concat();
        let settings = VerifySettings { audiences, ..settings };
        verify_assertion(&message, &settings, &recipients)
    });
    // An incomplete verification proves nothing.
    verified.await.unwrap_or(Err(ResponseRejection::SignatureInvalid))
}

fn fault(rejection: &ResponseRejection) -> OauthError {
    let description = match rejection {
        ResponseRejection::Expired { .. } | ResponseRejection::TooOld { .. } => "expired authorization code",
        ResponseRejection::AudienceInvalid { .. } => "audience is invalid",
        _ => "invalid assertion",
    };
    OauthError::invalid_grant(description, rejection.to_string())
}

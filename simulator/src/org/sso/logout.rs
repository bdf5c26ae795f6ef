//! Single logout by SAML, both ways, by HTTP-Redirect (contract C1.16).
//!
//! It is on for an identity provider that is not simulated, whose metadata has a `SingleLogoutService`, and for a simulated
//! one where the setting "Single Logout Enabled" is on; and only if the org has a "Request Signing Certificate": its messages
//! are signed.

use std::sync::Arc;

use axum::Extension;
use axum::response::Response;
use http::StatusCode;

use super::acs;
use crate::blocking;
use crate::http::{RequestContext, found};
use crate::org::sso_state::assertion_key;
use crate::org::{Org, cookies, page, paths};
use crate::realm::{Component, ForeignIdp, SamlLogin, SsoTrust};
use crate::saml::{LogoutRequest, LogoutResponse, LogoutSettings, NameId, ReceivedLogout, Status, VerifiedLogout};
use vestibule_model::Weakness;

/// Whether the org and this identity provider end sessions for one another.
pub(super) fn is_on(trust: &SsoTrust) -> bool {
    trust.spec.request_signing_certificate.is_some() && addresses(trust).is_some()
}

/// Where requests and answers go.
fn addresses(trust: &SsoTrust) -> Option<(String, String)> {
    match &trust.foreign {
        Some(ForeignIdp::Saml(idp)) => idp.logout_urls.clone(),
        Some(ForeignIdp::Oidc(_)) => None,
        None => trust.spec.single_logout.then(|| (trust.slo_url.clone(), trust.slo_url.clone())),
    }
}

/// Where a browser goes after the logout at the org, so that the session at the identity provider ends, too.
pub(crate) async fn logout_url(org: &Arc<Org>, login: SamlLogin) -> Option<String> {
    let org = Arc::clone(org);
    let url = blocking::run(move || {
        let trust = org.realm.trust(&login.idp)?;
        let state = trust.spec.request_signing_certificate?;
        let (destination, _) = addresses(trust)?;
        let request = LogoutRequest {
            id: org.realm.entropy.xml_id(),
            issue_instant: org.realm.clock.now(Component::Org),
            not_on_or_after: None,
            destination,
            issuer: trust.sp_entity_id.clone(),
            name_id: NameId { value: login.name_id, format: None },
            session_indexes: login.session_index.into_iter().collect(),
        };
        let key = org.realm.certs.request_signing_key(state).ok()?;
        request.to_url(&key).ok()
    });
    url.await.flatten()
}

/// A request of an identity provider, or its answer to a request of the org.
pub(super) async fn get(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    let logged_out = org.my_domain_url(paths::LOGOUT);
    if request.query.get("SAMLRequest").is_none() && request.query.get("SAMLResponse").is_some() {
        // The session at the org has ended already.
        return found(&logged_out);
    }
    let (known, query) = (Arc::clone(&org), request.raw_query.clone());
    let sid = request.cookie(cookies::SID).map(str::to_owned);
    let answered = blocking::run(move || answer(&known, &query, sid.as_deref())).await;
    match answered.unwrap_or_else(|| Err("the LogoutRequest cannot be verified".to_owned())) {
        Ok(url) => found(&url),
        Err(why) => page::refuse(&org, &request, StatusCode::BAD_REQUEST, &why),
    }
}

/// Ends the sessions that a request names, and returns where the answer goes. `sid` is the session of the browser.
fn answer(org: &Org, query: &str, sid: Option<&str>) -> Result<String, String> {
    let realm = &org.realm;
    let skips = |weakness| org.settings().weaknesses.contains(&weakness);
    let received = ReceivedLogout::by_redirect(query).map_err(|fault| fault.to_string())?;
    let issuer = received.claimed_issuer().map_err(|fault| fault.to_string())?;
    let is_sender = |trust: &&SsoTrust| trust.idp_entity_id == issuer || skips(Weakness::SkipIssuer);
    let trust = acs::saml_idps(realm).find(|trust| is_sender(trust) && is_on(trust));
    let trust = trust.ok_or("single logout is not set up for the issuer of the LogoutRequest")?;
    let settings = LogoutSettings {
        logout_url: org.my_domain_url(paths::SAML_LOGOUT),
        trusted_certificates: acs::certificates(org, trust).map_err(|rejection| rejection.to_string())?,
        must_be_signed: true,
        clock_skew: LogoutSettings::CLOCK_SKEW,
        now: org.now(),
        weaknesses: org.settings().weaknesses.clone(),
    };
    let VerifiedLogout::Request(request, relay_state) =
        received.verify(&settings).map_err(|fault| fault.to_string())?
    else {
        return Err("there is no LogoutRequest that can be read".to_owned());
    };
    let key = assertion_key(&request.issuer, &request.id);
    if !org.sso.used_logouts.put_new(&key, (), request.remember_until(), org.now()) && !skips(Weakness::SkipReplay) {
        return Err("the LogoutRequest was used before".to_owned());
    }
    let is_meant = |login: &SamlLogin| {
        let named = login.session_index.as_ref().is_some_and(|index| request.session_indexes.contains(index));
        let same_session = request.session_indexes.is_empty() || named;
        login.idp == trust.idp && login.name_id == request.name_id.value && same_session
    };
    let meant = realm.sessions.all().into_iter().filter(|session| session.saml_login.as_ref().is_some_and(is_meant));
    meant.for_each(|session| realm.close_session(session.sid.reveal()));
    if let Some(sid) = sid.filter(|_| skips(Weakness::SkipLogoutSubject)) {
        realm.close_session(sid);
    }
    let response = addresses(trust).zip(trust.spec.request_signing_certificate);
    let ((_, destination), state) = response.ok_or("single logout is not set up")?;
    let response = LogoutResponse {
        id: realm.entropy.xml_id(),
        issue_instant: realm.clock.now(Component::Org),
        destination,
        issuer: trust.sp_entity_id.clone(),
        in_response_to: request.id,
        status: Status::success(),
    };
    let key = realm.certs.request_signing_key(state).map_err(|error| format!("failed to {error}"))?;
    let url = response.to_url(relay_state.as_deref(), &key);
    url.map_err(|error| format!("failed to {error}"))
}

//! What an app reads before it asks: OpenID Provider metadata, the keys of ID tokens, the login configuration of My Domain.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::StatusCode;
use serde_json::{Value, json};
use strum::IntoEnumIterator as _;
use vestibule_certs::{KeyState, jwk_set};
use vestibule_model::{IdpProtocol, OauthScope};

use super::issuer;
use crate::blocking;
use crate::http::RequestContext;
use crate::org::{Org, paths};
use crate::realm::SsoTrust;

/// OpenID Connect Discovery 1.0, 3. The vendor's metadata says nothing of PKCE, though the org takes it.
pub(super) async fn openid_configuration(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Json<Value> {
    let url = |path: &str| issuer::url(&org, &request, path);
    let scopes: Vec<String> = OauthScope::iter().map(|scope| scope.to_string()).collect();
    Json(json!({
        "issuer": url(""),
        "authorization_endpoint": url(paths::AUTHORIZE),
        "token_endpoint": url(paths::TOKEN),
        "revocation_endpoint": url(paths::REVOKE),
        "introspection_endpoint": url(paths::INTROSPECT),
        "userinfo_endpoint": url(paths::USERINFO),
        "jwks_uri": url(paths::IDENTITY_KEYS),
        "scopes_supported": scopes,
        "response_types_supported": ["code", "token", "token id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "private_key_jwt"],
    }))
}

/// The key set (RFC 7517, 5).
pub(super) async fn keys(Extension(org): Extension<Arc<Org>>) -> Response {
    let signing = Arc::clone(&org);
    let key = blocking::run(move || signing.realm.certs.request_signing_key(KeyState::Valid).ok());
    match key.await.flatten() {
        Some(key) => Json(jwk_set([&*key])).into_response(),
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Whether apps of the Mobile SDK log in through the system browser, and where (contract F1.4).
pub(super) async fn auth_configuration(Extension(org): Extension<Arc<Org>>) -> Json<Value> {
    let providers = |protocol: IdpProtocol| -> Vec<Value> {
        let trusts = org.realm.trusts.iter().filter(|trust| trust.spec.protocol == protocol);
        let provider =
            |trust: &SsoTrust| json!({ "Name": trust.idp, "SsoUrl": org.my_domain_url(&paths::sso_start(trust)) });
        trusts.map(provider).collect()
    };
    let native = org.settings().oauth.native_browser;
    Json(json!({
        "OrgId": org.realm.org_id,
        "MobileSDK": {
            "UseAndroidNativeBrowserForAuthentication": native,
            "UseiOSNativeBrowserForAuthentication": native,
            "shareBrowserSessionAndroid": false,
            "shareBrowserSessionIOS": false,
        },
        "LoginPage": { "LoginPageType": "standard", "LoginPageUrl": org.my_domain_url("/") },
        "SamlProviders": providers(IdpProtocol::Saml),
        "AuthProviders": providers(IdpProtocol::Oidc),
    }))
}

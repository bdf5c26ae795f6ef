//! What apps read before and after they ask: metadata, keys, the identity of a user.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use serde_json::Value;
use vestibule_model::{IdpProtocol, IdpSpec, SessionLevel};
use vestibule_simulator::realm::{HostRole, SessionKind};

use super::{KEY, code_for, exchange, realm, tokens_of};

/// Contract F1.1 and F1.8.
#[tokio::test]
async fn the_metadata_names_the_endpoints_of_the_host_that_was_asked() {
    let test = realm(|_| {}).await;
    for host in [HostRole::MyDomain, HostRole::Login] {
        let origin = test.realm.hosts.origin(&host);

        let page = test.browser().get(&format!("{origin}/.well-known/openid-configuration")).await;

        let metadata: Value = serde_json::from_str(&page.body).unwrap();
        for (member, path) in [
            ("issuer", ""),
            ("authorization_endpoint", "/services/oauth2/authorize"),
            ("token_endpoint", "/services/oauth2/token"),
            ("revocation_endpoint", "/services/oauth2/revoke"),
            ("introspection_endpoint", "/services/oauth2/introspect"),
            ("userinfo_endpoint", "/services/oauth2/userinfo"),
            ("jwks_uri", "/id/keys"),
        ] {
            assert_eq!(metadata[member], format!("{origin}{path}"), "{member}");
        }
        assert!(!page.body.contains("code_challenge"), "it says nothing of PKCE: {}", page.body);
    }
}

#[tokio::test]
async fn an_id_token_is_signed_by_a_published_key_for_the_app_that_asked() {
    let test = realm(|_| {}).await;
    let answer = tokens_of(&test, "visitor").await;

    let keys = test.browser().get(&test.url("/id/keys")).await;
    let keys: JwkSet = serde_json::from_str(&keys.body).unwrap();

    let id_token = answer["id_token"].as_str().unwrap();
    vestibule_certs::install_jose_provider();
    let key = jsonwebtoken::DecodingKey::from_jwk(&keys.keys[0]).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
    validation.validate_exp = false;
    validation.set_audience(&[KEY]);
    validation.set_issuer(&[test.realm.my_domain_origin()]);
    let claims = jsonwebtoken::decode::<Value>(id_token, &key, &validation).unwrap().claims;
    assert_eq!(claims["sub"], answer["id"]);
}

/// A client refuses an answer about anybody else (OpenID Connect Core 1.0, 5.3.2).
#[tokio::test]
async fn userinfo_is_about_the_subject_of_the_id_token_at_either_host() {
    let test = realm(|_| {}).await;
    for host in [HostRole::MyDomain, HostRole::Login] {
        let code = code_for(&test, "visitor").await;
        let url = |path: &str| test.realm.hosts.url(&host, path);
        let tokens = test.browser().post(&url("/services/oauth2/token"), &exchange(&code)).await;
        let tokens: Value = serde_json::from_str(&tokens.body).unwrap();
        let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());

        let info = test.browser().get_with(&url("/services/oauth2/userinfo"), "authorization", &bearer).await;

        let info: Value = serde_json::from_str(&info.body).unwrap();
        assert_eq!(info["sub"], subject(tokens["id_token"].as_str().unwrap()), "{host:?}");
        assert_eq!(info["urls"]["custom_domain"], test.realm.my_domain_origin());
        assert_eq!(info["zoneinfo"], "GMT");
    }
}

/// `sub` of an ID token.
fn subject(id_token: &str) -> Value {
    let claims = URL_SAFE_NO_PAD.decode(id_token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice::<Value>(&claims).unwrap()["sub"].clone()
}

/// Contract F1.4.
#[tokio::test]
async fn my_domain_tells_the_mobile_sdk_which_browser_to_use() {
    for native in [false, true] {
        let test = realm(|spec| {
            spec.org.oauth.native_browser = native;
            spec.idps.insert("okta".to_owned(), IdpSpec::new(IdpProtocol::Saml));
        })
        .await;

        let page = test.browser().get(&test.url("/.well-known/auth-configuration")).await;

        let read: Value = serde_json::from_str(&page.body).unwrap();
        assert_eq!(read["MobileSDK"]["UseAndroidNativeBrowserForAuthentication"], native);
        let sso = read["SamlProviders"][0]["SsoUrl"].as_str().unwrap();
        assert!(sso.starts_with(&test.url("/saml/authn-request.jsp?")), "{sso}");
        assert_eq!(read["AuthProviders"], Value::Array(Vec::new()));
    }
}

/// Contract F1.1.
#[tokio::test]
async fn the_identity_url_answers_the_header_and_the_query_with_the_own_identity_only() {
    let test = realm(|_| {}).await;
    let token = test.realm.open_session("rep", SessionLevel::Standard, SessionKind::Api);
    let (sid, user) = (token.sid.reveal(), test.realm.users.get("rep").unwrap().id);
    let other = test.realm.users.get("admin").unwrap().id;
    let org = &test.realm.org_id;
    let bearer = format!("Bearer {sid}");
    let get = async |path: &str, bearer: &str| {
        let page = test.browser().get_with(&test.url(path), "authorization", bearer).await;
        (page.status, page.body)
    };

    let (status, by_header) = get(&format!("/id/{org}/{user}"), &bearer).await;
    let (_, by_query) = get(&format!("/id/{org}/{user}?format=json&oauth_token={sid}"), "").await;

    assert_eq!(status, 200, "{by_header}");
    let read: Value = serde_json::from_str(&by_header).unwrap();
    assert_eq!(read["username"], "rep@acme.example");
    assert_eq!(read["user_id"], user);
    assert_eq!(read["last_name"], "rep");
    assert_eq!(read["asserted_user"], true);
    assert!(read["urls"]["rest"].as_str().unwrap().ends_with("/services/data/v{version}/"));
    assert_eq!(serde_json::from_str::<Value>(&by_query).unwrap(), read);
    for (path, bearer, text) in [
        (format!("/id/{org}/{user}"), "Bearer guess", "Bad_OAuth_Token"),
        (format!("/id/{org}/{user}?oauth_token=guess"), bearer.as_str(), "Bad_OAuth_Token"),
        (format!("/id/00D000000000001AAA/{user}"), bearer.as_str(), "Wrong_Org"),
        (format!("/id/{org}/{other}"), bearer.as_str(), "Bad_Id"),
    ] {
        assert_eq!(get(&path, bearer).await, (403, text.to_owned()), "{path}");
    }
}

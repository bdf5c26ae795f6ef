//! Logins by an OpenID provider that the org knows by its discovery document.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use url::Url;
use vestibule_model::Secret;
use vestibule_simulator::Simulator;
use vestibule_simulator::realm::{CallbackHost, Component, HostRole, IdpDocument, IdpProtocol, IdpSpec, UserIdentity};
use wiremock::matchers::{body_string_contains, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::Issuer;
use crate::sso_realm::{Browser, IDP, Page, TestRealm, certs, expect_refusal};

const CLIENT: &str = "3MVG9-of-the-org";
const SECRET: &str = "what-the-provider-gave";

#[tokio::test]
async fn a_login_at_a_provider_that_is_not_simulated_is_accepted_at_either_callback() {
    for callback in [CallbackHost::MyDomain, CallbackHost::Shared] {
        let provider = Provider::start().await;
        let test = TestRealm::start(IdpSpec { callback, ..provider.known() }).await;
        let (my_domain, shared) = (test.realm.my_domain_origin(), test.realm.hosts.origin(&HostRole::Login));
        let expected = match callback {
            CallbackHost::MyDomain => format!("{my_domain}/services/authcallback/{IDP}"),
            CallbackHost::Shared => format!("{shared}/services/authcallback/{}/{IDP}", test.realm.org_id),
        };
        assert_eq!(test.trust().redirect_uri, expected);

        let page = login(&test, &provider, |claims| claims).await;

        assert_eq!(test.accepted().len(), 1, "{:?}: {}", test.refused_by_org(), page.body);
        let row = test.last_login();
        assert_eq!((row.login_type.as_str(), row.user.as_deref()), ("Third Party SSO", Some("rep")));
        assert_eq!(row.auth_method_reference.as_deref(), Some("pwd swk"));
    }
}

#[tokio::test]
async fn the_callback_of_another_organization_is_not_found() {
    let provider = Provider::start().await;
    let test = TestRealm::start(IdpSpec { callback: CallbackHost::Shared, ..provider.known() }).await;
    let short = test.trust().redirect_uri.replace(&test.realm.org_id, &test.realm.org_id[..15]);
    let other = test.trust().redirect_uri.replace(&test.realm.org_id, "00D000000000000EAA");

    assert_eq!(test.browser().get(&format!("{other}?code=a&state=b")).await.status, 404);
    let known = test.browser().get(&format!("{short}?code=a&state=b")).await;
    expect_refusal(&test, &known, "Failed: InResponseTo Invalid");
}

#[tokio::test]
async fn a_user_is_found_by_a_claim_that_the_setting_names() {
    for (attribute, claims, refused) in [
        (None, json!({ "email": "rep@acme.example" }), Some("Failed: Username Or SSO Id Invalid")),
        (Some("email"), json!({ "email": "rep@acme.example" }), None),
        (Some("email"), json!({}), Some("Failed: Username Or SSO Id Invalid")),
        (Some("email"), json!({ "email": ["rep@acme.example"] }), Some("Failed: Username Or SSO Id Invalid")),
    ] {
        let provider = Provider::start().await;
        let identity_attribute = attribute.map(str::to_owned);
        let identity = UserIdentity::Username;
        let test = TestRealm::start(IdpSpec { identity, identity_attribute, ..provider.known() }).await;

        let page = login(&test, &provider, |mut all| {
            all["sub"] = json!("0000-1111");
            for (name, value) in claims.as_object().unwrap() {
                all[name] = value.clone();
            }
            all
        })
        .await;

        assert_eq!(test.refused_by_org().first().map(String::as_str), refused, "{attribute:?} {claims}: {}", page.body);
    }
}

#[tokio::test]
async fn a_token_that_another_issuer_signed_is_refused() {
    let provider = Provider::start().await;
    let test = TestRealm::start(provider.known()).await;
    let other = Provider { issuer: Issuer::new(), server: provider.server };

    let page = login(&test, &other, |claims| claims).await;

    expect_refusal(&test, &page, "Failed: Signature Invalid");
}

#[tokio::test]
async fn a_provider_that_promises_its_name_in_each_answer_must_give_it() {
    let provider = Provider::start().await;
    let mut document = provider.document();
    document["authorization_response_iss_parameter_supported"] = json!(true);
    let discovery = Some(IdpDocument::Text(document.to_string()));
    let test = TestRealm::start(IdpSpec { discovery, ..provider.known() }).await;

    let page = login(&test, &provider, |claims| claims).await;

    expect_refusal(&test, &page, "Failed: Issuer Mismatched");
}

#[tokio::test]
async fn the_org_calls_no_host_that_nobody_named() {
    let provider = Provider::start().await;
    let mut document = provider.document();
    document["token_endpoint"] = json!("https://elsewhere.example/token");
    provider.serve_discovery(&document).await;

    let refused = Simulator::builder().idp("corp", provider.by_url()).certs(certs()).start().await;
    let refused = refused.unwrap_err().to_string();
    let why =
        "it leads to a host that nobody named: write `token-endpoint: https://elsewhere.example/token` to call it";
    assert!(refused.ends_with(why), "{refused}");

    let token_endpoint = Some(provider.url("/token").parse().unwrap());
    let test = TestRealm::start(IdpSpec { token_endpoint, ..provider.by_url() }).await;
    login(&test, &provider, |claims| claims).await;
    assert_eq!(test.accepted().len(), 1, "{:?}", test.refused_by_org());
}

#[tokio::test]
async fn a_document_at_a_url_must_be_that_of_its_issuer() {
    let provider = Provider::start().await;
    let mut document = provider.document();
    document["issuer"] = json!("https://login.microsoftonline.com/{tenantid}/v2.0");
    provider.serve_discovery(&document).await;

    let refused = Simulator::builder().idp("corp", provider.by_url()).certs(certs()).start().await;
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("belongs to the issuer https://login.microsoftonline.com/{tenantid}/v2.0"), "{refused}");
}

/// An OpenID provider on a port of its own.
struct Provider {
    issuer: Issuer,
    server: MockServer,
}

impl Provider {
    async fn start() -> Self {
        let provider = Self { issuer: Issuer::new(), server: MockServer::start().await };
        let rsa = provider.issuer.key.rsa().unwrap();
        let [n, e] = [rsa.n(), rsa.e()].map(|number| URL_SAFE_NO_PAD.encode(number.to_vec()));
        let key = json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "2026", "n": n, "e": e });
        let keys = ResponseTemplate::new(200).set_body_json(json!({ "keys": [key] }));
        Mock::given(path("/keys")).respond_with(keys).mount(&provider.server).await;
        provider
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.uri())
    }

    fn document(&self) -> Value {
        json!({
            "issuer": self.server.uri(),
            "authorization_endpoint": self.url("/authorize?tenant=acme"),
            "token_endpoint": self.url("/token"),
            "jwks_uri": self.url("/keys"),
        })
    }

    async fn serve_discovery(&self, document: &Value) {
        let answer = ResponseTemplate::new(200).set_body_json(document);
        Mock::given(path("/.well-known/openid-configuration")).respond_with(answer).mount(&self.server).await;
    }

    /// The setting of an org that has its document as a file.
    fn known(&self) -> IdpSpec {
        IdpSpec {
            discovery: Some(IdpDocument::Text(self.document().to_string())),
            client_id: Some(CLIENT.to_owned()),
            client_secret: Some(Secret::new(SECRET)),
            ..IdpSpec::new(IdpProtocol::Oidc)
        }
    }

    /// The setting of an org that reads its document at its place.
    fn by_url(&self) -> IdpSpec {
        let url = self.url("/.well-known/openid-configuration").parse().unwrap();
        IdpSpec { discovery: Some(IdpDocument::Url(url)), ..self.known() }
    }

    /// Answers the token request of the org, which must carry its client id and secret.
    async fn serve_token(&self, claims: &Value) {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&json!({ "alg": "RS256", "kid": "2026", "typ": "JWT" })), part(claims));
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(self.issuer.signature_of(&signed)));
        let body = json!({ "access_token": "opaque", "token_type": "Bearer", "id_token": token });
        let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{SECRET}")));
        Mock::given(method("POST"))
            .and(path("/token"))
            .and(header("authorization", basic.as_str()))
            .and(body_string_contains("grant_type=authorization_code"))
            .respond_with(ResponseTemplate::new(200).set_body_json(body))
            .mount(&self.server)
            .await;
    }
}

/// Signs `rep` in: the provider answers with these claims, changed.
async fn login(test: &TestRealm, provider: &Provider, change: impl FnOnce(Value) -> Value) -> Page {
    let browser = Browser::careful(&test.realm);
    let asked = browser.get(&test.oidc_start()).await;
    let location = asked.location.clone().unwrap();
    assert!(location.starts_with(&provider.url("/authorize?tenant=acme&response_type=code&")), "{location}");
    let sent = |name: &str| asked.redirected_with(name).unwrap();
    assert_eq!((sent("client_id"), sent("redirect_uri")), (CLIENT.to_owned(), test.trust().redirect_uri.clone()));
    let now = test.realm.clock.now(Component::Idp).as_second();
    provider
        .serve_token(&change(json!({
            "iss": provider.server.uri(), "sub": "rep-7", "aud": CLIENT, "nonce": sent("nonce"),
            "iat": now, "exp": now + 300, "amr": ["pwd", "swk"],
        })))
        .await;
    let mut callback = Url::parse(&sent("redirect_uri")).unwrap();
    callback.query_pairs_mut().append_pair("code", "a").append_pair("state", &sent("state"));
    let answered = browser.get(callback.as_str()).await;
    match answered.location.clone() {
        // The shared host hands the answer to My Domain.
        Some(next) if next.contains("/services/authcallback/") => browser.get(&next).await,
        _ => answered,
    }
}

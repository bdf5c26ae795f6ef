//! Service providers and relying parties besides the org, and an identity provider without an org.

#![expect(clippy::unwrap_used, reason = "a failed set-up fails the test")]

use std::collections::BTreeMap;
use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use openssl::hash::MessageDigest;
use openssl::sha::sha256;
use openssl::sign::Signer;
use openssl::x509::X509;
use reqwest::Method;
use samael::metadata::EntityDescriptor;
use samael::service_provider::ServiceProvider;
use serde_json::{Value, json};
use vestibule_certs::{KeyAlgorithm, KeyState, SigningKey};
use vestibule_model::{
    AssertionConsumerService, EndpointUrl, RelyingPartyAuth, RelyingPartySpec, Secret, ServiceProviderSpec,
};
use vestibule_simulator::realm::{Event, HostRole, IdpProtocol, IdpSpec, RealmSpec, SpEntityId};

use crate::sso_realm::{Browser, Page, TestRealm, certs, page, pairs, xml_of};

const APP: &str = "https://app.example/saml";
const APP_ACS: &str = "http://127.0.0.1:5000/acs";
const SECOND_ACS: &str = "http://127.0.0.1:5000/second";
const SHOP: &str = "urn:shop";
const SHOP_ACS: &str = "https://shop.localhost/acs";
const VERIFIER: &str = "a-verifier-of-43-characters-as-rfc-7636-asks";

#[tokio::test]
async fn each_service_provider_gets_its_own_answer_and_the_org_still_gets_its_own() {
    let test = TestRealm::start(saml()).await;
    let browser = test.browser();
    let metadata: EntityDescriptor = browser.get(&test.idp("/saml/metadata")).await.body.parse().unwrap();

    for (entity_id, acs) in [(APP, APP_ACS), (APP, SECOND_ACS), (SHOP, SHOP_ACS)] {
        let answer =
            by_post(&test, &request(&test, entity_id, &format!("AssertionConsumerServiceURL=\"{acs}\""))).await;

        assert_eq!(answer.action(), acs);
        let party = ServiceProvider {
            idp_metadata: metadata.clone(),
            entity_id: Some(entity_id.to_owned()),
            acs_url: Some(acs.to_owned()),
            ..ServiceProvider::default()
        };
        let assertion = party.parse_base64_response(&answer.field("SAMLResponse"), Some(&["_of-a-test"])).unwrap();
        assert_eq!(assertion.subject.unwrap().name_id.unwrap().value, "rep-7", "{entity_id}");
        let xml = xml_of(&answer);
        assert!(xml.contains(&format!("<saml:Audience>{entity_id}</saml:Audience>")), "{xml}");
        assert!(xml.contains(&format!("Recipient=\"{acs}\"")), "{xml}");
    }
    let by_index = by_post(&test, &request(&test, APP, "AssertionConsumerServiceIndex=\"7\"")).await;
    let by_default = by_post(&test, &request(&test, APP, "")).await;
    assert_eq!((by_index.action().as_str(), by_default.action().as_str()), (SECOND_ACS, APP_ACS));

    browser.go(&test.saml_start()).await;
    assert_eq!(test.accepted().len(), 1, "{:?}", test.events());
}

#[tokio::test]
async fn a_service_provider_gets_no_answer_at_the_address_of_another_or_of_nobody() {
    let test = TestRealm::start(saml()).await;

    for (entity_id, acs) in [
        (APP, SHOP_ACS),
        (SHOP, APP_ACS),
        (SHOP, "https://shop.localhost/acs/"),
        (APP, "https://evil.example/acs"),
        ("urn:nobody", APP_ACS),
        ("", APP_ACS),
    ] {
        let xml = request(&test, entity_id, &format!("AssertionConsumerServiceURL=\"{acs}\""));
        let refused = by_post(&test, &xml).await;

        assert_eq!((refused.status, refused.name()), (400, "idp-error"), "{entity_id} {acs}");
        assert!(!refused.body.contains("action="), "{entity_id} {acs}: {}", refused.body);
    }
    let unknown_index = by_post(&test, &request(&test, SHOP, "AssertionConsumerServiceIndex=\"7\"")).await;
    assert_eq!(unknown_index.status, 400, "the index of another");
}

#[tokio::test]
async fn a_request_is_verified_with_the_certificates_of_its_own_service_provider() {
    let own = certs().signing_key(KeyAlgorithm::Rsa2048, KeyState::RolledOver).unwrap();
    let of_another = certs().signing_key(KeyAlgorithm::Rsa2048, KeyState::Foreign).unwrap();
    let mut idp = saml();
    let app = idp.service_providers.get_mut(APP).unwrap();
    *app = ServiceProviderSpec { certificates: vec![pem(&own)], authn_requests_signed: true, ..app.clone() };
    idp.service_providers.get_mut(SHOP).unwrap().certificates = vec![pem(&of_another)];
    let test = TestRealm::start(idp).await;
    let app = request(&test, APP, "");

    assert_eq!(by_redirect(&test, &app, Some(&*own)).await.status, 200);
    assert_eq!(test.issued().len(), 1);
    for (signer, why) in [(None, "AuthnRequestsSigned"), (Some(&*of_another), "does not verify")] {
        let refused = by_redirect(&test, &app, signer).await;
        assert_eq!((refused.status, refused.name()), (400, "idp-error"), "{why}");
        assert!(refused.body.contains(why), "{why}: {}", refused.body);
    }
    let unsigned = by_redirect(&test, &request(&test, SHOP, ""), None).await;
    assert_eq!(unsigned.status, 200, "the shop does not promise to sign");
}

#[tokio::test]
async fn a_certificate_that_is_none_is_said_to_be_none() {
    let mut idp = saml();
    idp.service_providers.get_mut(APP).unwrap().certificates = vec!["not a certificate".to_owned()];
    let test = TestRealm::start(idp).await;

    let refused = by_post(&test, &request(&test, APP, "")).await;

    assert_eq!(refused.status, 400);
    assert!(refused.body.contains("is not an X.509 certificate"), "{}", refused.body);
}

#[tokio::test]
async fn whoever_is_not_registered_is_answered_on_this_machine_only() {
    let test = TestRealm::start(IdpSpec { accept_loopback: true, ..saml() }).await;
    let by = |acs: &str| request(&test, "urn:my-app", &format!("AssertionConsumerServiceURL=\"{acs}\""));

    for acs in ["http://localhost:3000/acs", "https://my-app.localhost/acs", "http://[::1]:9/acs"] {
        let answer = by_post(&test, &by(acs)).await;
        assert_eq!(answer.action(), acs);
        assert!(xml_of(&answer).contains("<saml:Audience>urn:my-app</saml:Audience>"));
        let told = Event::UnregisteredPartyAccepted {
            idp: "okta".to_owned(),
            party: "urn:my-app".to_owned(),
            address: acs.to_owned(),
        };
        assert!(test.events().contains(&told), "{acs}");
    }
    for acs in
        ["https://evil.example/acs", "http://localhost.evil.example/acs", "http://192.168.0.1/acs", "javascript:x"]
    {
        let refused = by_post(&test, &by(acs)).await;
        assert_eq!((refused.status, refused.name()), (400, "idp-error"), "{acs}");
        assert!(refused.body.contains("is not on this machine"), "{acs}: {}", refused.body);
    }
    assert_eq!(by_post(&test, &request(&test, "urn:my-app", "")).await.status, 400, "no address, no answer");
}

#[tokio::test]
async fn without_an_org_the_identity_provider_serves_its_own_parties_alone() {
    let test = TestRealm::with(saml(), |spec| spec.serves_org = false).await;
    let org = test.realm.hosts.origin(&HostRole::MyDomain);

    assert_eq!(test.realm.hosts.all(), ["okta.localhost"]);
    let request_of_org = request(&test, &test.trust().sp_entity_id, "");
    assert_eq!(by_post(&test, &request_of_org).await.status, 400, "nobody registered an org");
    assert_eq!(by_post(&test, &request(&test, APP, "")).await.action(), APP_ACS);
    let start = |sp: &str| test.idp(&format!("/saml/idp-initiated?user=rep{sp}"));
    let chosen = test.browser().get(&start("&sp=urn:shop&RelayState=%2Fcart")).await;
    assert_eq!((chosen.action().as_str(), chosen.field("RelayState").as_str()), (SHOP_ACS, "/cart"));
    for wrong in ["", "&sp=urn:nobody", &format!("&sp={org}")] {
        let refused = test.browser().get(&start(wrong)).await;
        assert_eq!((refused.status, refused.name()), (400, "idp-error"), "{wrong}");
    }
}

#[tokio::test]
async fn without_an_org_its_entity_id_is_free_for_a_service_provider() {
    let real = "https://saml.salesforce.com";
    let acs = vec![AssertionConsumerService::post(endpoint(APP_ACS))];
    let party = ServiceProviderSpec { acs, ..ServiceProviderSpec::default() };
    let service_providers = BTreeMap::from([(real.to_owned(), party)]);
    let spec = IdpSpec { entity_id: SpEntityId::Shared, service_providers, ..IdpSpec::new(IdpProtocol::Saml) };
    let test = TestRealm::with(spec, |spec| spec.serves_org = false).await;

    assert_eq!(by_post(&test, &request(&test, real, "")).await.action(), APP_ACS);
}

#[tokio::test]
async fn a_service_provider_chooses_how_the_user_is_named() {
    let test = TestRealm::start(saml()).await;
    let v1 = |format: &str| format!("urn:oasis:names:tc:SAML:1.1:nameid-format:{format}");
    let v2 = |format: &str| format!("urn:oasis:names:tc:SAML:2.0:nameid-format:{format}");

    for (format, name) in [(v1("unspecified"), "rep-7"), (v1("emailAddress"), "rep@acme.example")] {
        let expected = (format!("Format=\"{format}\""), name.to_owned());
        assert_eq!(named(&test, APP, &format).await, Ok(expected));
    }
    let persistent = v2("persistent");
    let (first, again) = (named(&test, APP, &persistent).await.unwrap(), named(&test, APP, &persistent).await.unwrap());
    let elsewhere = named(&test, SHOP, &persistent).await.unwrap();
    assert_eq!(first, again, "the same at each login");
    assert_ne!(first.1, elsewhere.1, "another one at each service provider");
    assert!(first.1.len() <= 256 && !first.1.contains("rep"), "{first:?}");
    let transient = v2("transient");
    assert_ne!(named(&test, APP, &transient).await.unwrap(), named(&test, APP, &transient).await.unwrap());

    let refused = named(&test, APP, &v2("kerberos")).await.unwrap_err();
    assert!(refused.contains("status:InvalidNameIDPolicy"), "{refused}");
}

#[tokio::test]
async fn other_parties_than_the_org_learn_the_attributes_of_the_user() {
    let attributes = || {
        let several = vec!["admins".to_owned(), "staff".to_owned()];
        BTreeMap::from([
            ("mail".to_owned(), vec!["rep@acme.example".to_owned()]),
            ("urn:groups".to_owned(), several),
            ("amr".to_owned(), vec!["forged".to_owned()]),
            ("sub".to_owned(), vec!["forged".to_owned()]),
        ])
    };
    let set = |spec: &mut RealmSpec| spec.users.get_mut("rep").unwrap().attributes = attributes();

    let test = TestRealm::with(IdpSpec { amr: Some(vec!["pwd".to_owned()]), ..saml() }, set).await;
    let response = xml_of(&by_post(&test, &request(&test, APP, "")).await);
    for part in ["Name=\"mail\"", "Name=\"urn:groups\"", ">admins</", ">staff</", ">pwd</"] {
        assert!(response.contains(part), "{part}: {response}");
    }
    assert_eq!(response.matches("Name=\"amr\"").count(), 1, "a signal is never replaced: {response}");
    let page = test.browser().get(&test.saml_start()).await;
    let to_org = xml_of(&test.browser().post(&page.action(), &page.hidden()).await);
    assert!(!to_org.contains("mail") && to_org.contains("pwd"), "{to_org}");

    let test = TestRealm::with(oidc(), set).await;
    let browser = test.careful_browser();
    let code = code(&test, &browser, WEB, Some(VERIFIER)).await;
    let tokens = parsed(&redeem(&test, &browser, WEB, &code, Some(VERIFIER), Sent::Basic).await);
    let userinfo = browser.request(Method::GET, &test.idp("/oidc/userinfo"));
    let userinfo =
        parsed(&crate::sso_realm::page(userinfo.bearer_auth(tokens["access_token"].as_str().unwrap())).await);
    assert_eq!((&userinfo["mail"], &userinfo["sub"]), (&json!("rep@acme.example"), &json!("rep-7")));
    assert_eq!(userinfo["urn:groups"], json!(["admins", "staff"]));
}

#[tokio::test]
async fn the_only_service_provider_need_not_be_named() {
    let mut idp = saml();
    idp.service_providers.remove(APP);
    let test = TestRealm::with(idp, |spec| spec.serves_org = false).await;

    let answer = test.browser().get(&test.idp("/saml/idp-initiated?user=rep")).await;

    assert_eq!(answer.action(), SHOP_ACS);
}

#[tokio::test]
async fn public_and_confidential_clients_get_tokens_of_their_own() {
    let test = TestRealm::start(oidc()).await;
    let browser = test.careful_browser();

    for (client, with) in [(SPA, Sent::Nothing), (WEB, Sent::Basic), (WEB, Sent::Post), (STRICT, Sent::Post)] {
        let code = code(&test, &browser, client, Some(VERIFIER)).await;
        let tokens = parsed(&redeem(&test, &browser, client, &code, Some(VERIFIER), with).await);
        assert_eq!(audience(&tokens), client.id, "{tokens}");
    }
    let code = code(&test, &browser, WEB, None).await;
    let tokens = parsed(&redeem(&test, &browser, WEB, &code, None, Sent::Basic).await);
    assert_eq!(audience(&tokens), WEB.id, "a confidential client may leave PKCE out: {tokens}");

    test.browser().go(&test.oidc_start()).await;
    assert_eq!(test.accepted().len(), 1, "{:?}", test.events());
}

#[tokio::test]
async fn a_code_and_a_secret_belong_to_one_client_and_one_way() {
    let test = TestRealm::start(oidc()).await;
    let browser = test.careful_browser();
    let cases = [
        ("another client", WEB, STRICT, Some(VERIFIER), Sent::Post, "invalid_grant"),
        ("no secret", WEB, WEB, Some(VERIFIER), Sent::Nothing, "invalid_client"),
        ("a wrong secret", WEB, Client { secret: "wrong", ..WEB }, Some(VERIFIER), Sent::Basic, "invalid_client"),
        ("another way", STRICT, STRICT, Some(VERIFIER), Sent::Basic, "invalid_client"),
        (
            "a secret of a public client",
            SPA,
            Client { secret: "any", ..SPA },
            Some(VERIFIER),
            Sent::Basic,
            "invalid_client",
        ),
        ("a stranger", WEB, Client { id: "stranger", ..WEB }, Some(VERIFIER), Sent::Basic, "invalid_client"),
        ("no verifier", WEB, WEB, None, Sent::Basic, "invalid_grant"),
    ];
    for (what, asker, redeemer, verifier, with, error) in cases {
        let code = code(&test, &browser, asker, Some(VERIFIER)).await;
        let refused = parsed(&redeem(&test, &browser, redeemer, &code, verifier, with).await);
        assert_eq!(refused["error"], error, "{what}: {refused}");
    }
    assert!(test.issued().is_empty());
    let stolen = code(&test, &browser, WEB, Some(VERIFIER)).await;
    redeem(&test, &browser, STRICT, &stolen, Some(VERIFIER), Sent::Post).await;
    let tokens = parsed(&redeem(&test, &browser, WEB, &stolen, Some(VERIFIER), Sent::Basic).await);
    assert_eq!(audience(&tokens), WEB.id, "another client cannot use it up: {tokens}");
    let unbound = code(&test, &browser, WEB, None).await;
    let refused = parsed(&redeem(&test, &browser, WEB, &unbound, Some(VERIFIER), Sent::Basic).await);
    assert_eq!(refused["error"], "invalid_grant", "a verifier without a challenge: {refused}");
    let without = browser.get(&authorize_url(&test, SPA, None)).await;
    assert_eq!(without.redirected_with("error").as_deref(), Some("invalid_request"), "a public client must use PKCE");
    let crossed = browser.get(&authorize_url(&test, Client { redirect: SPA.redirect, ..WEB }, Some(VERIFIER))).await;
    assert_eq!((crossed.status, crossed.location.as_ref()), (400, None), "the redirect URI of another");
    assert_eq!(test.issued().len(), 1);
}

#[tokio::test]
async fn a_client_that_is_not_registered_is_answered_on_this_machine_only() {
    let test = TestRealm::start(IdpSpec { accept_loopback: true, ..oidc() }).await;
    let browser = test.careful_browser();
    let mine = Client { id: "mine", secret: "whatever", redirect: "http://127.0.0.1:4000/callback" };

    for with in [Sent::Nothing, Sent::Basic, Sent::Post] {
        let code = code(&test, &browser, mine, None).await;
        let tokens = parsed(&redeem(&test, &browser, mine, &code, None, with).await);
        assert_eq!(audience(&tokens), "mine", "{tokens}");
    }
    let told = Event::UnregisteredPartyAccepted {
        idp: "okta".to_owned(),
        party: "mine".to_owned(),
        address: mine.redirect.to_owned(),
    };
    assert!(test.events().contains(&told));
    for (id, redirect) in [
        ("mine", "https://evil.example/callback"),
        ("mine", "http://127.0.0.1.evil.example/"),
        ("mine", "javascript:x"),
        (WEB.id, mine.redirect),
    ] {
        let refused = browser.get(&authorize_url(&test, Client { id, redirect, ..mine }, None)).await;
        assert_eq!((refused.status, refused.location.as_ref()), (400, None), "{id} {redirect}");
    }
    let taken = code(&test, &browser, mine, None).await;
    let thief = Client { id: "thief", ..mine };
    let refused = parsed(&redeem(&test, &browser, thief, &taken, None, Sent::Nothing).await);
    assert_eq!(refused["error"], "invalid_grant", "{refused}");
}

#[tokio::test]
async fn a_registered_client_that_leaves_its_redirect_uri_out_is_told_so() {
    let test = TestRealm::start(oidc()).await;
    let url = authorize_url(&test, WEB, None).replace("redirect_uri=", "redirected=");

    let refused = test.careful_browser().get(&url).await;

    assert!(refused.body.contains("redirect_uri is missing"), "{}", refused.body);
}

#[tokio::test]
async fn a_client_on_this_machine_registers_itself_where_any_may_ask() {
    let test = TestRealm::start(IdpSpec { accept_loopback: true, ..oidc() }).await;
    let browser = test.careful_browser();
    let document = parsed(&browser.get(&test.idp("/.well-known/openid-configuration")).await);
    let endpoint = document["registration_endpoint"].as_str().unwrap();
    let redirect = "http://127.0.0.1:7000/callback";

    for (method, with) in [
        (None, Sent::Basic),
        (Some("client_secret_post"), Sent::Post),
        (Some("client_secret_basic"), Sent::Basic),
        (Some("none"), Sent::Nothing),
    ] {
        let mut asked =
            json!({ "redirect_uris": [redirect], "client_name": "Mine", "grant_types": ["refresh_token", "password"] });
        if let Some(method) = method {
            asked["token_endpoint_auth_method"] = Value::from(method);
        }
        let answer = page(browser.request(Method::POST, endpoint).json(&asked)).await;
        let registered = parsed(&answer);
        assert_eq!(answer.status, 201, "{registered}");
        assert_eq!(registered["token_endpoint_auth_method"], method.unwrap_or("client_secret_basic"));
        assert_eq!((&registered["redirect_uris"], &registered["client_name"]), (&json!([redirect]), &json!("Mine")));
        assert_eq!(
            registered["grant_types"],
            json!(["authorization_code", "refresh_token"]),
            "what it does not get is not in the answer"
        );
        let text = |name: &str| registered[name].as_str().unwrap_or_default().to_owned();
        let (id, secret) = (text("client_id"), text("client_secret"));
        assert_eq!(secret.is_empty(), method == Some("none"));
        let mine = Client { id: &id, secret: &secret, redirect };

        let code = code(&test, &browser, mine, Some(VERIFIER)).await;
        let tokens = parsed(&redeem(&test, &browser, mine, &code, Some(VERIFIER), with).await);

        assert_eq!(audience(&tokens), id, "{tokens}");
    }
    let strangers =
        test.events().iter().filter(|event| matches!(event, Event::UnregisteredPartyAccepted { .. })).count();
    assert_eq!(strangers, 0, "who registered is registered");
}

#[tokio::test]
async fn a_registration_that_cannot_be_is_refused_in_the_protocols_words() {
    let test = TestRealm::start(IdpSpec { accept_loopback: true, ..oidc() }).await;
    let browser = test.careful_browser();
    let endpoint = test.idp("/oidc/register");
    let here = "http://127.0.0.1:7000/callback";
    for (body, error) in [
        (json!({}), "invalid_redirect_uri"),
        (json!({ "redirect_uris": [] }), "invalid_redirect_uri"),
        (json!({ "redirect_uris": [here, "https://evil.example/callback"] }), "invalid_redirect_uri"),
        (json!({ "redirect_uris": ["javascript:alert(1)"] }), "invalid_redirect_uri"),
        (json!({ "redirect_uris": here }), "invalid_client_metadata"),
        (json!({ "redirect_uris": [here], "response_types": ["none"] }), "invalid_client_metadata"),
        (
            json!({ "redirect_uris": [here], "token_endpoint_auth_method": "private_key_jwt" }),
            "invalid_client_metadata",
        ),
        (json!({ "redirect_uris": [here], "id_token_signed_response_alg": "none" }), "invalid_client_metadata"),
        (
            json!({ "redirect_uris": [here], "backchannel_logout_uri": "https://evil.example/logout" }),
            "invalid_client_metadata",
        ),
        (
            json!({ "redirect_uris": [here], "token_endpoint_auth_method": "tls_client_auth" }),
            "invalid_client_metadata",
        ),
        (json!([]), "invalid_client_metadata"),
    ] {
        let refused = page(browser.request(Method::POST, &endpoint).json(&body)).await;
        assert_eq!((refused.status, parsed(&refused)["error"].as_str()), (400, Some(error)), "{body}");
    }
    let huge = page(browser.request(Method::POST, &endpoint).body("x".repeat(600_000))).await;
    assert_eq!(parsed(&huge)["error"], "invalid_client_metadata");

    let closed = TestRealm::start(oidc()).await;
    let asked = closed.browser().request(Method::POST, &closed.idp("/oidc/register"));
    let refused = page(asked.json(&json!({ "redirect_uris": [here] }))).await;
    assert_eq!(refused.status, 404, "only where any on this machine may ask");
}

#[tokio::test]
async fn pages_of_a_client_read_the_answers_and_pages_of_others_do_not() {
    for (open, origin, allowed) in [
        (false, "https://spa.localhost:3000", true),
        (false, "http://127.0.0.1:5000", true),
        (false, "https://spa.localhost", false),
        (false, "https://evil.example", false),
        (false, "http://localhost:1234", false),
        (true, "http://localhost:1234", true),
        (true, "https://evil.example", false),
    ] {
        let test = TestRealm::start(IdpSpec { accept_loopback: open, ..oidc() }).await;
        let request = test.browser().request(Method::GET, &test.idp("/oidc/jwks")).header("origin", origin);
        let response = request.send().await.unwrap();

        let read =
            response.headers().get("access-control-allow-origin").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(read, allowed.then(|| origin.to_owned()), "{origin}");
        assert_eq!(response.status().is_success(), allowed, "{origin}");
    }
}

#[tokio::test]
async fn discovery_offers_clients_without_a_secret_only_where_there_are_some() {
    let confidential = IdpSpec { relying_parties: BTreeMap::new(), ..oidc() };
    for (idp, offered) in
        [(confidential.clone(), false), (oidc(), true), (IdpSpec { accept_loopback: true, ..confidential }, true)]
    {
        let test = TestRealm::start(idp).await;
        let document = parsed(&test.browser().get(&test.idp("/.well-known/openid-configuration")).await);
        let methods = document["token_endpoint_auth_methods_supported"].as_array().unwrap();
        assert_eq!(methods.contains(&Value::from("none")), offered, "{methods:?}");
    }
}

#[tokio::test]
async fn the_secret_of_a_client_is_a_secret_of_the_realm() {
    let test = TestRealm::start(oidc()).await;

    let known = test.realm.secrets.all();

    assert!(known.contains(&Secret::new(WEB.secret)) && known.contains(&Secret::new(STRICT.secret)));
}

#[tokio::test]
async fn plain_http_needs_no_certificate_and_says_so_in_every_url() {
    let test = TestRealm::with(oidc(), |spec| spec.plain_http = true).await;
    let browser = test.careful_browser();

    let document = parsed(&browser.get(&test.idp("/.well-known/openid-configuration")).await);
    let code = code(&test, &browser, WEB, Some(VERIFIER)).await;
    let tokens = parsed(&redeem(&test, &browser, WEB, &code, Some(VERIFIER), Sent::Basic).await);

    assert!(test.idp("/").starts_with("http://okta.localhost:"), "{}", test.idp("/"));
    for (name, value) in document.as_object().unwrap() {
        let url = value.as_str().filter(|url| url.contains("://"));
        assert!(url.is_none_or(|url| url.starts_with(&test.trust().issuer)), "{name}: {value}");
    }
    assert_eq!(audience(&tokens), WEB.id, "{tokens}");
    let encrypted = test.idp("/oidc/jwks").replace("http://", "https://");
    assert!(browser.request(Method::GET, &encrypted).send().await.is_err(), "the port speaks http");
}

#[tokio::test]
async fn under_a_public_name_over_plain_http_the_cookie_of_a_session_is_one_that_browsers_take() {
    for (public_url, host, attributes) in [
        (None, "okta.localhost", "HttpOnly; SameSite=None; Secure; Path=/"),
        (Some("http://localhost:9000"), "localhost:9000", "HttpOnly; SameSite=None; Secure; Path=/"),
        (Some("http://id.internal:9000"), "id.internal:9000", "HttpOnly; SameSite=Lax; Path=/"),
        (Some("https://id.internal:9000"), "id.internal:9000", "HttpOnly; SameSite=None; Secure; Path=/"),
    ] {
        let idp = IdpSpec { public_url: public_url.map(endpoint), ..saml() };
        let test = TestRealm::with(idp, |spec| (spec.plain_http, spec.serves_org) = (true, false)).await;
        let port = test.realm.hosts.port();
        let start = format!("http://127.0.0.1:{port}/saml/idp-initiated?user=rep&sp=urn:shop");

        let answer = test.browser().request(Method::GET, &start).header("host", host).send().await.unwrap();

        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        let (_, found) = cookie.split_once("; ").unwrap();
        assert!(found.starts_with(attributes), "{host}: {cookie}");
    }
}

#[tokio::test]
async fn an_identity_provider_answers_under_its_public_name_and_names_it_in_its_urls() {
    let public_url = Some(endpoint("http://id.internal:9000"));
    for protocol in [IdpProtocol::Saml, IdpProtocol::Oidc] {
        let idp = IdpSpec { public_url: public_url.clone(), ..IdpSpec::new(protocol) };
        let test = TestRealm::with(idp, |spec| (spec.plain_http, spec.serves_org) = (true, false)).await;
        let path = match protocol {
            IdpProtocol::Saml => "/saml/metadata",
            IdpProtocol::Oidc => "/.well-known/openid-configuration",
        };
        let listener = format!("http://127.0.0.1:{}{path}", test.realm.hosts.port());

        for (host, status) in [("id.internal:9000", 200), ("id.internal", 200), ("evil.example", 421)] {
            let request = test.browser().request(Method::GET, &listener).header("host", host);
            let answer = page(request).await;
            assert_eq!(answer.status, status, "{host}: {}", answer.body);
            assert_eq!(answer.body.contains("http://id.internal:9000/"), status == 200, "{host}: {}", answer.body);
            assert!(!answer.body.contains("okta.localhost"), "{host}: {}", answer.body);
        }
    }
}

/// A relying party of these tests.
#[derive(Clone, Copy)]
struct Client<'a> {
    id: &'a str,
    secret: &'a str,
    redirect: &'a str,
}

const SPA: Client<'static> = Client { id: "spa", secret: "", redirect: "https://spa.localhost:3000/callback" };
const WEB: Client<'static> = Client { id: "web", secret: "secret-of-web", redirect: "http://127.0.0.1:5000/callback" };
const STRICT: Client<'static> =
    Client { id: "strict", secret: "secret-of-strict", redirect: "http://127.0.0.1:5000/strict" };

/// How a client authenticates at the token endpoint.
#[derive(Clone, Copy)]
enum Sent {
    Nothing,
    Basic,
    Post,
}

fn saml() -> IdpSpec {
    let post = |url: &str| AssertionConsumerService::post(endpoint(url));
    let second = AssertionConsumerService { index: Some(7), ..post(SECOND_ACS) };
    let with = |acs: Vec<AssertionConsumerService>| ServiceProviderSpec { acs, ..ServiceProviderSpec::default() };
    let service_providers = BTreeMap::from([
        (APP.to_owned(), with(vec![post(APP_ACS), second])),
        (SHOP.to_owned(), with(vec![post(SHOP_ACS)])),
    ]);
    IdpSpec { service_providers, ..IdpSpec::new(IdpProtocol::Saml) }
}

fn oidc() -> IdpSpec {
    let registered = |client: Client<'_>, client_auth| {
        let client_secret = Some(Secret::new(client.secret)).filter(|secret| !secret.reveal().is_empty());
        let redirect_uris = vec![endpoint(client.redirect)];
        (
            client.id.to_owned(),
            RelyingPartySpec { client_secret, client_auth, redirect_uris, ..RelyingPartySpec::default() },
        )
    };
    let clients = [registered(SPA, None), registered(WEB, None), registered(STRICT, Some(RelyingPartyAuth::Post))];
    IdpSpec { relying_parties: BTreeMap::from(clients), ..IdpSpec::new(IdpProtocol::Oidc) }
}

fn endpoint(url: &str) -> EndpointUrl {
    url.parse().unwrap()
}

fn pem(key: &SigningKey) -> String {
    let certificate = X509::from_der(key.certificate_der()).unwrap();
    String::from_utf8(certificate.to_pem().unwrap()).unwrap()
}

/// An `AuthnRequest` written by hand, with one more attribute.
fn request(test: &TestRealm, entity_id: &str, attribute: &str) -> String {
    format!(
        "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_of-a-test\" Version=\"2.0\" \
         IssueInstant=\"2026-12-01T12:00:00Z\" Destination=\"{}\" {attribute}>\
         <saml:Issuer>{entity_id}</saml:Issuer></samlp:AuthnRequest>",
        test.trust().sso_url
    )
}

/// Format and name of the user in the answer to a request for this format; the whole answer if there is none.
async fn named(test: &TestRealm, entity_id: &str, format: &str) -> Result<(String, String), String> {
    let policy = format!("<samlp:NameIDPolicy Format=\"{format}\" AllowCreate=\"true\"/></samlp:AuthnRequest>");
    let xml = request(test, entity_id, "").replace("</samlp:AuthnRequest>", &policy);
    let response = xml_of(&by_post(test, &xml).await);
    let name = response.split("<saml:NameID ").nth(1).and_then(|rest| rest.split("</saml:NameID>").next());
    let name = name.and_then(|name| name.split_once('>'));
    name.map(|(format, name)| (format.to_owned(), name.to_owned())).ok_or_else(|| response.clone())
}

async fn by_post(test: &TestRealm, xml: &str) -> Page {
    test.browser().post(&test.trust().sso_url, &pairs(&[("SAMLRequest", &STANDARD.encode(xml))])).await
}

async fn by_redirect(test: &TestRealm, xml: &str, signer: Option<&SigningKey>) -> Page {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(xml.as_bytes()).unwrap();
    let mut query = format!("SAMLRequest={}", escaped(&STANDARD.encode(encoder.finish().unwrap())));
    if let Some(key) = signer {
        query.push_str(&format!("&SigAlg={}", escaped("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256")));
        let mut signer = Signer::new(MessageDigest::sha256(), key.pkey()).unwrap();
        let signature = STANDARD.encode(signer.sign_oneshot_to_vec(query.as_bytes()).unwrap());
        query.push_str(&format!("&Signature={}", escaped(&signature)));
    }
    test.browser().get(&format!("{}?{query}", test.trust().sso_url)).await
}

fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// An authorization request; without a verifier, without PKCE.
fn authorize_url(test: &TestRealm, client: Client<'_>, verifier: Option<&str>) -> String {
    let mut url = url::Url::parse(&test.idp("/oidc/authorize")).unwrap();
    let parameters =
        [("response_type", "code"), ("client_id", client.id), ("redirect_uri", client.redirect), ("scope", "openid")];
    url.query_pairs_mut().extend_pairs(parameters);
    if let Some(verifier) = verifier {
        let challenge = URL_SAFE_NO_PAD.encode(sha256(verifier.as_bytes()));
        url.query_pairs_mut().append_pair("code_challenge", &challenge).append_pair("code_challenge_method", "S256");
    }
    url.into()
}

async fn code(test: &TestRealm, browser: &Browser, client: Client<'_>, verifier: Option<&str>) -> String {
    let answer = browser.get(&authorize_url(test, client, verifier)).await;
    answer.redirected_with("code").expect("a code")
}

async fn redeem(
    test: &TestRealm,
    browser: &Browser,
    client: Client<'_>,
    code: &str,
    verifier: Option<&str>,
    with: Sent,
) -> Page {
    let mut form = pairs(&[("grant_type", "authorization_code"), ("code", code), ("redirect_uri", client.redirect)]);
    form.extend(verifier.map(|verifier| ("code_verifier".to_owned(), verifier.to_owned())));
    let request = browser.request(Method::POST, &test.idp("/oidc/token"));
    let request = match with {
        Sent::Basic => request.basic_auth(client.id, Some(client.secret)),
        Sent::Post => {
            form.extend(pairs(&[("client_id", client.id), ("client_secret", client.secret)]));
            request
        }
        Sent::Nothing => {
            form.extend(pairs(&[("client_id", client.id)]));
            request
        }
    };
    page(request.form(&form)).await
}

/// The audience of the ID token among these tokens.
fn audience(tokens: &Value) -> String {
    let id_token = tokens["id_token"].as_str().unwrap_or_else(|| panic!("{tokens}"));
    let claims = URL_SAFE_NO_PAD.decode(id_token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    match &claims["aud"] {
        Value::Array(all) if all.len() == 1 => all[0].as_str().unwrap().to_owned(),
        one => one.as_str().unwrap_or_else(|| panic!("{claims}")).to_owned(),
    }
}

fn parsed(page: &Page) -> Value {
    serde_json::from_str(&page.body).unwrap_or_else(|error| panic!("{error}: {}", page.body))
}

//! Single logout at the identity provider, started there and at a service provider.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use vestibule_certs::KeyState;
use vestibule_model::{LogoutBinding, ServiceProviderSpec, SingleLogoutService};
use vestibule_simulator::realm::{Component, IdpProtocol, IdpSpec};

use super::{APP, APP_ACS, SHOP, SHOP_ACS, app_key, between, by_post, idp, inflated, party, pem, query, request};
use crate::sso_realm::{Browser, Page, TestRealm, pairs, xml_of, xml_of_request};

const APP_SLO: &str = "http://127.0.0.1:5000/slo";
const APP_SLO_DONE: &str = "http://127.0.0.1:5000/slo-done";
const SHOP_SLO: &str = "https://shop.localhost/slo";

/// The app takes messages by redirect and signs its own, the shop takes them by form.
fn with_logout() -> IdpSpec {
    let service = |url: &str, response_url: Option<&str>, binding| SingleLogoutService {
        url: url.parse().unwrap(),
        response_url: response_url.map(|url| url.parse().unwrap()),
        binding,
    };
    let app = ServiceProviderSpec {
        certificates: vec![pem(&app_key())],
        single_logout: Some(service(APP_SLO, Some(APP_SLO_DONE), LogoutBinding::HttpRedirect)),
        ..party(APP_ACS)
    };
    let single_logout = Some(service(SHOP_SLO, None, LogoutBinding::HttpPost));
    idp(app, ServiceProviderSpec { single_logout, ..party(SHOP_ACS) })
}

/// What a service provider learns of a user who signs in.
struct Login {
    name: String,
    index: String,
}

async fn signed_in(test: &TestRealm, browser: &Browser, entity_id: &str) -> Login {
    let xml = xml_of(&by_post(test, browser, &request(test, entity_id, "", "")).await);
    let name = between(&xml, "<saml:NameID ", "</saml:NameID>").split_once('>').unwrap().1.to_owned();
    Login { name, index: between(&xml, "SessionIndex=\"", "\"").to_owned() }
}

fn message(test: &TestRealm, kind: &str, entity_id: &str, attributes: &str, children: &str) -> String {
    format!(
        "<samlp:{kind} xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_out\" Version=\"2.0\" IssueInstant=\"{}\" \
         Destination=\"{}\" {attributes}><saml:Issuer>{entity_id}</saml:Issuer>{children}</samlp:{kind}>",
        test.realm.clock.now(Component::Idp),
        test.trust().slo_url
    )
}

fn logout_request(test: &TestRealm, entity_id: &str, login: &Login) -> String {
    let children =
        format!("<saml:NameID>{}</saml:NameID><samlp:SessionIndex>{}</samlp:SessionIndex>", login.name, login.index);
    message(test, "LogoutRequest", entity_id, "", &children)
}

fn logout_response(test: &TestRealm, entity_id: &str, to: &str, status: &str) -> String {
    let status = format!(
        "<samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:{status}\"/></samlp:Status>"
    );
    message(test, "LogoutResponse", entity_id, &format!("InResponseTo=\"{to}\""), &status)
}

/// Sends a message of the app, signed.
async fn app_sends(test: &TestRealm, browser: &Browser, name: &str, xml: &str) -> Page {
    let query = query(name, xml, Some("back"), Some(&app_key()));
    browser.get_and_stay(&format!("{}?{query}", test.trust().slo_url)).await
}

async fn shop_answers(test: &TestRealm, browser: &Browser, to: &str, status: &str) -> Page {
    let xml = STANDARD.encode(logout_response(test, SHOP, to, status));
    let form = pairs(&[("SAMLResponse", &xml)]);
    let request = browser.request(reqwest::Method::POST, &test.trust().slo_url).form(&form);
    crate::sso_realm::page(request).await
}

#[tokio::test]
async fn a_logout_of_one_service_provider_reaches_the_others_and_is_answered() {
    for (status, answer) in [("Success", None), ("Responder", Some("PartialLogout"))] {
        let test = TestRealm::start(with_logout()).await;
        let browser = test.careful_browser();
        let app = signed_in(&test, &browser, APP).await;
        let shop = signed_in(&test, &browser, SHOP).await;
        assert_eq!((test.sign_ins(), &app.index), (1, &shop.index), "one session");

        let to_shop = app_sends(&test, &browser, "SAMLRequest", &logout_request(&test, APP, &app)).await;

        assert_eq!(to_shop.action(), SHOP_SLO, "{}", to_shop.body);
        let asked = xml_of_request(&to_shop);
        for part in
            ["<ds:Signature ", &format!(">{}</saml:NameID>", shop.name), &format!(">{}</", shop.index), SHOP_SLO]
        {
            assert!(asked.contains(part), "{part}: {asked}");
        }
        let back = shop_answers(&test, &browser, between(&asked, " ID=\"", "\""), status).await;
        let location = back.location.clone().unwrap();
        assert!(location.starts_with(&format!("{APP_SLO_DONE}?SAMLResponse=")), "{location}");
        assert!(location.contains("&Signature="), "{location}");
        assert_eq!(back.redirected_with("RelayState").as_deref(), Some("back"));
        let response = inflated(&back.redirected_with("SAMLResponse").unwrap());
        assert!(response.contains("InResponseTo=\"_out\"") && response.contains("status:Success"), "{response}");
        assert_eq!(response.contains("status:PartialLogout"), answer.is_some(), "{response}");

        signed_in(&test, &browser, APP).await;
        assert_eq!(test.sign_ins(), 2, "the session has ended");
    }
}

#[tokio::test]
async fn a_service_provider_without_a_logout_service_makes_it_partial() {
    let mut spec = with_logout();
    spec.service_providers.get_mut(SHOP).unwrap().single_logout = None;
    let test = TestRealm::start(spec).await;
    let browser = test.careful_browser();
    let app = signed_in(&test, &browser, APP).await;
    signed_in(&test, &browser, SHOP).await;

    let back = app_sends(&test, &browser, "SAMLRequest", &logout_request(&test, APP, &app)).await;

    let response = inflated(&back.redirected_with("SAMLResponse").unwrap());
    assert!(response.contains("status:PartialLogout"), "{response}");
}

#[tokio::test]
async fn a_user_signs_out_at_the_identity_provider_and_everywhere() {
    let test = TestRealm::start(with_logout()).await;
    let browser = test.careful_browser();
    let app = signed_in(&test, &browser, APP).await;
    signed_in(&test, &browser, SHOP).await;

    let to_shop = browser.get(&test.idp("/saml/logout")).await;
    let id = between(&xml_of_request(&to_shop), " ID=\"", "\"").to_owned();
    let to_app = shop_answers(&test, &browser, &id, "Success").await;
    let asked = inflated(&to_app.redirected_with("SAMLRequest").unwrap());
    assert!(to_app.location.clone().unwrap().starts_with(&format!("{APP_SLO}?SAMLRequest=")));
    assert!(asked.contains(&app.index), "{asked}");
    let answer = logout_response(&test, APP, between(&asked, " ID=\"", "\""), "Success");
    let done = app_sends(&test, &browser, "SAMLResponse", &answer).await;

    assert_eq!((done.status, done.name()), (200, "logged-out"), "{}", done.body);
    let again = shop_answers(&test, &browser, &id, "Success").await;
    assert_eq!(again.status, 400, "no logout waits for it: {}", again.body);
    let nobody = test.browser().get(&test.idp("/saml/logout")).await;
    assert_eq!(nobody.name(), "logged-out", "{}", nobody.body);
}

#[tokio::test]
async fn the_org_and_a_simulated_identity_provider_end_sessions_for_one_another() {
    let on = IdpSpec {
        single_logout: true,
        request_signing_certificate: Some(KeyState::Valid),
        amr: Some(vec!["swk".to_owned()]),
        ..IdpSpec::new(IdpProtocol::Saml)
    };
    for start in ["org", "idp"] {
        let test = TestRealm::start(on.clone()).await;
        let browser = test.browser();
        browser.go(&test.saml_start()).await;
        assert!(test.realm.sessions.signed_in("rep"));

        let url = if start == "org" { test.org("/secur/logout.jsp") } else { test.idp("/saml/logout") };
        let done = browser.get(&url).await;

        assert_eq!((done.status, done.name()), (200, "logged-out"), "{start}: {}", done.body);
        assert!(!test.realm.sessions.signed_in("rep"), "{start}: {:?}", test.events());
        browser.go(&test.saml_start()).await;
        assert_eq!(test.sign_ins(), 2, "{start}: the session at the identity provider has ended");
    }
    let off = IdpSpec { single_logout: false, ..on };
    let test = TestRealm::start(off).await;
    let browser = test.browser();
    browser.go(&test.saml_start()).await;
    browser.get(&test.org("/secur/logout.jsp")).await;
    browser.go(&test.saml_start()).await;
    assert_eq!(test.sign_ins(), 1, "the setting is off");
}

#[tokio::test]
async fn a_message_that_anybody_could_have_sent_ends_no_session() {
    let test = TestRealm::start(with_logout()).await;
    let browser = test.careful_browser();
    let app = signed_in(&test, &browser, APP).await;
    let good = logout_request(&test, APP, &app);
    let url = |query: &str| format!("{}?{query}", test.trust().slo_url);
    let signed = |xml: &str| query("SAMLRequest", xml, None, Some(&app_key()));
    let long_ago = test.realm.clock.now(Component::Idp) - SignedDuration::from_mins(9);
    let instant = between(&good, "IssueInstant=\"", "\"").to_owned();
    for (sent, why) in [
        (query("SAMLRequest", &good, None, None), "is not signed"),
        (signed(&good).replace("SigAlg=", "RelayState=evil&SigAlg="), "does not verify"),
        (signed(&good.replace(&test.trust().slo_url, "https://elsewhere.example")), "is addressed to"),
        (signed(&good.replace(&instant, &long_ago.to_string())), "too long ago"),
        (signed(&good.replace(APP, "urn:nobody")), "urn:nobody is known"),
        (signed(&good.replace("LogoutRequest", "AuthnRequest")), "no LogoutRequest that can be read"),
        (signed(&logout_response(&test, APP, "_never", "Success")), "no logout waits"),
        (String::new(), "no LogoutRequest that can be read"),
    ] {
        let refused = browser.get(&url(&sent)).await;

        assert_eq!((refused.status, refused.name()), (400, "idp-error"), "{why}: {}", refused.body);
        assert!(refused.body.contains(why), "{why}: {}", refused.body);
    }
    signed_in(&test, &browser, APP).await;
    assert_eq!(test.sign_ins(), 1, "the session is still there");
    let twice = pairs(&[("SAMLRequest", "AAAA"), ("SAMLRequest", "AAAA")]);
    assert_eq!(browser.post(&test.trust().slo_url, &twice).await.status, 400);
}

#[tokio::test]
async fn a_request_ends_sessions_once() {
    let test = TestRealm::start(with_logout()).await;
    let browser = test.careful_browser();
    let app = signed_in(&test, &browser, APP).await;
    let every_session = format!("<saml:NameID>{}</saml:NameID>", app.name);
    let request = message(&test, "LogoutRequest", APP, "", &every_session);
    app_sends(&test, &browser, "SAMLRequest", &request).await;
    signed_in(&test, &browser, APP).await;
    assert_eq!(test.sign_ins(), 2, "the first session has ended");

    let again = app_sends(&test, &browser, "SAMLRequest", &request).await;

    assert!(again.status == 400 && again.body.contains("was used before"), "{}", again.body);
    signed_in(&test, &browser, APP).await;
    assert_eq!(test.sign_ins(), 2, "the second session is still there");
}

#[tokio::test]
async fn a_name_that_nobody_has_is_an_unknown_principal() {
    let test = TestRealm::start(with_logout()).await;
    let browser = test.careful_browser();
    let app = signed_in(&test, &browser, APP).await;
    for other in [
        Login { name: "nobody".to_owned(), index: app.index.clone() },
        Login { name: app.name.clone(), index: "_another".to_owned() },
    ] {
        let back = app_sends(&test, &browser, "SAMLRequest", &logout_request(&test, APP, &other)).await;

        let response = inflated(&back.redirected_with("SAMLResponse").unwrap());
        assert!(response.contains("status:UnknownPrincipal"), "{response}");
    }
    signed_in(&test, &browser, APP).await;
    assert_eq!(test.sign_ins(), 1, "the session is still there");
}

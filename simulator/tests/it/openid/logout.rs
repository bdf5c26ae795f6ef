//! Logout: started by a relying party, heard by the others.

use josekit::jwt;
use serde_json::{Value, json};
use vestibule_simulator::realm::{Event, IdpProtocol, IdpSpec, SignInPage};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{Provider, RP, answered, good, text};
use crate::sso_realm::{PASSWORD, pairs};

const AFTER: &str = "http://127.0.0.1:5000/after?tab=1";

/// Signs in on the page, and returns the ID token.
pub(super) async fn sign_in(op: &Provider) -> String {
    let asked = op.authorize(&[]).await;
    let form = op.browser.get(asked.location.as_deref().unwrap()).await;
    let mut filled = form.hidden();
    filled.extend(pairs(&[("username", "rep@acme.example"), ("password", PASSWORD), ("method", "password")]));
    let code = answered(&op.browser.post(&form.action(), &filled).await)["code"].clone();
    text(&good(&op.redeem(&code).await), "id_token").to_owned()
}

fn idp() -> IdpSpec {
    IdpSpec { sign_in: SignInPage::Own, ..IdpSpec::new(IdpProtocol::Oidc) }
}

fn end_session(op: &Provider, parameters: &[(&str, &str)]) -> String {
    let mut url = url::Url::parse(&op.test.idp("/oidc/end-session")).unwrap();
    url.query_pairs_mut().extend_pairs(parameters);
    url.into()
}

/// RP-Initiated Logout 2 and 3.
#[tokio::test]
async fn a_logout_leads_to_a_registered_address_of_the_client_and_nowhere_else() {
    let op = Provider::with(idp(), |rp| rp.post_logout_redirect_uris = vec![AFTER.parse().unwrap()]).await;
    let id_token = sign_in(&op).await;
    for (parameters, leads) in [
        (&[("id_token_hint", id_token.as_str()), ("post_logout_redirect_uri", AFTER)][..], true),
        (&[("client_id", RP), ("post_logout_redirect_uri", AFTER)], true),
        (&[("post_logout_redirect_uri", AFTER)], true),
        (&[("client_id", RP), ("post_logout_redirect_uri", "http://127.0.0.1:5000/elsewhere")], false),
        (&[("client_id", RP), ("post_logout_redirect_uri", "https://evil.example/")], false),
        (&[("post_logout_redirect_uri", "https://evil.example/")], false),
        (&[], false),
    ] {
        let mut parameters = parameters.to_vec();
        parameters.push(("state", "s-9"));
        let by_get = op.browser.get(&end_session(&op, &parameters)).await;
        let by_post = op.browser.post(&op.test.idp("/oidc/end-session"), &pairs(&parameters)).await;
        for answer in [by_get, by_post] {
            assert_eq!(answer.location.is_some(), leads, "{parameters:?}: {answer:?}");
            assert!(answer.location.is_none_or(|location| location == format!("{AFTER}&state=s-9")));
        }
    }
    let silent = op.authorize(&[("prompt", Some("none"))]).await;
    assert_eq!(answered(&silent)["error"], "login_required");
    for parameters in [
        [("id_token_hint", "nonsense"), ("client_id", RP)],
        [("id_token_hint", id_token.as_str()), ("client_id", "other")],
    ] {
        let refused = op.browser.get(&end_session(&op, &parameters)).await;
        assert_eq!((refused.status, refused.name()), (400, "idp-error"), "{parameters:?}");
    }
}

/// Front-Channel Logout 3.
#[tokio::test]
async fn a_logout_loads_the_pages_of_the_clients_of_the_session_and_then_goes_on() {
    let frame = "http://127.0.0.1:5000/signed-out?app=1";
    let op = Provider::with(idp(), |rp| rp.frontchannel_logout_uri = Some(frame.parse().unwrap())).await;
    let id_token = sign_in(&op).await;
    let sid = op.verified(&id_token).await.claim("sid").and_then(Value::as_str).unwrap().to_owned();

    let url = end_session(&op, &[("client_id", RP), ("post_logout_redirect_uri", "http://127.0.0.1:5000/")]);
    let response = op.browser.request(reqwest::Method::GET, &url).send().await.unwrap();
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let body = response.text().await.unwrap();

    assert!(policy.ends_with("; frame-src http://127.0.0.1:5000"), "{policy}");
    let mut expected = url::Url::parse(frame).unwrap();
    expected.query_pairs_mut().append_pair("iss", &op.issuer()).append_pair("sid", &sid);
    let source = crate::support::html::one(&body, "iframe.logout").attribute("src").to_owned();
    assert_eq!(crate::support::html::unescape(&source), expected.as_str());
    assert!(body.contains("href=\"http://127.0.0.1:5000/\" data-leave"), "{body}");
    let again = op.browser.get(&url).await;
    assert_eq!(again.location.as_deref(), Some("http://127.0.0.1:5000/"), "the session is over");
}

/// Back-Channel Logout 2.4 to 2.6.
#[tokio::test]
async fn a_logout_posts_a_logout_token_to_the_clients_of_the_session() {
    let server = MockServer::start().await;
    Mock::given(method("POST")).and(path("/logout")).respond_with(ResponseTemplate::new(200)).mount(&server).await;
    let address = format!("{}/logout", server.uri());
    let op = Provider::with(idp(), |rp| rp.backchannel_logout_uri = Some(address.parse().unwrap())).await;
    let id_token = sign_in(&op).await;
    let id_token = op.verified(&id_token).await;

    assert_eq!(op.browser.get(&end_session(&op, &[])).await.name(), "logged-out");

    let received = server.received_requests().await.unwrap();
    let [request] = &received[..] else { panic!("{received:?}") };
    let form: Vec<(String, String)> = url::form_urlencoded::parse(&request.body).into_owned().collect();
    let [(name, token)] = &form[..] else { panic!("{form:?}") };
    assert_eq!(name, "logout_token");
    let header = jwt::decode_header(token).unwrap();
    assert_eq!(header.claim("typ"), Some(&json!("logout+jwt")));
    let claims = op.verified(token).await;
    assert_eq!((claims.subject(), claims.claim("sid")), (Some("rep-7"), id_token.claim("sid")));
    assert_eq!(claims.claim("events"), Some(&json!({ "http://schemas.openid.net/event/backchannel-logout": {} })));
    assert!(claims.jwt_id().is_some() && claims.claim("nonce").is_none());
    let as_hint = op.browser.get(&end_session(&op, &[("id_token_hint", token)])).await;
    assert_eq!(as_hint.status, 400, "a logout token is no ID token");
}

#[tokio::test]
async fn a_client_that_does_not_take_its_logout_token_does_not_stop_the_logout() {
    let server = MockServer::start().await;
    let address = format!("{}/missing", server.uri());
    let op = Provider::with(idp(), |rp| rp.backchannel_logout_uri = Some(address.parse().unwrap())).await;
    sign_in(&op).await;

    assert_eq!(op.browser.get(&end_session(&op, &[])).await.name(), "logged-out");

    let told = |event: &Event| matches!(event, Event::RequestRefused { why, .. } if why.contains("did not take the logout token"));
    assert_eq!(op.test.events().iter().filter(|event| told(event)).count(), 1);
    let clients_without = Provider::with(idp(), |_| ()).await;
    let id_token = sign_in(&clients_without).await;
    assert_eq!(clients_without.verified(&id_token).await.claim("sid"), None, "nobody hears of logouts");
}

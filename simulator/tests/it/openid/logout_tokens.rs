//! The logout tokens of the catalogue, as a relying party of a second implementation judges them.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jwk::JwkSet;
use josekit::jws;
use serde_json::Value;
use vestibule_simulator::attacks::{Case, Delivery, Expected, Protocol, Reason, catalogue};
use vestibule_simulator::realm::{IdpProtocol, IdpSpec, SignInPage};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::logout::sign_in;
use super::{Provider, RP, verifier};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Back-Channel Logout 2.4 and 2.6. A wrong token fails exactly one check, so whoever leaves out that one takes it: it has
/// exactly one mutation, and no token is wrong in a way that nobody would notice.
#[tokio::test]
async fn a_party_that_makes_every_check_but_one_takes_the_token_that_aims_at_that_one() {
    let cases: Vec<&Case> = catalogue().iter().filter(|case| case.protocol == Protocol::Logout).collect();
    let mut wrong = Vec::new();
    for case in cases.iter().copied() {
        let (op, user, tokens) = posted(Some(case)).await;
        let times = if case.delivery == Delivery::Twice { 2 } else { 1 };
        assert_eq!(tokens.len(), times, "{}", case.id);
        let mut seen = BTreeSet::new();
        let mut failed = Vec::new();
        for token in &tokens {
            failed = failed_checks(&op, &user, token, &mut seen).await;
        }
        let right = match case.expected {
            Expected::Refuse(reason) => failed == [check_for(reason)],
            _ => failed.is_empty(),
        };
        if !right {
            wrong.push(format!("{}: expected {}, failed {failed:?}", case.id, case.expected));
        }
    }

    assert!(cases.len() > 30, "{}", cases.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let (op, user, good) = posted(None).await;
    assert_eq!(failed_checks(&op, &user, &good[0], &mut BTreeSet::new()).await, [""; 0], "the usual token");
}

/// Whom the last login was of, as the ID token says: `sub` and `sid`.
type SignedIn = [String; 2];

/// The logout tokens that a relying party gets from a provider with this fault, which a case of delivery sends at the second
/// logout only.
async fn posted(case: Option<&Case>) -> (Provider, SignedIn, Vec<String>) {
    let server = MockServer::start().await;
    Mock::given(method("POST")).and(path("/logout")).respond_with(ResponseTemplate::new(200)).mount(&server).await;
    let address = format!("{}/logout", server.uri());
    let faults = case.map(Case::fault).into_iter().collect();
    let idp = IdpSpec { sign_in: SignInPage::Own, faults, ..IdpSpec::new(IdpProtocol::Oidc) };
    let op = Provider::with(idp, |rp| rp.backchannel_logout_uri = Some(address.parse().unwrap())).await;
    let mut user = SignedIn::default();
    for _ in 0..if case.is_some_and(|case| case.delivery == Delivery::Twice) { 2 } else { 1 } {
        let id_token = sign_in(&op).await;
        let claims = op.verified(&id_token).await;
        user = ["sub", "sid"].map(|name| claims.claim(name).and_then(Value::as_str).unwrap().to_owned());
        assert_eq!(op.browser.get(&op.test.idp("/oidc/end-session")).await.name(), "logged-out");
    }
    let received = server.received_requests().await.unwrap();
    let token = |body: &[u8]| url::form_urlencoded::parse(body).next().unwrap().1.into_owned();
    (op, user, received.iter().map(|request| token(&request.body)).collect())
}

/// Every check of the specification that a token fails.
async fn failed_checks(
    op: &Provider,
    [sub, sid]: &SignedIn,
    token: &str,
    seen: &mut BTreeSet<String>,
) -> Vec<&'static str> {
    let parts: Vec<&str> = token.split('.').collect();
    let part = |at: usize| -> Value { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[at]).unwrap()).unwrap() };
    let (header, claims) = (part(0), part(1));
    let text = |name: &str| claims[name].as_str();
    let is_recent = |at: i64| (op.now() - 600..=op.now() + 60).contains(&at);
    let id = text("jti").unwrap_or_default().to_owned();
    let is_for_us = match &claims["aud"] {
        Value::String(one) => one == RP,
        Value::Array(all) => all.iter().any(|one| one == RP),
        _ => false,
    };
    let form = claims["events"].as_object().is_some_and(|events| events.contains_key(EVENT))
        && claims.get("nonce").is_none()
        && (text("sub").is_some() || text("sid").is_some())
        && header.get("crit").is_none()
        && claims["iat"].is_i64()
        && claims["exp"].is_i64()
        && !id.is_empty();
    let checks = [
        ("signature", is_signed(op, token, &header).await),
        ("form", form),
        ("issuer", text("iss") == Some(op.issuer().as_str())),
        ("audience", is_for_us),
        ("time", claims["iat"].as_i64().is_none_or(is_recent) && claims["exp"].as_i64().is_none_or(|at| at > op.now())),
        ("replay", seen.insert(id)),
        ("user", text("sub").is_none_or(|named| named == sub) && text("sid").is_none_or(|named| named == sid)),
    ];
    checks.into_iter().filter(|(_, holds)| !holds).map(|(name, _)| name).collect()
}

/// Whether a published key signed the token by RS256.
async fn is_signed(op: &Provider, token: &str, header: &Value) -> bool {
    let keys = JwkSet::from_bytes(op.browser.get(&op.test.idp("/oidc/jwks")).await.body).unwrap();
    let kid = header["kid"].as_str().unwrap_or_default();
    let [key] = keys.get(kid)[..] else { return false };
    if header["alg"] != "RS256" {
        return false;
    }
    // Whether the type and extensions are right is another check.
    let (input, signature) = token.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
    let verifier: Box<dyn jws::JwsVerifier> = verifier("RS256", key);
    verifier.verify(input.as_bytes(), &signature).is_ok()
}

fn check_for(reason: Reason) -> &'static str {
    match reason {
        Reason::Signature | Reason::Key => "signature",
        Reason::Malformed => "form",
        Reason::Issuer => "issuer",
        Reason::Audience => "audience",
        Reason::Time => "time",
        Reason::Replay => "replay",
        Reason::User => "user",
        other => panic!("a logout token is not refused because {other}"),
    }
}

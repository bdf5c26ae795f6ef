//! What no honest peer sends. Each endpoint of an identity provider refuses it in the words of its protocol or, where there
//! are none, says what is wrong, and goes on answering.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use reqwest::Method;
use serde_json::Value;
use vestibule_model::{EndpointUrl, RelyingPartySpec, Secret};
use vestibule_simulator::realm::{IdpProtocol, IdpSpec};

use crate::sso_realm::{Browser, Page, TestRealm, page, pairs};

#[tokio::test(flavor = "multi_thread")]
async fn no_saml_message_breaks_an_endpoint() {
    let test = TestRealm::start(open(IdpProtocol::Saml)).await;
    let browser = test.careful_browser();
    let metadata = browser.get(&test.idp("/saml/metadata")).await.body;
    let endpoints = locations(&metadata);
    assert!(endpoints.contains(&test.trust().sso_url), "{endpoints:?}");

    let mut wrong = Vec::new();
    let mut asked = 0;
    for root in ["AuthnRequest", "LogoutRequest", "LogoutResponse", "ArtifactResolve"] {
        for (what, message) in messages(root) {
            let sent = Sent::of(&message);
            // What is refused for its size is refused before its root is read.
            if root != "AuthnRequest" && message.len() > 100_000 {
                continue;
            }
            for endpoint in &endpoints {
                for (way, answer) in by_every_way(&browser, endpoint, &sent).await {
                    asked += 1;
                    if !is_refusal(&answer) {
                        wrong.push(format!("{root}, {what}, by {way} at {endpoint}: {}", shown(&answer)));
                    }
                }
            }
        }
    }
    let long = "A".repeat(3_000_000);
    for endpoint in &endpoints {
        for value in ["", "%%%", "====", "AAA", "A A A", "é", "\0", long.as_str()] {
            for name in ["SAMLRequest", "SAMLResponse", "SAMLart"] {
                asked += 1;
                let answer = browser.post(endpoint, &pairs(&[(name, value)])).await;
                if !is_refusal(&answer) {
                    let value = value.chars().take(9).collect::<String>();
                    wrong.push(format!("{name}={value} at {endpoint}: {}", shown(&answer)));
                }
            }
        }
    }

    assert!(wrong.is_empty(), "{} of {asked}\n{}", wrong.len(), wrong.join("\n"));
    let good = element("AuthnRequest", " AssertionConsumerServiceURL=\"http://127.0.0.1:5000/acs\"", "");
    let answer = browser.post(&test.trust().sso_url, &pairs(&[("SAMLRequest", &STANDARD.encode(good))])).await;
    assert_eq!(answer.action(), "http://127.0.0.1:5000/acs", "it still answers");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_parameter_breaks_an_endpoint_of_openid_connect() {
    let test = TestRealm::start(open(IdpProtocol::Oidc)).await;
    let browser = test.careful_browser();
    let endpoints = endpoints(&browser, &test).await;
    let mut wrong = Vec::new();
    let mut asked = 0;
    for (name, endpoint) in &endpoints {
        for parameter in PARAMETERS {
            for (what, value) in values() {
                asked += 1;
                let mut form = usual_parameters(name);
                form.retain(|(other, _)| other != parameter);
                form.push((parameter.to_string(), value.clone()));
                let answer = page(browser.request(Method::POST, endpoint).form(&form)).await;
                let must_be_refused = name == "token_endpoint"
                    || (name == "authorization_endpoint" && CHECKED.contains(parameter) && !value.is_empty());
                let right = if must_be_refused { is_refusal(&answer) } else { is_answer(&answer) };
                if !right {
                    wrong.push(format!("{parameter} with {what} at {name}: {}", shown(&answer)));
                }
            }
        }
        for credentials in ["Basic %%%", "Basic", "Basic /w==", "Bearer", "Bearer é", "DPoP a.b.c", "Digest x", "x"] {
            asked += 1;
            let request = browser.request(Method::POST, endpoint).header("authorization", credentials.as_bytes());
            let answer = page(request.form(&usual_parameters(name))).await;
            let right = match name.as_str() {
                "token_endpoint" | "userinfo_endpoint" => is_refusal(&answer),
                _ => is_answer(&answer),
            };
            if !right {
                wrong.push(format!("`{credentials}` at {name}: {}", shown(&answer)));
            }
        }
        asked += 1;
        let huge = browser.request(Method::POST, endpoint).form(&pairs(&[("code", &"x".repeat(10_000_000))]));
        let answer = page(huge).await;
        if !is_answer(&answer) {
            wrong.push(format!("10 MB at {name}: {}", shown(&answer)));
        }
    }

    assert!(wrong.is_empty(), "{} of {asked}\n{}", wrong.len(), wrong.join("\n"));
    let document = browser.get(&test.idp("/.well-known/openid-configuration")).await;
    assert_eq!(document.status, 200, "it still answers");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_body_breaks_the_registration_of_clients() {
    let test = TestRealm::start(open(IdpProtocol::Oidc)).await;
    let browser = test.careful_browser();
    let registration = endpoints(&browser, &test).await["registration_endpoint"].clone();
    let redirect = r#""redirect_uris":["http://127.0.0.1:7000/callback"]"#;
    let members: String = (0..20_000).map(|number| format!("\"m{number}\":1,")).collect();
    let depth = 10_000;
    for (what, body) in [
        ("nothing", Vec::new()),
        ("no JSON", b"redirect_uris=http://127.0.0.1/".to_vec()),
        ("no end", b"{\"redirect_uris\":[".to_vec()),
        ("not UTF-8", b"{\"redirect_uris\":[\"\xff\"]}".to_vec()),
        ("10,000 levels", format!("{}{}", "[".repeat(depth), "]".repeat(depth)).into_bytes()),
        (
            "10,000 levels in a member",
            format!("{{{redirect},\"client_name\":{}{}}}", "[".repeat(depth), "]".repeat(depth)).into_bytes(),
        ),
        ("20,000 members without an address", format!("{{{members}\"x\":1}}").into_bytes()),
        ("10 MB", format!("{{{redirect},\"client_name\":\"{}\"}}", "x".repeat(10_000_000)).into_bytes()),
    ] {
        let request = browser.request(Method::POST, &registration).header("content-type", "application/json");
        let answer = page(request.body(body)).await;

        assert!(is_refusal(&answer), "{what}: {}", shown(&answer));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_field_breaks_the_sign_in_page() {
    for protocol in [IdpProtocol::Saml, IdpProtocol::Oidc] {
        let test = TestRealm::start(open(protocol)).await;
        let browser = test.careful_browser();
        for (what, value) in values() {
            for field in ["request", "user", "method", "token", "stay"] {
                let answer = browser.post(&test.idp("/sign-in"), &pairs(&[(field, &value)])).await;
                assert!(is_refusal(&answer), "{field} with {what}: {}", shown(&answer));
            }
        }
    }
}

/// An identity provider that answers everybody on this machine, and one client by name.
fn open(protocol: IdpProtocol) -> IdpSpec {
    let client = RelyingPartySpec {
        client_secret: Some(Secret::new(CLIENT_SECRET)),
        redirect_uris: vec![REDIRECT.parse::<EndpointUrl>().unwrap()],
        ..RelyingPartySpec::default()
    };
    let relying_parties = match protocol {
        IdpProtocol::Saml => BTreeMap::new(),
        IdpProtocol::Oidc => BTreeMap::from([(CLIENT.to_owned(), client)]),
    };
    IdpSpec { accept_loopback: true, relying_parties, ..IdpSpec::new(protocol) }
}

/// Every address of the metadata.
fn locations(metadata: &str) -> BTreeSet<String> {
    let after = metadata.split(" Location=\"").skip(1).filter_map(|rest| rest.split('"').next());
    after.map(|url| url.replace("&amp;", "&")).collect()
}

/// Name and address of every endpoint of the discovery document.
async fn endpoints(browser: &Browser, test: &TestRealm) -> BTreeMap<String, String> {
    let document = browser.get(&test.idp("/.well-known/openid-configuration")).await;
    let document: BTreeMap<String, Value> = serde_json::from_str(&document.body).unwrap();
    let named = document.iter().filter(|(name, _)| name.ends_with("_endpoint"));
    let found: BTreeMap<_, _> = named.map(|(name, url)| (name.clone(), url.as_str().unwrap().to_owned())).collect();
    let expected = ["authorization_endpoint", "end_session_endpoint", "registration_endpoint", "token_endpoint"];
    assert!(expected.iter().all(|name| found.contains_key(*name)), "{found:?}");
    found
}

/// A message as each binding carries it.
struct Sent {
    posted: String,
    redirected: String,
    soap: Vec<u8>,
}

impl Sent {
    fn of(message: &[u8]) -> Self {
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::best());
        deflated.write_all(message).unwrap();
        let envelope = "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>";
        Self {
            posted: escaped(message),
            redirected: escaped(&deflated.finish().unwrap()),
            soap: [envelope.as_bytes(), message, "</soap:Body></soap:Envelope>".as_bytes()].concat(),
        }
    }
}

/// Base64 as a form or a query carries it.
fn escaped(bytes: &[u8]) -> String {
    STANDARD.encode(bytes).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

async fn by_every_way(browser: &Browser, endpoint: &str, sent: &Sent) -> Vec<(&'static str, Page)> {
    let mut answers = Vec::new();
    for (way, name) in [("POST", "SAMLRequest"), ("POST of an answer", "SAMLResponse")] {
        let request = browser.request(Method::POST, endpoint).header("content-type", FORM);
        answers.push((way, page(request.body(format!("{name}={}", sent.posted))).await));
        let url = format!("{endpoint}?{name}={}", sent.redirected);
        // No client sends a longer one.
        if url.len() < 60_000 {
            answers.push(("Redirect", browser.get(&url).await));
        }
    }
    let request = browser.request(Method::POST, endpoint).header("content-type", "text/xml");
    answers.push(("SOAP", page(request.header("soapaction", "").body(sent.soap.clone())).await));
    answers
}

/// The refusal of the protocol, or a page that says what is wrong.
fn is_refusal(answer: &Page) -> bool {
    let page = || matches!(answer.status, 400 | 404 | 405) && answer.name() == "idp-error";
    let json = || {
        let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let (error, why) = (body["error"].as_str(), body["error_description"].as_str());
        // What it quotes is cut.
        let is_short = |text: &str| text.chars().count() < 700;
        matches!(answer.status, 400 | 401) && error.is_some() && why.is_some_and(is_short)
    };
    // SOAP 1.1, 6.2: a fault has the status 500.
    let fault = || {
        let failed = answer.body.contains(":Fault") || answer.body.contains("status:Requester");
        answer.body.contains(":Envelope") && failed && !answer.body.contains("status:Success")
    };
    // RFC 6750, 3: a challenge, and nothing else.
    let challenge = || answer.status == 401 && answer.body.is_empty();
    let redirect = || answer.location.is_some() && answer.redirected_with("error").is_some();
    page() || json() || fault() || challenge() || redirect()
}

/// A refusal, or an answer to somebody who may write what was written.
fn is_answer(answer: &Page) -> bool {
    answer.status < 400 || is_refusal(answer)
}

fn shown(answer: &Page) -> String {
    let body: String = answer.body.chars().take(300).collect();
    format!(
        "{} {:?} {body}",
        answer.status,
        answer.location.as_ref().map(|url| url.chars().take(200).collect::<String>())
    )
}

fn element(root: &str, attributes: &str, inside: &str) -> String {
    format!(
        "<samlp:{root} xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" \
         ID=\"_of-a-test\" Version=\"2.0\" IssueInstant=\"2026-12-01T12:00:00Z\"{attributes}>\
         <saml:Issuer>urn:my-app</saml:Issuer>{inside}</samlp:{root}>"
    )
}

/// Messages that are refused, with this root where they have one.
fn messages(root: &str) -> Vec<(&'static str, Vec<u8>)> {
    let entities: String =
        (1..10).map(|at| format!("<!ENTITY e{at} \"{}\">", format!("&e{};", at - 1).repeat(10))).collect();
    let declared = |inside: &str, body: &str| format!("<!DOCTYPE x [{inside}]>{}", element(root, "", body));
    let attributes = |count: usize| (0..count).map(|at| format!(" a{at}=\"\"")).collect::<String>();
    let namespaces: String = (0..1_000).map(|at| format!(" xmlns:n{at}=\"urn:{at}\"")).collect();
    let signature = "<ds:Signature><ds:SignedInfo/><ds:SignatureValue/></ds:Signature>";
    let text = [
        ("no XML", "hello".to_owned()),
        ("nothing but a start", "<samlp:".to_owned()),
        ("another version of XML", format!("<?xml version=\"1.1\"?>{}", element(root, "", ""))),
        ("another encoding", format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>{}", element(root, "", ""))),
        ("a processing instruction", element(root, "", "<?x?>")),
        ("a document type", declared("", "")),
        ("entities in entities", declared(&format!("<!ENTITY e0 \"lol\">{entities}"), "&e9;")),
        ("an entity of a file", declared("<!ENTITY e SYSTEM \"file:///etc/passwd\">", "&e;")),
        ("an entity of nobody", element(root, "", "&nobody;")),
        ("a character that is none", element(root, "", "&#0;")),
        ("one id twice", element(root, "", "<a ID=\"_of-a-test\"/>")),
        ("10,000 levels", element(root, "", &format!("{}{}", "<a>".repeat(10_000), "</a>".repeat(10_000)))),
        ("5,000 levels", element(root, "", &format!("{}{}", "<a>".repeat(5_000), "</a>".repeat(5_000)))),
        ("10,000 levels without an end", element(root, "", &"<a>".repeat(10_000))),
        ("an attribute of 10 MB", element(root, &format!(" a=\"{}\"", "x".repeat(10_000_000)), "")),
        ("a text of 10 MB", element(root, "", &"x".repeat(10_000_000))),
        ("20,000 attributes", element(root, &attributes(20_000), "")),
        ("5,000 attributes", element(root, &attributes(5_000), "")),
        ("9,000 elements", element(root, "", &"<a/>".repeat(9_000))),
        ("1,000 namespaces", element(root, &namespaces, "")),
        ("1,000 signatures", element(root, "", &signature.repeat(1_000))),
        ("500 signatures", element(root, "", &signature.repeat(500))),
        (
            "500 signatures in one another",
            element(root, "", &format!("<ds:Signature>{}</ds:Signature>", signature.repeat(500))),
        ),
    ];
    let mut all: Vec<_> = text.into_iter().map(|(what, text)| (what, text.into_bytes())).collect();
    all.push(("not UTF-8", [element(root, "", "").as_bytes(), &[0xff_u8][..]].concat()));
    all.push(("a NUL", [element(root, "", "").as_bytes(), &[0_u8][..]].concat()));
    // Inflates to 20 MB.
    all.push(("blanks without end", vec![b' '; 20_000_000]));
    all
}

/// Values that no parameter has.
fn values() -> Vec<(&'static str, String)> {
    let token = |header: &str, claims: &str| {
        format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
    };
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let members: String = (0..5_000).map(|at| format!("\"m{at}\":1,")).collect();
    vec![
        ("nothing", String::new()),
        ("no base64", "%%%\0é".to_owned()),
        ("100,000 letters", "A".repeat(100_000)),
        ("10,000 levels", deep.clone()),
        ("a token of nothing", "..".to_owned()),
        ("a token with a deep header", token(&deep, "{}")),
        ("a token with deep claims", token("{\"alg\":\"RS256\"}", &format!("{{\"x\":{deep}}}"))),
        ("a token with 5,000 claims", token("{\"alg\":\"none\"}", &format!("{{{members}\"x\":1}}"))),
    ]
}

/// What a good request to this endpoint says, but for a grant that nobody was given.
fn usual_parameters(endpoint: &str) -> Vec<(String, String)> {
    match endpoint {
        "token_endpoint" => pairs(&[
            ("grant_type", "authorization_code"),
            ("client_id", CLIENT),
            ("client_secret", CLIENT_SECRET),
            ("code", "unknown"),
            ("redirect_uri", REDIRECT),
        ]),
        "userinfo_endpoint" | "registration_endpoint" => Vec::new(),
        _ => pairs(&[
            ("response_type", "code"),
            ("client_id", CLIENT),
            ("redirect_uri", REDIRECT),
            ("scope", "openid"),
            ("login_hint", "rep"),
        ]),
    }
}

const CLIENT: &str = "web";
const CLIENT_SECRET: &str = "secret-of-web";
const REDIRECT: &str = "http://127.0.0.1:5000/callback";
const FORM: &str = "application/x-www-form-urlencoded";

/// The parameters of every endpoint.
const PARAMETERS: &[&str] = &[
    "access_token",
    "acr_values",
    "actor_token",
    "assertion",
    "claims",
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_verifier",
    "device_code",
    "dpop_jkt",
    "grant_type",
    "id_token_hint",
    "login_hint",
    "max_age",
    "nonce",
    "post_logout_redirect_uri",
    "prompt",
    "redirect_uri",
    "refresh_token",
    "request",
    "request_uri",
    "response_mode",
    "response_type",
    "scope",
    "state",
    "subject_token",
    "token",
    "token_type_hint",
    "user_code",
];
/// The parameters of an authorization request in which each of the values is a mistake.
const CHECKED: &[&str] = &[
    "code_challenge",
    "max_age",
    "prompt",
    "redirect_uri",
    "request",
    "request_uri",
    "response_mode",
    "response_type",
];

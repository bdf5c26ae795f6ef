//! Where the simulator reads what others send, for fuzzers and for the tests that replay what those found. Each function
//! says whether it accepts what it reads. The keys, names and times by which a message is checked are those that it claims
//! itself, so that a sound one is read to its end.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use vestibule_model::AcsBinding;

use crate::inspect::inspect;
use crate::oidc::{self, Expected, parse_jwks};
use crate::org::parse_soql;
use crate::saml::{
    self, Acs, IdpDescriptor, RequestSettings, ServiceProvider, TrustedCertificate, VerifySettings,
    read_service_providers, receive_post, receive_redirect,
};
use crate::xml::{self, Node};

/// The XML of a `Response`.
pub fn saml_response(bytes: &[u8]) -> bool {
    let message = STANDARD.encode(bytes);
    let _readable = saml::readable(&message);
    let _form = saml::check_form(&message);
    let Ok(claimed) = saml::claimed(&message) else { return false };
    let Ok(root) = xml::parse(bytes, VerifySettings::MAX_BYTES) else { return false };
    let (acs_url, audience) = (root.attribute("Destination").unwrap_or_default(), text_of(&root, "Audience"));
    let settings = VerifySettings::new(claimed.issuer, certificates(&root), acs_url, audience, instant(&root));
    saml::verify_response(&message, &settings).is_ok()
}

/// The XML of an `AuthnRequest`, of a message of single logout, or of a SOAP request for an artifact.
pub fn saml_request(bytes: &[u8]) -> bool {
    let _resolve = saml::ReceivedResolve::read(bytes);
    let _logout = saml::ReceivedLogout::by_post(&STANDARD.encode(bytes), None);
    let Ok(root) = xml::parse(bytes, RequestSettings::MAX_BYTES) else {
        return receive_post(&STANDARD.encode(bytes), None, &settings("", &[])).is_ok();
    };
    let attribute = |name| root.attribute(name).unwrap_or_default().to_owned();
    let acs =
        Acs { url: attribute("AssertionConsumerServiceURL"), index: 0, binding: AcsBinding::HttpPost, default: None };
    let known = [ServiceProvider {
        entity_id: text_of(&root, "Issuer").trim().to_owned(),
        acs: vec![acs],
        authn_requests_signed: false,
        signing_certificates: certificates(&root),
        registered: true,
        valid_until: None,
    }];
    receive_post(&STANDARD.encode(bytes), Some("state"), &settings(&attribute("Destination"), &known)).is_ok()
}

/// The query of a message by HTTP-Redirect.
pub fn saml_redirect(bytes: &[u8]) -> bool {
    let query = String::from_utf8_lossy(bytes);
    let _logout = saml::ReceivedLogout::by_redirect(&query);
    let _inflated = saml::inflate(bytes, RequestSettings::MAX_BYTES);
    receive_redirect(&query, &settings("https://idp.localhost/saml/sso", &[])).is_ok()
}

/// A JWK set on the first line, and an ID token on the second.
pub fn jwt(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let (keys, token) = text.split_once('\n').unwrap_or(("{\"keys\":[]}", &text));
    let token = token.trim_end();
    let _readable = oidc::readable(token);
    let _form = oidc::check_form(token);
    let _assertion = oidc::BearerAssertion::read(token);
    let Ok(keys) = parse_jwks(keys.as_bytes()) else { return false };
    let expected = Expected {
        issuer: "https://idp.localhost",
        client_id: "my-app",
        nonce: None,
        access_token: None,
        max_age: None,
        now: Timestamp::UNIX_EPOCH,
        leeway: SignedDuration::from_hours(24 * 365 * 100),
    };
    oidc::verify(token, &keys, &expected).is_ok()
}

/// Metadata of service providers or of an identity provider.
pub fn metadata(bytes: &[u8]) -> bool {
    let identity_provider = IdpDescriptor::read(&String::from_utf8_lossy(bytes), Timestamp::UNIX_EPOCH);
    read_service_providers(bytes).is_ok() || identity_provider.is_ok()
}

/// What a person brings: the export of a browser or of a tracer, a response, a token.
pub fn har(bytes: &[u8]) -> bool {
    inspect(&String::from_utf8_lossy(bytes)).is_ok()
}

/// A query of the REST API.
pub fn soql(bytes: &[u8]) -> bool {
    parse_soql(&String::from_utf8_lossy(bytes)).is_ok()
}

fn settings<'a>(sso_url: &'a str, service_providers: &'a [ServiceProvider]) -> RequestSettings<'a> {
    RequestSettings {
        sso_url,
        service_providers,
        accept_loopback: true,
        want_authn_requests_signed: false,
        now: Timestamp::UNIX_EPOCH,
        max_bytes: RequestSettings::MAX_BYTES,
    }
}

/// The certificates that a message itself shows.
fn certificates(root: &Node) -> Vec<TrustedCertificate> {
    let shown = root.descendants().into_iter().filter(|node| node.name == "X509Certificate");
    let ders = shown.filter_map(|node| STANDARD.decode(node.text.split_ascii_whitespace().collect::<String>()).ok());
    ders.take(MOST_CERTIFICATES).map(|der| TrustedCertificate { der, expired: false }).collect()
}

fn text_of<'a>(root: &'a Node, name: &str) -> &'a str {
    root.descendants().into_iter().find(|node| node.name == name).map_or("", |node| node.text.as_str())
}

fn instant(root: &Node) -> Timestamp {
    root.attribute("IssueInstant").and_then(|instant| instant.parse().ok()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Nobody configures more.
const MOST_CERTIFICATES: usize = 4;

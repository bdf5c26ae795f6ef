//! The front-channel bindings, writing side: HTTP-Redirect and HTTP-POST.
//!
//! Source: saml-bindings 3.4 (HTTP-Redirect, DEFLATE encoding) and 3.5 (HTTP-POST).

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use url::form_urlencoded::byte_serialize;
use vestibule_certs::SigningKey;

use super::request::AuthnRequest;
use super::sign::{SigningError, sign, signature_algorithm};

/// The hidden fields of the form that carries a message by HTTP-POST.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PostForm {
    /// Value of `SAMLRequest`.
    pub(crate) saml_request: String,
    /// Value of `RelayState`.
    pub(crate) relay_state: Option<String>,
}

/// The URL that carries a request by HTTP-Redirect, signed when a key is given.
///
/// An ECDSA signature is DER-encoded, as OpenSAML and samael do in this binding.
///
/// # Errors
///
/// If a value has a character that XML cannot carry, or the key cannot sign.
pub(crate) fn redirect_url(
    sso_url: &str,
    request: &AuthnRequest,
    relay_state: Option<&str>,
    key: Option<&SigningKey>,
) -> Result<String, SigningError> {
    message_url(sso_url, "SAMLRequest", &request.to_xml()?, relay_state, key)
}

/// The URL that carries a message in the parameter of this name, signed when a key is given.
pub(super) fn message_url(
    url: &str,
    name: &'static str,
    xml: &str,
    relay_state: Option<&str>,
    key: Option<&SigningKey>,
) -> Result<String, SigningError> {
    let mut query = parameter(name, &STANDARD.encode(deflate(xml.as_bytes())));
    if let Some(relay_state) = relay_state {
        query.push_str(&format!("&{}", parameter("RelayState", relay_state)));
    }
    if let Some(key) = key {
        query.push_str(&format!("&{}", parameter("SigAlg", signature_algorithm(key)?)));
        let signature = STANDARD.encode(key.sign_sha256(query.as_bytes())?);
        query.push_str(&format!("&{}", parameter("Signature", &signature)));
    }
    let separator = if url.contains('?') { '&' } else { '?' };
    Ok(format!("{url}{separator}{query}"))
}

/// The form that carries a request by HTTP-POST, with an XML signature when a key is given.
///
/// # Errors
///
/// If a value has a character that XML cannot carry, or the key cannot sign.
pub(crate) fn post_form(
    request: &AuthnRequest,
    relay_state: Option<&str>,
    key: Option<&SigningKey>,
) -> Result<PostForm, SigningError> {
    let mut element = request.element();
    if let Some(key) = key {
        sign(&mut element, &request.id, key)?;
    }
    Ok(PostForm { saml_request: STANDARD.encode(element.canonical()?), relay_state: relay_state.map(str::to_owned) })
}

/// The value of the form field `SAMLResponse`.
pub(crate) fn response_form_value(xml: &str) -> String {
    STANDARD.encode(xml)
}

fn parameter(name: &str, value: &str) -> String {
    format!("{name}={}", byte_serialize(value.as_bytes()).collect::<String>())
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("invariant: writing to a Vec does not fail")
}

//! Reads a SAML response or an ID token that a person brings, as the org would read it. Only a signature whose key the person
//! brings too is verified, and nobody is signed in.
//!
//! ```text
//! what was pasted -> without its wrappings -> Response, ID token or its claims -> signals, and why the org refuses it
//! ```

use std::io::Read as _;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use flate2::read::DeflateDecoder;
use jsonwebtoken::jwk::JwkSet;
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;
use serde::Serialize;
use serde_json::Value;
use strum::Display;
use url::form_urlencoded;

use crate::oidc;
pub use crate::realm::FoundSignal;
use crate::realm::MessageKind;
use crate::saml;

/// A message as the org would read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// Its kind.
    pub kind: MessageKind,
    /// What it was wrapped in, the outermost first.
    pub wrappings: Vec<Wrapping>,
    /// The entity id or issuer identifier that it names.
    pub issuer: Option<String>,
    /// Every value that could say how the user signed in. In SAML each `AuthnContextClassRef`, then the values of every
    /// attribute; in an ID token what `amr` holds, then `acr`, then the claims without another meaning.
    pub signals: Vec<FoundSignal>,
    /// The names of what else it says: `NameID`, `sub`, `SignatureValue`.
    pub others: Vec<String>,
    /// What carries a signature: `Response`, `Assertion`, `ID token`.
    pub signed: Vec<String>,
    /// What is known about its signature.
    pub signature: SignatureCheck,
    /// Why the org refuses it, whatever the certificate on file, the request and the time are.
    pub refusal: Option<String>,
}

/// What is known about the signature of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureCheck {
    /// Nobody gave a key to verify it with.
    NotChecked,
    /// It verifies.
    Verified {
        /// The part that it covers: `Response`, `Assertion`, `ID token`.
        of: String,
    },
    /// It does not verify.
    Refused {
        /// Why.
        why: String,
    },
}

/// The keys that a person has for the message.
#[derive(Debug, Default)]
pub struct Keys {
    private: Vec<PKey<Private>>,
    certificates: Vec<Vec<u8>>,
    jwks: Option<JwkSet>,
}

/// A key that cannot be used. Completes "failed to ...".
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Not a private key.
    #[error("read the private key: it is not PEM, or it has a passphrase")]
    Private,
    /// Neither PEM nor DER.
    #[error("read the certificate: it is neither PEM nor DER")]
    Certificate,
    /// Not a JWK set.
    #[error("{0}")]
    Jwks(String),
}

impl Keys {
    /// Decrypts with this private key, PEM: with that of the receiver.
    ///
    /// # Errors
    /// If it is none.
    pub fn with_private_key(mut self, pem: &[u8]) -> Result<Self, KeyError> {
        self.private.push(PKey::private_key_from_pem(pem).map_err(|_| KeyError::Private)?);
        Ok(self)
    }

    /// Verifies a SAML response with the certificates in this text, PEM or DER.
    ///
    /// # Errors
    /// If there is none.
    pub fn with_certificates(mut self, text: &[u8]) -> Result<Self, KeyError> {
        let of_pem = X509::stack_from_pem(text).unwrap_or_default();
        let found = if of_pem.is_empty() { X509::from_der(text).into_iter().collect() } else { of_pem };
        if found.is_empty() {
            return Err(KeyError::Certificate);
        }
        for certificate in found {
            self.certificates.push(certificate.to_der().map_err(|_| KeyError::Certificate)?);
        }
        Ok(self)
    }

    /// Verifies an ID token with the keys of this JWK set (RFC 7517).
    ///
    /// # Errors
    /// If it is none.
    pub fn with_jwks(mut self, json: &[u8]) -> Result<Self, KeyError> {
        let keys = oidc::parse_jwks(json).map_err(|error| KeyError::Jwks(error.to_string()))?;
        self.jwks = Some(keys);
        Ok(self)
    }
}

/// What a message can be wrapped in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Display)]
#[serde(rename_all = "kebab-case")]
pub enum Wrapping {
    /// A JSON document: a tracer's export, a token response.
    #[strum(to_string = "JSON")]
    Json,
    /// The form field, or the parameter of a URL, that SAML names.
    #[strum(to_string = "the field SAMLResponse")]
    SamlResponseField,
    /// The field that OpenID Connect names.
    #[strum(to_string = "the field id_token")]
    IdTokenField,
    /// `%3D` in place of `=`.
    #[strum(to_string = "URL escapes")]
    UrlEscapes,
    /// `&lt;` in place of `<`.
    #[strum(to_string = "XML escapes")]
    XmlEscapes,
    /// Base64, of either alphabet.
    #[strum(to_string = "base64")]
    Base64,
    /// DEFLATE (saml-bindings 3.4.4.1).
    #[strum(to_string = "DEFLATE")]
    Deflate,
    /// The claims of an ID token, without its header and signature.
    #[strum(to_string = "bare claims")]
    Claims,
}

/// Why no message can be read. Completes "failed to ...".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAMessage {
    /// Nothing was given.
    #[error("find a SAML response or an ID token in an empty text")]
    Empty,
    /// More than any real export.
    #[error("read a text of more than {} MiB", GREATEST_LENGTH / 1024 / 1024)]
    TooLarge,
    /// A JWE, which only its recipient can read (RFC 7516).
    #[error("read the ID token: it is encrypted, and only the org has the key")]
    Encrypted,
    /// A message of SAML that says nothing about how a user signed in.
    #[error("find a SAML response in it: it holds a message of another kind, {0}")]
    OtherMessage(String),
    /// Anything else.
    #[error("find a SAML response or an ID token in it")]
    NotFound,
}

/// The same without any key.
///
/// # Errors
/// The same.
pub fn inspect(pasted: &str) -> Result<Inspected, NotAMessage> {
    inspect_with(pasted, &Keys::default())
}

/// Finds the message in what was pasted. Of several, as in the export of a tracer, the last one counts.
///
/// # Errors
/// If there is none, or it cannot be read by anybody but the org.
pub fn inspect_with(pasted: &str, keys: &Keys) -> Result<Inspected, NotAMessage> {
    if pasted.len() > GREATEST_LENGTH {
        return Err(NotAMessage::TooLarge);
    }
    if trimmed(pasted).is_empty() {
        return Err(NotAMessage::Empty);
    }
    let bytes_left = pasted.len().saturating_mul(BYTES_READ_PER_BYTE).saturating_add(BYTES_READ_AT_LEAST);
    let mut search = Search { keys, bytes_left, encrypted: false, other: None };
    match search.look(pasted, &[]) {
        Some(found) => Ok(found),
        None if search.encrypted => Err(NotAMessage::Encrypted),
        None => Err(search.other.map_or(NotAMessage::NotFound, NotAMessage::OtherMessage)),
    }
}

/// One search, and what it met that is no answer of an identity provider.
struct Search<'k> {
    keys: &'k Keys,
    /// A text can hold texts that hold texts: how much may still be read of them, so that the time is linear.
    bytes_left: usize,
    encrypted: bool,
    other: Option<String>,
}

impl Search<'_> {
    fn look(&mut self, text: &str, wrappings: &[Wrapping]) -> Option<Inspected> {
        self.bytes_left = self.bytes_left.saturating_sub(text.len().max(SHORTEST));
        if self.bytes_left == 0 || wrappings.len() > MOST_WRAPPINGS {
            return None;
        }
        let text = trimmed(text);
        if let Some(found) = self.as_xml(text, wrappings) {
            return Some(found);
        }
        if let Some(value) = json(text) {
            return self.in_json(&value, &within(wrappings, Wrapping::Json));
        }
        self.as_token(text, wrappings)
            .or_else(|| self.in_fields(text, wrappings))
            .or_else(|| self.in_words(text, wrappings))
            .or_else(|| self.without_escapes(text, wrappings))
            .or_else(|| self.in_base64(text, wrappings))
    }

    fn as_xml(&mut self, text: &str, wrappings: &[Wrapping]) -> Option<Inspected> {
        if !text.starts_with('<') {
            return None;
        }
        match root(text) {
            "Response" | "Assertion" => Some(response(text, wrappings, self.keys)),
            other if text.contains(SAML_NAMESPACES) => {
                self.other = Some(other.chars().take(LONGEST_NAME).collect());
                None
            }
            _ => None,
        }
    }

    fn in_json(&mut self, value: &Value, wrappings: &[Wrapping]) -> Option<Inspected> {
        if let Some(found) = as_claims(value, wrappings) {
            return Some(found);
        }
        let mut texts = Vec::new();
        collect_texts(value, "", &mut texts);
        let (named, others): (Vec<_>, Vec<_>) = texts.into_iter().partition(|(field, _)| field.is_some());
        for (field, text) in named.into_iter().rev() {
            let inside: Vec<Wrapping> = wrappings.iter().copied().chain(field).collect();
            if let Some(found) = self.look(text, &inside) {
                return Some(found);
            }
        }
        others.into_iter().rev().find_map(|(_, text)| self.look(text, wrappings))
    }

    fn as_token(&mut self, text: &str, wrappings: &[Wrapping]) -> Option<Inspected> {
        let text = text.strip_prefix("Bearer ").unwrap_or(text);
        if !text.chars().all(is_token_char) || !text.starts_with(JSON_IN_BASE64) {
            return None;
        }
        match text.split('.').count() {
            3 => Some(id_token(text, wrappings, self.keys)),
            5 => {
                self.encrypted = true;
                None
            }
            _ => None,
        }
    }

    /// `SAMLResponse=…&RelayState=…`, an address, a hidden field of a page, a line of a tracer.
    fn in_fields(&mut self, text: &str, wrappings: &[Wrapping]) -> Option<Inspected> {
        for (name, wrapping) in FIELDS {
            for (at, _) in text.rmatch_indices(name) {
                if self.bytes_left == 0 {
                    return None;
                }
                let Some(value) = field_value(&text[at + name.len()..]) else { continue };
                if let Some(found) = self.look(value, &within(wrappings, wrapping)) {
                    return Some(found);
                }
            }
        }
        None
    }

    /// A token among other words, as in the header of a request.
    fn in_words(&mut self, text: &str, wrappings: &[Wrapping]) -> Option<Inspected> {
        let words = text.rsplit(|letter: char| !is_token_char(letter));
        let mut tokens = words.filter(|word| word.len() < text.len() && word.starts_with(JSON_IN_BASE64));
        tokens.find_map(|token| self.as_token(token, wrappings))
    }

    fn without_escapes(&mut self, text: &str, wrappings: &[Wrapping]) -> Option<Inspected> {
        if text.starts_with("&lt;") {
            let plain = quick_xml::escape::unescape(text).ok()?;
            return self.look(&plain, &within(wrappings, Wrapping::XmlEscapes));
        }
        if !text.contains('%') {
            return None;
        }
        // A `+` of base64 is no blank here.
        let form = format!("text={}", text.replace('+', "%2B").replace('&', "%26"));
        let (_, plain) = form_urlencoded::parse(form.as_bytes()).next()?;
        if plain == text { None } else { self.look(&plain, &within(wrappings, Wrapping::UrlEscapes)) }
    }

    fn in_base64(&mut self, text: &str, wrappings: &[Wrapping]) -> Option<Inspected> {
        let compact: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
        let standard = compact.replace('-', "+").replace('_', "/");
        let bytes = LENIENT.decode(standard).ok().filter(|bytes| bytes.len() >= SHORTEST)?;
        let inside = within(wrappings, Wrapping::Base64);
        if let Ok(plain) = std::str::from_utf8(&bytes)
            && let Some(found) = self.look(plain, &inside)
        {
            return Some(found);
        }
        let inflated = self.inflated(&bytes)?;
        self.look(&inflated, &within(&inside, Wrapping::Deflate))
    }

    /// What was inflated counts as read, also of what is no message.
    fn inflated(&mut self, bytes: &[u8]) -> Option<String> {
        let most = u64::try_from(self.bytes_left.min(GREATEST_LENGTH)).unwrap_or(u64::MAX);
        let mut plain = Vec::new();
        let read = DeflateDecoder::new(bytes).take(most).read_to_end(&mut plain);
        self.bytes_left = self.bytes_left.saturating_sub(plain.len());
        read.ok()?;
        String::from_utf8(plain).ok()
    }
}

fn response(xml: &str, wrappings: &[Wrapping], keys: &Keys) -> Inspected {
    // The org reads the form field, so this does too.
    let message = saml::response_form_value(xml);
    let parts = saml::parts(&message, &keys.private);
    let verified = || saml::check_signature(&message, &keys.certificates).map_err(|rejection| rejection.to_string());
    Inspected {
        kind: MessageKind::SamlResponse,
        wrappings: wrappings.to_vec(),
        issuer: saml::claimed(&message).ok().map(|claimed| claimed.issuer),
        signals: parts.signals.into_iter().map(|(signal, signed)| FoundSignal { signal, signed }).collect(),
        others: parts.others,
        signed: saml::readable_decrypted(&message, &keys.private).signed,
        signature: if keys.certificates.is_empty() { SignatureCheck::NotChecked } else { checked(verified()) },
        refusal: saml::check_form(&message).err().map(|rejection| rejection.to_string()),
    }
}

fn checked<P: Into<String>>(verified: Result<P, String>) -> SignatureCheck {
    match verified {
        Ok(part) => SignatureCheck::Verified { of: part.into() },
        Err(why) => SignatureCheck::Refused { why },
    }
}

fn id_token(token: &str, wrappings: &[Wrapping], keys: &Keys) -> Inspected {
    let kind = MessageKind::IdToken;
    let readable = oidc::readable(token);
    let oidc::ClaimParts { signals, mut others } = oidc::parts_of_token(token);
    if readable.signed {
        others.push("signature".to_owned());
    }
    let verified = |jwks| {
        let verified = oidc::check_signature_only(token, jwks);
        checked(verified.map(|()| kind.name()).map_err(|rejection| rejection.to_string()))
    };
    let signed = readable.signed;
    Inspected {
        kind,
        wrappings: wrappings.to_vec(),
        issuer: readable.issuer,
        signals: signals.into_iter().map(|signal| FoundSignal { signal, signed }).collect(),
        others,
        signed: if signed { vec![kind.name().to_owned()] } else { Vec::new() },
        signature: keys.jwks.as_ref().map_or(SignatureCheck::NotChecked, verified),
        refusal: oidc::check_form(token).err().map(|rejection| rejection.to_string()),
    }
}

/// The claims of an ID token, as a decoder prints them: alone, or as the member `payload`.
fn as_claims(value: &Value, wrappings: &[Wrapping]) -> Option<Inspected> {
    let is_claims = |value: &&Value| {
        let has = |claim: &str| value.get(claim).is_some();
        has("amr") || has("acr") || (has("iss") && has("sub") && has("aud"))
    };
    let claims = [Some(value), value.get("payload"), value.get("claims")].into_iter().flatten().find(is_claims)?;
    let oidc::ClaimParts { signals, others } = oidc::parts_of(claims);
    Some(Inspected {
        kind: MessageKind::IdToken,
        wrappings: within(wrappings, Wrapping::Claims),
        issuer: claims.get("iss").and_then(Value::as_str).map(str::to_owned),
        signals: signals.into_iter().map(|signal| FoundSignal { signal, signed: false }).collect(),
        others,
        signed: Vec::new(),
        signature: SignatureCheck::NotChecked,
        refusal: None,
    })
}

/// The texts of a JSON document, and the field that holds each: by its key, as `name` and `value`, or as a pair.
fn collect_texts<'v>(value: &'v Value, name: &str, texts: &mut Vec<(Option<Wrapping>, &'v str)>) {
    match value {
        Value::String(text) => {
            let field = FIELDS.iter().find(|(field, _)| *field == name).map(|(_, wrapping)| *wrapping);
            texts.push((field, text));
        }
        Value::Array(items) => {
            let mut name = name;
            for item in items {
                collect_texts(item, name, texts);
                name = item.as_str().unwrap_or(name);
            }
        }
        Value::Object(fields) => {
            let named = fields.get("name").and_then(Value::as_str).unwrap_or_default();
            for (key, value) in fields {
                collect_texts(value, if key == "value" { named } else { key }, texts);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn within(wrappings: &[Wrapping], next: Wrapping) -> Vec<Wrapping> {
    wrappings.iter().copied().chain([next]).collect()
}

/// Without what copying adds: blanks, quotes, a byte order mark.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|letter: char| letter.is_whitespace() || matches!(letter, '\u{feff}' | '"' | '\'' | '`'))
}

fn json(text: &str) -> Option<Value> {
    if text.starts_with(['{', '[']) { serde_json::from_str(text).ok() } else { None }
}

/// The local name of the first element.
fn root(xml: &str) -> &str {
    let is_name = |part: &&str| part.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
    let start = xml.split('<').find(is_name).unwrap_or_default();
    let end = start.find(|letter: char| letter.is_whitespace() || matches!(letter, '>' | '/')).unwrap_or(start.len());
    start[..end].rsplit(':').next().unwrap_or_default()
}

/// The value that follows the name of a field: the first text nearby that is long enough.
fn field_value(rest: &str) -> Option<&str> {
    let runs = rest.split(|letter: char| !is_token_char(letter) && !matches!(letter, '+' | '/' | '=' | '%'));
    let mut words = runs.map(|run| run.trim_start_matches('=')).filter(|run| !run.is_empty()).take(NEARBY);
    words.find(|word| word.len() >= SHORTEST)
}

fn is_token_char(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.')
}

/// Accepts base64 with and without its padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);
/// The fields that carry a message (saml-bindings 3.5.4, OpenID Connect Core 3.1.3.3).
const FIELDS: [(&str, Wrapping); 2] =
    [("SAMLResponse", Wrapping::SamlResponseField), ("id_token", Wrapping::IdTokenField)];
/// How the namespaces of SAML 2.0 begin.
const SAML_NAMESPACES: &str = "urn:oasis:names:tc:SAML:2.0:";
/// How every JOSE header begins: `{"`.
const JSON_IN_BASE64: &str = "eyJ";
/// An export of a tracer with its pictures left out.
const GREATEST_LENGTH: usize = 8 * 1024 * 1024;
/// Twelve wrappings, and the parts of an export in which a message stands more than once.
const BYTES_READ_PER_BYTE: usize = 16;
/// Enough for the short text of a long message that was deflated.
const BYTES_READ_AT_LEAST: usize = 1024 * 1024;
const MOST_WRAPPINGS: usize = 12;
/// In bytes; no message is shorter, and most words are.
const SHORTEST: usize = 24;
/// In characters, of an element that people are told of.
const LONGEST_NAME: usize = 40;
/// How many words may stand between the name of a field and its value.
const NEARBY: usize = 8;

#[cfg(test)]
mod tests;

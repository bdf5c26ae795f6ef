//! The query of the HTTP-Redirect binding and its detached signature.
//!
//! Source: saml-bindings 3.4.4.1. The signature covers the percent-encoded values as they were sent, so they are kept raw.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::bn::BigNum;
use openssl::ecdsa::EcdsaSig;
use openssl::hash::MessageDigest;
use openssl::pkey::Id;
use openssl::sign::Verifier;
use openssl::x509::X509;
use url::form_urlencoded;

use super::names::{ECDSA_SHA256, RSA_SHA256, RSA_SHA384, RSA_SHA512};
use super::request_rejection::RequestRejection;
use super::trusted_certificate::TrustedCertificate;

/// The parameters of a message by HTTP-Redirect.
pub(super) struct RedirectQuery {
    pub(super) message: String,
    pub(super) relay_state: Option<String>,
    signature: Option<DetachedSignature>,
}

struct DetachedSignature {
    signed: String,
    algorithm: String,
    value: String,
}

impl RedirectQuery {
    /// Reads the query with a message in the parameter of this name: `SAMLRequest` or `SAMLResponse`.
    pub(super) fn parse(query: &str, name: &'static str) -> Result<Self, RequestRejection> {
        let mut parameters = Parameters::of(query);
        let message = parameters.take(name)?.ok_or(RequestRejection::Missing)?;
        let relay_state = parameters.take("RelayState")?;
        let algorithm = parameters.take("SigAlg")?;
        let signature = parameters.take("Signature")?;
        if parameters.take("SAMLEncoding")?.is_some_and(|encoding| encoding.decoded != DEFLATE_ENCODING) {
            return Err(RequestRejection::NotDeflated);
        }
        let signature = match (signature, algorithm) {
            (None, None) => None,
            // A signature that was taken away, not a request that never had one.
            (None, Some(_)) => return Err(RequestRejection::MissingPart("Signature")),
            (Some(_), None) => return Err(RequestRejection::MissingPart("SigAlg")),
            (Some(value), Some(algorithm)) => {
                let parts = [Some(&message), relay_state.as_ref(), Some(&algorithm)];
                let parts: Vec<_> = parts.into_iter().flatten().map(|one| one.raw).collect();
                Some(DetachedSignature { signed: parts.join("&"), algorithm: algorithm.decoded, value: value.decoded })
            }
        };
        Ok(Self {
            message: message.decoded,
            relay_state: relay_state.map(|relay_state| relay_state.decoded),
            signature,
        })
    }

    /// Verifies the signature; `false` when there is none.
    pub(super) fn verify_signature(&self, certificates: &[TrustedCertificate]) -> Result<bool, RequestRejection> {
        let Some(signature) = &self.signature else { return Ok(false) };
        let (digest, key_type) = match signature.algorithm.as_str() {
            RSA_SHA256 => (MessageDigest::sha256(), Id::RSA),
            RSA_SHA384 => (MessageDigest::sha384(), Id::RSA),
            RSA_SHA512 => (MessageDigest::sha512(), Id::RSA),
            ECDSA_SHA256 => (MessageDigest::sha256(), Id::EC),
            other => return Err(RequestRejection::WeakAlgorithm { found: other.to_owned() }),
        };
        if certificates.is_empty() {
            return Err(RequestRejection::NoCertificate);
        }
        let value = STANDARD.decode(&signature.value).map_err(|_| RequestRejection::SignatureInvalid)?;
        let value = if key_type == Id::EC { ecdsa_der(value) } else { value };
        let verifies = |certificate: &Vec<u8>| {
            let key = X509::from_der(certificate).and_then(|certificate| certificate.public_key());
            key.is_ok_and(|key| {
                key.id() == key_type
                    && Verifier::new(digest, &key)
                        .and_then(|mut verifier| verifier.verify_oneshot(&value, signature.signed.as_bytes()))
                        .unwrap_or(false)
            })
        };
        let verified_by = |expired| TrustedCertificate::ders(certificates, expired).iter().any(verifies);
        if verified_by(false) {
            Ok(true)
        } else if verified_by(true) {
            Err(RequestRejection::CertificateExpired)
        } else {
            Err(RequestRejection::SignatureInvalid)
        }
    }
}

struct Parameter<'a> {
    raw: &'a str,
    decoded: String,
}

struct Parameters<'a>(Vec<(Cow<'a, str>, Parameter<'a>)>);

impl<'a> Parameters<'a> {
    fn of(query: &'a str) -> Self {
        let read = |raw: &'a str| {
            let (name, value) = form_urlencoded::parse(raw.as_bytes()).next()?;
            Some((name, Parameter { raw, decoded: value.into_owned() }))
        };
        Self(query.split('&').filter_map(read).collect())
    }

    /// The only one of this name.
    fn take(&mut self, name: &'static str) -> Result<Option<Parameter<'a>>, RequestRejection> {
        let Some(at) = self.0.iter().position(|(key, _)| key == name) else { return Ok(None) };
        let (_, first) = self.0.swap_remove(at);
        if self.0.iter().any(|(key, _)| key == name) {
            Err(RequestRejection::DuplicateParameter(name))
        } else {
            Ok(Some(first))
        }
    }
}

/// XML Signature writes `r || s`, most implementations of this binding DER. Both are accepted.
fn ecdsa_der(value: Vec<u8>) -> Vec<u8> {
    if value.len() != 64 {
        return value;
    }
    let (r, s) = value.split_at(32);
    let der = BigNum::from_slice(r)
        .and_then(|r| EcdsaSig::from_private_components(r, BigNum::from_slice(s)?))
        .and_then(|signature| signature.to_der());
    der.unwrap_or(value)
}

const DEFLATE_ENCODING: &str = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE";

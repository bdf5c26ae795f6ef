//! Enveloped XML signatures over messages that are built here.
//!
//! This replaces `samael::crypto::Crypto::sign_xml`, which writes text unescaped, signs only the first signature of a
//! document, digests with SHA-1 by default, lets libxml2 repair what it signs, and decodes the private key on every
//! call, which costs more than the RSA operation itself. A message from [`canonical`](super::canonical) is already in
//! exclusive canonical form, so signing needs only a SHA-256 digest and one OpenSSL signature with a key that is kept
//! decoded. xmlsec still does the verifying.
//!
//! Source: W3C xmldsig-core1 (4.4 SignedInfo, 6.4 algorithms), saml-core 5.4 (profile of XML Signature), RFC 4051 2.3.6 (ECDSA).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::pkey::Id;
use openssl::sha::sha256;
use vestibule_certs::SigningKey;
use vestibule_model::{EncryptedPart, SamlSigning};

use super::canonical::{Element, IllegalCharacter};
use super::encryption::{Encryption, EncryptionError};
use super::names::{ECDSA_SHA256, ENVELOPED_SIGNATURE, EXC_C14N, RSA_SHA256, SHA256};
use super::response_spec::ResponseSpec;

/// Failed to sign a message.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SigningError {
    /// A value has a character that XML cannot carry.
    #[error(transparent)]
    Write(#[from] IllegalCharacter),
    /// The key is neither RSA nor EC.
    #[error("sign with a key that is neither RSA nor EC")]
    UnsupportedKey,
    /// OpenSSL refused the key.
    #[error("sign with OpenSSL")]
    OpenSsl(#[from] ErrorStack),
    /// A part could not be encrypted.
    #[error(transparent)]
    Encrypt(#[from] EncryptionError),
}

/// A `Response` that is ready to be sent: as it is, or inside another message.
#[derive(Clone)]
pub(crate) struct SignedResponse {
    /// As an element, so that it can become a child without a change of its canonical form.
    pub(super) element: Element,
    /// As a text.
    pub(crate) xml: String,
}

/// Builds and signs a `Response`. An error response has no assertion, so the whole response is signed regardless of
/// `signed`.
///
/// # Errors
///
/// If a value has a character that XML cannot carry, or the key cannot sign.
#[cfg(test)]
pub(crate) fn sign_response(
    spec: &ResponseSpec,
    signed: SamlSigning,
    key: &SigningKey,
) -> Result<String, SigningError> {
    encrypt_and_sign_response(spec, signed, key, None).map(|response| response.xml)
}

/// The same, with parts encrypted: the name and the attributes before the assertion is signed, the assertion after that and
/// before the `Response` is (saml-core 6.2).
///
/// # Errors
///
/// If a value has a character that XML cannot carry, or a key cannot sign or encrypt.
pub(crate) fn encrypt_and_sign_response(
    spec: &ResponseSpec,
    signed: SamlSigning,
    key: &SigningKey,
    mut encryption: Option<Encryption<'_>>,
) -> Result<SignedResponse, SigningError> {
    let mut element = match spec.assertion_element(encryption.as_mut())? {
        None => spec.element(None),
        Some((id, mut assertion)) => {
            if signed != SamlSigning::Response {
                sign(&mut assertion, id, key)?;
            }
            if let Some(encryption) = encryption.as_mut() {
                assertion = encryption.sealed_if(EncryptedPart::Assertion, assertion)?;
            }
            spec.element(Some(assertion))
        }
    };
    if signed != SamlSigning::Assertion || spec.assertion.is_none() {
        sign(&mut element, &spec.response_id, key)?;
    }
    let xml = element.canonical()?;
    Ok(SignedResponse { element, xml })
}

/// Inserts an enveloped signature after the first child, the `Issuer`.
pub(super) fn sign(element: &mut Element, id: &str, key: &SigningKey) -> Result<(), SigningError> {
    let signature = signature(element, id, key)?;
    element.insert_second(signature);
    Ok(())
}

/// Inserts an enveloped signature before the first child, as metadata has it.
pub(super) fn sign_first(element: &mut Element, id: &str, key: &SigningKey) -> Result<(), SigningError> {
    let signature = signature(element, id, key)?;
    element.insert_first(signature);
    Ok(())
}

fn signature(element: &Element, id: &str, key: &SigningKey) -> Result<Element, SigningError> {
    let digest = STANDARD.encode(sha256(element.canonical()?.as_bytes()));
    let signed_info = signed_info(id, digest, signature_algorithm(key)?);
    let value = STANDARD.encode(xml_signature(key, signed_info.canonical()?.as_bytes())?);
    Ok(Element::ds("Signature")
        .child(signed_info)
        .child(Element::ds("SignatureValue").text(value))
        .child(key_info(key.certificate_der())))
}

/// The signature algorithm of a key.
pub(super) fn signature_algorithm(key: &SigningKey) -> Result<&'static str, SigningError> {
    match key.pkey().id() {
        Id::RSA => Ok(RSA_SHA256),
        Id::EC => Ok(ECDSA_SHA256),
        _ => Err(SigningError::UnsupportedKey),
    }
}

/// The signature in the form of XML Signature: ECDSA as `r || s`.
fn xml_signature(key: &SigningKey, bytes: &[u8]) -> Result<Vec<u8>, SigningError> {
    let signature = key.sign_sha256(bytes)?;
    if key.pkey().id() != Id::EC {
        return Ok(signature);
    }
    let field = i32::try_from(key.pkey().bits().div_ceil(8)).map_err(|_| SigningError::UnsupportedKey)?;
    let signature = EcdsaSig::from_der(&signature)?;
    let mut value = signature.r().to_vec_padded(field)?;
    value.extend(signature.s().to_vec_padded(field)?);
    Ok(value)
}

/// `KeyInfo` with one X.509 certificate.
pub(super) fn key_info(certificate_der: &[u8]) -> Element {
    let certificate = Element::ds("X509Certificate").text(STANDARD.encode(certificate_der));
    Element::ds("KeyInfo").child(Element::ds("X509Data").child(certificate))
}

fn signed_info(id: &str, digest: String, algorithm: &str) -> Element {
    let transforms = [ENVELOPED_SIGNATURE, EXC_C14N].map(|uri| Element::ds("Transform").attribute("Algorithm", uri));
    let reference = Element::ds("Reference")
        .attribute("URI", format!("#{id}"))
        .child(Element::ds("Transforms").children(transforms))
        .child(Element::ds("DigestMethod").attribute("Algorithm", SHA256))
        .child(Element::ds("DigestValue").text(digest));
    Element::ds("SignedInfo")
        .child(Element::ds("CanonicalizationMethod").attribute("Algorithm", EXC_C14N))
        .child(Element::ds("SignatureMethod").attribute("Algorithm", algorithm))
        .child(reference)
}

//! Signatures over the text of an element, in every shape that a case needs. What is signed is canonical already.
//!
//! Source: W3C xmldsig-core1, RFC 6931 (algorithms).

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::ecdsa::EcdsaSig;
use openssl::hash::{MessageDigest, hash};
use openssl::pkey::PKey;
use openssl::sign::Signer;
use openssl::x509::X509;
use vestibule_certs::{KeyAlgorithm, SigningKey};

use super::NotApplicable;
use crate::attacks::keys::Keys;

/// How a signature is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// Who signs.
    pub(crate) signer: By,
    /// The hash of the signature.
    pub(crate) method: Hash,
    /// The hash of the reference.
    pub(crate) digest: Hash,
    /// `Algorithm` of `CanonicalizationMethod`.
    pub(crate) canonicalization: &'static str,
    /// What each `Reference` refers to.
    pub(crate) references: &'static [Target],
    /// `Algorithm` of each `Transform`, with what the element contains.
    pub(crate) transforms: &'static [(&'static str, &'static str)],
    /// Whose certificate `KeyInfo` contains.
    pub(crate) key_info: KeyInfo,
    /// Whether `DigestValue` is that of the element.
    pub(crate) right_digest: bool,
}

/// Who signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// The identity provider.
    Own,
    /// A stranger.
    Foreign,
    /// The identity provider, with its next key.
    RolledOver,
    /// The identity provider, with a key whose certificate has expired.
    Expired,
    /// Anybody who has the certificate, by an HMAC whose secret is its PEM.
    Hmac,
}

/// A hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// What a `Reference` refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// The element that contains the signature.
    Parent,
    /// The whole document: an empty `URI`.
    Document,
    /// An element that is not there.
    Elsewhere,
}

/// What `KeyInfo` contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyInfo {
    /// The certificate of the key that signs.
    Signer,
    /// The certificate of the identity provider.
    Own,
    /// The certificate of a stranger.
    Foreign,
    /// The name of a key.
    Name,
    /// It is not there.
    Missing,
}

impl Shape {
    /// The shape of a good signature.
    pub(crate) const GOOD: Self = Self {
        signer: By::Own,
        method: Hash::Sha256,
        digest: Hash::Sha256,
        canonicalization: EXC_C14N,
        references: &[Target::Parent],
        transforms: &[(ENVELOPED, ""), (EXC_C14N, "")],
        key_info: KeyInfo::Signer,
        right_digest: true,
    };
}

/// A `ds:Signature` in an element with this `ID`.
pub(super) fn signature(element: &str, id: &str, shape: &Shape, keys: &Keys) -> Result<String, NotApplicable> {
    let inner = signed_info(element, id, shape, keys)?;
    // In the message, the prefixes of the elements around are in scope, which an inclusive canonicaliser writes too.
    let inherited = if is_inclusive(shape.canonicalization) { INHERITED } else { "" };
    let canonical = format!("<ds:SignedInfo xmlns:ds=\"{DSIG}\"{inherited}>{inner}</ds:SignedInfo>");
    let value = STANDARD.encode(value(canonical.as_bytes(), shape, keys)?);
    let key_info = key_info(shape, keys);
    Ok(format!(
        "<ds:Signature xmlns:ds=\"{DSIG}\"><ds:SignedInfo>{inner}</ds:SignedInfo>\
         <ds:SignatureValue>{value}</ds:SignatureValue>{key_info}</ds:Signature>"
    ))
}

/// The content of `SignedInfo`.
pub(super) fn signed_info(element: &str, id: &str, shape: &Shape, keys: &Keys) -> Result<String, NotApplicable> {
    let digested = match shape.transforms {
        [.., (last, _)] if is_inclusive(last) => element.replacen(" xmlns:saml=", &format!("{SAMLP} xmlns:saml="), 1),
        _ => element.to_owned(),
    };
    let digested = if shape.right_digest { digested } else { format!("{digested} ") };
    let digest = hash(shape.digest.message_digest(), digested.as_bytes()).map_err(|_| NotApplicable("digest"))?;
    let digest = STANDARD.encode(digest);
    let transforms: String = shape.transforms.iter().map(|(uri, inner)| transform(uri, inner)).collect();
    let reference = |target: &Target| {
        let uri = match target {
            Target::Parent => format!("#{id}"),
            Target::Document => String::new(),
            Target::Elsewhere => "#_elsewhere".to_owned(),
        };
        format!(
            "<ds:Reference URI=\"{uri}\"><ds:Transforms>{transforms}</ds:Transforms>\
             <ds:DigestMethod Algorithm=\"{}\"></ds:DigestMethod><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>",
            shape.digest.uri()
        )
    };
    let references: String = shape.references.iter().map(reference).collect();
    let method = method_uri(shape, keys.of(shape.signer).algorithm());
    Ok(format!(
        "<ds:CanonicalizationMethod Algorithm=\"{}\"></ds:CanonicalizationMethod>\
         <ds:SignatureMethod Algorithm=\"{method}\"></ds:SignatureMethod>{references}",
        shape.canonicalization
    ))
}

fn transform(uri: &str, inner: &str) -> String {
    format!("<ds:Transform Algorithm=\"{uri}\">{inner}</ds:Transform>")
}

fn value(signed_info: &[u8], shape: &Shape, keys: &Keys) -> Result<Vec<u8>, NotApplicable> {
    let failed = |_| NotApplicable("key");
    let key = keys.of(shape.signer);
    let digest = shape.method.message_digest();
    if shape.signer == By::Hmac {
        let secret = PKey::hmac(&certificate_pem(key.certificate_der())?).map_err(failed)?;
        return Signer::new(digest, &secret)
            .and_then(|mut signer| signer.sign_oneshot_to_vec(signed_info))
            .map_err(failed);
    }
    let signature = Signer::new(digest, key.pkey()).and_then(|mut signer| signer.sign_oneshot_to_vec(signed_info));
    let signature = signature.map_err(failed)?;
    if key.algorithm() == KeyAlgorithm::Rsa2048 {
        return Ok(signature);
    }
    let signature = EcdsaSig::from_der(&signature).map_err(failed)?;
    let (r, s) = (signature.r().to_vec_padded(32).map_err(failed)?, signature.s().to_vec_padded(32).map_err(failed)?);
    Ok([r, s].concat())
}

/// A certificate as PEM: what many parties keep as "the key".
fn certificate_pem(der: &[u8]) -> Result<Vec<u8>, NotApplicable> {
    X509::from_der(der).and_then(|certificate| certificate.to_pem()).map_err(|_| NotApplicable("certificate"))
}

fn method_uri(shape: &Shape, algorithm: KeyAlgorithm) -> String {
    if shape.signer == By::Hmac {
        return format!("{MORE}hmac-sha256");
    }
    let kind = match algorithm {
        KeyAlgorithm::Rsa2048 => "rsa",
        // Ed25519 signs no SAML.
        KeyAlgorithm::EcP256 | KeyAlgorithm::EcP384 | KeyAlgorithm::Ed25519 => "ecdsa",
    };
    match (shape.method, kind) {
        (Hash::Sha1, "rsa") => format!("{DSIG}rsa-sha1"),
        (Hash::Sha1, _) => format!("{MORE}ecdsa-sha1"),
        (Hash::Sha256, _) => format!("{MORE}{kind}-sha256"),
        (Hash::Sha384, _) => format!("{MORE}{kind}-sha384"),
        (Hash::Sha512, _) => format!("{MORE}{kind}-sha512"),
    }
}

fn key_info(shape: &Shape, keys: &Keys) -> String {
    let certificate = |key: &SigningKey| {
        let certificate = STANDARD.encode(key.certificate_der());
        format!(
            "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
        )
    };
    match shape.key_info {
        KeyInfo::Signer => certificate(keys.of(shape.signer)),
        KeyInfo::Own => certificate(keys.of(By::Own)),
        KeyInfo::Foreign => certificate(keys.of(By::Foreign)),
        KeyInfo::Name => "<ds:KeyInfo><ds:KeyName>signing</ds:KeyName></ds:KeyInfo>".to_owned(),
        KeyInfo::Missing => String::new(),
    }
}

impl Keys {
    pub(super) fn of(&self, signer: By) -> &Arc<SigningKey> {
        match signer {
            By::Own | By::Hmac => &self.own,
            By::Foreign => &self.foreign,
            By::RolledOver => &self.rolled_over,
            By::Expired => &self.expired,
        }
    }
}

impl Hash {
    fn message_digest(self) -> MessageDigest {
        match self {
            Self::Sha1 => MessageDigest::sha1(),
            Self::Sha256 => MessageDigest::sha256(),
            Self::Sha384 => MessageDigest::sha384(),
            Self::Sha512 => MessageDigest::sha512(),
        }
    }

    fn uri(self) -> String {
        match self {
            Self::Sha1 => format!("{DSIG}sha1"),
            Self::Sha256 => "http://www.w3.org/2001/04/xmlenc#sha256".to_owned(),
            Self::Sha384 => format!("{MORE}sha384"),
            Self::Sha512 => "http://www.w3.org/2001/04/xmlenc#sha512".to_owned(),
        }
    }
}

fn is_inclusive(uri: &str) -> bool {
    uri == C14N || uri == C14N_11
}

pub(crate) const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
pub(crate) const MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";
pub(crate) const EXC_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub(crate) const EXC_C14N_WITH_COMMENTS: &str = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";
pub(crate) const C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
pub(crate) const C14N_11: &str = "http://www.w3.org/2006/12/xml-c14n11";
pub(crate) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const SAMLP: &str = " xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"";
/// The namespaces in scope at the signature of an assertion, besides that of the signature.
const INHERITED: &str =
    " xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"";

//! The one place that calls libxml2 and xmlsec, through samael.
//!
//! Synchronous and full of C objects that are not `Send`. xmlsec writes its diagnostics to stderr by itself.
//!
//! libxml2 is asked to repair broken XML by samael, so only documents that [`document`](super::document) let through come
//! here; and what comes back is the very text that was digested, so nothing that was not signed can be read by accident.

use samael::crypto::{AllowedSignatureAlgorithm, CertificateDer, Crypto, CryptoProvider as _, ReduceMode};

/// The canonical text that the document's signature covers, when it verifies against one of the certificates: the `Response` when
/// that is signed, else the `Assertion` or whatever the only signature covers. `None` when a signature does not verify, when there is
/// none, or without a certificate.
///
/// The certificates are tried one by one, since samael gives up at the first one whose key type does not fit; so all signatures
/// of a document must be by one key.
pub(super) fn signed_bytes(xml: &str, certificates: &[Vec<u8>]) -> Option<String> {
    certificates.iter().find_map(|certificate| {
        let certificate = [CertificateDer::from(certificate.clone())];
        Crypto::reduce_xml_to_signed_with_allowed_algorithms(xml, &certificate, ReduceMode::PreDigest, Some(ALLOWED))
            .ok()
    })
}

const ALLOWED: &[AllowedSignatureAlgorithm] = &[
    AllowedSignatureAlgorithm::RsaSha256,
    AllowedSignatureAlgorithm::RsaSha384,
    AllowedSignatureAlgorithm::RsaSha512,
    AllowedSignatureAlgorithm::EcdsaSha256,
];

//! The only place that calls libxml2 and xmlsec, through samael.
//!
//! It is synchronous and uses C objects that are not `Send`. xmlsec writes its own diagnostics to stderr.
//!
//! samael lets libxml2 repair broken XML, so this takes only documents that [`xml`](crate::xml) accepted. It
//! returns exactly the text that was digested, so that unsigned text cannot be read by accident.

use samael::crypto::{AllowedSignatureAlgorithm, CertificateDer, Crypto, CryptoProvider as _, ReduceMode};

/// The canonical text that the document's signature covers, if it verifies against one of the certificates: the
/// `Response` if it is signed, otherwise the element that the only signature covers, such as the `Assertion`. `None` if
/// a signature does not verify, if there is none, or without a certificate.
///
/// The certificates are tried one by one, because samael stops at the first one with another key type. So all
/// signatures of a document must be made with one key.
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

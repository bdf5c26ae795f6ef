//! The signature of metadata, where whoever imports it has the certificate of its publisher.
//!
//! Source: saml-metadata 3.

use super::receive::signed_text;
use super::request_rejection::RequestRejection;
use super::trusted_certificate::TrustedCertificate;
use crate::xml::{self, XmlRejection};

/// Why signed metadata is not imported. The text of each variant is one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MetadataSignatureFault {
    /// Not XML that is safe to read.
    #[error("read the metadata: {0}")]
    Xml(#[from] XmlRejection),
    /// No signature.
    #[error("verify the metadata: its root element has no signature")]
    Unsigned,
    /// A signature of somebody else, or of another text.
    #[error("verify the metadata: its signature does not verify against the certificate that is given")]
    Invalid,
}

/// The part of metadata that its signature covers, if this certificate, DER, verifies it.
///
/// # Errors
///
/// If it has no signature that verifies.
pub(crate) fn signed_metadata(metadata: &[u8], certificate_der: &[u8]) -> Result<String, MetadataSignatureFault> {
    let root = xml::parse_with_comments(metadata, MAX_BYTES)?;
    let certificate = TrustedCertificate { der: certificate_der.to_vec(), expired: false };
    match signed_text(&root, metadata, &[certificate]) {
        Ok(Some(signed)) => {
            let covered = xml::parse(signed.as_bytes(), MAX_BYTES)?;
            let same = covered.is(&root.namespace, &root.name) && covered.attribute("ID") == root.attribute("ID");
            if same { Ok(signed) } else { Err(MetadataSignatureFault::Invalid) }
        }
        Ok(None) => Err(MetadataSignatureFault::Unsigned),
        Err(RequestRejection::Xml(rejection)) => Err(rejection.into()),
        Err(_) => Err(MetadataSignatureFault::Invalid),
    }
}

/// Far above the metadata of one service provider.
const MAX_BYTES: usize = 1024 * 1024;

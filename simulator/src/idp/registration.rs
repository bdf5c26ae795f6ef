//! Imports the service providers that an admin registers.

use std::collections::BTreeMap;

use openssl::x509::X509;
use vestibule_model::ServiceProviderSpec;

use crate::saml::{MetadataRejection, MetadataSignatureFault, read_service_providers, signed_metadata};

/// Why metadata cannot be imported: what could not be done with it.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct MetadataError(Unusable);

#[derive(Debug, thiserror::Error)]
enum Unusable {
    #[error(transparent)]
    Content(#[from] MetadataRejection),
    #[error(transparent)]
    Signature(#[from] MetadataSignatureFault),
    #[error("read the certificate of the metadata: it is not an X.509 certificate in PEM")]
    Certificate,
}

/// The service providers that metadata describes (`EntityDescriptor`, `EntitiesDescriptor`), by entity id. Its signature is
/// not checked; its `validUntil` is kept.
///
/// # Errors
///
/// If there is none, or one cannot be used as it is.
pub fn service_providers_in(metadata: &[u8]) -> Result<BTreeMap<String, ServiceProviderSpec>, MetadataError> {
    read_service_providers(metadata).map_err(|rejection| MetadataError(rejection.into()))
}

/// The same, of metadata that somebody signed whose certificate, PEM, is at hand. Only what the signature covers is read.
///
/// # Errors
///
/// As above, or if the signature does not verify.
pub fn signed_service_providers_in(
    metadata: &[u8],
    certificate: &str,
) -> Result<BTreeMap<String, ServiceProviderSpec>, MetadataError> {
    let der = X509::from_pem(certificate.as_bytes()).and_then(|certificate| certificate.to_der());
    let der = der.map_err(|_| MetadataError(Unusable::Certificate))?;
    let signed = signed_metadata(metadata, &der).map_err(|fault| MetadataError(fault.into()))?;
    service_providers_in(signed.as_bytes())
}

//! Imports the service providers that an admin registers.

use std::collections::BTreeMap;

use vestibule_model::ServiceProviderSpec;

use crate::saml::{MetadataRejection, read_service_providers};

/// Why metadata cannot be imported: what could not be done with it.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct MetadataError(MetadataRejection);

/// The service providers that metadata describes (`EntityDescriptor`, `EntitiesDescriptor`), by entity id. Its signature is
/// not checked; its `validUntil` is kept.
///
/// # Errors
///
/// If there is none, or one cannot be used as it is.
pub fn service_providers_in(metadata: &[u8]) -> Result<BTreeMap<String, ServiceProviderSpec>, MetadataError> {
    read_service_providers(metadata).map_err(MetadataError)
}

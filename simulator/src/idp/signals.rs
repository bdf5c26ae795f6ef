//! Which signals an identity provider emits after a sign-in.

use super::presets::{self, PresetError};
use crate::policy::terms::{Carrier, Signal};
use crate::realm::{IdpProtocol, IdpSpec, MethodUsed};

/// The class reference of a SAML response that says nothing else.
pub const SAML_UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified";

/// The signals that an identity provider emits after this method: exactly those named, or the preset's.
///
/// A SAML response always has an `AuthnContextClassRef` (SAML core, 2.7.2.2), so one is added where none is named.
///
/// # Errors
///
/// Where the preset is unknown or does not know the protocol.
pub fn emitted(spec: &IdpSpec, method: MethodUsed) -> Result<Vec<Signal>, PresetError> {
    let mut signals = match (&spec.emit, &spec.preset) {
        (Some(exactly), _) => exactly.clone(),
        (None, Some(preset)) => presets::signals(preset, spec.protocol, method)?,
        (None, None) => Vec::new(),
    };
    let has_class_ref = signals.iter().any(|signal| signal.carrier == Carrier::AuthnContextClassRef);
    if spec.protocol == IdpProtocol::Saml && !has_class_ref {
        signals.insert(0, Signal::new(SAML_UNSPECIFIED, Carrier::AuthnContextClassRef));
    }
    Ok(signals)
}

//! The one thing that a case changes in a good answer.

use super::oidc::OidcMutation;
use super::saml::SamlMutation;
use super::webauthn::{CeremonyKind, WebauthnMutation};

/// A change of a good answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mutation {
    /// None: the answer is good, and how it is delivered is not.
    None,
    /// Of a `Response`.
    Saml(SamlMutation),
    /// Of an answer of OpenID Connect.
    Oidc(OidcMutation),
    /// Of a ceremony.
    Webauthn(CeremonyKind, WebauthnMutation),
}

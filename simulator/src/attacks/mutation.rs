//! The one thing that a case changes in a good answer.

use super::oidc::{LogoutMutation, OidcMutation};
use super::saml::{LogoutRequestMutation, SamlMutation};
use super::totp::CodeMutation;
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
    /// Of a `LogoutRequest`.
    SamlLogout(LogoutRequestMutation),
    /// Of a logout token.
    Logout(LogoutMutation),
    /// Of a code that is typed.
    Code(CodeMutation),
    /// Of a ceremony.
    Webauthn(CeremonyKind, WebauthnMutation),
}

//! What a login proved, as the rules see it.

use serde::Serialize;

use vestibule_model::{LoginKind, Origin, Signal, VerificationMethod};

/// What one login proved so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The route.
    pub login: LoginKind,
    /// Whether it came through an identity provider. SAML and OpenID Connect logins always do; in an OAuth flow the UI
    /// login inside can be either.
    pub through_sso: bool,
    /// The verification method used in this login.
    pub verified_with: Option<VerificationMethod>,
    /// Signals of the identity provider, as they reached the org.
    pub signals: Vec<Signal>,
    /// "Use Salesforce MFA for this SSO Provider".
    pub salesforce_mfa_for_sso: bool,
    /// Where and when it was made.
    pub origin: Origin,
}

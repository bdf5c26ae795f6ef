//! The `Status` of a row of Login History.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

use crate::diagnostic::suggest;

/// `Status` of a login, with the vendor's texts (contract D2.1 to D2.6, H1.4, H1.7).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr,
)]
#[serde(try_from = "String", into = "String")]
pub enum LoginStatus {
    /// The login succeeded.
    #[strum(serialize = "Success")]
    Success,
    /// The password was wrong, or no user has the username.
    #[strum(serialize = "Invalid Password")]
    InvalidPassword,
    /// Too many wrong passwords or codes lock the user out.
    #[strum(serialize = "Password lockout")]
    PasswordLockout,
    /// The login lacks the MFA that is required.
    #[strum(serialize = "Multi-factor required")]
    MultiFactorRequired,
    /// A login through the API lacks the security token.
    #[strum(serialize = "Failed: API security token required")]
    SecurityTokenRequired,
    /// The browser must be activated.
    #[strum(serialize = "Failed: Computer activation required")]
    ComputerActivationRequired,
    /// The org does not allow this way to log in.
    #[strum(serialize = "Restricted domain")]
    RestrictedDomain,
    /// The address is in no login IP range of the profile.
    #[strum(serialize = "Restricted IP")]
    RestrictedIp,
    /// The time is outside the login hours of the profile.
    #[strum(serialize = "Restricted time")]
    RestrictedTime,
    /// The user is frozen.
    #[strum(serialize = "User is frozen")]
    UserFrozen,
    /// The user is deactivated.
    #[strum(serialize = "User is inactive")]
    UserInactive,
    /// The user may only log in through the API.
    #[strum(serialize = "Failed: API-only user")]
    ApiOnlyUser,
    /// A request for a code without the code challenge that is required.
    #[strum(serialize = "Failed: Invalid Code Challenge")]
    InvalidCodeChallenge,
    /// A code whose code verifier is missing or wrong.
    #[strum(serialize = "Failed: Invalid Code Verifier")]
    InvalidCodeVerifier,
    /// An answer that cannot be read, or has a part too few or too many.
    #[strum(serialize = "Failed: Assertion Invalid")]
    AssertionInvalid,
    /// An answer out of its time.
    #[strum(serialize = "Failed: Assertion Expired")]
    AssertionExpired,
    /// An answer for somebody else.
    #[strum(serialize = "Failed: Audience Invalid")]
    AudienceInvalid,
    /// An answer sent to another address.
    #[strum(serialize = "Failed: Recipient Mismatched")]
    RecipientMismatched,
    /// An answer of another issuer.
    #[strum(serialize = "Failed: Issuer Mismatched")]
    IssuerMismatched,
    /// A signature that is missing or wrong.
    #[strum(serialize = "Failed: Signature Invalid")]
    SignatureInvalid,
    /// A signature of another key than the configured one.
    #[strum(serialize = "Failed: Signature Invalid/Configured Certificate Mismatch")]
    CertificateMismatch,
    /// An answer to a request that is not waiting for one.
    #[strum(serialize = "Failed: InResponseTo Invalid")]
    InResponseToInvalid,
    /// The identity provider refused.
    #[strum(serialize = "Failed: Status Invalid")]
    StatusInvalid,
    /// No confirmation of the subject holds.
    #[strum(serialize = "Failed: Subject Confirmation Error")]
    SubjectConfirmationError,
    /// An answer that was used before.
    #[strum(serialize = "Failed: Replay Detected")]
    ReplayDetected,
    /// No user has the name that was sent.
    #[strum(serialize = "Failed: Username Or SSO Id Invalid")]
    UsernameOrSsoIdInvalid,
    /// The setting of the identity provider cannot be used.
    #[strum(serialize = "Failed: Configuration Error/Perm Disabled")]
    ConfigurationError,
    /// An answer for another org.
    #[strum(serialize = "Failed: Invalid Organization Id")]
    InvalidOrganizationId,
    /// The user that an assertion describes could not be created.
    #[strum(serialize = "Failed: SAML Provision Error")]
    ProvisionError,
}

impl LoginStatus {
    /// The vendor's text.
    pub fn text(self) -> &'static str {
        self.into()
    }
}

impl TryFrom<String> for LoginStatus {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map_err(|_| {
            let near = suggest(&text, Self::iter().map(Self::text));
            let near = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
            format!("`{text}` is no status of Login History{near}")
        })
    }
}

impl From<LoginStatus> for String {
    fn from(status: LoginStatus) -> Self {
        status.text().to_owned()
    }
}

impl JsonSchema for LoginStatus {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "LoginStatus".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "description": "`Status` of a row of Login History.", "enum": Self::iter().map(Self::text).collect::<Vec<_>>() })
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::LoginStatus;

    #[test]
    fn every_status_is_read_as_it_is_written_and_a_misspelt_one_is_refused_with_the_nearest() {
        for status in LoginStatus::iter() {
            let written = serde_json::to_value(status).unwrap();
            assert_eq!(written, status.text());
            assert_eq!(serde_json::from_value::<LoginStatus>(written).unwrap(), status);
        }
        let refused = serde_json::from_value::<LoginStatus>("Password lock out".into()).unwrap_err().to_string();
        assert_eq!(refused, "`Password lock out` is no status of Login History: did you mean `Password lockout`?");
    }
}

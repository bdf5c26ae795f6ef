//! The paths of the verification and enrolment pages (contract C1.1 to C1.10), and which method belongs to which.

use vestibule_model::VerificationMethod;

/// The dispatcher.
pub(crate) const START: &str = "/_ui/identity/verification/policy/VerificationStartUi";
/// TOTP and temporary code.
pub(crate) const TOTP: &str = "/_ui/identity/verification/method/TotpVerificationUi/e";
/// Passkey.
pub(crate) const PASSKEY: &str = "/_ui/identity/verification/method/UnifiedPasskeyVerificationUi";
/// Push to the vendor's app.
pub(crate) const PUSH: &str = "/_ui/identity/verification/method/ToopherVerificationFinishUi/e";
/// Device activation by email.
pub(crate) const EMAIL: &str = "/_ui/identity/verification/method/EmailVerificationFinishUi/e";
/// Sends the email again.
pub(crate) const EMAIL_RESEND: &str = "/_ui/identity/verification/method/EmailVerificationStartUi/e";
/// Another registered method. No public source shows its path.
pub(crate) const CHOOSE_VERIFIER: &str = "/_ui/identity/verification/method/ChooseVerificationMethodUi";
/// The passkey enrolment gate.
pub(crate) const ADD_PASSKEY: &str = "/_ui/identity/webauthn/AddPasskeyUi";
/// "Choose a Verification Method" in an enrolment; suites know this path as related to the gate (contract M1.11).
pub(crate) const ADD_OTHER: &str = "/_ui/identity/verification/addTwoFactor";
/// "Connect an Authenticator App". No public source shows its path.
pub(crate) const ADD_TOTP: &str = "/_ui/identity/totp/AddTotpUi";
/// The forced change of an expired password.
pub(crate) const CHANGE_PASSWORD: &str = "/_ui/system/security/ChangePassword";
/// "Register Your Mobile Phone".
pub(crate) const ADD_PHONE: &str = "/_ui/identity/phone/AddPhoneNumber";

/// The page on which this method is answered.
pub(crate) fn verification(method: VerificationMethod) -> &'static str {
    match method {
        VerificationMethod::BuiltInAuthenticator | VerificationMethod::SecurityKey => PASSKEY,
        VerificationMethod::TotpApp | VerificationMethod::TemporaryCode => TOTP,
        VerificationMethod::SalesforceAuthenticator => PUSH,
    }
}

/// The page on which an enrolment with these methods begins: the gate, wherever a passkey is among them.
pub(crate) fn enrolment(methods: &[VerificationMethod]) -> &'static str {
    if methods.iter().any(|method| method.is_passkey()) {
        ADD_PASSKEY
    } else if methods == [VerificationMethod::TotpApp] {
        ADD_TOTP
    } else {
        ADD_OTHER
    }
}

/// The name of a method as the choosers write it.
pub(crate) fn label(method: VerificationMethod) -> &'static str {
    match method {
        VerificationMethod::BuiltInAuthenticator => "Built-In Authenticator",
        VerificationMethod::SecurityKey => "Security Key",
        VerificationMethod::TotpApp => "One-Time Password App",
        VerificationMethod::SalesforceAuthenticator => "Salesforce Authenticator",
        VerificationMethod::TemporaryCode => "Temporary Verification Code",
    }
}

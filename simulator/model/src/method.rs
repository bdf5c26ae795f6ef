//! What is known of each verification method beside its name.

use crate::{PageName, VerificationMethod};

/// One row of the table of verification methods.
struct Method {
    /// As the pages of the org call it.
    label: &'static str,
    /// Whether it is a WebAuthn credential.
    passkey: bool,
    /// Whether the org keeps a key, secret or code of it. A method without is registered by being listed.
    secret: bool,
    /// The page on which it is answered.
    verification: PageName,
    /// The page on which it is registered, where that can be done in a simulated org.
    enrolment: Option<PageName>,
}

impl VerificationMethod {
    /// Whether the method is a WebAuthn credential.
    pub fn is_passkey(self) -> bool {
        self.row().passkey
    }

    /// Whether the org keeps a key, secret or code of it. A method without is registered by being listed.
    pub fn has_secret(self) -> bool {
        self.row().secret
    }

    /// The name of the method as the pages of the org write it.
    pub fn label(self) -> &'static str {
        self.row().label
    }

    /// The page on which it is answered.
    pub fn verification_page(self) -> PageName {
        self.row().verification
    }

    /// The path of the page on which it is answered.
    pub fn verification_path(self) -> &'static str {
        let path = self.row().verification.info().path;
        path.expect("invariant: a test asks every method for the path of its page")
    }

    /// The page on which it is registered, where that can be done in a simulated org.
    pub fn enrolment_page(self) -> Option<PageName> {
        self.row().enrolment
    }

    /// The path of the page on which it is registered.
    pub fn enrolment_path(self) -> Option<&'static str> {
        self.row().enrolment?.info().path
    }

    fn row(self) -> Method {
        match self {
            Self::BuiltInAuthenticator => Method {
                label: "Built-In Authenticator",
                passkey: true,
                secret: true,
                verification: PageName::VerifyPasskey,
                enrolment: Some(PageName::CreatePasskey),
            },
            Self::SecurityKey => Method {
                label: "Security Key",
                passkey: true,
                secret: true,
                verification: PageName::VerifyPasskey,
                enrolment: Some(PageName::CreatePasskey),
            },
            Self::TotpApp => Method {
                label: "One-Time Password App",
                passkey: false,
                secret: true,
                verification: PageName::VerifyTotp,
                enrolment: Some(PageName::ConnectAuthenticatorApp),
            },
            Self::SalesforceAuthenticator => Method {
                label: "Salesforce Authenticator",
                passkey: false,
                secret: false,
                verification: PageName::VerifyPush,
                enrolment: None,
            },
            Self::TemporaryCode => Method {
                label: "Temporary Verification Code",
                passkey: false,
                secret: true,
                verification: PageName::VerifyTemporaryCode,
                enrolment: None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::VerificationMethod;

    #[test]
    fn the_page_on_which_a_method_is_answered_has_a_path() {
        for method in VerificationMethod::iter() {
            assert!(method.verification_path().starts_with("/_ui/identity/"), "{method}");
            assert_eq!(method.enrolment_page().is_some(), method.enrolment_path().is_some(), "{method}");
        }
    }
}

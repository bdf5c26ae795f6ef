//! The persona that an actor plays: what the user knows.

use std::sync::Arc;

use vestibule_model::{Secret, SignInPage};

use crate::authenticator::TotpGenerator;

/// What a user knows and has, except for the authenticator.
#[derive(Debug, Clone)]
pub struct Persona {
    /// Username.
    pub username: String,
    /// Password.
    pub password: Secret,
    /// The TOTP app, if one is connected.
    pub totp: Option<TotpGenerator>,
    /// A temporary verification code from an admin.
    pub temporary_code: Option<Secret>,
    /// The inbox, where the codes of device activation arrive.
    pub email: Option<EmailReader>,
    /// Whether the holder of the phone answers the requests of Salesforce Authenticator.
    pub answers_push: bool,
    /// The identity provider's sign-in page, whose fields the user knows.
    pub idp_page: SignInPage,
    /// Whether "Remember me" is ticked on the org's login page.
    pub remember: bool,
}

/// Reads the bodies of a user's emails, oldest first.
#[derive(Clone)]
pub struct EmailReader(Arc<dyn Fn() -> Vec<String> + Send + Sync>);

impl EmailReader {
    /// A reader over any source of emails.
    pub(crate) fn new(read: impl Fn() -> Vec<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// The code of the newest email that contains one: `Verification Code: 123456` (contract M1.10).
    pub(crate) fn newest_code(&self) -> Option<Secret> {
        let codes = (self.0)().into_iter().rev().filter_map(|body| {
            let (_, rest) = body.split_once("Verification Code:")?;
            let code: String = rest.trim_start().chars().take_while(char::is_ascii_digit).collect();
            (!code.is_empty()).then(|| Secret::new(code))
        });
        codes.into_iter().next()
    }
}

impl std::fmt::Debug for EmailReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EmailReader")
    }
}

#[cfg(test)]
mod tests {
    use super::EmailReader;

    #[test]
    fn the_code_is_read_from_the_newest_email_that_holds_one() {
        let emails = ["Verification Code: 111111\n", "Hello\nVerification Code: 222222. It expires.", "Welcome"];
        let reader = EmailReader::new(move || emails.map(str::to_owned).to_vec());

        assert_eq!(reader.newest_code().unwrap().reveal(), "222222");
        assert!(EmailReader::new(Vec::new).newest_code().is_none());
    }
}

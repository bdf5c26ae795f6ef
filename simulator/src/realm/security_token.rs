//! The security token (contract G1.6, G1.7): a new one by email.

use vestibule_model::Secret;

use super::event::Event;
use super::event_outcome::TokenRenewal;
use super::record::Realm;

impl Realm {
    /// Gives a user a new security token, and mails it. The old one is worth nothing from now on. `None` if there is no
    /// such user.
    pub(crate) fn renew_security_token(&self, key: &str, because: TokenRenewal) -> Option<Secret> {
        let token = Secret::new(self.entropy.security_token());
        let (email, username) = self.users.update(key, |user| {
            user.security_token = Some(token.clone());
            (user.email.clone(), user.username.clone())
        })?;
        self.record(Event::SecurityTokenRenewed { user: key.to_owned(), because });
        self.send_email(&email, SUBJECT, body(&username, token.reveal()));
        Some(token)
    }
}

/// The lines with the username and the token are those of the vendor's mail: clients read the token from it (seen).
fn body(username: &str, token: &str) -> String {
    format!(
        "We sent you a new Salesforce security token because you changed your password or asked for a new token.\n\
         Username: {username}\n\
         Security token (case-sensitive): {token}\n\
         \n\
         Add it to the end of your password when you log in through the API from outside of trusted networks.\n\
         This email was sent by a simulated org of Vestibule."
    )
}

const SUBJECT: &str = "Your new Salesforce security token";

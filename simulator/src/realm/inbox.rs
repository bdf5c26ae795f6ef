//! The emails that the org sent. Tests read codes here instead of from a real mailbox.

use jiff::Timestamp;
use parking_lot::Mutex;
use serde::Serialize;

/// One email.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Email {
    /// When it was sent.
    pub at: Timestamp,
    /// Sender address.
    pub from: String,
    /// Recipient address.
    pub to: String,
    /// Subject line.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// The inbox of all users of a realm.
#[derive(Debug, Default)]
pub struct Inbox {
    emails: Mutex<Vec<Email>>,
}

impl Inbox {
    /// Delivers an email.
    pub(crate) fn deliver(&self, email: Email) {
        self.emails.lock().push(email);
    }

    /// Every email to this address, oldest first.
    pub fn to(&self, address: &str) -> Vec<Email> {
        self.emails.lock().iter().filter(|email| email.to.eq_ignore_ascii_case(address)).cloned().collect()
    }

    /// Every email, oldest first.
    pub fn all(&self) -> Vec<Email> {
        self.emails.lock().clone()
    }
}

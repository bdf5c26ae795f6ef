//! The emails that the org sent. Tests read codes here instead of from a real mailbox.

use jiff::Timestamp;
use parking_lot::Mutex;
use schemars::JsonSchema;
use serde::Serialize;

use super::newest::Newest;

/// One email.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Email {
    /// When it was sent.
    #[schemars(with = "String", extend("format" = "date-time"))]
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
#[derive(Debug)]
pub struct Inbox {
    emails: Mutex<Newest<Email>>,
}

impl Inbox {
    /// One that keeps so many at most.
    pub(super) fn keeping(most: usize) -> Self {
        Self { emails: Mutex::new(Newest::new(CAPACITY.min(most))) }
    }

    /// Delivers an email.
    pub(crate) fn deliver(&self, email: Email) {
        self.emails.lock().push(email);
    }

    /// Every email to this address that is kept, oldest first.
    pub fn to(&self, address: &str) -> Vec<Email> {
        self.emails.lock().filtered(|email| email.to.eq_ignore_ascii_case(address))
    }

    /// Every email that is kept, oldest first.
    pub fn all(&self) -> Vec<Email> {
        self.emails.lock().all()
    }

    /// Every email that is kept from this position on, oldest first, and the position of the next one.
    pub(crate) fn since(&self, position: u64) -> (Vec<Email>, u64) {
        let emails = self.emails.lock();
        (emails.since(position), emails.length())
    }

    /// How many of the oldest emails were dropped.
    pub fn dropped(&self) -> u64 {
        self.emails.lock().dropped()
    }
}

impl Default for Inbox {
    fn default() -> Self {
        Self::keeping(usize::MAX)
    }
}

const CAPACITY: usize = 1000;

//! The SAML responses and ID tokens that the org received, including refused ones, in readable form.

use std::time::Duration;

use parking_lot::Mutex;
use serde::Serialize;
use vestibule_model::Signal;

use super::newest::Newest;

/// A message as it was received. It cannot be sent again: its signature values are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceivedMessage {
    /// Real time from the start of the realm to the message.
    pub after: Duration,
    /// Length of the journal when it came: what the org made of it follows from there on.
    pub journal_from: u64,
    /// Its kind.
    pub kind: MessageKind,
    /// Key of the identity provider, if known.
    pub idp: Option<String>,
    /// Indented XML or JSON, at most 32 KiB.
    pub text: String,
    /// The values in it that say how the user signed in: `swk`, a class reference.
    pub signals: Vec<String>,
    /// What carries a signature: `Response`, `Assertion`, `ID token`.
    pub signed: Vec<String>,
    /// Every value in it that could say how the user signed in, with its place.
    #[serde(skip)]
    pub found: Vec<FoundSignal>,
}

/// A value that could say how the user signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundSignal {
    /// The value, and where it is.
    pub signal: Signal,
    /// Whether it is in a part that carries a signature.
    pub signed: bool,
}

/// The kind of a received message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageKind {
    /// A SAML `Response`.
    SamlResponse,
    /// An ID token.
    IdToken,
}

impl MessageKind {
    /// The specification's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::SamlResponse => "SAML Response",
            Self::IdToken => "ID token",
        }
    }
}

/// The last messages of a realm, oldest first.
#[derive(Debug)]
pub struct MessageLog {
    entries: Mutex<Newest<ReceivedMessage>>,
}

impl MessageLog {
    /// One that keeps so many at most.
    pub(super) fn keeping(most: usize) -> Self {
        Self { entries: Mutex::new(Newest::new(CAPACITY.min(most))) }
    }

    pub(crate) fn record(&self, mut message: ReceivedMessage) {
        if message.text.len() > LONGEST {
            let end = (0..=LONGEST).rev().find(|end| message.text.is_char_boundary(*end));
            message.text.truncate(end.unwrap_or(0));
        }
        self.entries.lock().push(message);
    }

    /// Every message that is kept, oldest first.
    pub fn all(&self) -> Vec<ReceivedMessage> {
        self.entries.lock().all()
    }
}

/// The most messages that are kept; older ones are forgotten.
const CAPACITY: usize = 32;
/// The most bytes of one text; the rest is cut.
const LONGEST: usize = 32 * 1024;

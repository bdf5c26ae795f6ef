//! What the program around a simulator adds to the host of the API.

use std::fmt;

use serde_json::Value;

use crate::realm::Realm;

/// What the program around a simulator shows and knows. Only who knows the token sees it.
pub trait Console: fmt::Debug + Send + Sync {
    /// The page at this path, which starts with `/`; `None` if there is none.
    fn page(&self, path: &str) -> Option<ConsolePage>;

    /// The passkeys that a virtual authenticator holds for the user with this key: parameters of "Add Credential" (WebAuthn
    /// Level 3, 11.5), with the private keys.
    fn passkeys(&self, _realm: &Realm, _user: &str) -> Vec<Value> {
        Vec::new()
    }
}

/// A page of a [`Console`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsolePage {
    /// `Content-Type`.
    pub content_type: &'static str,
    /// `Content-Security-Policy`.
    pub policy: String,
    /// The body.
    pub body: String,
}

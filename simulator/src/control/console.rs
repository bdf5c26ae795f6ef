//! What the program around a simulator adds to the host of the API.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::policy::Rulebook;
use crate::realm::{Realm, RealmSpec};

/// What the program around a simulator shows and knows. Only who knows the token sees it.
pub trait Console: fmt::Debug + Send + Sync {
    /// The page at this path, which starts with `/`; `None` if there is none.
    fn page(&self, path: &str) -> Option<ConsolePage>;

    /// The passkeys that a virtual authenticator holds for the user with this key: parameters of "Add Credential" (WebAuthn
    /// Level 3, 11.5), with the private keys.
    fn passkeys(&self, _realm: &Realm, _user: &str) -> Vec<Value> {
        Vec::new()
    }

    /// The realm that a scenario describes: the org, users and identity providers of the first one in this text.
    ///
    /// # Errors
    ///
    /// What is wrong with the text.
    fn realm_of_scenario(&self, _text: &str) -> Result<(RealmSpec, Arc<Rulebook>), String> {
        Err(NO_SCENARIOS.to_owned())
    }

    /// The names of the conditions that the program knows: set-ups that a login must cope with.
    fn conditions(&self) -> Vec<String> {
        Vec::new()
    }

    /// The realm of the condition with this name.
    ///
    /// # Errors
    ///
    /// Why there is none.
    fn realm_of_condition(&self, name: &str) -> Result<(RealmSpec, Arc<Rulebook>), String> {
        Err(format!("there is no condition `{name}`"))
    }

    /// Prepares the users of a realm that the API has just opened: registers the passkeys that they have.
    ///
    /// # Errors
    ///
    /// Why they cannot be prepared.
    fn prepare(&self, _realm: &Arc<Realm>) -> Result<(), String> {
        Ok(())
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

/// Why a simulator without such a program opens no realm of a scenario.
pub(super) const NO_SCENARIOS: &str = "this simulator does not read scenarios";

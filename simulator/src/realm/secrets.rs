//! The secrets of a realm. No report may show one of them, not even after it was used up or changed.
//!
//! A secret comes into a realm in two ways only. It is drawn from [`Entropy`](super::Entropy), which keeps here what it
//! makes; or it belongs to a user, and [`Users`](super::Users) keeps here what a user has whenever that changes. So a new
//! kind of token, code or ticket is known without being named.

use std::collections::BTreeSet;

use parking_lot::Mutex;
use vestibule_model::Secret;

use super::newest::Newest;

/// Every secret that users had, and the newest of those that were drawn.
pub struct Secrets {
    kept: Mutex<BTreeSet<String>>,
    drawn: Mutex<Newest<Secret>>,
}

impl Secrets {
    /// Keeps a secret for as long as the realm exists.
    pub fn learn(&self, secret: &Secret) {
        self.kept.lock().insert(secret.reveal().to_owned());
    }

    /// Keeps a secret that was drawn. The oldest gives way if there are too many.
    pub(super) fn learn_drawn(&self, secret: Secret) {
        self.drawn.lock().push(secret);
    }

    /// Keeps so many of those that were drawn at most.
    pub(super) fn keep_at_most(&self, most: usize) {
        self.drawn.lock().keep_at_most(most);
    }

    /// Every secret that is kept, each once.
    pub fn all(&self) -> Vec<Secret> {
        let drawn = self.drawn.lock().all().into_iter().map(|secret| secret.reveal().to_owned());
        let all: BTreeSet<String> = drawn.chain(self.kept.lock().iter().cloned()).collect();
        all.into_iter().map(Secret::new).collect()
    }
}

impl Default for Secrets {
    fn default() -> Self {
        Self { kept: Mutex::default(), drawn: Mutex::new(Newest::new(MOST_DRAWN)) }
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secrets").field("count", &self.all().len()).finish()
    }
}

/// Far more than a case draws.
const MOST_DRAWN: usize = 50_000;

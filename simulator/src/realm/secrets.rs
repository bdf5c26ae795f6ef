//! The secrets of a realm, each from its birth: nothing of these may be written.
//!
//! A secret comes into a realm in two ways only. It is drawn from [`Entropy`](super::Entropy), which keeps what it makes
//! here; or it is something of a user, and [`Users`](super::Users) keeps what a user has here whenever that is changed.
//! So a new kind of token, code or ticket is known without being named.

use std::collections::BTreeSet;

use parking_lot::Mutex;
use vestibule_model::Secret;

/// Every secret that a realm ever had; those that are used up or changed by now are still no reading for reports.
#[derive(Default)]
pub struct Secrets {
    known: Mutex<BTreeSet<String>>,
}

impl Secrets {
    /// Keeps a secret.
    pub fn learn(&self, secret: &Secret) {
        self.known.lock().insert(secret.reveal().to_owned());
    }

    /// Every secret so far.
    pub fn all(&self) -> Vec<Secret> {
        self.known.lock().iter().map(Secret::new).collect()
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secrets").field("known", &self.known.lock().len()).finish()
    }
}

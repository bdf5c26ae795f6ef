//! The secrets of a realm. No report may show one of them, not even after it was used up or changed.
//!
//! A secret comes into a realm in two ways only. It is drawn from [`Entropy`](super::Entropy), which keeps here what it
//! makes; or it belongs to a user, and [`Users`](super::Users) keeps here what a user has whenever that changes. So a new
//! kind of token, code or ticket is known without being named.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use parking_lot::Mutex;
use vestibule_model::Secret;

use super::newest::Newest;

/// The newest of the secrets that users had, and of those that were drawn.
pub struct Secrets {
    kept: Mutex<OfUsers>,
    drawn: Mutex<Newest<Secret>>,
}

/// Up to where the secrets of a realm were read; by default nowhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SecretsRead {
    of_users: u64,
    drawn: u64,
}

/// The secrets of users, apps and clients, each once.
struct OfUsers {
    by_age: VecDeque<Arc<str>>,
    known: BTreeSet<Arc<str>>,
    most: usize,
    /// How many of the oldest gave way, and how many the journal knows of.
    forgotten: u64,
    told: u64,
}

impl Secrets {
    /// Keeps a secret for as long as the realm exists. The oldest gives way if there are too many, as where somebody changes
    /// passwords without end; `newly_forgotten` counts them.
    pub fn learn(&self, secret: &Secret) {
        self.kept.lock().learn(secret.reveal());
    }

    /// How many secrets of users gave way so far, whenever that number has doubled: the journal is to say so, and not each
    /// time.
    pub(super) fn newly_forgotten(&self) -> Option<u64> {
        let mut kept = self.kept.lock();
        let grown = kept.forgotten > 0 && kept.forgotten >= kept.told.saturating_mul(2);
        grown.then(|| {
            kept.told = kept.forgotten;
            kept.forgotten
        })
    }

    /// Keeps a secret that was drawn. The oldest gives way if there are too many.
    pub(super) fn learn_drawn(&self, secret: Secret) {
        self.drawn.lock().push(secret);
    }

    /// Keeps so many of those that were drawn at most.
    pub(super) fn keep_at_most(&self, most: usize) {
        self.drawn.lock().keep_at_most(most);
    }

    /// Every secret that is kept and came after those that were read before, and up to where they are read now. One may come
    /// twice.
    pub fn since(&self, read: SecretsRead) -> (Vec<Secret>, SecretsRead) {
        let (kept, drawn) = (self.kept.lock(), self.drawn.lock());
        let skipped = usize::try_from(read.of_users.saturating_sub(kept.forgotten)).unwrap_or(usize::MAX);
        let of_users = kept.by_age.iter().skip(skipped).map(|secret| Secret::new(&**secret));
        let secrets = of_users.chain(drawn.since(read.drawn)).collect();
        (secrets, SecretsRead { of_users: kept.length(), drawn: drawn.length() })
    }

    /// Every secret that is kept, each once.
    pub fn all(&self) -> Vec<Secret> {
        let drawn = self.drawn.lock().all().into_iter().map(|secret| secret.reveal().to_owned());
        let all: BTreeSet<String> =
            drawn.chain(self.kept.lock().known.iter().map(|secret| (**secret).to_owned())).collect();
        all.into_iter().map(Secret::new).collect()
    }
}

impl OfUsers {
    fn keeping(most: usize) -> Self {
        Self { by_age: VecDeque::new(), known: BTreeSet::new(), most, forgotten: 0, told: 0 }
    }

    /// How many secrets came so far.
    fn length(&self) -> u64 {
        self.forgotten.saturating_add(u64::try_from(self.by_age.len()).unwrap_or(u64::MAX))
    }

    fn learn(&mut self, secret: &str) {
        if self.known.contains(secret) {
            return;
        }
        while self.by_age.len() >= self.most {
            let Some(oldest) = self.by_age.pop_front() else { break };
            self.known.remove(&oldest);
            self.forgotten = self.forgotten.saturating_add(1);
        }
        let secret: Arc<str> = secret.into();
        self.by_age.push_back(Arc::clone(&secret));
        self.known.insert(secret);
    }
}

impl Default for Secrets {
    fn default() -> Self {
        Self { kept: Mutex::new(OfUsers::keeping(MOST_OF_USERS)), drawn: Mutex::new(Newest::new(MOST_DRAWN)) }
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secrets").field("count", &self.all().len()).finish()
    }
}

/// Far more than a case draws.
const MOST_DRAWN: usize = 50_000;
/// Far more than the users of a test have, also if each changes a password now and then.
const MOST_OF_USERS: usize = 250_000;

#[cfg(test)]
mod tests {
    use parking_lot::Mutex;
    use vestibule_model::Secret;

    use super::{MOST_DRAWN, Newest, OfUsers, Secrets, SecretsRead};

    #[test]
    fn of_too_many_secrets_the_oldest_gives_way_and_that_is_told_when_the_number_has_doubled() {
        let secrets = Secrets { kept: Mutex::new(OfUsers::keeping(3)), drawn: Mutex::new(Newest::new(MOST_DRAWN)) };
        let learn = |text: &str| secrets.learn(&Secret::new(text));
        for text in ["a", "b", "c", "a", "c"] {
            learn(text);
        }
        assert_eq!((secrets.all().len(), secrets.newly_forgotten()), (3, None), "none is there twice");

        let mut told = Vec::new();
        for text in ["d", "e", "f", "g", "h"] {
            learn(text);
            told.push(secrets.newly_forgotten());
        }

        assert_eq!(told, [Some(1), Some(2), None, Some(4), None]);
        assert_eq!(secrets.all(), ["f", "g", "h"].map(Secret::new));
    }

    #[test]
    fn who_reads_again_gets_the_secrets_that_came_since_and_no_others() {
        let secrets = Secrets { kept: Mutex::new(OfUsers::keeping(3)), drawn: Mutex::new(Newest::new(2)) };
        let mut read = SecretsRead::default();
        let mut found = Vec::new();
        for (of_users, drawn) in [(&["a", "b"][..], &["x"][..]), (&[], &[]), (&["b", "c", "d", "e"], &["y", "z", "w"])]
        {
            of_users.iter().for_each(|text| secrets.learn(&Secret::new(*text)));
            drawn.iter().for_each(|text| secrets.learn_drawn(Secret::new(*text)));
            let (new, up_to) = secrets.since(read);
            read = up_to;
            found.push(new);
        }

        let expected = [&["a", "b", "x"][..], &[], &["c", "d", "e", "z", "w"]];
        assert_eq!(found, expected.map(|texts| texts.iter().copied().map(Secret::new).collect::<Vec<_>>()));
        let (everything, _) = secrets.since(SecretsRead::default());
        assert_eq!(everything, ["c", "d", "e", "z", "w"].map(Secret::new));
    }
}

//! The users of the products beside the org, and what they have registered there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use parking_lot::Mutex;

use super::entropy::Entropy;
use super::secrets::Secrets;
use vestibule_model::{ProductSpec, ProductUserSpec, Secret};

/// A user of a product in the current state of the realm.
#[derive(Debug, Clone)]
pub struct ProductUser {
    /// Key in the product.
    pub key: String,
    /// Username.
    pub username: String,
    /// Password.
    pub password: Secret,
    /// The specification of the user.
    pub spec: ProductUserSpec,
    /// Base32 key of the paired authenticator app, if there is one.
    pub totp_key: Option<Secret>,
    /// The last TOTP step that was accepted; a code of this or an earlier step is a replay (RFC 6238, 5.2).
    pub last_totp_step: Option<u64>,
    /// The app passwords that were generated, oldest first, with those that were revoked.
    pub app_passwords: Vec<AppPassword>,
}

/// A password that one application uses in place of the user's own.
#[derive(Debug, Clone)]
pub struct AppPassword {
    /// The application for which it was generated.
    pub application: String,
    /// The password itself.
    pub secret: Secret,
    /// Whether it was revoked.
    pub revoked: bool,
    /// The applications that signed in with it.
    pub used_by: BTreeSet<String>,
}

impl ProductUser {
    /// Whether this is the user's password. Takes the same time for each guess.
    pub(crate) fn has_password(&self, given: &str) -> bool {
        same_bytes(self.password.reveal(), given)
    }

    /// The app password with this text, revoked or not.
    pub(crate) fn app_password(&self, given: &str) -> Option<&AppPassword> {
        self.app_passwords.iter().find(|one| same_bytes(one.secret.reveal(), given))
    }

    /// The app password of this application that is valid.
    pub fn app_password_for(&self, application: &str) -> Option<&AppPassword> {
        self.valid_app_passwords().find(|one| one.application == application)
    }

    /// The app passwords that are valid, oldest first.
    pub(crate) fn valid_app_passwords(&self) -> impl Iterator<Item = &AppPassword> {
        self.app_passwords.iter().filter(|one| !one.revoked)
    }

    /// Adds an app password. Of too many, the oldest that was revoked is forgotten.
    pub(crate) fn add_app_password(&mut self, application: String, secret: Secret) {
        if self.app_passwords.len() >= MOST_APP_PASSWORDS
            && let Some(oldest) = self.app_passwords.iter().position(|one| one.revoked)
        {
            self.app_passwords.remove(oldest);
        }
        self.app_passwords.push(AppPassword { application, secret, revoked: false, used_by: BTreeSet::new() });
    }

    /// Notes that an application signed in with an app password.
    pub(crate) fn note_use(&mut self, given: &str, application: &str) {
        let used = self.app_passwords.iter_mut().find(|one| same_bytes(one.secret.reveal(), given));
        if let Some(used) = used.filter(|used| used.used_by.len() < MOST_USERS_OF_ONE) {
            used.used_by.insert(application.to_owned());
        }
    }

    /// Revokes the app password of an application; returns whether there was one.
    pub(crate) fn revoke_app_password(&mut self, application: &str) -> bool {
        let valid = self.app_passwords.iter_mut().find(|one| !one.revoked && one.application == application);
        valid.is_some_and(|valid| {
            valid.revoked = true;
            true
        })
    }

    fn teach(&self, secrets: &Secrets) {
        let app_passwords = self.app_passwords.iter().map(|one| &one.secret);
        for secret in [Some(&self.password), self.totp_key.as_ref()].into_iter().flatten().chain(app_passwords) {
            secrets.learn(secret);
        }
    }
}

/// The users of every product of one realm.
#[derive(Debug)]
pub struct ProductUsers {
    /// By the key of the product and that of the user.
    by_key: Mutex<BTreeMap<(String, String), ProductUser>>,
    secrets: Arc<Secrets>,
}

impl ProductUsers {
    pub(super) fn create(specs: &BTreeMap<String, ProductSpec>, entropy: &Entropy) -> Self {
        let users = specs.iter().flat_map(|(product, spec)| spec.users.iter().map(move |user| (product, user)));
        let created =
            users.map(|(product, (key, spec))| ((product.clone(), key.clone()), create(product, key, spec, entropy)));
        let by_key: BTreeMap<_, _> = created.collect();
        let secrets = Arc::clone(entropy.secrets());
        by_key.values().for_each(|user| user.teach(&secrets));
        Self { by_key: Mutex::new(by_key), secrets }
    }

    /// The user of a product with this key.
    pub fn get(&self, product: &str, key: &str) -> Option<ProductUser> {
        self.by_key.lock().get(&(product.to_owned(), key.to_owned())).cloned()
    }

    /// The user of a product with this username, compared without case.
    pub(crate) fn by_username(&self, product: &str, username: &str) -> Option<ProductUser> {
        self.all(product).into_iter().find(|user| user.username.eq_ignore_ascii_case(username))
    }

    /// Every user of a product, in the order of their keys.
    pub fn all(&self, product: &str) -> Vec<ProductUser> {
        let by_key = self.by_key.lock();
        by_key.iter().filter(|((of, _), _)| of == product).map(|(_, user)| user.clone()).collect()
    }

    /// Changes a user while holding the lock, so that a check and its consequence are atomic; `None` if there is no such
    /// user. Every secret that the user then has is known to the realm's [`Secrets`].
    pub(crate) fn update<T>(&self, product: &str, key: &str, change: impl FnOnce(&mut ProductUser) -> T) -> Option<T> {
        let mut by_key = self.by_key.lock();
        let user = by_key.get_mut(&(product.to_owned(), key.to_owned()))?;
        let changed = change(user);
        user.teach(&self.secrets);
        Some(changed)
    }
}

fn create(product: &str, key: &str, spec: &ProductUserSpec, entropy: &Entropy) -> ProductUser {
    let mut user = ProductUser {
        key: key.to_owned(),
        username: format!("{key}@{product}.example"),
        password: spec.password.clone().unwrap_or_else(|| Secret::new(format!("Pw1-{}", entropy.token()))),
        totp_key: spec.paired.then(|| Secret::new(entropy.totp_key())),
        last_totp_step: None,
        app_passwords: Vec::new(),
        spec: spec.clone(),
    };
    for application in &spec.app_passwords {
        user.add_app_password(application.clone(), Secret::new(entropy.app_password()));
    }
    user
}

fn same_bytes(one: &str, other: &str) -> bool {
    one.len() == other.len() && openssl::memcmp::eq(one.as_bytes(), other.as_bytes())
}

/// With those that were revoked.
const MOST_APP_PASSWORDS: usize = 100;
const MOST_USERS_OF_ONE: usize = 20;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use vestibule_model::{ProductKind, ProductSpec, ProductUserSpec, Secret};

    use super::{MOST_APP_PASSWORDS, ProductUsers};
    use crate::realm::Entropy;

    fn users(user: ProductUserSpec) -> (ProductUsers, Entropy) {
        let entropy = Entropy::seeded(7);
        let crm = ProductSpec::new(ProductKind::Crm).user("ada", user);
        (ProductUsers::create(&BTreeMap::from([("crm".to_owned(), crm)]), &entropy), entropy)
    }

    #[test]
    fn every_secret_of_a_user_is_known_as_one() {
        let (users, entropy) = users(ProductUserSpec::default().password("Own-1").paired().app_password("erp"));
        users.update("crm", "ada", |ada| ada.totp_key = Some(Secret::new("LATER")));

        let ada = users.by_username("crm", "ADA@crm.example").unwrap();
        let known = entropy.secrets().all();
        assert!(known.contains(&Secret::new("Own-1")) && known.contains(&Secret::new("LATER")));
        assert!(known.contains(&ada.app_password_for("erp").unwrap().secret));
        assert!(users.get("other", "ada").is_none() && users.get("crm", "bob").is_none());
    }

    #[test]
    fn a_revoked_app_password_is_known_and_not_valid_and_the_oldest_is_forgotten() {
        let (users, _) = users(ProductUserSpec::default());
        let kept = users.update("crm", "ada", |ada| {
            for number in 0..=MOST_APP_PASSWORDS {
                ada.add_app_password("erp".to_owned(), Secret::new(format!("secret-{number}")));
                assert!(ada.revoke_app_password("erp") && !ada.revoke_app_password("erp"));
            }
            ada.app_passwords.len()
        });

        let ada = users.get("crm", "ada").unwrap();
        assert_eq!(kept, Some(MOST_APP_PASSWORDS));
        assert!(ada.app_password("secret-0").is_none() && ada.app_password("secret-1").unwrap().revoked);
        assert!(ada.app_password_for("erp").is_none());
    }
}

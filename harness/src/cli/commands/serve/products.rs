//! The products beside a served org, and who can sign in to them. Passwords and keys are printed on purpose: they belong to
//! simulated users.

use std::collections::BTreeMap;

use serde::Serialize;
use vestibule_simulator::realm::{HostRole, ProductUser, Realm};

/// A product beside the org.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct ServedProduct {
    url: String,
    users: Vec<ServedProductUser>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct ServedProductUser {
    key: String,
    username: String,
    password: String,
    totp_secret: Option<String>,
    /// By application.
    app_passwords: BTreeMap<String, String>,
}

/// The products of a realm, by key.
pub(super) fn products(realm: &Realm) -> BTreeMap<String, ServedProduct> {
    let of = |key: &String| ServedProduct {
        url: realm.hosts.origin(&HostRole::Product(key.clone())),
        users: realm.product_users.all(key).into_iter().map(ServedProductUser::of).collect(),
    };
    realm.spec.products.keys().map(|key| (key.clone(), of(key))).collect()
}

impl ServedProduct {
    /// One line for each user.
    pub(super) fn lines(&self, product: &str) -> Vec<String> {
        let line = |user: &ServedProductUser| {
            let totp = user.totp_secret.as_ref().map(|key| format!("  TOTP {key}")).unwrap_or_default();
            let apps = user.app_passwords.iter().map(|(application, secret)| format!("  {application}: {secret}"));
            let (key, username, password) = (&user.key, &user.username, &user.password);
            format!("{key:10} {username}  password {password}{totp}{}  ({product})", apps.collect::<String>())
        };
        self.users.iter().map(line).collect()
    }
}

impl ServedProductUser {
    fn of(user: ProductUser) -> Self {
        let valid = user.app_passwords.iter().filter(|one| !one.revoked);
        Self {
            app_passwords: valid.map(|one| (one.application.clone(), one.secret.reveal().to_owned())).collect(),
            totp_secret: user.totp_key.as_ref().map(|key| key.reveal().to_owned()),
            password: user.password.reveal().to_owned(),
            username: user.username,
            key: user.key,
        }
    }
}

//! Finds users by what names them. A login looks for its user by several names, so none of them may cost more in a realm of
//! many users.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// What users are found by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FoundBy {
    /// The username, in lower case.
    Username(String),
    /// The Federation ID.
    FederationId(String),
    /// The first 15 characters of the user id.
    Id(String),
    /// The email address, in lower case.
    Email(String),
    /// A credential id.
    Passkey(Vec<u8>),
    /// The id of a browser that was activated.
    Device(Arc<str>),
    /// The user is an employee.
    Employee,
    /// The user has the waiver permission.
    Waived,
    /// The login page has the username filled in.
    Hinted,
    /// A new browser remembers the username.
    Remembered,
}

impl FoundBy {
    /// A username, which is compared without case.
    pub(super) fn username(text: &str) -> Self {
        Self::Username(text.to_ascii_lowercase())
    }

    /// An email address, which is compared without case.
    pub(super) fn email(text: &str) -> Self {
        Self::Email(text.to_ascii_lowercase())
    }

    /// A user id of 15 or 18 characters.
    pub(super) fn id(text: &str) -> Self {
        Self::Id(text.get(..15).unwrap_or(text).to_owned())
    }
}

/// The keys of users by what names them. Several users may have the same name.
#[derive(Default)]
pub(super) struct UserNames(BTreeSet<(FoundBy, String)>);

impl UserNames {
    /// Finds this user by these names from now on.
    pub(super) fn add(&mut self, key: &str, names: impl IntoIterator<Item = FoundBy>) {
        self.0.extend(names.into_iter().map(|name| (name, key.to_owned())));
    }

    /// Finds this user by these names no more.
    pub(super) fn remove(&mut self, key: &str, names: impl IntoIterator<Item = FoundBy>) {
        for name in names {
            self.0.remove(&(name, key.to_owned()));
        }
    }

    /// The keys of the users who have this name, in order.
    pub(super) fn keys(&self, name: FoundBy) -> impl Iterator<Item = &str> {
        let start = (name, String::new());
        let of_name = self.0.range(start.clone()..).take_while(move |(other, _)| *other == start.0);
        of_name.map(|(_, key)| key.as_str())
    }

    /// Whether any user has this name.
    pub(super) fn has(&self, name: FoundBy) -> bool {
        self.keys(name).next().is_some()
    }
}

/// The id of a browser is a secret, so only the number of names is shown.
impl fmt::Debug for UserNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserNames").field("count", &self.0.len()).finish()
    }
}

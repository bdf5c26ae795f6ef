//! The environment variables of a suite: the documented ones, and those mapped by `--env`.

use std::collections::BTreeMap;

use vestibule_model::Secret;

use mapping::Resolved;

mod documented;
mod mapping;
mod values;

#[cfg(test)]
mod tests;

pub(crate) use documented::{STANDARD, VARIABLES, Variable};
pub use mapping::{Mapping, MappingError};
pub(crate) use values::{SuiteUser, Target};

/// The changes to the environment that a suite inherits from this process.
///
/// Mappings are resolved again at each `Variables::set`, because they may name values that become known later, such as
/// the URL of the WebDriver endpoint. A mapping replaces a variable of the same name.
#[derive(Debug, Clone, Default)]
pub struct Variables {
    told: BTreeMap<String, Secret>,
    removed: Vec<String>,
    users: Vec<String>,
    mappings: Vec<Mapping>,
    mapped: BTreeMap<String, Secret>,
}

impl Variables {
    /// The documented variables of this realm and these users, and the mappings. The first user also has the
    /// names without a key. A value that does not exist, such as the TOTP secret of a user without a TOTP app, is
    /// removed from the inherited environment, and is the empty string in a mapping.
    ///
    /// # Errors
    ///
    /// If a mapping names a value that is not documented, or a user that does not exist.
    pub(crate) fn new(target: &Target, users: &[SuiteUser], mappings: &[Mapping]) -> Result<Self, MappingError> {
        let keys: Vec<String> = users.iter().map(|user| user.key.clone()).collect();
        for mapping in mappings {
            mapping.check(&keys)?;
        }
        let mut variables = Self { users: keys, mappings: mappings.to_vec(), ..Self::default() };
        for (name, value) in values::of_target(target).into_iter().chain(values::of_users(users)) {
            if let Some(value) = value {
                variables.told.insert(name, value);
            } else {
                variables.removed.push(name);
            }
        }
        variables.map();
        Ok(variables)
    }

    /// Sets a variable.
    pub(crate) fn set(&mut self, name: &str, value: Secret) {
        self.removed.retain(|removed| removed != name);
        self.told.insert(name.to_owned(), value);
        self.map();
    }

    /// Sets a variable even over a mapping: one whose value was joined with ours, or that keeps the suite away from real
    /// orgs.
    pub(crate) fn replace(&mut self, name: &str, value: Secret) {
        self.mappings.retain(|mapping| mapping.name != name);
        self.set(name, value);
    }

    /// Appends words to a variable that holds a list of words, whoever set it.
    pub(crate) fn extend(&mut self, name: &str, words: &str) {
        let before = self.seen(name).filter(|value| !value.reveal().trim().is_empty());
        let value = before.map_or_else(|| words.to_owned(), |before| format!("{} {words}", before.reveal()));
        self.replace(name, Secret::new(value));
    }

    /// The value that the suite would see now: mapped, told, or inherited.
    pub(crate) fn seen(&self, name: &str) -> Option<Secret> {
        let inherited = || std::env::var(name).ok().filter(|_| !self.removed.iter().any(|removed| removed == name));
        self.get(name).cloned().or_else(|| inherited().map(Secret::new))
    }

    /// Removes a variable, even an inherited or a mapped one.
    pub(crate) fn remove(&mut self, name: &str) {
        self.mappings.retain(|mapping| mapping.name != name);
        self.told.remove(name);
        self.removed.push(name.to_owned());
        self.map();
    }

    /// The value that the suite will see; `None` if the variable is inherited unchanged.
    pub fn get(&self, name: &str) -> Option<&Secret> {
        self.mapped.get(name).or_else(|| self.told.get(name))
    }

    /// Name and value of each variable, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Secret)> {
        let told = self.told.iter().filter(|(name, _)| !self.mapped.contains_key(*name));
        told.chain(&self.mapped).map(|(name, value)| (name.as_str(), value))
    }

    /// The names of inherited variables that are removed.
    pub(crate) fn removed(&self) -> impl Iterator<Item = &str> {
        self.removed.iter().map(String::as_str).filter(|name| !self.mapped.contains_key(*name))
    }

    /// The variables that a suite may look for and that have no value here, each with its template: mapped ones are empty,
    /// documented ones are not set.
    pub(crate) fn without_value(&self) -> Vec<(String, String)> {
        let values = Resolved { told: &self.told, users: &self.users };
        let mapped = self
            .mappings
            .iter()
            .filter_map(|mapping| Some((mapping.name.clone(), mapping.template_without_value(&values)?.to_owned())));
        let documented = self.removed().filter_map(|name| {
            let of = |variable: &&Variable| {
                let of_user = || self.users.iter().any(|user| documented::for_user(variable.name, user) == name);
                variable.name == name || (variable.per_user && of_user())
            };
            Some((name.to_owned(), VARIABLES.iter().find(of)?.template.to_owned()))
        });
        mapped.chain(documented).collect()
    }

    fn map(&mut self) {
        let resolved = Resolved { told: &self.told, users: &self.users };
        let mapped = self.mappings.iter().map(|mapping| (mapping.name.clone(), mapping.text_with(&resolved)));
        self.mapped = mapped.collect();
    }
}

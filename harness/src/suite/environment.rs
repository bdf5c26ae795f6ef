//! The documented environment of a suite, and names that it reads already mapped to it.

use std::collections::BTreeMap;

use vestibule_model::Secret;

use mapping::Resolved;

mod documented;
mod mapping;
mod values;

#[cfg(test)]
mod tests;

pub use documented::{STANDARD, StandardVariable, VARIABLES, Variable, for_persona};
pub use mapping::{Mapping, MappingError};
pub use values::{PersonaFacts, Target};

/// The environment of one suite: what is added to ours, and what of ours is taken away.
///
/// A mapping is written with every [`Variables::set`], so that it may name values that are known only later, such as
/// the URL of the WebDriver endpoint; and it wins over a variable of the same name.
#[derive(Debug, Clone, Default)]
pub struct Variables {
    told: BTreeMap<String, Secret>,
    removed: Vec<String>,
    personas: Vec<String>,
    mappings: Vec<Mapping>,
    mapped: BTreeMap<String, Secret>,
}

impl Variables {
    /// The documented variables of this realm and these personas (the first is the one without a key in its name), and
    /// the mappings. A value that does not exist here, such as the TOTP secret of a user without a TOTP app, is taken
    /// away when it is inherited, and is the empty string in a mapping.
    ///
    /// # Errors
    ///
    /// When a mapping names a value that is not documented, or a persona that does not exist.
    pub fn new(target: &Target, personas: &[PersonaFacts], mappings: &[Mapping]) -> Result<Self, MappingError> {
        let keys: Vec<String> = personas.iter().map(|persona| persona.key.clone()).collect();
        for mapping in mappings {
            mapping.check(&keys)?;
        }
        let mut variables = Self { personas: keys, mappings: mappings.to_vec(), ..Self::default() };
        for (name, value) in values::of_target(target).into_iter().chain(values::of_personas(personas)) {
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
    pub fn set(&mut self, name: &str, value: Secret) {
        self.removed.retain(|removed| removed != name);
        self.told.insert(name.to_owned(), value);
        self.map();
    }

    /// Takes a variable away, an inherited one too.
    pub fn remove(&mut self, name: &str) {
        self.told.remove(name);
        self.removed.push(name.to_owned());
        self.map();
    }

    /// The value of a variable, as the suite will see it; `None` where nothing is added to ours.
    pub fn get(&self, name: &str) -> Option<&Secret> {
        self.mapped.get(name).or_else(|| self.told.get(name))
    }

    /// Name and value of each variable, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Secret)> {
        let told = self.told.iter().filter(|(name, _)| !self.mapped.contains_key(*name));
        told.chain(&self.mapped).map(|(name, value)| (name.as_str(), value))
    }

    /// The names that are taken away from what the suite would inherit.
    pub fn removed(&self) -> impl Iterator<Item = &str> {
        self.removed.iter().map(String::as_str).filter(|name| !self.mapped.contains_key(*name))
    }

    fn map(&mut self) {
        let resolved = Resolved { told: &self.told, personas: &self.personas };
        let mapped = self.mappings.iter().map(|mapping| (mapping.name.clone(), mapping.text_with(&resolved)));
        self.mapped = mapped.collect();
    }
}

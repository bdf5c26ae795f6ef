//! The texts that are told, without the secrets of a realm.

use std::collections::{BTreeSet, HashMap, HashSet};

use vestibule_redactor::{Beginnings, Redactor, RedactorError};
use vestibule_simulator::realm::{Secrets, SecretsRead};

/// What was told, with its secrets replaced. Under load it is the same again and again, while each login draws new secrets:
/// each secret is looked at once, and only those that may stand in one of the texts are looked for.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Each text, and what it was replaced by.
    redacted: HashMap<String, String>,
    beginnings: Beginnings,
    /// The secrets that were looked at.
    read: SecretsRead,
    /// Those that may stand in one of the texts.
    suspects: BTreeSet<String>,
    redactor: Redactor,
}

impl Told {
    /// These texts without any of these secrets.
    ///
    /// # Errors
    /// If there are more secrets than can be searched for.
    pub(super) fn redacted<'a>(
        &mut self,
        texts: impl Iterator<Item = &'a str> + Clone,
        secrets: &Secrets,
    ) -> Result<Vec<String>, RedactorError> {
        if self.redacted.len() > MOST_TEXTS {
            *self = Self::default();
        }
        let new: HashSet<&str> = texts.clone().filter(|text| !self.redacted.contains_key(*text)).collect();
        if !new.is_empty() {
            new.into_iter().for_each(|text| self.beginnings.add(text));
            self.read = SecretsRead::default();
        }
        self.look_for(secrets)?;
        Ok(texts.map(|text| self.of(text)).collect())
    }

    /// Looks at the secrets that came since.
    fn look_for(&mut self, secrets: &Secrets) -> Result<(), RedactorError> {
        let (new, read) = secrets.since(self.read);
        self.read = read;
        let known = self.suspects.len();
        let suspects = new.iter().map(|secret| secret.reveal()).filter(|secret| self.beginnings.may_hold(secret));
        self.suspects.extend(suspects.map(str::to_owned));
        if self.suspects.len() > known {
            self.redactor = Redactor::new(self.suspects.iter().cloned().collect())?;
            self.redacted.clear();
        }
        Ok(())
    }

    fn of(&mut self, text: &str) -> String {
        if let Some(known) = self.redacted.get(text) {
            return known.clone();
        }
        let redacted = self.redactor.redact(text);
        self.redacted.insert(text.to_owned(), redacted.clone());
        redacted
    }
}

/// More are forgotten.
const MOST_TEXTS: usize = 1000;

#[cfg(test)]
mod tests {
    use vestibule_model::Secret;
    use vestibule_simulator::realm::Secrets;

    use super::{MOST_TEXTS, Told};

    #[test]
    fn no_text_shows_a_secret_whether_the_secret_or_the_text_came_first() {
        let (mut told, secrets) = (Told::default(), Secrets::default());
        let mut tell = |texts: &[&str], secret: &str| {
            secrets.learn(&Secret::new(secret));
            told.redacted(texts.iter().copied(), &secrets).unwrap()
        };

        assert_eq!(
            tell(&["rep sent aHVudGVyMjI=", "rep"], "a secret of somebody else"),
            ["rep sent aHVudGVyMjI=", "rep"]
        );
        assert_eq!(tell(&["rep", "rep sent aHVudGVyMjI=", "rep"], "hunter22"), ["rep", "rep sent [redacted]=", "rep"]);
        assert_eq!(tell(&["rep typed swordfish", "hunter22"], "swordfish"), ["rep typed [redacted]", "[redacted]"]);
        assert_eq!(tell(&["rep sent aHVudGVyMjI=", "rep"], "one more"), ["rep sent [redacted]=", "rep"]);
        for number in 0..=MOST_TEXTS {
            let text = format!("{number} swordfish");
            assert_eq!(tell(&[&text, "rep"], "one more"), [format!("{number} [redacted]"), "rep".to_owned()]);
        }
    }
}

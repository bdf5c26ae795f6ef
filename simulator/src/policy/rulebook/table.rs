//! The signal table, prepared for look-up.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::document::Document;
use super::value::Matching;
use vestibule_model::{Strength, blanks};

/// Tier by signal value.
#[derive(Debug, Clone)]
pub(super) struct SignalTable {
    matching: Matching,
    prefixes: Vec<String>,
    tiers: HashMap<String, Strength>,
    accepted_for_activation: HashSet<String>,
}

impl SignalTable {
    pub(super) fn new(document: &Document) -> Self {
        let rules = &document.signals;
        let tiers = [
            (&rules.phishing_resistant, Strength::PhishingResistant),
            (&rules.standard, Strength::Standard),
            (&rules.weak, Strength::Weak),
        ];
        let prefixes = rules.prefixes.value.iter().map(|prefix| prefix.to_ascii_lowercase()).collect();
        let mut table = Self {
            matching: rules.matching.value,
            prefixes,
            tiers: HashMap::new(),
            accepted_for_activation: HashSet::new(),
        };
        for (list, tier) in tiers {
            for value in &list.value {
                table.tiers.insert(table.key(&value.value).into_owned(), tier);
            }
        }
        let accepted = &document.device_activation.accepted.value;
        table.accepted_for_activation = accepted.iter().map(|value| table.key(value).into_owned()).collect();
        table
    }

    /// The tier that lists this value, if any does. White space around a value is part of it, also before the segments that
    /// are not compared.
    pub(super) fn tier(&self, value: &str) -> Option<Strength> {
        if blanks(value).is_some() {
            return None;
        }
        self.tiers.get(self.key(value).as_ref()).copied()
    }

    /// Whether device activation accepts this value.
    pub(super) fn is_accepted_for_activation(&self, value: &str) -> bool {
        self.accepted_for_activation.contains(self.key(value).as_ref())
    }

    fn key<'a>(&self, value: &'a str) -> Cow<'a, str> {
        match self.matching {
            Matching::Exact => Cow::Borrowed(value),
            Matching::IgnoreCase => lower(value),
            Matching::LastSegment => lower(self.last_segment(value)),
        }
    }

    /// What follows the last `/` or `:` of a URI whose prefix is known: `urn:oasis:names:tc:SAML:2.0:ac:classes:X509`
    /// gives `X509`. Any other value is compared as it is: a policy at `https://idp.example/policies/pin` proves no PIN.
    fn last_segment<'a>(&self, value: &'a str) -> &'a str {
        let known = |prefix: &String| value.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        if self.prefixes.iter().any(known) { value.rsplit(['/', ':']).next().unwrap_or(value) } else { value }
    }
}

/// Most signals are short lower-case tokens and need no copy.
fn lower(value: &str) -> Cow<'_, str> {
    if value.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(value.to_ascii_lowercase())
    } else {
        Cow::Borrowed(value)
    }
}

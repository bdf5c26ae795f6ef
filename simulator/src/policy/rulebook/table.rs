//! The signal table, prepared for look-up.

use std::borrow::Cow;
use std::collections::HashMap;

use super::document::SignalRules;
use super::value::Matching;
use vestibule_model::{Strength, blanks};

/// Tier by signal value.
#[derive(Debug, Clone)]
pub(super) struct SignalTable {
    matching: Matching,
    tiers: HashMap<String, Strength>,
}

impl SignalTable {
    pub(super) fn new(rules: &SignalRules) -> Self {
        let matching = rules.matching.value;
        let tiers = [
            (&rules.phishing_resistant, Strength::PhishingResistant),
            (&rules.standard, Strength::Standard),
            (&rules.weak, Strength::Weak),
        ];
        let tiers = tiers
            .into_iter()
            .flat_map(|(list, tier)| {
                list.value.iter().map(move |value| (key(matching, &value.value).into_owned(), tier))
            })
            .collect();
        Self { matching, tiers }
    }

    /// The tier that lists this value, if any does. White space around a value is part of it, also before the segments that
    /// are not compared.
    pub(super) fn tier(&self, value: &str) -> Option<Strength> {
        if blanks(value).is_some() {
            return None;
        }
        self.tiers.get(key(self.matching, value).as_ref()).copied()
    }
}

fn key(matching: Matching, value: &str) -> Cow<'_, str> {
    match matching {
        Matching::Exact => Cow::Borrowed(value),
        Matching::IgnoreCase => lower(value),
        Matching::LastSegment => lower(last_segment(value)),
    }
}

/// What follows the last `/` or `:`: `urn:oasis:names:tc:SAML:2.0:ac:classes:X509` gives `X509`.
fn last_segment(value: &str) -> &str {
    value.rsplit(['/', ':']).next().unwrap_or(value)
}

/// Most signals are short lower-case tokens and need no copy.
fn lower(value: &str) -> Cow<'_, str> {
    if value.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(value.to_ascii_lowercase())
    } else {
        Cow::Borrowed(value)
    }
}

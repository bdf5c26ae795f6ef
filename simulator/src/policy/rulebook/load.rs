//! Reads a rulebook file, and reports its errors with their place.

use std::sync::{Arc, LazyLock};

use super::document::Document;
use super::embedded::EMBEDDED;
use super::setting::{self, SettingError, SettingInfo};
use super::table::SignalTable;
use super::validate::validate;
use vestibule_model::diagnostic::{self, Diagnostic};
use vestibule_model::{EnrolmentGate, RulebookChoice, Strength, yaml};

/// Why there is no such rulebook.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulebookError {
    /// No rulebook has this name.
    #[error("there is no rulebook `{name}`")]
    Unknown {
        /// The name as given.
        name: String,
    },
    /// The file is not a rulebook.
    #[error("{name} is not a valid rulebook")]
    Invalid {
        /// Its name.
        name: String,
        /// The mistakes in it, each with its place.
        mistakes: Vec<Diagnostic>,
    },
    /// A setting was refused.
    #[error(transparent)]
    Setting(#[from] SettingError),
}

/// A dated set of rules. One that comes with the program is read when somebody first asks it, and once in the process.
#[derive(Debug, Clone)]
pub struct Rulebook(Held);

#[derive(Debug, Clone)]
enum Held {
    Embedded(&'static LazyLock<Content>),
    Own(Arc<Content>),
}

#[derive(Debug)]
struct Content {
    document: Document,
    table: SignalTable,
}

impl Content {
    fn of(document: Document) -> Self {
        Self { table: SignalTable::new(&document), document }
    }

    fn parse(file_name: &str, text: &str) -> Result<Self, Vec<Diagnostic>> {
        let source = diagnostic::source_from_bytes(file_name, text.as_bytes().to_vec()).map_err(|fault| vec![fault])?;
        let document: Document = yaml::parse(&source).map_err(|fault| vec![fault])?;
        let faults: Vec<_> = validate(&document).into_iter().map(|fault| fault.in_file(&source)).collect();
        if faults.is_empty() { Ok(Self::of(document)) } else { Err(faults) }
    }

    fn embedded(index: usize) -> Self {
        let (name, text) = EMBEDDED[index];
        Self::parse(name, text).expect("invariant: a test parses every embedded rulebook")
    }
}

/// What is in the embedded rulebooks, in their order.
static CONTENTS: [LazyLock<Content>; EMBEDDED.len()] = [
    LazyLock::new(|| Content::embedded(0)),
    LazyLock::new(|| Content::embedded(1)),
    LazyLock::new(|| Content::embedded(2)),
];

impl Rulebook {
    /// Names of the embedded rulebooks, the oldest first.
    pub fn names() -> Vec<&'static str> {
        EMBEDDED.iter().map(|(name, _)| *name).collect()
    }

    /// The embedded rulebook of this name, if there is one.
    pub fn embedded(name: &str) -> Option<Self> {
        let index = EMBEDDED.iter().position(|(known, _)| *known == name)?;
        CONTENTS.get(index).map(|content| Self(Held::Embedded(content)))
    }

    /// The newest embedded rulebook, which is the default for every org, however old its date.
    ///
    /// A rulebook holds what was known about all dates, past and future, when it was published. Choosing an older one
    /// by the org's date would bring back dates that have since changed.
    pub fn newest() -> Self {
        let newest = Self::names().pop().and_then(Self::embedded);
        newest.expect("invariant: rulebooks are embedded")
    }

    /// Reads a rulebook. Diagnostics show the file name.
    ///
    /// # Errors
    ///
    /// One diagnostic per fault: where, what is valid, and a suggestion for a typo. No part of a bad file is used.
    pub fn parse(file_name: &str, text: &str) -> Result<Self, Vec<Diagnostic>> {
        Content::parse(file_name, text).map(Self::of)
    }

    /// The same rulebook with one value replaced: `signals.unlisted`, `standard`. The value is then marked as chosen,
    /// and the value of the file becomes one of its rivals.
    ///
    /// # Errors
    ///
    /// If there is no such setting, or the value is not valid for it.
    pub fn with_setting(&self, name: &str, value: &str) -> Result<Self, SettingError> {
        let mut document = self.document().clone();
        setting::set(&mut document, name, value)?;
        match validate(&document).into_iter().next() {
            None => Ok(Self::of(Content::of(document))),
            Some(fault) => Err(SettingError::BadValue {
                name: name.to_owned(),
                value: value.to_owned(),
                reason: fault.to_string(),
            }),
        }
    }

    /// The chosen rulebook, with every setting that the choice changes.
    ///
    /// # Errors
    ///
    /// If there is no rulebook or no setting of that name, the file of the choice has a mistake, or a value is not valid
    /// for its setting.
    pub fn resolve(choice: &RulebookChoice) -> Result<Self, RulebookError> {
        let rulebook = match (&choice.name, &choice.text) {
            (None, _) => Self::newest(),
            (Some(name), None) => Self::embedded(name).ok_or_else(|| RulebookError::Unknown { name: name.clone() })?,
            (Some(name), Some(text)) => {
                Self::parse(name, text).map_err(|mistakes| RulebookError::Invalid { name: name.clone(), mistakes })?
            }
        };
        let changed = choice.settings.iter().try_fold(rulebook, |rulebook, (name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            rulebook.with_setting(name, &text)
        });
        Ok(changed?)
    }

    /// The same rulebook for an org whose enrolment gate is set to this.
    #[must_use]
    pub(crate) fn with_gate(&self, gate: EnrolmentGate) -> Self {
        self.with_setting("enrolment.gate", gate.into()).expect("invariant: a test sets every gate in every rulebook")
    }

    /// Every setting with its value, source and rivals, in the order of the file.
    pub fn settings(&self) -> Vec<SettingInfo> {
        setting::list(&mut self.document().clone())
    }

    /// The content of the file.
    pub(crate) fn document(&self) -> &Document {
        &self.content().document
    }

    /// Name of the rulebook.
    pub fn name(&self) -> &str {
        &self.document().name
    }

    /// What the rulebook is, in one sentence.
    pub fn title(&self) -> &str {
        &self.document().title
    }

    /// The tier that lists this signal value, if any does.
    pub fn signal_tier(&self, value: &str) -> Option<Strength> {
        self.content().table.tier(value)
    }

    /// Whether device activation accepts this signal value, whatever its tier.
    pub(crate) fn is_accepted_for_activation(&self, value: &str) -> bool {
        self.content().table.is_accepted_for_activation(value)
    }

    /// Every signal that is in a tier, as the file spells it.
    pub fn listed_signals(&self) -> Vec<(&str, Strength)> {
        let rules = &self.document().signals;
        let tiers = [
            (&rules.phishing_resistant, Strength::PhishingResistant),
            (&rules.standard, Strength::Standard),
            (&rules.weak, Strength::Weak),
        ];
        tiers
            .into_iter()
            .flat_map(|(list, tier)| list.value.iter().map(move |signal| (signal.value.as_str(), tier)))
            .collect()
    }

    /// The SAML attributes in which the org looks for signals.
    pub fn read_attributes(&self) -> &[String] {
        &self.document().carriers.saml_attributes.value
    }

    fn of(content: Content) -> Self {
        Self(Held::Own(Arc::new(content)))
    }

    fn content(&self) -> &Content {
        match &self.0 {
            Held::Embedded(content) => content,
            Held::Own(content) => content,
        }
    }
}

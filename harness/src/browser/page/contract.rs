//! Which page a browser is on, by the signs in the table of pages, never by a private marker.

use std::collections::BTreeSet;

use serde::Deserialize;
use vestibule_model::{ORDER_OF_RECOGNITION, PageName, Sign};

/// What one script read from the page.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Reading {
    /// `location.href`.
    pub(super) url: String,
    /// `location.pathname`.
    pub(super) path: String,
    /// `document.title`.
    pub(super) title: String,
    /// Time origin, different for every document.
    pub(super) document: String,
    /// Whether `document.readyState` is `complete`.
    pub(super) complete: bool,
    /// Whether the page says that it is busy and will change by itself (WAI-ARIA 1.2, `aria-busy`).
    pub(super) busy: bool,
    /// Every id in the document, except those of hidden fields.
    pub(super) ids: BTreeSet<String>,
    /// The ids of visible elements.
    pub(super) shown: BTreeSet<String>,
    /// The ids of visible text fields that are empty.
    pub(super) blank: BTreeSet<String>,
    /// Texts of the headings.
    pub(super) headings: Vec<String>,
    /// Texts of visible buttons and links.
    pub(super) controls: Vec<String>,
    /// Texts of visible labels.
    pub(super) choices: Vec<String>,
    /// Whether a visible password field is in the document.
    pub(super) password_field: bool,
    /// Text of the first visible error box.
    pub(super) error: Option<String>,
    /// Visible text, at most 20 000 characters.
    pub(super) text: String,
}

/// Names the page.
pub(super) fn name(reading: &Reading) -> PageName {
    let fits = |page: &PageName| page.info().signs.iter().any(|signs| signs.iter().all(|sign| holds(*sign, reading)));
    ORDER_OF_RECOGNITION.into_iter().find(fits).unwrap_or(PageName::Unknown)
}

fn holds(sign: Sign, reading: &Reading) -> bool {
    let any = |texts: &[String], wanted: &str| texts.iter().any(|text| contains(text, wanted));
    match sign {
        Sign::Path(path) => reading.path == path,
        Sign::PathUnder(prefix) => reading.path.starts_with(prefix),
        Sign::Url(prefix) => reading.url.starts_with(prefix),
        Sign::Id(id) => reading.ids.contains(id),
        Sign::Shown(id) => reading.shown.contains(id),
        Sign::NoId(id) => !reading.ids.contains(id),
        Sign::NotShown(id) => !reading.shown.contains(id),
        Sign::Title(text) => reading.title.contains(text),
        Sign::Heading(text) => contains(&reading.title, text) || any(&reading.headings, text),
        Sign::Control(text) => any(&reading.controls, text),
        Sign::AnyControl => !reading.controls.is_empty(),
        Sign::Text(text) => contains(&reading.text, text),
        Sign::PasswordField => reading.password_field,
    }
}

fn contains(text: &str, wanted: &str) -> bool {
    text.to_lowercase().contains(&wanted.to_lowercase())
}

#[cfg(test)]
mod tests;

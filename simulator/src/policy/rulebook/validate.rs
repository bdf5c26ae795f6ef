//! What a rulebook that can be read may still get wrong, whether a file or a setting says it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::hash::Hash;

use strum::IntoEnumIterator;
use vestibule_model::VerificationMethod;
use vestibule_model::diagnostic::{Diagnostic, Source};
use vestibule_model::yaml::{Span, Spanned};

use super::document::{Document, SignalRules};

/// Everything wrong with a rulebook.
pub(super) fn validate(document: &Document) -> Vec<Fault> {
    signals(&document.signals).chain(order(document)).chain(missing(document)).collect()
}

/// One thing that is wrong.
#[derive(Debug)]
pub(super) struct Fault {
    code: &'static str,
    title: String,
    at: Span,
    label: &'static str,
    first: Option<Span>,
    hint: &'static str,
}

impl Fault {
    /// With its place in the file.
    pub(super) fn in_file(self, source: &Source) -> Diagnostic {
        let place = source.place(self.at.range(), self.label);
        let fault = Diagnostic::new(self.code, self.title).at(place).hint(self.hint);
        match self.first.map(|first| source.place(first.range(), "")) {
            None => fault,
            Some(first) => fault.note(format!("first listed at {}:{}:{}", first.file, first.line, first.column)),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title)
    }
}

/// Signals that are in the table more than once.
fn signals(rules: &SignalRules) -> impl Iterator<Item = Fault> {
    let listed = [&rules.phishing_resistant, &rules.standard, &rules.weak].into_iter().flat_map(|list| &list.value);
    repeats(listed, |value| value.to_ascii_lowercase()).map(|(value, first)| Fault {
        code: "signal-listed-twice",
        title: format!("the signal `{}` is in the table more than once", value.value),
        at: value.span,
        label: "listed again here",
        first: Some(first),
        hint: "list it once; case is ignored",
    })
}

/// Methods that the order names and must not.
fn order(document: &Document) -> impl Iterator<Item = Fault> {
    let order = &document.enrolment.order.value.value;
    let repeated = repeats(order, |method| *method).map(|(method, first)| Fault {
        code: "method-listed-twice",
        title: format!("`enrolment.order` lists the {} more than once", method.value),
        at: method.span,
        label: "listed again here",
        first: Some(first),
        hint: "list it once, where it is offered",
    });
    let unranked = order.iter().filter_map(|method| {
        let (code, title, label, hint) = if method.value == VerificationMethod::TemporaryCode {
            let title = "`enrolment.order` lists the temporary code, which nobody enrols".to_owned();
            ("method-not-enrolled", title, "made by an admin", "leave it out: `verifiers` says what it is worth")
        } else if document.verifiers.registered.contains_key(&method.value) {
            return None;
        } else {
            let title = format!("`enrolment.order` lists the {}, but `verifiers` gives it no tier", method.value);
            ("method-without-tier", title, "in no tier", "add it to `verifiers` with its tier and source")
        };
        Some(Fault { code, title, at: method.span, label, first: None, hint })
    });
    repeated.chain(unranked)
}

/// Methods that a user can have registered, and that the order leaves out: no login could ask for them in their turn.
fn missing(document: &Document) -> impl Iterator<Item = Fault> {
    let enrolled = VerificationMethod::iter().filter(|method| *method != VerificationMethod::TemporaryCode);
    let left_out = enrolled.filter(|method| document.enrolment.methods().all(|listed| listed != *method));
    left_out.map(|method| Fault {
        code: "method-not-in-order",
        title: format!("`enrolment.order` leaves out the {method}"),
        at: document.enrolment.order.value.span,
        label: "the methods that are offered",
        first: None,
        hint: "add it where it is offered, the last place at the latest",
    })
}

/// Values that are listed more than once, each with the place of its first appearance.
fn repeats<'a, T: 'a, K: Hash + Eq>(
    values: impl IntoIterator<Item = &'a Spanned<T>>,
    key: impl Fn(&T) -> K,
) -> impl Iterator<Item = (&'a Spanned<T>, Span)> {
    let mut seen: HashMap<K, Span> = HashMap::new();
    values.into_iter().filter_map(move |value| match seen.entry(key(&value.value)) {
        Entry::Occupied(first) => Some((value, *first.get())),
        Entry::Vacant(place) => {
            place.insert(value.span);
            None
        }
    })
}

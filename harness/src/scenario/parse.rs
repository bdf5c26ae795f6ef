//! Turns the tree of one case into a typed scenario. Reads sections one by one, so that each can report its error.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use vestibule_model::diagnostic::{Diagnostic, unknown_word};
use vestibule_model::yaml::{Key, Node, ReadError, Span, Spanned, Value, read_all};
use vestibule_model::{IdpSpec, OrgKind, OrgSpec};

use super::model::{Places, Scenario};

/// Why a tree is not a scenario.
pub(super) struct Refused {
    /// Everything that cannot be read.
    pub(super) errors: Vec<ReadError>,
    /// What can be read, with a placeholder for an unreadable title or org. Only the words in it mean something.
    pub(super) rest: Box<Scenario>,
}

/// A typed scenario, or everything that cannot be read.
pub(super) fn parse(root: &Node) -> Result<Scenario, Refused> {
    let mut sections = Sections { root, errors: Vec::new() };
    sections.refuse_unknown_keys();
    let title = sections.required("title");
    let tags = sections.optional("tags").unwrap_or_default();
    let condition = sections.optional("condition");
    let org = sections.required("org");
    let rulebook = sections.optional("rulebook");
    let users = sections.map("users");
    let idps = sections.idps();
    let products = sections.map("products");
    let clock = sections.optional("clock").unwrap_or_default();
    let steps = sections.list("steps");
    let expect = sections.optional("expect").unwrap_or_else(|| Spanned::new(Default::default(), root.span));
    let errors = sections.errors;
    let refused = title.is_none() || org.is_none() || !errors.is_empty();
    let title = title.unwrap_or_default();
    let org = org.unwrap_or_else(|| OrgSpec::unnamed(OrgKind::Production, Date::MIN));
    let places = Places::new(root);
    let read = Scenario { title, tags, condition, org, rulebook, users, idps, products, clock, steps, expect, places };
    if refused { Err(Refused { errors, rest: Box::new(read) }) } else { Ok(read) }
}

struct Sections<'a> {
    root: &'a Node,
    errors: Vec<ReadError>,
}

impl Sections<'_> {
    fn refuse_unknown_keys(&mut self) {
        let Some(entries) = self.root.entries() else {
            let title =
                format!("a scenario is a mapping with the keys {}; found {}", KEYS.join(", "), self.root.kind());
            self.errors.push(ReadError::new(Diagnostic::new("wrong-type", title), self.root.span, "not a scenario"));
            return;
        };
        for (key, _) in entries.iter().filter(|(key, _)| !KEYS.contains(&key.name.as_str())) {
            let error = unknown_word("unknown-key", "key of a scenario", &key.name, KEYS.iter().copied());
            self.errors.push(ReadError::new(error, key.span, "unknown key"));
        }
    }

    fn required<T: DeserializeOwned>(&mut self, name: &'static str) -> Option<T> {
        if self.root.entries().is_some() && self.root.get(name).is_none() {
            let diagnostic = Diagnostic::new("missing-key", format!("the key `{name}` is missing"));
            let error = ReadError::new(diagnostic, self.root.span, format!("this scenario needs `{name}`"));
            self.errors.push(ReadError { missing: Some(name), ..error });
        }
        self.optional(name)
    }

    fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let (key, node) = self.root.get(name)?;
        self.read(key.span, node)
    }

    fn map<T: DeserializeOwned>(&mut self, name: &str) -> BTreeMap<String, Spanned<T>> {
        let Some((key, node)) = self.root.get(name) else { return BTreeMap::new() };
        let Some(entries) = node.entries() else {
            self.wrong_type(key, node, "a mapping from names to settings");
            return BTreeMap::new();
        };
        let read = entries.iter().filter_map(|(key, node)| {
            // The place of a user or an IdP is its name, not its first setting.
            self.read(key.span, node).map(|value| (key.name.clone(), Spanned::new(value, key.span)))
        });
        read.collect()
    }

    fn list<T: DeserializeOwned>(&mut self, name: &str) -> Vec<Spanned<T>> {
        let Some((key, node)) = self.root.get(name) else { return Vec::new() };
        match &node.value {
            Value::List(items) => items.iter().filter_map(|item| self.read(key.span, item)).collect(),
            Value::Null => Vec::new(),
            _ => {
                self.wrong_type(key, node, "a list");
                Vec::new()
            }
        }
    }

    fn idps(&mut self) -> BTreeMap<String, Spanned<IdpSpec>> {
        let mut idps = self.map::<IdpSpec>("idps");
        if let Some((key, _)) = self.root.get("idp")
            && let Some(idp) = self.optional::<IdpSpec>("idp")
        {
            // The path of a file is no name, and cannot be part of a host.
            let name = idp.preset.clone().filter(|_| !idp.preset_is_a_file()).unwrap_or_else(|| "idp".to_owned());
            if idps.insert(name.clone(), Spanned::new(idp, key.span)).is_some() {
                let title = format!("`idp` and `idps.{name}` are the same identity provider");
                self.errors.push(ReadError::new(Diagnostic::new("duplicate-key", title), key.span, "again here"));
            }
        }
        idps
    }

    fn read<T: DeserializeOwned>(&mut self, near: Span, node: &Node) -> Option<T> {
        let (value, errors) = read_all(node);
        self.errors.extend(errors.into_iter().map(|error| {
            let nowhere = error.span.is_none_or(|span| span.start == span.end);
            if nowhere { ReadError { span: Some(near), ..error } } else { error }
        }));
        value
    }

    fn wrong_type(&mut self, key: &Key, node: &Node, expected: &str) {
        let title = format!("`{}` must be {expected}, found {}", key.name, node.kind());
        self.errors.push(ReadError::new(Diagnostic::new("wrong-type", title), node.span, "wrong type"));
    }
}

/// The keys of a scenario. `matrix`, `cases` and `must-fail` are read before the scenario is typed.
const KEYS: [&str; 15] = [
    "title",
    "tags",
    "condition",
    "org",
    "rulebook",
    "users",
    "idp",
    "idps",
    "products",
    "clock",
    "steps",
    "expect",
    "matrix",
    "cases",
    "must-fail",
];

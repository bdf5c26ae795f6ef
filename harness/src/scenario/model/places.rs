//! The places of a scenario's values, for messages about one key of a section.

use std::fmt;
use std::sync::Arc;
use vestibule_model::yaml::{Node, Span, Value};

/// The place of each value of a scenario. It is not part of the scenario's meaning, so any two are equal.
#[derive(Clone)]
pub(crate) struct Places(Arc<Node>);

impl Places {
    pub(in crate::scenario) fn new(root: &Node) -> Self {
        Self(Arc::new(root.clone()))
    }

    /// The scenario as it was written, a row of its matrix applied.
    pub(in crate::scenario) fn tree(&self) -> &Node {
        &self.0
    }

    /// The place of the value of a key: `org`, `date`. An item of a list is named by its number, from 0. A value that
    /// is left out has the place of its section.
    pub(crate) fn of(&self, path: &[&str]) -> Span {
        let mut node = self.0.as_ref();
        for key in path {
            let inner = match &node.value {
                Value::List(items) => key.parse().ok().and_then(|index: usize| items.get(index)),
                _ => node.get(key).map(|(_, value)| value),
            };
            let Some(inner) = inner else { break };
            node = inner;
        }
        node.span
    }

    /// The same below an identity provider, which is written under `idps` or alone under `idp`.
    pub(crate) fn of_idp(&self, name: &str, path: &[&str]) -> Span {
        let among_several = self.0.get("idps").is_some_and(|(_, idps)| idps.get(name).is_some());
        let start: &[&str] = if among_several { &["idps", name] } else { &["idp"] };
        self.of(&[start, path].concat())
    }
}

impl PartialEq for Places {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The tree may hold the passwords of users.
        f.write_str("Places")
    }
}

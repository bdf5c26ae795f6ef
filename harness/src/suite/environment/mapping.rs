//! `--env SF_URL={login-url}`: values under the names that a suite already reads.

use std::collections::BTreeMap;
use std::str::FromStr;

use vestibule_model::Secret;
use vestibule_model::diagnostic::suggest;

use super::documented::{VARIABLES, Variable, for_user};

/// `--env SF_URL={login-url}`: a name that the suite reads, and a text with `{template}`s. `{password.admin}` is the
/// value of one user, `{{` is a brace, everything else is literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// Name in the suite's environment.
    pub name: String,
    /// The text.
    pub text: String,
}

/// Why a mapping cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// No `=`.
    #[error("`{0}` is not NAME={{template}}: write, for example, SF_URL={{login-url}}")]
    NoEquals(String),
    /// No name before the `=`, or a name that cannot be an environment variable.
    #[error("`{0}` names no variable before the `=`")]
    NoName(String),
    /// A name with a space in it.
    #[error("`{0}` is not the name of a variable: write it without spaces")]
    WrongName(String),
    /// A `{` without its `}`.
    #[error("`{0}` has a brace that is not closed; write `{{{{` for a literal brace")]
    Unclosed(String),
    /// A template that does not exist.
    #[error("there is no value `{name}`{}", .nearest.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
    Unknown {
        /// The name asked for.
        name: String,
        /// The nearest name that exists.
        nearest: Option<String>,
    },
}

/// The values that templates stand for.
pub(super) struct Resolved<'a> {
    /// By name in the environment.
    pub(super) told: &'a BTreeMap<String, Secret>,
    /// Keys of the users.
    pub(super) users: &'a [String],
}

impl FromStr for Mapping {
    type Err = MappingError;

    fn from_str(text: &str) -> Result<Self, MappingError> {
        let (name, value) = text.split_once('=').ok_or_else(|| MappingError::NoEquals(text.to_owned()))?;
        if name.trim().is_empty() || text.contains('\0') {
            return Err(MappingError::NoName(text.to_owned()));
        }
        if name.contains(char::is_whitespace) {
            return Err(MappingError::WrongName(name.to_owned()));
        }
        Ok(Self { name: name.to_owned(), text: value.to_owned() })
    }
}

impl Mapping {
    /// Whether every template of the text is documented, and every user in it exists.
    ///
    /// # Errors
    ///
    /// If one of them is unknown. The error suggests the nearest name that exists.
    pub(crate) fn check(&self, users: &[String]) -> Result<(), MappingError> {
        for part in parts(&self.text)? {
            if let Part::Template(name) = part {
                variable(name, users).ok_or_else(|| unknown(name, users))?;
            }
        }
        Ok(())
    }

    /// The text with its values in place; a value that does not exist is empty.
    pub(super) fn text_with(&self, values: &Resolved<'_>) -> Secret {
        let parts = parts(&self.text).expect("invariant: the mapping was checked");
        let text = parts.into_iter().map(|part| match part {
            Part::Text(text) => text,
            Part::Template(name) => {
                let value = variable(name, values.users).and_then(|name| values.told.get(&name));
                value.map(Secret::reveal).unwrap_or_default()
            }
        });
        Secret::new(text.collect::<String>())
    }

    /// The first template of the text that has no value.
    pub(super) fn template_without_value(&self, values: &Resolved<'_>) -> Option<&str> {
        let parts = parts(&self.text).expect("invariant: the mapping was checked");
        parts.into_iter().find_map(|part| match part {
            Part::Text(_) => None,
            Part::Template(name) => {
                let told = variable(name, values.users).is_some_and(|name| values.told.contains_key(&name));
                (!told).then_some(name)
            }
        })
    }
}

enum Part<'a> {
    Text(&'a str),
    Template(&'a str),
}

fn parts(text: &str) -> Result<Vec<Part<'_>>, MappingError> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once('{') {
        parts.push(Part::Text(before));
        if let Some(literal) = after.strip_prefix('{') {
            parts.push(Part::Text("{"));
            rest = literal;
            continue;
        }
        let (name, behind) = after.split_once('}').ok_or_else(|| MappingError::Unclosed(text.to_owned()))?;
        parts.push(Part::Template(name.trim()));
        rest = behind;
    }
    parts.push(Part::Text(rest));
    Ok(parts)
}

/// The environment variable that a template stands for.
fn variable(template: &str, users: &[String]) -> Option<String> {
    let find = |name: &str| VARIABLES.iter().find(|variable| variable.template == name || plain_name(variable) == name);
    if let Some(variable) = find(template) {
        return Some(variable.name.to_owned());
    }
    let (name, key) = template.split_once('.')?;
    let variable = find(name).filter(|variable| variable.per_user)?;
    users.iter().find(|user| *user == key).map(|key| for_user(variable.name, key))
}

/// `username` for `VESTIBULE_USERNAME`: the name of a variable is accepted as a template too.
fn plain_name(variable: &Variable) -> String {
    variable.name.trim_start_matches("VESTIBULE_").to_ascii_lowercase().replace('_', "-")
}

fn unknown(name: &str, users: &[String]) -> MappingError {
    let of_users = |variable: &Variable| {
        let template = variable.template;
        users.iter().filter(|_| variable.per_user).map(move |key| format!("{template}.{key}")).collect::<Vec<_>>()
    };
    let plain = VARIABLES.iter().map(|variable| variable.template.to_owned());
    let known: Vec<String> = plain.chain(VARIABLES.iter().flat_map(of_users)).collect();
    let by_name = VARIABLES.iter().find(|variable| variable.name == name).map(|variable| variable.template);
    let nearest = by_name.or_else(|| suggest(name, known.iter().map(String::as_str)));
    MappingError::Unknown { name: name.to_owned(), nearest: nearest.map(str::to_owned) }
}

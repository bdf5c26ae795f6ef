//! A file with users only: their keys and settings, as under `users` of a scenario.

use std::collections::BTreeMap;

use vestibule_model::UserSpec;
use vestibule_model::diagnostic::{Diagnostic, source_from_bytes};
use vestibule_model::yaml::{ReadError, Spanned, documents, read_all};

use super::discover::SourceFile;

/// The users of a file, by key. They may be under the key `users`.
///
/// # Errors
///
/// Everything that is wrong in the file.
pub(crate) fn load_users(file: SourceFile) -> Result<BTreeMap<String, Spanned<UserSpec>>, Vec<Diagnostic>> {
    let source = source_from_bytes(&file.name, file.bytes).map_err(|error| vec![error])?;
    let documents = documents(&source).map_err(|error| vec![error])?;
    let refused = |error: ReadError| error.into_diagnostic(&source);
    let root = documents.first().map(|root| root.get("users").map_or(root, |(_, users)| users));
    let entries = root.and_then(|root| root.entries()).unwrap_or_default();
    if entries.is_empty() {
        let diagnostic = Diagnostic::new("no-users", "the file has no users")
            .hint("write `rep: { profile: Standard User, username: rep@acme.example }`");
        return Err(vec![diagnostic.at(source.place(0..0, "a mapping from user keys to settings"))]);
    }
    let mut people = BTreeMap::new();
    let mut errors = Vec::new();
    for (key, node) in entries {
        let (user, found) = read_all::<UserSpec>(node);
        errors.extend(found.into_iter().map(|error| refused(error.within(key.span))));
        people.extend(user.map(|user| (key.name.clone(), Spanned::new(user, key.span))));
    }
    if errors.is_empty() { Ok(people) } else { Err(errors) }
}

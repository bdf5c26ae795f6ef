//! Scenario files: turns text into typed cases with source spans. Pure, except for [`discover()`].
//!
//! ```text
//! discover -> SourceFile -> tree (generic, spanned) -> rows of the matrix -> model (typed, spanned) -> check -> Case
//! ```
//!
//! One YAML document is one scenario. Dotted keys (`users.admin.verifiers`) change the generic tree before it is typed,
//! so that a wrong value in a row of a matrix is reported at that row.
//!
//! A value is wrapped in [`Spanned`](vestibule_model::yaml::Spanned) if a message may have to point at it. Steps are
//! externally tagged. `tag`, `flatten` and `untagged` are not used here, because they lose the spans.

mod beside;
mod case;
mod check;
mod command;
mod discover;
mod dotted;
mod embedded;
mod load;
pub(crate) mod model;
mod org_settings;
mod own_org;
mod parse;
mod presets;
mod rows;
mod schema;
mod secret_keys;
mod select;
mod short_form;
mod snapshot_name;
mod users;

pub(crate) use beside::find_beside;
pub use case::Case;
pub(crate) use case::twin;
pub use check::{FieldWords, Vocabulary};
pub use discover::DiscoverError;
pub(crate) use discover::{SourceFile, discover};
pub(crate) use embedded::embedded_suites;
pub(crate) use load::load;
pub(crate) use org_settings::{OrgSettings, load_org_settings};
pub(crate) use own_org::OrgChange;
pub(crate) use presets::load_preset;
pub(crate) use schema::schema;
pub(crate) use select::Selection;
pub(crate) use short_form::{is_list, list_item, read_short_form, read_word};
pub(crate) use users::load_users;

#[cfg(test)]
mod tests;

//! Files of other programs that hold accounts: read into records, and written from accounts.
//!
//! A file is read as a whole or not at all. What is wrong with it is said with its place, and no value is repeated: any of
//! them may be a secret, or stand in a column in which it does not belong.

mod browserforce;
mod error;
mod format;
mod json;
mod login_csv;
mod otpauth;
mod place;
mod playwright;
mod record;
mod virtual_authenticator;

pub(crate) use error::{ExportError, FormatError};
pub(crate) use format::Format;
pub(crate) use record::Placement;

#[cfg(test)]
mod tests;

//! YAML that a person wrote. [`documents`] reads it into a tree with places, [`read()`] the tree into types, so that each
//! error has its place and says what is valid there.

mod read;
mod spanned;
mod syntax;
mod tree;

pub use read::{ReadError, parse, read, read_all};
pub use spanned::{Span, Spanned};
pub use tree::{Key, Node, Value, documents};

#[cfg(test)]
mod tests;

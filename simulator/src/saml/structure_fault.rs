//! What is wrong with the places of elements in a message.

/// Why the elements of a message are not where those of a real one are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StructureFault {
    /// The root is not a `Response`.
    #[error("the root is a {found}, not a Response")]
    UnexpectedRoot {
        /// Local name of the root.
        found: String,
    },
    /// The root is not an `Assertion`, where one comes by itself.
    #[error("the root is a {found}, not an Assertion")]
    NotAnAssertion {
        /// Local name of the root.
        found: String,
    },
    /// Two elements share an `ID`.
    #[error("two elements share the ID {0}")]
    DuplicateId(String),
    /// The `Response` or `Assertion` has no `ID`.
    #[error("the {0} has no ID")]
    MissingId(&'static str),
    /// A `Response` inside the message.
    #[error("there is a Response inside the Response")]
    NestedResponse,
    /// More than one `Assertion`.
    #[error("there are {0} assertions")]
    SeveralAssertions(usize),
    /// The `Assertion` is not a child of the `Response`.
    #[error("the Assertion is not a direct child of the Response")]
    MisplacedAssertion,
    /// An `EncryptedAssertion` where there is no key to decrypt it.
    #[error("the assertion is encrypted, and no key to decrypt it is configured")]
    EncryptedAssertion,
    /// An `EncryptedAssertion` with another assertion beside it, or not in its place.
    #[error("an encrypted assertion is not the only assertion in the Response")]
    MisplacedEncryptedAssertion,
}

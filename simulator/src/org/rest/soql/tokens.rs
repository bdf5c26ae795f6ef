//! A query as a row of tokens.

use winnow::stream::TokenSlice;

/// What the grammar reads.
pub(crate) type Tokens<'t> = TokenSlice<'t, Located>;

/// A token and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Located {
    /// The token.
    pub(crate) token: Token,
    /// The byte at which it begins.
    pub(crate) at: usize,
    /// As it was written.
    pub(crate) text: String,
}

/// A token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    /// A keyword or a name: `SELECT`, `Profile.Name`, `LAST_N_DAYS:30`.
    Word,
    /// `'text'`
    Quoted,
    /// A number, a date or an instant.
    Number,
    /// An operator that compares: `=`, `<=`.
    Comparison,
    /// `(`, `)` or `,`
    Mark,
    /// The end of the query.
    End,
}

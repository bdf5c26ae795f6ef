//! What is wrong with a query, and where.

use super::tokens::{Token, Tokens};
use winnow::error::ParserError;

/// What is wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Its code.
    pub(crate) code: FaultCode,
    /// The byte of the query that it is about.
    pub(crate) at: Option<usize>,
    /// What is wrong there.
    pub(crate) message: String,
}

/// The code of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultCode {
    /// `MALFORMED_QUERY`
    MalformedQuery,
    /// `INVALID_FIELD`
    InvalidField,
    /// `INVALID_TYPE`
    InvalidType,
    /// `INVALID_QUERY_FILTER_OPERATOR`
    InvalidQueryFilterOperator,
    /// `NUMBER_OUTSIDE_VALID_RANGE`
    NumberOutsideValidRange,
}

impl FaultCode {
    /// As the API writes it.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::MalformedQuery => "MALFORMED_QUERY",
            Self::InvalidField => "INVALID_FIELD",
            Self::InvalidType => "INVALID_TYPE",
            Self::InvalidQueryFilterOperator => "INVALID_QUERY_FILTER_OPERATOR",
            Self::NumberOutsideValidRange => "NUMBER_OUTSIDE_VALID_RANGE",
        }
    }
}

impl Fault {
    /// The query cannot be read.
    pub(crate) fn malformed(at: Option<usize>, message: impl Into<String>) -> Self {
        Self { code: FaultCode::MalformedQuery, at, message: message.into() }
    }

    /// A field cannot be used.
    pub(crate) fn field(at: usize, message: impl Into<String>) -> Self {
        Self { code: FaultCode::InvalidField, at: Some(at), message: message.into() }
    }

    /// The message as the API writes it: with the line, a caret under the place, its row and its column, both from 1
    /// (contract H6.2).
    pub(crate) fn text(&self, query: &str) -> String {
        let Some((before, after)) = self.at.and_then(|at| query.split_at_checked(at)) else {
            return self.message.clone();
        };
        let row = before.matches('\n').count().saturating_add(1);
        let line_before = before.rsplit('\n').next().unwrap_or_default();
        let column = line_before.chars().count().saturating_add(1);
        let shown: String = {
            let skipped = column.saturating_sub(CONTEXT);
            line_before.chars().skip(skipped).collect()
        };
        let rest: String = after.chars().take_while(|char| *char != '\n').take(CONTEXT).collect();
        let caret = " ".repeat(shown.chars().count());
        format!("\n{shown}{rest}\n{caret}^\nERROR at Row:{row}:Column:{column}\n{}", self.message)
    }
}

/// Every token that does not fit is one that was not expected.
impl<'t> ParserError<Tokens<'t>> for Fault {
    type Inner = Self;

    fn from_input(input: &Tokens<'t>) -> Self {
        let Some(found) = input.first() else {
            return Self::malformed(None, "unexpected token: '<EOF>'");
        };
        let text = match &found.token {
            Token::End => "<EOF>",
            _ => found.text.as_str(),
        };
        Self::malformed(Some(found.at), format!("unexpected token: '{text}'"))
    }

    fn into_inner(self) -> Result<Self::Inner, Self> {
        Ok(self)
    }
}

/// How many characters of the line are shown on each side of the place.
const CONTEXT: usize = 80;

//! SOQL, the query language of the REST API (contract H6.1, H6.2).

mod dates;
mod fault;
mod grammar;
mod lexer;
mod query;
mod quoted;
mod tokens;

pub(super) use dates::bounds;
pub(super) use fault::{Fault, FaultCode};
pub(super) use query::{
    Condition, FieldSet, Function, Glyph, Literal, Measure, Name, Operator, Query, Selected, Values,
};

/// Reads a query.
///
/// # Errors
///
/// What is wrong with the first token that does not fit.
pub(crate) fn parse(text: &str) -> Result<Query, Fault> {
    if text.trim().is_empty() {
        return Err(Fault::malformed(None, "A query string has to be specified"));
    }
    if text.chars().count() > MOST_CHARACTERS {
        let message = format!("SOQL statements cannot be longer than {MOST_CHARACTERS} characters.");
        return Err(Fault::malformed(None, message));
    }
    grammar::read(&lexer::tokens(text)?)
}

/// Source: SOQL and SOSL Reference, "SOQL and SOSL Limits".
const MOST_CHARACTERS: usize = 100_000;

#[cfg(test)]
mod tests;

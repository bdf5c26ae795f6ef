//! Splits a query into tokens.

use winnow::ascii::multispace0;
use winnow::combinator::{alt, delimited, opt, preceded, repeat};
use winnow::error::ContextError;
use winnow::token::{none_of, one_of, take_while};
use winnow::{Parser, Result};

use super::fault::Fault;
use super::tokens::{Located, Token};

/// The tokens of a query; the last one is its end.
pub(crate) fn tokens(query: &str) -> Result<Vec<Located>, Fault> {
    let mut rest = query;
    let mut tokens = Vec::new();
    loop {
        skip_blanks(&mut rest);
        let at = query.len().saturating_sub(rest.len());
        if rest.is_empty() {
            tokens.push(Located { token: Token::End, at, text: String::new() });
            return Ok(tokens);
        }
        match token(&mut rest) {
            Ok((token, read)) => tokens.push(Located { token, at, text: read.to_owned() }),
            Err(_) => return Err(unreadable(query, at)),
        }
    }
}

fn skip_blanks(text: &mut &str) {
    let _blanks: Result<&str> = multispace0.parse_next(text);
}

fn token<'q>(text: &mut &'q str) -> Result<(Token, &'q str)> {
    alt((
        word.take().map(|read| (Token::Word, read)),
        number.take().map(|read| (Token::Number, read)),
        quoted.take().map(|read| (Token::Quoted, read)),
        comparison.take().map(|read| (Token::Comparison, read)),
        one_of(['(', ')', ',']).take().map(|read| (Token::Mark, read)),
    ))
    .parse_next(text)
}

/// A date literal may have a number: `LAST_N_DAYS:30`.
fn word(text: &mut &str) -> Result<()> {
    let first = one_of(|char: char| char.is_ascii_alphabetic() || char == '_');
    let further = take_while(0.., |char: char| char.is_ascii_alphanumeric() || "_.".contains(char));
    let number = opt((':', take_while(1.., |char: char| char.is_ascii_digit())));
    (first, further, number).void().parse_next(text)
}

/// `5`, `-1.5`, `2026-11-02`, `2026-11-02T12:00:00.000+01:00`.
fn number(text: &mut &str) -> Result<()> {
    let first = (opt(one_of(['+', '-'])), one_of(|char: char| char.is_ascii_digit()));
    let further = take_while(0.., |char: char| char.is_ascii_alphanumeric() || "+-:.".contains(char));
    (first, further).void().parse_next(text)
}

fn quoted(text: &mut &str) -> Result<()> {
    let escaped = preceded('\\', one_of(ESCAPED));
    let character = alt((none_of(['\'', '\\']), escaped));
    delimited('\'', repeat::<_, _, (), ContextError, _>(0.., character), '\'').void().parse_next(text)
}

fn comparison(text: &mut &str) -> Result<()> {
    alt(("!=", "<>", "<=", ">=", "=", "<", ">")).void().parse_next(text)
}

/// What begins here is no token: a text without its end, or a character that no token begins with.
fn unreadable(query: &str, at: usize) -> Fault {
    let rest = query.get(at..).unwrap_or_default();
    match rest.chars().next() {
        Some('\'') => match wrong_escape(rest) {
            Some((offset, escape)) => Fault::malformed(
                Some(at.saturating_add(offset)),
                format!("Invalid string literal. Illegal character sequence '{escape}' in string literal."),
            ),
            None => Fault::malformed(Some(at), "mismatched character '<EOF>' expecting '''"),
        },
        found => {
            let found = found.map(String::from).unwrap_or_default();
            Fault::malformed(Some(at), format!("no viable alternative at character '{found}'"))
        }
    }
}

/// The first escape of a text that there is not, and its offset.
fn wrong_escape(quoted: &str) -> Option<(usize, String)> {
    let mut characters = quoted.char_indices().skip(1);
    while let Some((offset, character)) = characters.next() {
        match character {
            '\'' => return None,
            '\\' => {
                let (_, escaped) = characters.next()?;
                if !ESCAPED.contains(&escaped) {
                    return Some((offset, format!("\\{escaped}")));
                }
            }
            _ => {}
        }
    }
    None
}

/// What may follow a backslash.
///
/// Source: SOQL and SOSL Reference, "Quoted String Escape Sequences".
const ESCAPED: [char; 15] = ['n', 'N', 'r', 'R', 't', 'T', 'b', 'B', 'f', 'F', '"', '\'', '\\', '_', '%'];

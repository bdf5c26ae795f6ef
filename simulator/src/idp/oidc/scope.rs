//! Scopes: words with blanks between them (RFC 6749 3.3).

use crate::oidc::{ErrorCode, TokenError};

/// The scope that is asked for, if it is a part of what was granted (RFC 6749 6).
pub(super) fn narrowed(granted: &str, asked: Option<&str>) -> Result<String, TokenError> {
    let Some(asked) = asked else { return Ok(granted.to_owned()) };
    match asked.split_ascii_whitespace().find(|word| !has_word(granted, word)) {
        None => Ok(asked.to_owned()),
        Some(word) => Err(TokenError::new(ErrorCode::InvalidScope, format!("scope `{word}` was not granted"))),
    }
}

/// Whether a scope has this word.
pub(super) fn has_word(scope: &str, word: &str) -> bool {
    scope.split_ascii_whitespace().any(|one| one == word)
}

//! The token response: written by the OP, read by the RP.
//!
//! Source: RFC 6749 5.1 and 5.2; OpenID Connect Core 3.1.3.3.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// A successful token response. `Debug` shows no token.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TokenResponse {
    /// Access token.
    pub(crate) access_token: String,
    /// `Bearer`, or `DPoP` (RFC 9449 5).
    pub(crate) token_type: String,
    /// Lifetime of the access token, seconds. Some products write the number as a text.
    #[serde(default, deserialize_with = "number_or_text", skip_serializing_if = "Option::is_none")]
    pub(crate) expires_in: Option<u64>,
    /// The ID token. A response without one is a fault that an RP must notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) id_token: Option<String>,
    /// Scope. Some products write the names as a list; an RP needs none of them.
    #[serde(default, deserialize_with = "names", skip_serializing_if = "Option::is_none")]
    pub(crate) scope: Option<String>,
    /// The refresh token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) refresh_token: Option<String>,
    /// The type of the token that another one was exchanged for (RFC 8693 2.2.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) issued_token_type: Option<String>,
    /// Members beside the tokens, which an RP must ignore (RFC 6749 5.1).
    #[serde(flatten, skip_deserializing)]
    pub(crate) beside: Map<String, Value>,
}

impl TokenResponse {
    /// Reads what a token endpoint answered with this HTTP status.
    ///
    /// # Errors
    /// If the endpoint refused, or its answer is not a token response of type `Bearer`.
    pub(crate) fn parse(status: u16, body: &[u8]) -> Result<Self, TokenResponseError> {
        if status != 200 {
            return Err(refusal(status, body));
        }
        let response: Self = serde_json::from_slice(body)?;
        if response.token_type.eq_ignore_ascii_case("bearer") {
            Ok(response)
        } else {
            Err(TokenResponseError::TokenType { token_type: response.token_type })
        }
    }

    /// The ID token.
    ///
    /// # Errors
    /// If the response has none.
    pub(crate) fn id_token(&self) -> Result<&str, TokenResponseError> {
        self.id_token.as_deref().ok_or(TokenResponseError::IdTokenMissing)
    }
}

impl fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenResponse")
            .field("token_type", &self.token_type)
            .field("expires_in", &self.expires_in)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

/// Why a token response cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenResponseError {
    /// The endpoint refused as RFC 6749 5.2 describes.
    #[error("the token endpoint refused with `{error}`{}", description.as_ref().map(|d| format!(": {d}")).unwrap_or_default())]
    Refused {
        /// The code; any text, since it comes from outside.
        error: String,
        /// What the endpoint says about it.
        description: Option<String>,
    },
    /// Another status, without an error that can be read.
    #[error("the token endpoint answered with status {status}")]
    Status {
        /// HTTP status.
        status: u16,
    },
    /// Status 200, but not a token response.
    #[error("the token endpoint's answer is not a token response: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Another type than `Bearer`.
    #[error("the token type `{token_type}` is not `Bearer`")]
    TokenType {
        /// The type as sent.
        token_type: String,
    },
    /// No ID token (OpenID Connect Core 3.1.3.3).
    #[error("the token endpoint's answer has no id_token")]
    IdTokenMissing,
}

fn number_or_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let seconds = match Option::<Value>::deserialize(deserializer)? {
        None => return Ok(None),
        Some(Value::String(text)) => whole_seconds(text.trim()),
        // JSON has one kind of numbers (RFC 8259 6).
        Some(Value::Number(number)) => whole_seconds(&number.to_string()),
        Some(_) => None,
    };
    seconds.map(Some).ok_or_else(|| D::Error::custom("expires_in is not a number of seconds"))
}

/// `3600`, also as `3600.0`: a fraction of a second is left out.
fn whole_seconds(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    fraction.bytes().all(|digit| digit.is_ascii_digit()).then(|| whole.parse().ok()).flatten()
}

fn names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(names) => Some(names),
        Value::Array(names) => Some(names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")),
        _ => None,
    })
}

fn refusal(status: u16, body: &[u8]) -> TokenResponseError {
    let body: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    match text("error") {
        Some(error) => TokenResponseError::Refused { error, description: text("error_description") },
        None => TokenResponseError::Status { status },
    }
}

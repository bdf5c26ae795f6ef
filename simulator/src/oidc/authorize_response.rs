//! Answers of the authorization endpoint, as the OP writes and the RP reads them.
//!
//! Source: RFC 6749 4.1.2, OAuth 2.0 Multiple Response Types 2.1, OAuth 2.0 Form Post Response Mode, JWT Secured
//! Authorization Response Mode 2.3, RFC 9207.

use super::discovery::ProviderMetadata;
use super::form::{self, Form};

/// How an answer reaches the redirect URI.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum ResponseMode {
    /// In the query: the default of the code flow.
    #[default]
    Query,
    /// In the fragment.
    Fragment,
    /// In the body of a POST that a page submits.
    FormPost,
    /// In the query, as a signed JWT.
    QueryJwt,
    /// In the fragment, as a signed JWT.
    FragmentJwt,
    /// In the body of a POST that a page submits, as a signed JWT.
    FormPostJwt,
}

impl ResponseMode {
    /// The mode by its name in requests, where this one is usual.
    pub(crate) fn named(self, name: &str) -> Option<Self> {
        match name {
            "query" => Some(Self::Query),
            "fragment" => Some(Self::Fragment),
            "form_post" => Some(Self::FormPost),
            "query.jwt" => Some(Self::QueryJwt),
            "fragment.jwt" => Some(Self::FragmentJwt),
            "form_post.jwt" => Some(Self::FormPostJwt),
            "jwt" => Some(if self.is_query() { Self::QueryJwt } else { Self::FragmentJwt }),
            _ => None,
        }
    }

    /// Whether the answer is in the query, where servers and logs see it.
    pub(crate) fn is_query(self) -> bool {
        matches!(self, Self::Query | Self::QueryJwt)
    }

    /// Whether the answer is a signed JWT.
    pub(crate) fn is_jwt(self) -> bool {
        matches!(self, Self::QueryJwt | Self::FragmentJwt | Self::FormPostJwt)
    }

    /// The mode's name in requests.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Fragment => "fragment",
            Self::FormPost => "form_post",
            Self::QueryJwt => "query.jwt",
            Self::FragmentJwt => "fragment.jwt",
            Self::FormPostJwt => "form_post.jwt",
        }
    }
}

/// An answer on its way to the RP. Not `Debug`: a code is a credential.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct AuthorizationResponse {
    /// The client that it is for.
    pub(crate) client_id: String,
    /// Where it goes.
    pub(crate) redirect_uri: String,
    /// How it is sent.
    pub(crate) response_mode: ResponseMode,
    /// Its fields; for [`ResponseMode::FormPost`], the hidden fields of the page.
    pub(crate) fields: Vec<(&'static str, String)>,
}

impl AuthorizationResponse {
    /// The `Location` of the redirect. A form post has none: its page posts the fields to the redirect URI.
    pub(crate) fn location(&self) -> Option<String> {
        let fields = form::encode(self.fields.iter().map(|(name, value)| (*name, Some(value.as_str()))));
        let joint = match self.response_mode {
            ResponseMode::Query | ResponseMode::QueryJwt if self.redirect_uri.contains('?') => '&',
            ResponseMode::Query | ResponseMode::QueryJwt => '?',
            ResponseMode::Fragment | ResponseMode::FragmentJwt => '#',
            ResponseMode::FormPost | ResponseMode::FormPostJwt => return None,
        };
        Some(format!("{}{joint}{fields}", self.redirect_uri))
    }
}

/// A code as it reached the RP. Not `Debug`: a code is a credential.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct AuthorizationAnswer {
    /// The authorization code.
    pub(crate) code: String,
    /// The `state` of the request.
    pub(crate) state: Option<String>,
    /// The issuer that answered (RFC 9207).
    pub(crate) iss: Option<String>,
}

impl AuthorizationAnswer {
    /// Reads the query or body that reached the redirect URI, for a request that carried this `state` to this OP.
    ///
    /// The `state` is compared before anything else is trusted, errors included (RFC 6749 10.12).
    ///
    /// # Errors
    /// If the state is missing or wrong, if the issuer is wrong, or missing although the OP's metadata promises it
    /// (RFC 9207 2.4), if the OP answered with an error, or if there is no code.
    pub(crate) fn parse(fields: &str, state: &str, op: &ProviderMetadata) -> Result<Self, CallbackError> {
        let form = Form::parse(fields);
        if let Some(name) = form.repeated() {
            return Err(CallbackError::Repeated { name: name.to_owned() });
        }
        match form.get("state") {
            None => return Err(CallbackError::StateMissing),
            Some(actual) if actual != state => return Err(CallbackError::StateMismatch),
            Some(_) => {}
        }
        match form.get("iss") {
            Some(actual) if actual != op.issuer => {
                return Err(CallbackError::IssuerMismatch { expected: op.issuer.clone(), actual: actual.to_owned() });
            }
            None if op.authorization_response_iss_parameter_supported => return Err(CallbackError::IssuerMissing),
            _ => {}
        }
        if let Some(error) = form.get("error") {
            return Err(CallbackError::Refused {
                error: error.to_owned(),
                description: form.owned("error_description"),
            });
        }
        let code = form.owned("code").ok_or(CallbackError::CodeMissing)?;
        Ok(Self { code, state: form.owned("state"), iss: form.owned("iss") })
    }
}

/// Why an answer cannot be used by the RP.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CallbackError {
    /// The OP refused.
    #[error("the identity provider answered `{error}`{}", description.as_ref().map(|d| format!(": {d}")).unwrap_or_default())]
    Refused {
        /// The code; any text, since it comes from outside.
        error: String,
        /// What the OP says about it.
        description: Option<String>,
    },
    /// No `state`.
    #[error("the answer has no state, so it may be forged")]
    StateMissing,
    /// The `state` of another request.
    #[error("the answer carries the state of another request, so it may be forged")]
    StateMismatch,
    /// Another issuer answered (mix-up, RFC 9207 2.4).
    #[error("the answer comes from the issuer `{actual}`, not from `{expected}`")]
    IssuerMismatch {
        /// The issuer that was asked.
        expected: String,
        /// The issuer that answered.
        actual: String,
    },
    /// No issuer, from an OP that says it names itself (RFC 9207 2.4).
    #[error("the answer has no iss, which this identity provider always sends")]
    IssuerMissing,
    /// Neither a code nor an error.
    #[error("the answer has no code")]
    CodeMissing,
    /// A parameter appears twice.
    #[error("the answer repeats the parameter `{name}`")]
    Repeated {
        /// Its name.
        name: String,
    },
}

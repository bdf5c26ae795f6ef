//! The token request of the code flow: read by the OP, written by the RP.
//!
//! Source: RFC 6749 2.3.1, 4.1.3 and 5.2; OpenID Connect Core 9.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::memcmp;
use serde_json::json;
use url::form_urlencoded;
use vestibule_model::{Secret, excerpt};

use super::error::ErrorCode;
use super::form::{self, Form};

/// The client, and how it authenticates (OpenID Connect Core 9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ClientAuthentication {
    /// `client_secret_basic`: in the `Authorization` header.
    Basic {
        /// Client id.
        client_id: String,
        /// Client secret.
        secret: Secret,
    },
    /// `client_secret_post`: in the body.
    Post {
        /// Client id.
        client_id: String,
        /// Client secret.
        secret: Secret,
    },
    /// `none`: a public client, known by its id only.
    None {
        /// Client id.
        client_id: String,
    },
}

impl ClientAuthentication {
    /// Client id.
    pub(crate) fn client_id(&self) -> &str {
        match self {
            Self::Basic { client_id, .. } | Self::Post { client_id, .. } | Self::None { client_id } => client_id,
        }
    }

    /// Checks the client against its registration.
    ///
    /// # Errors
    /// `invalid_client`, if the id is wrong, or the secret is missing or wrong.
    pub(crate) fn verify(&self, client_id: &str, secret: &str) -> Result<(), TokenError> {
        let proven = match self {
            Self::Basic { secret: given, .. } | Self::Post { secret: given, .. } => is_same(given, secret),
            Self::None { .. } => false,
        };
        if self.client_id() == client_id && proven {
            Ok(())
        } else {
            Err(TokenError::new(ErrorCode::InvalidClient, "client authentication failed"))
        }
    }
}

/// Compares in constant time.
fn is_same(given: &Secret, registered: &str) -> bool {
    let given = given.reveal();
    given.len() == registered.len() && memcmp::eq(given.as_bytes(), registered.as_bytes())
}

/// A token request with the grant `authorization_code`. Not `Debug`: code and verifier are credentials.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct TokenRequest {
    /// The client.
    pub(crate) client: ClientAuthentication,
    /// The authorization code.
    pub(crate) code: String,
    /// The redirect URI of the authorization request.
    pub(crate) redirect_uri: String,
    /// The PKCE verifier.
    pub(crate) code_verifier: Option<String>,
}

impl TokenRequest {
    /// Reads the `Authorization` header and the form body.
    ///
    /// # Errors
    /// With the code of RFC 6749 5.2.
    pub(crate) fn parse(authorization: Option<&str>, body: &str) -> Result<Self, TokenError> {
        let form = Form::parse(body);
        if let Some(name) = form.repeated() {
            return Err(TokenError::invalid_request(format!("{name} is given more than once")));
        }
        let client = client(authorization, &form)?;
        match form.get("grant_type") {
            Some("authorization_code") => {}
            None => return Err(TokenError::invalid_request("grant_type is missing")),
            Some(other) => {
                let description = format!("grant_type `{other}` is not `authorization_code`");
                return Err(TokenError::new(ErrorCode::UnsupportedGrantType, description));
            }
        }
        let required =
            |name: &str| form.owned(name).ok_or_else(|| TokenError::invalid_request(format!("{name} is missing")));
        Ok(Self {
            client,
            code: required("code")?,
            redirect_uri: required("redirect_uri")?,
            code_verifier: form.owned("code_verifier"),
        })
    }

    /// The `Authorization` header of the RP's request; `None` if the body carries the secret.
    pub(crate) fn authorization(&self) -> Option<String> {
        let ClientAuthentication::Basic { client_id, secret } = &self.client else { return None };
        // Each part is form-encoded before the colon joins them (RFC 6749 2.3.1).
        let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        Some(format!("Basic {}", STANDARD.encode(format!("{}:{}", encode(client_id), encode(secret.reveal())))))
    }

    /// The form body of the RP's request.
    pub(crate) fn body(&self) -> String {
        let (client_id, secret) = match &self.client {
            ClientAuthentication::Basic { .. } => (None, None),
            ClientAuthentication::Post { client_id, secret } => (Some(client_id.as_str()), Some(secret.reveal())),
            ClientAuthentication::None { client_id } => (Some(client_id.as_str()), None),
        };
        form::encode([
            ("grant_type", Some("authorization_code")),
            ("code", Some(self.code.as_str())),
            ("redirect_uri", Some(self.redirect_uri.as_str())),
            ("code_verifier", self.code_verifier.as_deref()),
            ("client_id", client_id),
            ("client_secret", secret),
        ])
    }
}

/// A refusal of the token endpoint (RFC 6749 5.2).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {description}")]
pub(crate) struct TokenError {
    /// The code.
    pub(crate) code: ErrorCode,
    /// The value of `error_description`.
    pub(crate) description: String,
}

impl TokenError {
    /// A refusal with this code.
    pub(crate) fn new(code: ErrorCode, description: impl Into<String>) -> Self {
        Self { code, description: description.into() }
    }

    fn invalid_request(description: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidRequest, description)
    }

    /// HTTP status: 401 for `invalid_client`, which then also needs `WWW-Authenticate: Basic`; else 400.
    pub(crate) fn status(&self) -> u16 {
        if self.code == ErrorCode::InvalidClient { 401 } else { 400 }
    }

    /// The JSON body.
    pub(crate) fn body(&self) -> String {
        json!({ "error": self.code, "error_description": excerpt(&self.description) }).to_string()
    }
}

fn client(authorization: Option<&str>, form: &Form) -> Result<ClientAuthentication, TokenError> {
    let in_body = form.owned("client_id");
    match (authorization, form.owned("client_secret")) {
        (Some(_), Some(_)) => Err(TokenError::invalid_request("the client authenticates in two ways")),
        (Some(header), None) => {
            let (client_id, secret) = basic_credentials(header)
                .ok_or_else(|| TokenError::new(ErrorCode::InvalidClient, "the Authorization header is not Basic"))?;
            if in_body.is_some_and(|in_body| in_body != client_id) {
                return Err(TokenError::invalid_request("client_id differs from the Authorization header"));
            }
            Ok(ClientAuthentication::Basic { client_id, secret: Secret::new(secret) })
        }
        (None, secret) => {
            let client_id = in_body
                .ok_or_else(|| TokenError::new(ErrorCode::InvalidClient, "the client does not identify itself"))?;
            Ok(match secret {
                Some(secret) => ClientAuthentication::Post { client_id, secret: Secret::new(secret) },
                None => ClientAuthentication::None { client_id },
            })
        }
    }
}

/// Client id and secret of an `Authorization: Basic` header; a client without a secret sends the empty one (RFC 6749 2.3.1).
pub(crate) fn basic_credentials(header: &str) -> Option<(String, String)> {
    let (scheme, value) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("basic").then_some(())?;
    let text = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
    let (client_id, secret) = text.split_once(':')?;
    Some((form_decode(client_id), form_decode(secret)))
}

/// Decodes one form-encoded part. The part is parsed as a name without a value, so `=` must be escaped.
fn form_decode(part: &str) -> String {
    let escaped = part.replace('=', "%3D").replace('&', "%26");
    form_urlencoded::parse(escaped.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

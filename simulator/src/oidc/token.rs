//! The token request: read by the OP, written by the RP.
//!
//! Source: RFC 6749 2.3.1, 4.1.3, 4.4.2, 5.2 and 6; RFC 7523 2.2; RFC 8628 3.4; RFC 8693 2.1; OpenID Connect Core 9.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::memcmp;
use serde_json::json;
use url::form_urlencoded;
use vestibule_model::{GrantType, Secret, excerpt};

use super::client_assertion::{CLIENT_ASSERTION_TYPE, ClientAssertion};
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
    /// `client_secret_jwt` or `private_key_jwt`: a signed assertion, not verified yet.
    Assertion {
        /// Client id, as the assertion says.
        client_id: String,
        /// The assertion.
        assertion: Secret,
    },
    /// `none`: a public client, known by its id only.
    None {
        /// Client id.
        client_id: String,
    },
}

impl ClientAuthentication {
    /// Reads how a client authenticates at any endpoint, by the `Authorization` header or the form body.
    ///
    /// # Errors
    /// With the code of RFC 6749 5.2.
    pub(crate) fn parse(authorization: Option<&str>, body: &str) -> Result<Self, TokenError> {
        Self::read(authorization, &Form::parse(body))
    }

    fn read(authorization: Option<&str>, form: &Form) -> Result<Self, TokenError> {
        if let Some(name) = form.repeated() {
            return Err(TokenError::invalid_request(format!("{name} is given more than once")));
        }
        client(authorization, form)
    }

    /// Client id.
    pub(crate) fn client_id(&self) -> &str {
        match self {
            Self::Basic { client_id, .. }
            | Self::Post { client_id, .. }
            | Self::Assertion { client_id, .. }
            | Self::None { client_id } => client_id,
        }
    }

    /// Checks the secret of a client against its registration.
    ///
    /// # Errors
    /// `invalid_client`, if the id is wrong, or the secret is missing or wrong.
    pub(crate) fn verify(&self, client_id: &str, secret: &str) -> Result<(), TokenError> {
        let proven = match self {
            Self::Basic { secret: given, .. } | Self::Post { secret: given, .. } => is_same(given, secret),
            Self::Assertion { .. } | Self::None { .. } => false,
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

/// A token request. Not `Debug`: what it exchanges is a credential.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct TokenRequest {
    /// The client.
    pub(crate) client: ClientAuthentication,
    /// What is exchanged.
    pub(crate) grant: TokenGrant,
}

/// What a client exchanges for a token.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum TokenGrant {
    /// A code.
    Code {
        /// The authorization code.
        code: String,
        /// The redirect URI of the authorization request.
        redirect_uri: String,
        /// The PKCE verifier.
        code_verifier: Option<String>,
    },
    /// A refresh token.
    Refresh {
        /// The refresh token.
        refresh_token: String,
        /// A part of what was granted; `None`: all of it.
        scope: Option<String>,
    },
    /// Nothing but the authentication of the client.
    ClientCredentials {
        /// The scope.
        scope: Option<String>,
    },
    /// A device code (RFC 8628).
    Device {
        /// The device code.
        device_code: String,
    },
    /// Another token (RFC 8693).
    Exchange(TokenExchange),
}

/// A token for another one (RFC 8693 2.1).
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct TokenExchange {
    /// The token of the party that the new one is about.
    pub(crate) subject_token: String,
    /// Its type.
    pub(crate) subject_token_type: String,
    /// The token of the party that acts, and its type.
    pub(crate) actor: Option<(String, String)>,
    /// The type of the new token.
    pub(crate) requested_token_type: Option<String>,
    /// Where the new token will be used: an address.
    pub(crate) resource: Option<String>,
    /// Where the new token will be used: a name.
    pub(crate) audience: Option<String>,
    /// The scope.
    pub(crate) scope: Option<String>,
}

impl TokenGrant {
    /// Its type.
    pub(crate) fn grant_type(&self) -> GrantType {
        match self {
            Self::Code { .. } => GrantType::AuthorizationCode,
            Self::Refresh { .. } => GrantType::RefreshToken,
            Self::ClientCredentials { .. } => GrantType::ClientCredentials,
            Self::Device { .. } => GrantType::DeviceCode,
            Self::Exchange(_) => GrantType::TokenExchange,
        }
    }

    fn parse(form: &Form) -> Result<Self, TokenError> {
        let sent = form.get("grant_type").ok_or_else(|| TokenError::invalid_request("grant_type is missing"))?;
        let unknown = || {
            let description = format!("grant_type `{sent}` is none of this token endpoint");
            TokenError::new(ErrorCode::UnsupportedGrantType, description)
        };
        let required =
            |name: &str| form.owned(name).ok_or_else(|| TokenError::invalid_request(format!("{name} is missing")));
        Ok(match sent.parse::<GrantType>().map_err(|_| unknown())? {
            GrantType::AuthorizationCode => Self::Code {
                code: required("code")?,
                redirect_uri: required("redirect_uri")?,
                code_verifier: form.owned("code_verifier"),
            },
            GrantType::RefreshToken => {
                Self::Refresh { refresh_token: required("refresh_token")?, scope: form.owned("scope") }
            }
            GrantType::ClientCredentials => Self::ClientCredentials { scope: form.owned("scope") },
            GrantType::DeviceCode => Self::Device { device_code: required("device_code")? },
            GrantType::TokenExchange => {
                let actor = match (form.owned("actor_token"), form.owned("actor_token_type")) {
                    (None, None) => None,
                    (Some(token), Some(kind)) => Some((token, kind)),
                    _ => return Err(TokenError::invalid_request("actor_token and actor_token_type go together")),
                };
                Self::Exchange(TokenExchange {
                    subject_token: required("subject_token")?,
                    subject_token_type: required("subject_token_type")?,
                    actor,
                    requested_token_type: form.owned("requested_token_type"),
                    resource: form.owned("resource"),
                    audience: form.owned("audience"),
                    scope: form.owned("scope"),
                })
            }
            GrantType::Implicit => return Err(unknown()),
        })
    }

    fn fields(&self) -> Vec<(&'static str, Option<&str>)> {
        match self {
            Self::Code { code, redirect_uri, code_verifier } => vec![
                ("code", Some(code.as_str())),
                ("redirect_uri", Some(redirect_uri.as_str())),
                ("code_verifier", code_verifier.as_deref()),
            ],
            Self::Refresh { refresh_token, scope } => {
                vec![("refresh_token", Some(refresh_token.as_str())), ("scope", scope.as_deref())]
            }
            Self::ClientCredentials { scope } => vec![("scope", scope.as_deref())],
            Self::Device { device_code } => vec![("device_code", Some(device_code.as_str()))],
            Self::Exchange(exchange) => vec![
                ("subject_token", Some(exchange.subject_token.as_str())),
                ("subject_token_type", Some(exchange.subject_token_type.as_str())),
                ("actor_token", exchange.actor.as_ref().map(|(token, _)| token.as_str())),
                ("actor_token_type", exchange.actor.as_ref().map(|(_, kind)| kind.as_str())),
                ("requested_token_type", exchange.requested_token_type.as_deref()),
                ("resource", exchange.resource.as_deref()),
                ("audience", exchange.audience.as_deref()),
                ("scope", exchange.scope.as_deref()),
            ],
        }
    }
}

impl TokenRequest {
    /// Reads the `Authorization` header and the form body.
    ///
    /// # Errors
    /// With the code of RFC 6749 5.2.
    pub(crate) fn parse(authorization: Option<&str>, body: &str) -> Result<Self, TokenError> {
        let form = Form::parse(body);
        let client = ClientAuthentication::read(authorization, &form)?;
        Ok(Self { client, grant: TokenGrant::parse(&form)? })
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
        let client = match &self.client {
            ClientAuthentication::Basic { .. } => Vec::new(),
            ClientAuthentication::Post { client_id, secret } => {
                vec![("client_id", Some(client_id.as_str())), ("client_secret", Some(secret.reveal()))]
            }
            ClientAuthentication::Assertion { assertion, .. } => vec![
                ("client_assertion_type", Some(CLIENT_ASSERTION_TYPE)),
                ("client_assertion", Some(assertion.reveal())),
            ],
            ClientAuthentication::None { client_id } => vec![("client_id", Some(client_id.as_str()))],
        };
        let grant_type = Some(<&'static str>::from(self.grant.grant_type()));
        form::encode([("grant_type", grant_type)].into_iter().chain(self.grant.fields()).chain(client))
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

    /// A refusal of a request that is not as it must be.
    pub(crate) fn invalid_request(description: impl Into<String>) -> Self {
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
    if let Some(assertion) = form.get("client_assertion") {
        if authorization.is_some() || form.get("client_secret").is_some() {
            return Err(TokenError::invalid_request("the client authenticates in two ways"));
        }
        return asserted(assertion, form.get("client_assertion_type"), in_body);
    }
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

fn asserted(assertion: &str, kind: Option<&str>, in_body: Option<String>) -> Result<ClientAuthentication, TokenError> {
    if kind != Some(CLIENT_ASSERTION_TYPE) {
        let why = format!("client_assertion_type is not `{CLIENT_ASSERTION_TYPE}`");
        return Err(TokenError::invalid_request(why));
    }
    let refused = |why: String| TokenError::new(ErrorCode::InvalidClient, why);
    let client_id =
        ClientAssertion::read(assertion).map_err(|fault| refused(format!("the client assertion {fault}")))?.client_id;
    if in_body.is_some_and(|in_body| in_body != client_id) {
        return Err(refused("client_id differs from the `sub` of the client assertion".to_owned()));
    }
    Ok(ClientAuthentication::Assertion { client_id, assertion: Secret::new(assertion) })
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

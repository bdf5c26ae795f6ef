//! Dynamic registration of a client: what it asks for, and what it gets.
//!
//! Source: RFC 7591 2, 3.2.1 and 3.2.2; OpenID Connect Dynamic Client Registration 1.0.

use serde::{Deserialize, Serialize};
use serde_json::json;
use vestibule_model::{ClientAuth, EndpointUrl, excerpt};

/// What a client asks for, as far as it matters. Everything else is left out of the answer, so the client learns that it
/// does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClientMetadata {
    /// Redirect URIs.
    pub(crate) redirect_uris: Vec<EndpointUrl>,
    /// How it authenticates at the token endpoint; `None` for a public client.
    pub(crate) client_auth: Option<ClientAuth>,
    /// Its name for people.
    client_name: Option<String>,
}

/// The metadata as they are sent.
#[derive(Deserialize)]
struct Sent {
    #[serde(default)]
    redirect_uris: Vec<String>,
    token_endpoint_auth_method: Option<String>,
    response_types: Option<Vec<String>>,
    client_name: Option<String>,
}

/// Why a client is not registered (RFC 7591 3.2.2).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RegistrationError {
    /// A redirect URI that is not allowed, or none.
    #[error("{0}")]
    RedirectUri(String),
    /// Anything else.
    #[error("{0}")]
    Metadata(String),
}

impl RegistrationError {
    /// The value of `error`.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::RedirectUri(_) => "invalid_redirect_uri",
            Self::Metadata(_) => "invalid_client_metadata",
        }
    }

    /// The JSON body.
    pub(crate) fn body(&self) -> String {
        json!({ "error": self.code(), "error_description": excerpt(&self.to_string()) }).to_string()
    }
}

impl ClientMetadata {
    /// Reads a registration request. Every redirect URI must lead to this machine.
    ///
    /// # Errors
    /// With the code of RFC 7591 3.2.2.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, RegistrationError> {
        let sent: Sent = serde_json::from_slice(body)
            .map_err(|error| RegistrationError::Metadata(format!("the client metadata cannot be read: {error}")))?;
        if sent.redirect_uris.is_empty() {
            return Err(RegistrationError::RedirectUri("redirect_uris is missing or empty".to_owned()));
        }
        let redirect_uris = sent.redirect_uris.iter().map(|uri| {
            let uri: EndpointUrl = uri.parse().map_err(RegistrationError::RedirectUri)?;
            if !uri.is_loopback() {
                return Err(RegistrationError::RedirectUri(format!("`{uri}` is not on this machine")));
            }
            Ok(uri)
        });
        let redirect_uris = redirect_uris.collect::<Result<_, _>>()?;
        if sent.response_types.is_some_and(|types| types.iter().all(|one| one != "code")) {
            return Err(RegistrationError::Metadata("response_types lacks `code`, the only one there is".to_owned()));
        }
        // RFC 7591 2: without a method, it is client_secret_basic.
        let client_auth = match sent.token_endpoint_auth_method.as_deref() {
            None | Some("client_secret_basic") => Some(ClientAuth::Basic),
            Some("client_secret_post") => Some(ClientAuth::Post),
            Some("none") => None,
            Some(other) => {
                let why = format!("token_endpoint_auth_method `{other}` is not supported");
                return Err(RegistrationError::Metadata(why));
            }
        };
        Ok(Self { redirect_uris, client_auth, client_name: sent.client_name })
    }

    /// The answer to a client that is registered.
    pub(crate) fn registered(
        self,
        client_id: String,
        secret: Option<IssuedSecret>,
        issued_at: i64,
    ) -> ClientInformation {
        let method = match self.client_auth {
            Some(ClientAuth::Basic) => "client_secret_basic",
            Some(ClientAuth::Post) => "client_secret_post",
            None => "none",
        };
        let (client_secret, client_secret_expires_at) = match secret {
            Some(IssuedSecret { value, expires_at }) => (Some(value), Some(expires_at)),
            None => (None, None),
        };
        ClientInformation {
            client_id,
            client_id_issued_at: issued_at,
            client_secret,
            client_secret_expires_at,
            redirect_uris: self.redirect_uris.iter().map(ToString::to_string).collect(),
            token_endpoint_auth_method: method,
            grant_types: ["authorization_code"],
            response_types: ["code"],
            client_name: self.client_name,
        }
    }
}

/// A secret that a client is given. Not `Debug`: it is a credential.
pub(crate) struct IssuedSecret {
    /// The secret.
    pub(crate) value: String,
    /// When it ends, in seconds since 1970.
    pub(crate) expires_at: i64,
}

/// What a registered client is told (RFC 7591 3.2.1). Not `Debug`: it holds the secret.
#[derive(Serialize)]
pub(crate) struct ClientInformation {
    client_id: String,
    client_id_issued_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret_expires_at: Option<i64>,
    redirect_uris: Vec<String>,
    token_endpoint_auth_method: &'static str,
    grant_types: [&'static str; 1],
    response_types: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    client_name: Option<String>,
}

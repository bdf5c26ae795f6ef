//! Dynamic registration of a client: what it asks for, and what it gets.
//!
//! Source: RFC 7591 2, 3.2.1 and 3.2.2; RFC 7592 3; OpenID Connect Dynamic Client Registration 1.0, 2 and 5; the metadata of
//! RP-Initiated, Front-Channel and Back-Channel Logout, RFC 9101 10.5, RFC 9126 6 and RFC 9449 5.2.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vestibule_model::{
    ClientKeys, EndpointUrl, GrantType, JweAlgorithm, JweEncryption, JwsAlgorithm, RelyingPartyAuth, RelyingPartySpec,
    ResponseType, SubjectType, excerpt,
};

/// What a client asks for, as far as it matters. Everything else is left out of the answer, so the client learns that it
/// does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClientMetadata {
    /// The client, without its secret.
    pub(crate) client: RelyingPartySpec,
    /// Its name for people.
    pub(crate) client_name: Option<String>,
}

/// The metadata as they are sent.
#[derive(Deserialize)]
struct Sent {
    #[serde(default)]
    redirect_uris: Vec<String>,
    token_endpoint_auth_method: Option<String>,
    response_types: Option<Vec<String>>,
    grant_types: Option<Vec<String>>,
    client_name: Option<String>,
    jwks: Option<Value>,
    jwks_uri: Option<String>,
    #[serde(default)]
    request_uris: Vec<String>,
    #[serde(default)]
    post_logout_redirect_uris: Vec<String>,
    frontchannel_logout_uri: Option<String>,
    backchannel_logout_uri: Option<String>,
    id_token_signed_response_alg: Option<String>,
    id_token_encrypted_response_alg: Option<String>,
    id_token_encrypted_response_enc: Option<String>,
    userinfo_signed_response_alg: Option<String>,
    userinfo_encrypted_response_alg: Option<String>,
    userinfo_encrypted_response_enc: Option<String>,
    subject_type: Option<String>,
    sector_identifier_uri: Option<String>,
    #[serde(default)]
    require_pushed_authorization_requests: bool,
    #[serde(default)]
    require_signed_request_object: bool,
    #[serde(default)]
    dpop_bound_access_tokens: bool,
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
    /// Reads a registration request. Every address must lead to this machine.
    ///
    /// # Errors
    /// With the code of RFC 7591 3.2.2.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, RegistrationError> {
        let sent: Sent = serde_json::from_slice(body)
            .map_err(|error| RegistrationError::Metadata(format!("the client metadata cannot be read: {error}")))?;
        let response_types = response_types(sent.response_types)?;
        let grant_types = grant_types(sent.grant_types, &response_types);
        let redirects =
            grant_types.iter().any(|grant| matches!(grant, GrantType::AuthorizationCode | GrantType::Implicit));
        if redirects && sent.redirect_uris.is_empty() {
            return Err(RegistrationError::RedirectUri("redirect_uris is missing or empty".to_owned()));
        }
        let redirect_uris = sent.redirect_uris.iter().map(|uri| here(uri).map_err(RegistrationError::RedirectUri));
        let client = RelyingPartySpec {
            client_secret: None,
            client_auth: client_auth(sent.token_endpoint_auth_method.as_deref())?,
            redirect_uris: redirect_uris.collect::<Result<_, _>>()?,
            response_types,
            grant_types,
            jwks: keys(sent.jwks, sent.jwks_uri.is_some())?,
            jwks_uri: address("jwks_uri", sent.jwks_uri)?,
            // A fragment is the hash of what is there (OpenID Connect Core 6.2).
            request_uris: sent
                .request_uris
                .iter()
                .map(|uri| here(uri.split('#').next().unwrap_or_default()).map_err(RegistrationError::Metadata))
                .collect::<Result<_, _>>()?,
            post_logout_redirect_uris: sent
                .post_logout_redirect_uris
                .into_iter()
                .map(|uri| here(&uri).map_err(RegistrationError::Metadata))
                .collect::<Result<_, _>>()?,
            frontchannel_logout_uri: address("frontchannel_logout_uri", sent.frontchannel_logout_uri)?,
            backchannel_logout_uri: address("backchannel_logout_uri", sent.backchannel_logout_uri)?,
            id_token_signed_response_alg: word::<JwsAlgorithm>(
                "id_token_signed_response_alg",
                sent.id_token_signed_response_alg,
            )?,
            id_token_encrypted_response_alg: word::<JweAlgorithm>(
                "id_token_encrypted_response_alg",
                sent.id_token_encrypted_response_alg,
            )?,
            id_token_encrypted_response_enc: word::<JweEncryption>(
                "id_token_encrypted_response_enc",
                sent.id_token_encrypted_response_enc,
            )?,
            userinfo_signed_response_alg: word::<JwsAlgorithm>(
                "userinfo_signed_response_alg",
                sent.userinfo_signed_response_alg,
            )?,
            userinfo_encrypted_response_alg: word::<JweAlgorithm>(
                "userinfo_encrypted_response_alg",
                sent.userinfo_encrypted_response_alg,
            )?,
            userinfo_encrypted_response_enc: word::<JweEncryption>(
                "userinfo_encrypted_response_enc",
                sent.userinfo_encrypted_response_enc,
            )?,
            subject_type: word::<SubjectType>("subject_type", sent.subject_type)?.unwrap_or_default(),
            sector_identifier: None,
            sector_identifier_uri: address("sector_identifier_uri", sent.sector_identifier_uri)?,
            require_pushed_authorization_requests: sent.require_pushed_authorization_requests,
            require_signed_request_object: sent.require_signed_request_object,
            dpop_bound_access_tokens: sent.dpop_bound_access_tokens,
            // A client by a TLS certificate is registered by an admin: only then is the listener set up to ask for one.
            ..RelyingPartySpec::default()
        };
        let has_keys = client.jwks.is_some() || client.jwks_uri.is_some();
        let needs_keys = client.client_auth == Some(RelyingPartyAuth::PrivateKeyJwt)
            || client.id_token_encrypted_response_alg.is_some()
            || client.userinfo_encrypted_response_alg.is_some();
        if needs_keys && !has_keys {
            return Err(RegistrationError::Metadata("jwks or jwks_uri is missing".to_owned()));
        }
        for (what, has_method, has_key) in [
            ("id_token", &client.id_token_encrypted_response_enc, &client.id_token_encrypted_response_alg),
            ("userinfo", &client.userinfo_encrypted_response_enc, &client.userinfo_encrypted_response_alg),
        ] {
            if has_method.is_some() && has_key.is_none() {
                let why = format!("{what}_encrypted_response_alg is missing beside {what}_encrypted_response_enc");
                return Err(RegistrationError::Metadata(why));
            }
        }
        let hosts: std::collections::BTreeSet<String> = client.redirect_uris.iter().map(EndpointUrl::host).collect();
        let named = client.sector_identifier_uri.is_some();
        if client.subject_type == SubjectType::Pairwise && hosts.len() > 1 && !named {
            let why = "pairwise subjects need redirect_uris of one host, or a sector_identifier_uri";
            return Err(RegistrationError::Metadata(why.to_owned()));
        }
        Ok(Self { client, client_name: sent.client_name })
    }

    /// The answer to a client that is registered.
    pub(crate) fn registered(self, client_id: String, management: Management) -> ClientInformation {
        let client = self.client;
        let texts = |uris: &[EndpointUrl]| uris.iter().map(ToString::to_string).collect::<Vec<_>>();
        let text = |uri: &Option<EndpointUrl>| uri.as_ref().map(ToString::to_string);
        ClientInformation {
            client_id_issued_at: management.issued_at,
            client_secret_expires_at: client.client_secret.as_ref().map(|_| management.expires_at),
            client_secret: client.client_secret.as_ref().map(|secret| secret.reveal().to_owned()),
            registration_access_token: management.access_token,
            registration_client_uri: management.uri,
            redirect_uris: texts(&client.redirect_uris),
            token_endpoint_auth_method: client.client_auth.map_or("none", RelyingPartyAuth::registered_name),
            grant_types: client.grant_types,
            response_types: client.response_types,
            client_name: self.client_name,
            jwks: client.jwks.as_ref().and_then(|keys| serde_json::from_str(keys.as_str()).ok()),
            jwks_uri: text(&client.jwks_uri),
            request_uris: texts(&client.request_uris),
            post_logout_redirect_uris: texts(&client.post_logout_redirect_uris),
            frontchannel_logout_uri: text(&client.frontchannel_logout_uri),
            backchannel_logout_uri: text(&client.backchannel_logout_uri),
            id_token_signed_response_alg: client.id_token_signed_response_alg,
            id_token_encrypted_response_alg: client.id_token_encrypted_response_alg,
            id_token_encrypted_response_enc: client.id_token_encrypted_response_enc,
            userinfo_signed_response_alg: client.userinfo_signed_response_alg,
            userinfo_encrypted_response_alg: client.userinfo_encrypted_response_alg,
            userinfo_encrypted_response_enc: client.userinfo_encrypted_response_enc,
            subject_type: client.subject_type,
            sector_identifier_uri: text(&client.sector_identifier_uri),
            require_pushed_authorization_requests: client.require_pushed_authorization_requests,
            require_signed_request_object: client.require_signed_request_object,
            dpop_bound_access_tokens: client.dpop_bound_access_tokens,
            client_id,
        }
    }
}

/// Checks that the document of a sector names every redirect URI of a client (OpenID Connect Dynamic Client Registration
/// 1.0, 5).
///
/// # Errors
/// If it is not a JSON array of addresses, or leaves one of them out.
pub(crate) fn check_sector(document: &[u8], redirect_uris: &[EndpointUrl]) -> Result<(), RegistrationError> {
    let named: Vec<String> = serde_json::from_slice(document).map_err(|_| {
        RegistrationError::Metadata("the document at sector_identifier_uri is not a JSON array of texts".to_owned())
    })?;
    match redirect_uris.iter().find(|known| !named.iter().any(|one| one == known.as_str())) {
        None => Ok(()),
        Some(missing) => {
            let why = format!("the document at sector_identifier_uri does not name the redirect URI `{missing}`");
            Err(RegistrationError::RedirectUri(why))
        }
    }
}

/// What a client is told about its registration itself (RFC 7592 3). Not `Debug`: it holds a token.
pub(crate) struct Management {
    /// The token that reads, changes and removes it.
    pub(crate) access_token: String,
    /// Where.
    pub(crate) uri: String,
    /// When it registered, in seconds since 1970.
    pub(crate) issued_at: i64,
    /// When the registration ends, in seconds since 1970.
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
    registration_access_token: String,
    registration_client_uri: String,
    redirect_uris: Vec<String>,
    token_endpoint_auth_method: &'static str,
    grant_types: Vec<GrantType>,
    response_types: Vec<ResponseType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks_uri: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    request_uris: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    post_logout_redirect_uris: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frontchannel_logout_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    backchannel_logout_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token_signed_response_alg: Option<JwsAlgorithm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token_encrypted_response_alg: Option<JweAlgorithm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token_encrypted_response_enc: Option<JweEncryption>,
    #[serde(skip_serializing_if = "Option::is_none")]
    userinfo_signed_response_alg: Option<JwsAlgorithm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    userinfo_encrypted_response_alg: Option<JweAlgorithm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    userinfo_encrypted_response_enc: Option<JweEncryption>,
    subject_type: SubjectType,
    #[serde(skip_serializing_if = "Option::is_none")]
    sector_identifier_uri: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    require_pushed_authorization_requests: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    require_signed_request_object: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    dpop_bound_access_tokens: bool,
}

/// RFC 7591 2: without any, it is `code`.
fn response_types(sent: Option<Vec<String>>) -> Result<Vec<ResponseType>, RegistrationError> {
    let Some(sent) = sent else { return Ok(vec![ResponseType::Code]) };
    let read = sent.iter().map(|name| {
        let mut words: Vec<&str> = name.split_ascii_whitespace().collect();
        words.sort_unstable();
        let unknown = |_| RegistrationError::Metadata(format!("response_type `{name}` is unknown"));
        words.join(" ").parse::<ResponseType>().map_err(unknown)
    });
    read.collect()
}

/// RFC 7591 2: without any, it is `authorization_code`. A grant that is not supported is left out, and one that a response
/// type needs is added (2.1).
fn grant_types(sent: Option<Vec<String>>, response_types: &[ResponseType]) -> Vec<GrantType> {
    let asked: Vec<GrantType> = sent.iter().flatten().filter_map(|name| name.parse().ok()).collect();
    let code = response_types.iter().any(|response_type| response_type.has_code());
    let implicit = response_types.iter().any(|one| one.has_id_token() || one.has_token());
    let needed = [(code, GrantType::AuthorizationCode), (implicit, GrantType::Implicit)];
    let needed = needed.into_iter().filter(|(needed, _)| *needed).map(|(_, grant)| grant);
    let mut all: Vec<GrantType> = Vec::new();
    for grant in needed.chain(asked) {
        if !all.contains(&grant) {
            all.push(grant);
        }
    }
    all
}

/// RFC 7591 2: without a method, it is `client_secret_basic`.
fn client_auth(sent: Option<&str>) -> Result<Option<RelyingPartyAuth>, RegistrationError> {
    match sent {
        None | Some("client_secret_basic") => Ok(Some(RelyingPartyAuth::Basic)),
        Some("client_secret_post") => Ok(Some(RelyingPartyAuth::Post)),
        Some("client_secret_jwt") => Ok(Some(RelyingPartyAuth::SecretJwt)),
        Some("private_key_jwt") => Ok(Some(RelyingPartyAuth::PrivateKeyJwt)),
        Some("none") => Ok(None),
        Some(other) => {
            let why = format!("token_endpoint_auth_method `{other}` is not supported");
            Err(RegistrationError::Metadata(why))
        }
    }
}

fn keys(sent: Option<Value>, by_reference: bool) -> Result<Option<ClientKeys>, RegistrationError> {
    match sent {
        None => Ok(None),
        Some(_) if by_reference => Err(RegistrationError::Metadata("jwks and jwks_uri exclude each other".to_owned())),
        Some(keys) => ClientKeys::try_from(keys.to_string()).map(Some).map_err(RegistrationError::Metadata),
    }
}

fn here(uri: &str) -> Result<EndpointUrl, String> {
    let uri: EndpointUrl = uri.parse()?;
    if uri.is_loopback() { Ok(uri) } else { Err(format!("`{uri}` is not on this machine")) }
}

fn address(name: &str, sent: Option<String>) -> Result<Option<EndpointUrl>, RegistrationError> {
    let wrong = |why: String| RegistrationError::Metadata(format!("{name}: {why}"));
    sent.map(|uri| here(&uri)).transpose().map_err(wrong)
}

fn word<T: std::str::FromStr>(name: &str, sent: Option<String>) -> Result<Option<T>, RegistrationError> {
    let Some(sent) = sent else { return Ok(None) };
    let unknown = |_| RegistrationError::Metadata(format!("{name} `{sent}` is not supported"));
    sent.parse().map(Some).map_err(unknown)
}

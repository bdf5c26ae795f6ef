//! The clients that a request may come from: the org, the relying parties that an admin registered or that registered
//! themselves and, where any on this machine may ask, those that nobody registered.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use openssl::sha::sha256;
use strum::IntoEnumIterator as _;
use url::Url;
use vestibule_model::{
    EndpointUrl, GrantType, JwsAlgorithm, RelyingPartyAuth, RelyingPartySpec, ResponseType, SubjectType,
};

use super::certificate;
use crate::blocking;
use crate::http::RequestContext;
use crate::idp::state::Idp;
use crate::oidc::{
    ClientAssertion, ClientAuthentication, ErrorCode, Registration, TOKEN_PATH, TokenError, claimed, parse_jwks,
};
use crate::realm::{ClientAuth, User};

/// A client as the provider knows it.
#[derive(Debug, Clone)]
pub(super) struct Client {
    /// Client id.
    pub(super) id: String,
    /// Its metadata.
    pub(super) spec: RelyingPartySpec,
    /// Why it is known.
    standing: Standing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It is the org.
    Org,
    /// It is registered.
    Registered,
    /// It is not known, but on this machine, where any may ask.
    Unregistered,
}

impl Client {
    /// A registered client.
    pub(super) fn find(idp: &Idp, client_id: &str) -> Option<Self> {
        let trust = &idp.trust;
        let known = |spec, standing| Self { id: client_id.to_owned(), spec, standing };
        if trust.org_is_served && client_id == trust.client_id {
            let org = RelyingPartySpec {
                client_secret: Some(trust.client_secret.clone()),
                client_auth: Some(match trust.spec.client_auth {
                    ClientAuth::Basic => RelyingPartyAuth::Basic,
                    ClientAuth::Post => RelyingPartyAuth::Post,
                }),
                redirect_uris: trust.redirect_uri.parse().into_iter().collect(),
                response_types: vec![ResponseType::Code],
                grant_types: vec![GrantType::AuthorizationCode],
                ..RelyingPartySpec::default()
            };
            return Some(known(org, Standing::Org));
        }
        let by_admin = trust.spec.relying_parties.get(client_id).cloned();
        let by_itself = || idp.provider.clients.get(client_id, idp.now()).map(|client| client.spec);
        by_admin.or_else(by_itself).map(|spec| known(spec, Standing::Registered))
    }

    /// A client that is registered, or need not be.
    pub(super) fn find_or_admit(idp: &Idp, client_id: &str) -> Option<Self> {
        let unregistered =
            || Self { id: client_id.to_owned(), spec: RelyingPartySpec::default(), standing: Standing::Unregistered };
        Self::find(idp, client_id).or_else(|| idp.trust.spec.accept_loopback.then(unregistered))
    }

    /// Whether it can prove who it is. Of a client that is not registered, nothing can be checked.
    pub(super) fn is_confidential(&self) -> bool {
        self.standing == Standing::Unregistered || !self.spec.is_public()
    }

    /// Checks that it is registered for a grant.
    ///
    /// # Errors
    /// `unauthorized_client`, if it is not.
    pub(super) fn may_use(&self, grant: GrantType) -> Result<(), TokenError> {
        if self.has_grant(grant) {
            return Ok(());
        }
        let why = format!("the client is not registered for the grant_type `{grant}`");
        Err(TokenError::new(ErrorCode::UnauthorizedClient, why))
    }

    /// Whether it is registered for a grant.
    pub(super) fn has_grant(&self, grant: GrantType) -> bool {
        self.spec.grant_types.is_empty() || self.spec.grant_types.contains(&grant)
    }

    /// What signs its ID tokens.
    pub(super) fn algorithm(&self, idp: &Idp) -> JwsAlgorithm {
        self.spec.id_token_signed_response_alg.unwrap_or_else(|| JwsAlgorithm::from(idp.trust.spec.algorithm))
    }

    /// Its name of a user: the Federation ID, or one that no other sector knows (OpenID Connect Core 8.1).
    pub(super) fn subject_of(&self, idp: &Idp, user: &User) -> String {
        match self.spec.subject_type {
            SubjectType::Public => user.federation_id.clone(),
            SubjectType::Pairwise => {
                let salt = idp.provider.salt(&idp.realm.entropy);
                let local = format!("{}\n{}\n{salt}", self.spec.sector(), user.federation_id);
                URL_SAFE_NO_PAD.encode(sha256(local.as_bytes()))
            }
        }
    }

    /// The user whom it calls so.
    pub(super) fn user_of(&self, idp: &Idp, subject: &str) -> Option<User> {
        match self.spec.subject_type {
            SubjectType::Public => idp.realm.users.by_federation_id(subject),
            SubjectType::Pairwise => idp.realm.users.find(|user| self.subject_of(idp, user) == subject),
        }
    }

    /// Whether a logout tells it.
    pub(super) fn hears_of_logouts(&self) -> bool {
        self.spec.frontchannel_logout_uri.is_some() || self.spec.backchannel_logout_uri.is_some()
    }

    /// Its public keys.
    ///
    /// # Errors
    /// Why they cannot be had; completes "the client ...".
    pub(super) async fn keys(&self, idp: &Idp) -> Result<JwkSet, String> {
        if let Some(keys) = &self.spec.jwks {
            return parse_jwks(keys.as_str().as_bytes()).map_err(|error| format!("has bad keys: failed to {error}"));
        }
        let Some(url) = &self.spec.jwks_uri else { return Err("has registered no keys".to_owned()) };
        let body = Box::pin(get(idp, url)).await.map_err(|why| format!("has keys that cannot be had: {why}"))?;
        parse_jwks(&body).map_err(|error| format!("has bad keys: failed to {error}"))
    }

    /// What an authorization request is checked against; an unregistered client has no redirect URI yet.
    pub(super) fn registration(&self, idp: &Idp) -> Registration {
        let of_grants = || {
            let allowed = |one: &ResponseType| {
                let code = !one.has_code() || self.has_grant(GrantType::AuthorizationCode);
                let implicit = !(one.has_id_token() || one.has_token()) || self.has_grant(GrantType::Implicit);
                code && implicit
            };
            (!self.spec.grant_types.is_empty()).then(|| ResponseType::iter().filter(allowed).collect())
        };
        let named = Some(self.spec.response_types.clone()).filter(|types| !types.is_empty());
        let redirect_uris = match self.standing {
            // Compared as it was written, even if it is no address that a person could type.
            Standing::Org => vec![idp.trust.redirect_uri.clone()],
            _ => self.spec.redirect_uris.iter().map(ToString::to_string).collect(),
        };
        Registration {
            client_id: self.id.clone(),
            redirect_uris,
            pkce_required: match self.standing {
                Standing::Org => true,
                Standing::Registered => self.spec.is_public(),
                Standing::Unregistered => false,
            },
            allow_plain_pkce: idp.trust.spec.allow_plain_pkce,
            response_types: named.or_else(of_grants),
        }
    }
}

/// Gets a document of a client.
///
/// # Errors
/// What went wrong, as a phrase.
pub(super) async fn get(idp: &Idp, url: &EndpointUrl) -> Result<Vec<u8>, String> {
    let channel = idp.provider.back_channel(&idp.realm, &idp.trust);
    let channel = channel.ok_or("the way to the clients cannot be set up")?;
    let url: Url = url.as_str().parse().map_err(|_| format!("`{url}` is not an address"))?;
    let reply = channel.get(&url).await.map_err(|error| format!("failed to {error}"))?;
    if reply.status.is_success() { Ok(reply.body) } else { Err(format!("{url} answered with {}", reply.status)) }
}

/// The registrations that an authorization request is checked against.
pub(super) fn registrations(idp: &Idp, parameters: &str) -> Vec<Registration> {
    let Some(client_id) = claimed(parameters, "client_id") else { return Vec::new() };
    let Some(client) = Client::find_or_admit(idp, &client_id) else { return Vec::new() };
    let mut registration = client.registration(idp);
    if client.standing == Standing::Unregistered {
        let redirect_uri = claimed(parameters, "redirect_uri");
        let here = |uri: &String| uri.parse::<EndpointUrl>().is_ok_and(|uri| uri.is_loopback());
        let Some(redirect_uri) = redirect_uri.filter(here) else {
            // Without an address on this machine it is a client that nobody knows.
            return Vec::new();
        };
        registration.redirect_uris = vec![redirect_uri];
    }
    vec![registration]
}

/// Whether a client is registered.
pub(super) fn is_registered(idp: &Idp, client_id: &str) -> bool {
    Client::find(idp, client_id).is_some()
}

/// Checks that a client is who it says, at the endpoint of this path. It must use its registered authentication method and
/// no other (OpenID Connect Core 9). Of one that is not registered, nothing can be checked but that what it presents was
/// issued to it.
pub(super) async fn authenticate(
    idp: &Idp,
    context: &RequestContext,
    authentication: &ClientAuthentication,
    path: &str,
) -> Result<Client, TokenError> {
    let client_id = authentication.client_id();
    let refused = |why: &str| TokenError::new(ErrorCode::InvalidClient, why);
    let Some(client) = Client::find_or_admit(idp, client_id) else {
        return Err(refused("no client with this client_id is registered"));
    };
    if client.standing == Standing::Unregistered {
        return Ok(client);
    }
    let unexpected = || refused("the client authenticates with an unexpected method");
    let (method, secret) = (client.spec.client_auth, client.spec.client_secret.as_ref());
    let expected = |used| method.is_none_or(|method| method == used);
    match (authentication, secret) {
        (ClientAuthentication::None { .. }, None) if client.spec.is_public() => {}
        (ClientAuthentication::None { .. }, _) if method == Some(RelyingPartyAuth::TlsClient) => {
            certificate::check_name(idp, &client.spec, context).await?;
        }
        (ClientAuthentication::None { .. }, _) if method == Some(RelyingPartyAuth::SelfSignedTlsClient) => {
            let keys = client.keys(idp).await;
            certificate::check_key(&keys.map_err(|why| refused(&format!("the client {why}")))?, context)?;
        }
        (ClientAuthentication::Basic { .. }, Some(secret)) if expected(RelyingPartyAuth::Basic) => {
            authentication.verify(client_id, secret.reveal())?;
        }
        (ClientAuthentication::Post { .. }, Some(secret)) if expected(RelyingPartyAuth::Post) => {
            authentication.verify(client_id, secret.reveal())?;
        }
        (ClientAuthentication::Assertion { assertion, .. }, secret) => {
            let failed = |why: String| TokenError::new(ErrorCode::InvalidClient, format!("the client {why}"));
            let read = |fault| TokenError::new(ErrorCode::InvalidClient, format!("the client assertion {fault}"));
            let assertion = ClientAssertion::read(assertion.reveal()).map_err(read)?;
            let audiences = [idp.trust.issuer.clone(), idp.url(TOKEN_PATH), idp.url(path)];
            let audiences: Vec<&str> = audiences.iter().map(String::as_str).collect();
            assertion.check(&audiences, idp.now()).map_err(read)?;
            let assertion = Arc::new(assertion);
            let verified = match secret {
                Some(secret) if assertion.is_symmetric() && expected(RelyingPartyAuth::SecretJwt) => {
                    assertion.verify_by_secret(secret.reveal())
                }
                _ if !assertion.is_symmetric() && expected(RelyingPartyAuth::PrivateKeyJwt) => {
                    let keys = client.keys(idp).await.map_err(failed)?;
                    let signed = Arc::clone(&assertion);
                    let verified = blocking::run(move || signed.verify(&keys)).await;
                    verified.ok_or_else(|| TokenError::new(ErrorCode::ServerError, "the assertion was not verified"))?
                }
                _ => return Err(unexpected()),
            };
            verified.map_err(read)?;
            let id = format!("assertion\n{client_id}\n{}", assertion.id);
            if !idp.provider.used_ids.put_new(&id, (), assertion.end(), idp.now()) {
                return Err(refused("the client assertion was used before: its `jti` is not new"));
            }
        }
        _ => return Err(unexpected()),
    }
    Ok(client)
}

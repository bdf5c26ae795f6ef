//! The clients that a request may come from: the org, the relying parties that an admin registered or that registered
//! themselves and, where any on this machine may ask, those that nobody registered.

use vestibule_model::{EndpointUrl, RelyingPartySpec, Secret};

use crate::idp::state::Idp;
use crate::oidc::{ClientAuthentication, ErrorCode, Registration, TokenError, claimed};
use crate::realm::ClientAuth;

/// The registrations that an authorization request is checked against.
pub(super) fn registrations(idp: &Idp, parameters: &str) -> Vec<Registration> {
    let trust = &idp.trust;
    let org = trust.org_is_served.then(|| Registration {
        client_id: trust.client_id.clone(),
        redirect_uris: vec![trust.redirect_uri.clone()],
        pkce_required: true,
    });
    let client_id = claimed(parameters, "client_id");
    let other = client_id.as_ref().and_then(|client_id| {
        let client = other(idp, client_id)?;
        Some(Registration {
            client_id: client_id.clone(),
            redirect_uris: client.redirect_uris.iter().map(ToString::to_string).collect(),
            pkce_required: client.is_public(),
        })
    });
    let redirect_uri = claimed(parameters, "redirect_uri");
    let unregistered = client_id.zip(redirect_uri).and_then(|(client_id, uri)| unregistered(idp, client_id, uri));
    org.into_iter().chain(other).chain(unregistered).collect()
}

/// A relying party that an admin registered, or that registered itself.
fn other(idp: &Idp, client_id: &str) -> Option<RelyingPartySpec> {
    let by_admin = idp.trust.spec.relying_parties.get(client_id).cloned();
    by_admin.or_else(|| idp.clients.get(client_id, idp.now()))
}

/// Whether a client is registered.
pub(super) fn is_registered(idp: &Idp, client_id: &str) -> bool {
    let trust = &idp.trust;
    (trust.org_is_served && client_id == trust.client_id) || other(idp, client_id).is_some()
}

/// Checks that a client is who it says. It must use its registered authentication method and no other (OpenID Connect
/// Core 9). Of one that is not registered, nothing can be checked but that the code was issued to it.
pub(super) fn authenticate(idp: &Idp, client: &ClientAuthentication) -> Result<(), TokenError> {
    let (trust, client_id) = (&idp.trust, client.client_id());
    if trust.org_is_served && client_id == trust.client_id {
        return check(client, Some(trust.spec.client_auth), Some(&trust.client_secret));
    }
    match other(idp, client_id) {
        Some(registered) => check(client, registered.client_auth, registered.client_secret.as_ref()),
        None if trust.spec.accept_loopback => Ok(()),
        None => Err(TokenError::new(ErrorCode::InvalidClient, "no client with this client_id is registered")),
    }
}

fn check(client: &ClientAuthentication, method: Option<ClientAuth>, secret: Option<&Secret>) -> Result<(), TokenError> {
    let used = match client {
        ClientAuthentication::Basic { .. } => Some(ClientAuth::Basic),
        ClientAuthentication::Post { .. } => Some(ClientAuth::Post),
        ClientAuthentication::None { .. } => None,
    };
    match (secret, used) {
        (None, None) => Ok(()),
        (Some(secret), Some(used)) if method.is_none_or(|method| method == used) => {
            client.verify(client.client_id(), secret.reveal())
        }
        _ => Err(TokenError::new(ErrorCode::InvalidClient, "the client authenticates with an unexpected method")),
    }
}

/// A client that is not registered, as if it were: one on this machine.
fn unregistered(idp: &Idp, client_id: String, redirect_uri: String) -> Option<Registration> {
    let on_loopback = redirect_uri.parse::<EndpointUrl>().is_ok_and(|uri| uri.is_loopback());
    let admitted = idp.trust.spec.accept_loopback && on_loopback && !is_registered(idp, &client_id);
    admitted.then(|| Registration { client_id, redirect_uris: vec![redirect_uri], pkce_required: false })
}

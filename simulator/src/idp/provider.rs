//! What an OpenID provider remembers: grants, codes, tokens, clients that registered themselves, and ids seen before.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};
use vestibule_model::{EndpointUrl, Fault, RelyingPartySpec, Secret, Signal};

use crate::back_channel::BackChannel;
use crate::oidc::{AuthorizationRequest, ClaimsRequest};
use crate::realm::{Entropy, Expiring, Kept, Realm, SsoTrust};

/// The memory of one OpenID provider.
pub(super) struct Provider {
    /// What was granted, by an id that all its tokens know. Without its grant no token is valid.
    pub(super) grants: Expiring<Arc<Grant>>,
    /// Authorization codes, kept after use so that a replay is detected.
    pub(super) codes: Expiring<AuthorizationCode>,
    /// Access tokens.
    pub(super) access_tokens: Expiring<AccessToken>,
    /// Refresh tokens, kept after use so that a replay is detected.
    pub(super) refresh_tokens: Expiring<RefreshToken>,
    /// Authorization requests that were pushed, by their `request_uri`.
    pub(super) pushed: Expiring<PushedRequest>,
    /// Devices that wait for their user, by device code.
    pub(super) devices: Expiring<DeviceRequest>,
    /// Their device codes, by the code that the user types.
    pub(super) user_codes: Expiring<String>,
    /// Clients that registered themselves, by client id.
    pub(super) clients: Expiring<RegisteredClient>,
    /// The clients that a session signed in to, by its `SessionIndex`.
    pub(super) participants: Expiring<Vec<Participant>>,
    /// Ids of assertions and proofs that were used.
    pub(super) used_ids: Expiring<()>,
    /// Nonces for DPoP proofs.
    pub(super) nonces: Expiring<()>,
    /// Its metadata, as it is sent.
    pub(super) metadata: OnceLock<Bytes>,
    salt: OnceLock<String>,
    back_channel: OnceLock<Option<BackChannel>>,
}

/// What a user, or the owner of a client, granted to a client.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    /// The client.
    pub(super) client_id: String,
    /// Key of the user; `None` if the client acts for itself.
    pub(super) user: Option<String>,
    /// The scope.
    pub(super) scope: String,
    /// When the user signed in.
    pub(super) auth_time: Option<Timestamp>,
    /// `nonce` of the request.
    pub(super) nonce: Option<String>,
    /// The signals about the sign-in.
    pub(super) signals: Vec<Signal>,
    /// What was chosen to be wrong with the ID token.
    pub(super) faults: Vec<Fault>,
    /// `SessionIndex` of the session of the user.
    pub(super) session: Option<String>,
    /// Single claims that were asked for.
    pub(super) claims: ClaimsRequest,
    /// Who acts for the user (`act`, RFC 8693 4.1).
    pub(super) actor: Option<Value>,
    /// Where the token will be used, if somebody said so.
    pub(super) audience: Vec<String>,
}

impl Grant {
    /// What a client grants to itself.
    pub(super) fn of_client(client_id: &str, scope: String) -> Self {
        Self {
            client_id: client_id.to_owned(),
            user: None,
            scope,
            auth_time: None,
            nonce: None,
            signals: Vec::new(),
            faults: Vec::new(),
            session: None,
            claims: ClaimsRequest::default(),
            actor: None,
            audience: Vec::new(),
        }
    }
}

/// An authorization code, valid once, for its client, redirect URI and code challenge (RFC 6749 4.1.2, RFC 7636 4.4). Its
/// grant has the code as id.
#[derive(Clone)]
pub(super) struct AuthorizationCode {
    /// The request that it answers.
    pub(super) request: Arc<AuthorizationRequest>,
    /// What it is for.
    pub(super) grant: Arc<Grant>,
    /// Whether it was used.
    pub(super) state: CodeState,
}

/// Whether a code was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CodeState {
    /// Not yet.
    Fresh,
    /// Its tokens are being made.
    Redeeming,
    /// Used; a replay revokes its grant (RFC 6749 4.1.2).
    Used,
    /// Replayed or presented wrongly, so no longer valid.
    Void,
}

/// What a token is bound to: who presents it must prove to hold a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Binding {
    /// The key of the DPoP proofs, by its thumbprint (RFC 9449 6.1).
    Dpop(String),
    /// The TLS certificate of the client, by its hash (RFC 8705 3.1).
    Certificate(String),
}

impl Binding {
    /// The claim `cnf` that says so (RFC 7800 3.1).
    pub(super) fn confirmation(&self) -> Value {
        match self {
            Self::Dpop(thumbprint) => json!({ "jkt": thumbprint }),
            Self::Certificate(hash) => json!({ "x5t#S256": hash }),
        }
    }

    /// The type of a token that is bound to it.
    pub(super) fn token_type(bound_to: Option<&Self>) -> &'static str {
        match bound_to {
            Some(Self::Dpop(_)) => "DPoP",
            Some(Self::Certificate(_)) | None => "Bearer",
        }
    }
}

/// An access token.
#[derive(Debug, Clone)]
pub(super) struct AccessToken {
    /// Id of its grant.
    pub(super) grant: String,
    /// Its scope.
    pub(super) scope: String,
    /// What it is bound to.
    pub(super) binding: Option<Binding>,
    /// When it was issued.
    pub(super) issued_at: Timestamp,
    /// When it ends.
    pub(super) expires_at: Timestamp,
}

/// A refresh token, valid once (RFC 9700 4.14.2).
#[derive(Debug, Clone)]
pub(super) struct RefreshToken {
    /// The same as for an access token.
    pub(super) token: AccessToken,
    /// Whether it was used; a replay revokes its grant.
    pub(super) used: bool,
}

/// An authorization request that was pushed (RFC 9126).
#[derive(Clone)]
pub(super) struct PushedRequest {
    /// The client that pushed it.
    pub(super) client_id: String,
    /// Its parameters, as a query.
    pub(super) parameters: String,
    /// Whether they came in a signed request object.
    pub(super) signed: bool,
}

/// A device that waits for its user (RFC 8628).
#[derive(Debug, Clone)]
pub(super) struct DeviceRequest {
    /// The client.
    pub(super) client_id: String,
    /// The scope.
    pub(super) scope: String,
    /// The code that the user types.
    pub(super) user_code: String,
    /// When it ends.
    pub(super) expires_at: Timestamp,
    /// Seconds between two questions of the device.
    pub(super) interval: i64,
    /// When the device asked last.
    pub(super) asked_at: Option<Timestamp>,
    /// What the user decided.
    pub(super) decision: DeviceDecision,
}

/// What the user of a device decided.
#[derive(Debug, Clone)]
pub(super) enum DeviceDecision {
    /// Nothing yet.
    Pending,
    /// Yes.
    Allowed(Arc<Grant>),
    /// No.
    Denied,
}

/// A client that registered itself (RFC 7591).
#[derive(Clone)]
pub(super) struct RegisteredClient {
    /// Its metadata.
    pub(super) spec: RelyingPartySpec,
    /// Its name for people.
    pub(super) name: Option<String>,
    /// The token that manages the registration (RFC 7592).
    pub(super) access_token: Secret,
    /// When it registered.
    pub(super) issued_at: Timestamp,
    /// When the registration ends.
    pub(super) expires_at: Timestamp,
}

/// A client that a session signed in to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Participant {
    /// The client.
    pub(super) client_id: String,
    /// Its name of the user.
    pub(super) subject: String,
}

impl Provider {
    pub(super) fn new(realm: &Realm) -> Self {
        let journal = &realm.journal;
        Self {
            grants: Expiring::new(Kept::AccessTokens, journal),
            codes: Expiring::new(Kept::AuthorizationCodes, journal),
            access_tokens: Expiring::new(Kept::AccessTokens, journal),
            refresh_tokens: Expiring::new(Kept::AccessTokens, journal),
            pushed: Expiring::new(Kept::SignOns, journal),
            devices: Expiring::new(Kept::SignOns, journal),
            user_codes: Expiring::new(Kept::SignOns, journal),
            clients: Expiring::new(Kept::Clients, journal),
            participants: Expiring::new(Kept::IdpSessions, journal),
            used_ids: Expiring::new(Kept::UsedAssertions, journal),
            nonces: Expiring::new(Kept::UsedAssertions, journal),
            metadata: OnceLock::new(),
            salt: OnceLock::new(),
            back_channel: OnceLock::new(),
        }
    }

    /// The salt of pairwise subjects (OpenID Connect Core 8.1). It is drawn when the first one is made.
    pub(super) fn salt(&self, entropy: &Entropy) -> &str {
        self.salt.get_or_init(|| entropy.token())
    }

    /// The way to the clients, on this machine and at the addresses that an admin registered for them; `None` if it cannot be
    /// set up.
    pub(super) fn back_channel(&self, realm: &Realm, trust: &SsoTrust) -> Option<&BackChannel> {
        let open = || {
            let registered = trust.spec.relying_parties.values();
            let named: BTreeSet<&EndpointUrl> =
                registered.flat_map(|client| client.jwks_uri.iter().chain(&client.backchannel_logout_uri)).collect();
            let named: Vec<url::Url> = named.iter().filter_map(|url| url.as_str().parse().ok()).collect();
            BackChannel::new(&realm.certs, &realm.hosts, &named.iter().collect::<Vec<_>>()).ok()
        };
        self.back_channel.get_or_init(open).as_ref()
    }
}

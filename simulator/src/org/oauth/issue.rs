//! Issues tokens: an API session as access token, and what comes with it (contract F1.2, F1.3).

use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use serde_json::{Map, Value, json};
use vestibule_certs::KeyState;

use super::admission::record_row;
use super::error::OauthError;
use super::{issuer, scopes};
use crate::blocking;
use crate::http::RequestContext;
use crate::oidc::{IdTokenClaims, half_hash, sign};
use crate::org::{Org, interstitial};
use crate::realm::{App, Event, HostRole, OauthGrant, SessionKind, User};
use vestibule_model::{LoginStatus, OauthFlow, OauthScope, Secret, SessionLevel};

/// The members of a token answer, in order.
pub(super) type Answer = Map<String, Value>;

/// What an app may have.
pub(super) struct Authorization<'a> {
    /// The app.
    pub(super) app: &'a App,
    /// The user.
    pub(super) user: &'a User,
    /// How the app got it.
    pub(super) flow: OauthFlow,
    /// Scopes.
    pub(super) scopes: &'a BTreeSet<OauthScope>,
    /// Level of its sessions.
    pub(super) level: SessionLevel,
    /// Goes into the ID token.
    pub(super) nonce: Option<String>,
}

/// Issues the first tokens of an authorization. A refresh token is among them if the scopes bring one and the flow has one.
///
/// # Errors
/// If the org cannot sign.
pub(super) async fn first(
    org: &Arc<Org>,
    request: &RequestContext,
    authorization: &Authorization<'_>,
    with_refresh_token: bool,
) -> Result<Answer, OauthError> {
    let grant = org.realm.grants.begin(
        OauthGrant {
            app: authorization.app.name.clone(),
            user: authorization.user.key.clone(),
            scopes: authorization.scopes.clone(),
            flow: authorization.flow,
            level: authorization.level,
            sessions: Vec::new(),
        },
        org.now(),
    );
    let refresh_token = (with_refresh_token && scopes::brings_refresh_token(authorization.scopes))
        .then(|| new_refresh_token(org, &grant));
    answer(org, request, authorization, &grant, refresh_token, false).await
}

/// Issues further tokens of a grant.
///
/// # Errors
/// If the org cannot sign.
pub(super) async fn next(
    org: &Arc<Org>,
    request: &RequestContext,
    authorization: &Authorization<'_>,
    grant: &str,
    rotated: bool,
) -> Result<Answer, OauthError> {
    let refresh_token = rotated.then(|| new_refresh_token(org, grant));
    answer(org, request, authorization, grant, refresh_token, true).await
}

fn new_refresh_token(org: &Org, grant: &str) -> Secret {
    let token = org.realm.refresh_token();
    org.realm.grants.keep_refresh_token(grant, &token, org.now());
    token
}

async fn answer(
    org: &Arc<Org>,
    request: &RequestContext,
    authorization: &Authorization<'_>,
    grant: &str,
    refresh_token: Option<Secret>,
    refreshed: bool,
) -> Result<Answer, OauthError> {
    let Authorization { app, user, flow, scopes, level, .. } = authorization;
    let realm = &org.realm;
    // Until an expired password is changed, whoever has it can do nothing (contract G1.9).
    let gated = *flow == OauthFlow::UsernamePassword && interstitial::password_is_expired(user);
    let kind = if gated { SessionKind::Gated } else { SessionKind::Api };
    let session = realm.open_session(&user.key, *level, kind);
    close(org, &realm.grants.keep_access_token(grant, &session.sid, org.now()));
    let id = issuer::identity(org, request, &user.id);
    let issued_at = org.now().as_millisecond().to_string();
    let key = app.client_secret.as_ref().map_or(app.client_id.as_str(), Secret::reveal);
    let signature = signature(key, &format!("{id}{issued_at}")).map_err(|_| not_signed("sign the answer"))?;
    let id_token = if scopes.contains(&OauthScope::Openid) {
        Some(id_token(org, request, authorization, session.sid.reveal()).await?)
    } else {
        None
    };

    let mut members = Answer::new();
    let mut add = |name: &str, value: &str| members.insert(name.to_owned(), Value::from(value));
    add("access_token", session.sid.reveal());
    if let Some(token) = &refresh_token {
        add("refresh_token", token.reveal());
    }
    add("signature", &signature);
    add("scope", &scopes::text(scopes));
    if let Some(token) = &id_token {
        add("id_token", token);
    }
    add("instance_url", &realm.my_domain_origin());
    add("id", &id);
    add("token_type", "Bearer");
    add("issued_at", &issued_at);
    if *flow == OauthFlow::Hybrid {
        members.extend(ui_sessions(org, authorization, grant, &session.sid));
    }
    realm.record(Event::OauthTokenIssued {
        user: user.key.clone(),
        app: app.name.clone(),
        flow: *flow,
        refreshed,
        session: session.number,
    });
    record_row(org, (request, app), Some(&user.key), LoginStatus::Success, Some(*flow));
    Ok(members)
}

/// Closes sessions that would outlive their grant.
fn close(org: &Org, sessions: &[Secret]) {
    sessions.iter().for_each(|sid| org.realm.close_session(sid.reveal()));
}

/// What a hybrid app gets beside: a UI session for its web views (contract F1.3).
fn ui_sessions(org: &Org, authorization: &Authorization<'_>, grant: &str, access_token: &Secret) -> Answer {
    let realm = &org.realm;
    let session = realm.open_session(&authorization.user.key, authorization.level, SessionKind::Browser);
    close(org, &realm.grants.keep_session(grant, &session.sid, org.now()));
    let (sid, my_domain) = (session.sid.reveal(), realm.hosts.name(&HostRole::MyDomain));
    let members = json!({
        "lightning_domain": realm.hosts.name(&HostRole::Lightning),
        "lightning_sid": sid,
        "visualforce_domain": my_domain,
        "visualforce_sid": sid,
        "content_domain": my_domain,
        "content_sid": sid,
        "csrf_token": realm.entropy.token(),
        "parent_sid": access_token.reveal(),
        "sidCookieName": "sid",
        "cookie-clientSrc": org.settings().source_ip,
        "cookie-sid_Client": realm.entropy.token(),
    });
    match members {
        Value::Object(members) => members,
        _ => Answer::new(),
    }
}

/// Proves to the app that the identity URL and the time come from the org: HMAC-SHA256 by the consumer secret.
fn signature(key: &str, text: &str) -> Result<String, ErrorStack> {
    let key = PKey::hmac(key.as_bytes())?;
    let mut signer = Signer::new(MessageDigest::sha256(), &key)?;
    signer.update(text.as_bytes())?;
    Ok(STANDARD.encode(signer.sign_to_vec()?))
}

/// Who the user is, signed by the org.
async fn id_token(
    org: &Arc<Org>,
    request: &RequestContext,
    authorization: &Authorization<'_>,
    access_token: &str,
) -> Result<String, OauthError> {
    let (issuer, user) = (issuer::url(org, request, ""), issuer::identity(org, request, &authorization.user.id));
    let mut claims = IdTokenClaims::new(&issuer, &user, &authorization.app.client_id, org.now(), ID_TOKEN_LIFETIME);
    claims.nonce.clone_from(&authorization.nonce);
    claims.at_hash = Some(half_hash(access_token));
    let org = Arc::clone(org);
    let signed = blocking::run(move || {
        let key = org.realm.certs.request_signing_key(KeyState::Valid).ok()?;
        sign(&claims, &key).ok()
    });
    signed.await.flatten().ok_or_else(|| not_signed("sign the ID token"))
}

fn not_signed(what: &str) -> OauthError {
    OauthError::new("server_error", "an unexpected error occurred", format!("the org failed to {what}"))
}

/// Two minutes, as in the vendor's documentation of the token (background).
const ID_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_mins(2);

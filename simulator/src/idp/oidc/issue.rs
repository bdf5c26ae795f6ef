//! Makes tokens: ID tokens signed and, for some clients, encrypted; access tokens; refresh tokens.
//!
//! Source: OpenID Connect Core 2, 3.1.3.3, 3.3.2.11 and 12; RFC 6749 5.1 and 6; RFC 7519 5.2; RFC 8705 3; RFC 9449 5.

use std::sync::Arc;

use jiff::SignedDuration;
use jsonwebtoken::jwk::JwkSet;
use serde_json::{Map, Value};
use vestibule_model::{Carrier, GrantType, JweAlgorithm, JweEncryption, JwsAlgorithm};

use super::client::Client;
use super::scope::has_word;
use crate::attacks::{GoodToken, Keys};
use crate::blocking;
use crate::idp::faults;
use crate::idp::provider::{AccessToken, Binding, Grant, RefreshToken};
use crate::idp::signals::{misplaced_claims, other_claims, values_in};
use crate::idp::state::Idp;
use crate::oidc::{
    ErrorCode, IdTokenClaims, JweError, Plain, TokenError, TokenResponse, encrypt, encryption_key, half_hash_by,
    sign_by, sign_json,
};
use crate::realm::{Event, User};

/// What tokens are made of.
pub(super) struct Issue {
    /// The client.
    pub(super) client: Client,
    /// Id of the grant.
    pub(super) grant_id: Option<String>,
    /// The grant.
    pub(super) grant: Arc<Grant>,
    /// The scope of the access token: that of the grant, or less.
    pub(super) scope: String,
    /// What the tokens are bound to.
    pub(super) binding: Option<Binding>,
    /// Whether the grant exists already, and is only renewed: if it was revoked meanwhile, no token is made.
    pub(super) renewed: bool,
    /// Whether an access token is made.
    pub(super) access_token: bool,
    /// Whether an ID token is made.
    pub(super) id_token: bool,
    /// Whether a refresh token is made, if the grant allows it.
    pub(super) refresh_token: bool,
    /// The code that comes with the ID token.
    pub(super) code: Option<String>,
    /// The `state` that comes with the ID token.
    pub(super) state: Option<String>,
}

/// The tokens that were made.
pub(super) struct Issued {
    /// The access token.
    pub(super) access_token: Option<String>,
    /// The ID token.
    pub(super) id_token: Option<String>,
    /// The refresh token.
    pub(super) refresh_token: Option<String>,
    scope: String,
    token_type: &'static str,
    /// The signals that are sent beside the tokens.
    beside: Map<String, Value>,
}

impl Issued {
    /// The answer of the token endpoint.
    pub(super) fn into_response(self) -> TokenResponse {
        TokenResponse {
            token_type: self.token_type().to_owned(),
            access_token: self.access_token.unwrap_or_default(),
            expires_in: u64::try_from(TOKEN_LIFETIME.as_secs()).ok(),
            id_token: self.id_token,
            scope: Some(self.scope),
            refresh_token: self.refresh_token,
            issued_token_type: None,
            beside: self.beside,
        }
    }

    /// The value of `token_type`.
    pub(super) fn token_type(&self) -> &'static str {
        self.token_type
    }
}

/// Makes the tokens and remembers them.
///
/// # Errors
/// If the user is gone or may not sign in any more, or a token cannot be signed or encrypted.
pub(super) async fn issue(idp: &Arc<Idp>, issue: Issue) -> Result<Issued, TokenError> {
    let user = match &issue.grant.user {
        None => None,
        Some(key) => {
            let user = idp.realm.users.get(key).filter(|user| idp.directory.admits(&user.key));
            let why = "the user no longer exists, or may not sign in any more";
            Some(user.ok_or_else(|| TokenError::new(ErrorCode::InvalidGrant, why))?)
        }
    };
    let encrypted = issue.id_token && issue.client.spec.id_token_encrypted_response_alg.is_some();
    let keys = if encrypted {
        let refused = |why| TokenError::new(ErrorCode::InvalidClient, format!("the client {why}"));
        Some(issue.client.keys(idp).await.map_err(refused)?)
    } else {
        None
    };
    let keys_at_hand = has_keys_at_hand(idp, &issue);
    let (own, issue) = (Arc::clone(idp), Arc::new(issue));
    let asked = Arc::clone(&issue);
    let made = blocking::sign(keys_at_hand, move || make(&own, &asked, user.as_ref(), keys.as_ref())).await;
    let made = made.unwrap_or_else(|| Err("sign the ID token".to_owned()));
    let (access_token, id_token) =
        made.map_err(|why| TokenError::new(ErrorCode::ServerError, format!("the identity provider failed to {why}")))?;
    remember(idp, &issue, access_token, id_token)
}

/// Whether each key that tokens may be signed with is there. An attack takes others.
fn has_keys_at_hand(idp: &Idp, issue: &Issue) -> bool {
    let spec = &idp.trust.spec;
    let is_honest = faults::attack(spec, &issue.grant.faults).is_none();
    is_honest && idp.holds_key(spec.algorithm) && idp.holds_key(issue.client.algorithm(idp).key())
}

/// Remembers the tokens.
///
/// # Errors
/// If the grant that they renew was revoked while they were made: a replay of the same refresh token must win.
fn remember(
    idp: &Idp,
    issue: &Issue,
    access_token: Option<String>,
    id_token: Option<String>,
) -> Result<Issued, TokenError> {
    let (now, provider) = (idp.now(), &idp.provider);
    let mut refresh_token = None;
    if let Some(access_token) = &access_token {
        let grant_id = issue.grant_id.clone().unwrap_or_else(|| access_token.clone());
        let (grant, end) = (Arc::clone(&issue.grant), idp.after(GRANT_LIFETIME));
        if !issue.renewed {
            provider.grants.put(&grant_id, grant, end, now);
        } else if !provider.grants.renew(&grant_id, grant, end, now) {
            let why = "the grant was revoked while its tokens were made";
            return Err(TokenError::new(ErrorCode::InvalidGrant, why));
        }
        let token = AccessToken {
            grant: grant_id,
            scope: issue.scope.clone(),
            binding: issue.binding.clone(),
            issued_at: now,
            expires_at: idp.after(TOKEN_LIFETIME),
        };
        provider.access_tokens.put(access_token, token.clone(), token.expires_at, now);
        if issue.refresh_token && may_refresh(issue) {
            let end = idp.after(GRANT_LIFETIME);
            // The tokens of a confidential client are bound to its authentication (RFC 9449 5).
            let binding = token.binding.clone().filter(|_| !issue.client.is_confidential());
            let token = AccessToken { scope: issue.grant.scope.clone(), binding, expires_at: end, ..token };
            let value = idp.realm.entropy.token();
            provider.refresh_tokens.put(&value, RefreshToken { token, used: false }, end, now);
            refresh_token = Some(value);
        }
    }
    if id_token.is_some() {
        let (name, signals) = (idp.trust.idp.clone(), issue.grant.signals.clone());
        idp.realm.record(Event::SsoAnswerIssued { idp: name, signals });
    }
    let token_type = Binding::token_type(issue.binding.as_ref());
    let beside = misplaced_claims(&issue.grant.signals, &Carrier::Unsigned);
    Ok(Issued { access_token, id_token, refresh_token, scope: issue.scope.clone(), token_type, beside })
}

/// OpenID Connect Core 11: `offline_access` asks for it.
fn may_refresh(issue: &Issue) -> bool {
    has_word(&issue.grant.scope, "offline_access") && issue.client.has_grant(GrantType::RefreshToken)
}

type Made = (Option<String>, Option<String>);

fn make(idp: &Idp, issue: &Issue, user: Option<&User>, keys: Option<&JwkSet>) -> Result<Made, String> {
    let access_token = if issue.access_token { Some(access_token(idp, issue)?) } else { None };
    let id_token = match user {
        Some(user) if issue.id_token => Some(id_token(idp, issue, user, access_token.as_deref(), keys)?),
        _ => None,
    };
    Ok((access_token, id_token))
}

/// The access token is opaque unless it carries a signal on purpose.
fn access_token(idp: &Idp, issue: &Issue) -> Result<String, String> {
    let mut inside = misplaced_claims(&issue.grant.signals, &Carrier::AccessToken);
    if inside.is_empty() {
        return Ok(idp.realm.entropy.token());
    }
    inside.insert("jti".to_owned(), Value::from(idp.realm.entropy.token()));
    inside.extend(issue.binding.as_ref().map(|binding| ("cnf".to_owned(), binding.confirmation())));
    let spec = &idp.trust.spec;
    let key = idp.realm.certs.signing_key(spec.algorithm, spec.key_state).map_err(|error| error.to_string())?;
    sign_json(&inside, &key).map_err(|error| error.to_string())
}

fn id_token(
    idp: &Idp,
    issue: &Issue,
    user: &User,
    access_token: Option<&str>,
    keys: Option<&JwkSet>,
) -> Result<String, String> {
    let (spec, client) = (&idp.trust.spec, &issue.client);
    let algorithm = client.algorithm(idp);
    let mut claims = claims(idp, issue, user);
    faults::apply(&spec.faults, &mut claims);
    faults::apply(&issue.grant.faults, &mut claims);
    let hash = |value: &str| half_hash_by(value, algorithm).map_err(|error| error.to_string());
    claims.at_hash = access_token.map(hash).transpose()?;
    for (name, value) in [("c_hash", &issue.code), ("s_hash", &issue.state)] {
        if let Some(value) = value {
            claims.extra.insert(name.to_owned(), Value::from(hash(value)?));
        }
    }
    let attack = faults::attack(spec, &issue.grant.faults);
    *idp.last_attack.lock() = attack;
    let wrong = if let Some(attack) = attack {
        let keys = Keys::held_by(&idp.realm.certs, spec).map_err(|error| error.to_string())?;
        let mut others = idp.realm.users.all().into_iter().map(|other| client.subject_of(idp, &other));
        let victim = others.find(|other| *other != claims.sub);
        attack.id_token(&GoodToken { claims: members(&claims), victim }, &keys)
    } else {
        None
    };
    let signed = wrong.map_or_else(|| signed(idp, &claims, algorithm, "JWT"), Ok)?;
    match (client.spec.id_token_encrypted_response_alg, keys) {
        (Some(management), Some(keys)) => {
            encrypted(idp, Plain::Jwt(&signed), keys, (management, client.spec.id_token_encrypted_response_enc))
        }
        _ => Ok(signed),
    }
}

/// Encrypts for a client, with one of its keys.
///
/// # Errors
/// What could not be done; completes "failed to ...".
pub(super) fn encrypted(
    idp: &Idp,
    plain: Plain<'_>,
    keys: &JwkSet,
    (management, encryption): (JweAlgorithm, Option<JweEncryption>),
) -> Result<String, String> {
    let key = encryption_key(keys, management).ok_or_else(|| JweError::Key.to_string())?;
    let random = idp.realm.entropy.content_key();
    encrypt(plain, key, management, encryption.unwrap_or_default(), &random).map_err(|error| error.to_string())
}

/// The members of an object of JSON.
pub(super) fn members(object: &impl serde::Serialize) -> Map<String, Value> {
    match serde_json::to_value(object) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

/// Signs claims with the key of an algorithm.
///
/// # Errors
/// What could not be done; completes "failed to ...".
pub(super) fn signed(
    idp: &Idp,
    claims: &impl serde::Serialize,
    algorithm: JwsAlgorithm,
    typ: &str,
) -> Result<String, String> {
    let key = idp.realm.certs.signing_key(algorithm.key(), idp.trust.spec.key_state);
    let key = key.map_err(|error| error.to_string())?;
    sign_by(claims, &key, algorithm, typ).map_err(|error| error.to_string())
}

/// The claims of the ID token, except the hashes.
fn claims(idp: &Idp, issue: &Issue, user: &User) -> IdTokenClaims {
    let (grant, client) = (&issue.grant, &issue.client);
    let amr = values_in(&grant.signals, &Carrier::IdTokenAmr);
    let text = values_in(&grant.signals, &Carrier::IdTokenAmrText);
    let amr = if text.is_empty() { Value::from(amr) } else { Value::from(text.join(" ")) };
    let subject = client.subject_of(idp, user);
    let mut extra = asked_for(issue, user);
    extra.extend(other_claims(&grant.signals));
    if let Some(session) = grant.session.as_ref().filter(|_| client.hears_of_logouts()) {
        extra.insert("sid".to_owned(), Value::from(session.as_str()));
    }
    IdTokenClaims {
        auth_time: grant.auth_time.map(|time| time.as_second()),
        nonce: grant.nonce.clone(),
        acr: values_in(&grant.signals, &Carrier::IdTokenAcr).into_iter().next(),
        amr: Some(amr).filter(|amr| *amr != Value::Array(Vec::new())),
        extra,
        ..IdTokenClaims::new(&idp.trust.issuer, &subject, &client.id, idp.now(), ID_TOKEN_LIFETIME)
    }
}

/// The claims about the user that the request names for the ID token, and those of the scope if there is no access token to
/// get them with (OpenID Connect Core 5.4 and 5.5).
fn asked_for(issue: &Issue, user: &User) -> Map<String, Value> {
    let by_scope = issue.grant.scope.split_ascii_whitespace().flat_map(|scope| match scope {
        "profile" if !issue.access_token => &["preferred_username"][..],
        "email" if !issue.access_token => &["email"][..],
        _ => &[],
    });
    let mut named = issue.grant.claims.of_id_token().chain(by_scope.copied()).peekable();
    if named.peek().is_none() {
        return Map::new();
    }
    let known = about(user);
    let found = named.filter_map(|name| Some((name.to_owned(), known.get(name)?.clone())));
    found.filter(|(name, _)| !OF_THE_LOGIN.contains(&name.as_str())).collect()
}

/// The claims about a user, except `sub`.
pub(super) fn about(user: &User) -> Map<String, Value> {
    let mut claims = Map::new();
    claims.insert("preferred_username".to_owned(), Value::from(user.username.as_str()));
    claims.insert("email".to_owned(), Value::from(user.email.as_str()));
    for (name, values) in &user.spec.attributes {
        let value = match values.as_slice() {
            [only] => Value::from(only.as_str()),
            several => Value::from(several.to_vec()),
        };
        claims.entry(name.clone()).or_insert(value);
    }
    claims
}

/// Claims that no attribute of a user may replace.
const OF_THE_LOGIN: [&str; 16] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "nbf",
    "jti",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "azp",
    "at_hash",
    "c_hash",
    "s_hash",
    "sid",
];
/// How long an access token is valid.
pub(super) const TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(1);
/// How long an ID token is valid.
const ID_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_mins(5);
/// How long a grant lasts, and its refresh tokens with it.
const GRANT_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 30);

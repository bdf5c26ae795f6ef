//! What an identity provider does wrong: each fault changes the answer before it is signed.
//!
//! A new fault is a variant and its arms in [`Fault::apply`]; scenarios name it by its name here.

use strum::{EnumIter, EnumString, IntoEnumIterator as _, IntoStaticStr};
use vestibule_certs::KeyState;

use crate::oidc::IdTokenClaims;
use crate::realm::IdpSpec;
use crate::saml::ResponseSpec;

/// One thing that an identity provider does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Fault {
    /// Signs with a key that nobody trusts.
    ForeignKey,
    /// Signs with its new key, while the org still trusts the one before it.
    RolledOverKey,
    /// Names itself by another entity id, or issuer.
    IssuerOther,
    /// Means another service provider, or client.
    AudienceOther,
    /// Means another assertion consumer service; in an ID token another authorized party.
    RecipientOther,
    /// Answers a request that was never sent; in an ID token by a `nonce` that was never sent.
    RequestOther,
    /// Says something that was good until an hour ago.
    Expired,
    /// Says something that is good an hour from now.
    NotYetValid,
}

/// What is about to be signed, and by which key.
pub(super) struct Answer<'a> {
    /// The message.
    pub(super) message: Message<'a>,
    /// State of the key that signs it.
    pub(super) key: KeyState,
}

/// A message of either protocol.
pub(super) enum Message<'a> {
    /// A SAML `Response`.
    Saml(&'a mut ResponseSpec),
    /// An ID token.
    Oidc(&'a mut IdTokenClaims),
}

/// A fault that does not exist. Completes "failed to ...".
#[derive(Debug, thiserror::Error)]
#[error("apply the fault `{0}`: there is no such fault")]
pub(super) struct UnknownFault(String);

impl Fault {
    /// The names of all faults.
    pub fn names() -> Vec<&'static str> {
        Self::iter().map(Into::into).collect()
    }

    fn apply(self, answer: &mut Answer<'_>) {
        match (self, &mut answer.message) {
            (Self::ForeignKey, _) => answer.key = KeyState::Foreign,
            (Self::RolledOverKey, _) => answer.key = KeyState::RolledOver,
            (Self::IssuerOther, Message::Saml(response)) => ELSEWHERE.clone_into(&mut response.issuer),
            (Self::IssuerOther, Message::Oidc(claims)) => ELSEWHERE.clone_into(&mut claims.iss),
            (Self::AudienceOther, Message::Saml(response)) => {
                response.assertion.iter_mut().for_each(|assertion| ELSEWHERE.clone_into(&mut assertion.audience));
            }
            (Self::AudienceOther, Message::Oidc(claims)) => claims.aud = vec![ELSEWHERE.to_owned()],
            (Self::RecipientOther, Message::Saml(response)) => {
                response.assertion.iter_mut().for_each(|assertion| ELSEWHERE.clone_into(&mut assertion.recipient));
            }
            (Self::RecipientOther, Message::Oidc(claims)) => claims.azp = Some(ELSEWHERE.to_owned()),
            (Self::RequestOther, Message::Saml(response)) => response.in_response_to = Some(NEVER_SENT.to_owned()),
            (Self::RequestOther, Message::Oidc(claims)) => claims.nonce = Some(NEVER_SENT.to_owned()),
            (Self::Expired, message) => message.shift(-HOUR),
            (Self::NotYetValid, message) => message.shift(HOUR),
        }
    }
}

impl Message<'_> {
    /// Moves the times between which the message is good.
    fn shift(&mut self, seconds: i64) {
        match self {
            Self::Saml(response) => {
                let by = jiff::SignedDuration::from_secs(seconds);
                if let Some(assertion) = &mut response.assertion {
                    assertion.not_before = assertion.not_before.saturating_add(by).unwrap_or(assertion.not_before);
                    assertion.not_on_or_after =
                        assertion.not_on_or_after.saturating_add(by).unwrap_or(assertion.not_on_or_after);
                }
            }
            Self::Oidc(claims) => {
                claims.exp = claims.exp.saturating_add(seconds);
                claims.nbf = Some(claims.iat.saturating_add(seconds));
            }
        }
    }
}

/// Applies what this identity provider does wrong; returns the state of the key that signs.
///
/// # Errors
///
/// Where a fault of its specification does not exist.
pub(super) fn apply(spec: &IdpSpec, message: Message<'_>) -> Result<KeyState, UnknownFault> {
    // An expired key is the org's as well: an admin who configured it once did not look again.
    let (key, of_key) = match spec.key_state {
        KeyState::Foreign => (KeyState::Valid, Some(Fault::ForeignKey)),
        KeyState::RolledOver => (KeyState::Valid, Some(Fault::RolledOverKey)),
        KeyState::Valid | KeyState::Expired => (spec.key_state, None),
    };
    let mut answer = Answer { message, key };
    of_key.iter().for_each(|fault| fault.apply(&mut answer));
    for name in &spec.faults {
        name.parse::<Fault>().map_err(|_| UnknownFault(name.clone()))?.apply(&mut answer);
    }
    Ok(answer.key)
}

/// A party that takes no part in the login.
const ELSEWHERE: &str = "https://elsewhere.example";
const NEVER_SENT: &str = "_never-sent";
/// Longer than any clock skew that is allowed.
const HOUR: i64 = 3600;

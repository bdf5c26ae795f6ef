//! Faults of an identity provider. Each changes the answer before it is signed.
//!
//! A new fault needs a variant and its arms in [`Fault::apply`]. Scenarios use its kebab-case name.

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
    /// Signs with its new key, while the org still trusts the old one.
    RolledOverKey,
    /// Uses another entity id or issuer.
    IssuerOther,
    /// Names another service provider or client as the audience.
    AudienceOther,
    /// Names another assertion consumer service, or in an ID token another authorized party.
    RecipientOther,
    /// Answers a request that was never sent; in an ID token, has a `nonce` that was never sent.
    RequestOther,
    /// Moves the validity period back by an hour, so that it is over.
    Expired,
    /// Moves the validity period forward by an hour, so that it has not begun.
    NotYetValid,
}

/// The message to sign, and the state of the signing key.
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
    /// Shifts the validity period of the message.
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

/// Applies the faults of this identity provider; returns the state of the signing key.
///
/// # Errors
///
/// If its specification names an unknown fault.
pub(super) fn apply(spec: &IdpSpec, message: Message<'_>) -> Result<KeyState, UnknownFault> {
    // The org trusts an expired key too: an admin configured it once and did not check again.
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

/// A party that is not part of the login.
const ELSEWHERE: &str = "https://elsewhere.example";
const NEVER_SENT: &str = "_never-sent";
/// Longer than any allowed clock skew.
const HOUR: i64 = 3600;

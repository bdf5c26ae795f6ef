//! Applies the faults of an identity provider to its answer, before it is signed.

use serde_json::Value;
use vestibule_model::Fault;

use crate::attacks::{self, Case};
use crate::oidc::IdTokenClaims;
use crate::saml::ResponseSpec;

/// A message of either protocol.
pub(super) enum Message<'a> {
    /// A SAML `Response`.
    Saml(&'a mut ResponseSpec),
    /// An ID token.
    Oidc(&'a mut IdTokenClaims),
}

/// Applies these faults to a message.
pub(super) fn apply(faults: &[Fault], mut message: Message<'_>) {
    faults.iter().for_each(|fault| message.suffer(*fault));
}

/// The case of the catalogue among the faults of an identity provider and those of one login: the last one.
pub(super) fn attack(lasting: &[Fault], chosen: &[Fault]) -> Option<&'static Case> {
    lasting.iter().chain(chosen).rev().find_map(|fault| attacks::case(fault.attack()?))
}

impl Message<'_> {
    fn suffer(&mut self, fault: Fault) {
        match (fault, &mut *self) {
            (Fault::IssuerOther, Message::Saml(response)) => ELSEWHERE.clone_into(&mut response.issuer),
            (Fault::IssuerOther, Message::Oidc(claims)) => ELSEWHERE.clone_into(&mut claims.iss),
            (Fault::AudienceOther, Message::Saml(response)) => {
                response.assertion.iter_mut().for_each(|assertion| ELSEWHERE.clone_into(&mut assertion.audience));
            }
            (Fault::AudienceOther, Message::Oidc(claims)) => claims.aud = vec![ELSEWHERE.to_owned()],
            (Fault::RecipientOther, Message::Saml(response)) => {
                response.assertion.iter_mut().for_each(|assertion| ELSEWHERE.clone_into(&mut assertion.recipient));
            }
            (Fault::RecipientOther, Message::Oidc(claims)) => claims.azp = Some(ELSEWHERE.to_owned()),
            (Fault::RequestOther, Message::Saml(response)) => response.in_response_to = Some(NEVER_SENT.to_owned()),
            (Fault::RequestOther, Message::Oidc(claims)) => claims.nonce = Some(NEVER_SENT.to_owned()),
            // It is applied to the whole answer.
            (Fault::Attack(_), _) => {}
            (Fault::Expired, message) => message.shift(-HOUR),
            (Fault::NotYetValid, message) => message.shift(HOUR),
            (Fault::SignInStale, message) => message.signed_in_earlier(),
            (Fault::SignalsAsNumbers, Message::Oidc(claims)) => {
                claims.amr = claims.amr.take().map(|amr| Value::from(numbers_in(&amr)));
            }
            // What these are about is changed before it becomes a message.
            (
                Fault::SignalsDropped
                | Fault::SignalsInOtherName
                | Fault::SignalsInRecasedName
                | Fault::SignalsInUserInfo
                | Fault::SignalsInAccessToken
                | Fault::SignalsUnsigned
                | Fault::SignalsRenamed
                | Fault::SignalsRecased
                | Fault::SignalsPadded
                | Fault::SignalsJoined
                | Fault::SignalsDuplicated
                | Fault::SignalsAsText
                | Fault::SignalsAsNumbers
                | Fault::SignalsContradicted,
                _,
            ) => {}
        }
    }

    /// Moves the user's sign-in back by a day.
    fn signed_in_earlier(&mut self) {
        match self {
            Self::Saml(response) => {
                if let Some(assertion) = &mut response.assertion {
                    let instant = &mut assertion.authn.authn_instant;
                    *instant = instant.saturating_sub(jiff::SignedDuration::from_secs(DAY)).unwrap_or(*instant);
                }
            }
            Self::Oidc(claims) => claims.auth_time = claims.auth_time.map(|time| time.saturating_sub(DAY)),
        }
    }

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

/// The numbers that a claim holds as texts.
fn numbers_in(amr: &Value) -> Vec<u64> {
    let texts = amr.as_str().into_iter().chain(amr.as_array().into_iter().flatten().filter_map(Value::as_str));
    texts.flat_map(str::split_whitespace).filter_map(|text| text.parse().ok()).collect()
}

/// A party that is not part of the login.
const ELSEWHERE: &str = "https://elsewhere.example";
const NEVER_SENT: &str = "_never-sent";
/// Longer than any allowed clock skew.
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

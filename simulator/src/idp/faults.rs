//! Applies the faults of an identity provider to its answer, before it is signed.

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

/// A party that is not part of the login.
const ELSEWHERE: &str = "https://elsewhere.example";
const NEVER_SENT: &str = "_never-sent";
/// Longer than any allowed clock skew.
const HOUR: i64 = 3600;

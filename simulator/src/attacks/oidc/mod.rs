//! Changes of a good answer of OpenID Connect: in the answer of the authorization endpoint, in the ID token, in the answer
//! of the token endpoint, in the key set.

mod claims;
mod key_set;
mod signer;

pub(crate) use claims::{ClaimEdit, Json};
pub(crate) use key_set::{HttpAnswer, KeySetEdit};
pub(crate) use signer::{HeaderEdit, Secret, Signer, TokenText};

use serde_json::{Map, Value};

use super::keys::Keys;

/// A change of a good answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum OidcMutation {
    /// The claims are edited before they are signed.
    Claims(ClaimEdit),
    /// The header is edited before it is signed.
    Header(HeaderEdit),
    /// The token is signed otherwise.
    Signed(Signer),
    /// The token is edited after it was signed.
    Text(TokenText),
    /// The token endpoint answers otherwise.
    Token(TokenEdit),
    /// The endpoint of the keys answers otherwise.
    Keys(KeySetEdit),
    /// The authorization endpoint answers otherwise.
    Answer(AnswerEdit),
}

/// A change of a good logout token.
#[derive(Debug, Clone, Copy)]
pub(crate) enum LogoutMutation {
    /// The claims are edited before they are signed.
    Claims(ClaimEdit),
    /// The header is exactly so, besides `alg` and `kid`.
    Header(HeaderEdit),
    /// The token is signed otherwise.
    Signed(Signer),
}

/// How the token endpoint answers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum TokenEdit {
    /// Without this member.
    Remove(&'static str),
    /// With this member.
    Set(&'static str, Json),
    /// With this status and this body, of this media type.
    Body(u16, &'static str, &'static str),
}

/// How the authorization endpoint answers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum AnswerEdit {
    /// Without this parameter.
    Remove(&'static str),
    /// With this parameter.
    Set(&'static str, &'static str),
    /// With this parameter twice: its own value and this one.
    Twice(&'static str, &'static str),
    /// With this error and no code.
    Error(&'static str),
    /// With this error beside the code.
    AlsoError(&'static str),
}

/// A good ID token before it is signed.
#[derive(Debug, Clone)]
pub(crate) struct GoodToken {
    /// Its claims.
    pub(crate) claims: Map<String, Value>,
    /// The subject of another user, whom the attacker wants to be.
    pub(crate) victim: Option<String>,
}

/// The token with the change. What is not a change of the token leaves it good.
pub(super) fn id_token(mutation: OidcMutation, good: &GoodToken, keys: &Keys) -> String {
    let claims = || Value::Object(good.claims.clone()).to_string();
    match mutation {
        OidcMutation::Claims(edit) => Signer::Own.sign(&HeaderEdit::NONE, &edit.apply(&good.claims), keys),
        OidcMutation::Header(edit) => Signer::Own.sign(&edit, &claims(), keys),
        OidcMutation::Signed(signer) => signer.sign(&HeaderEdit::NONE, &claims(), keys),
        OidcMutation::Text(edit) => edit.apply(&Signer::Own.sign(&HeaderEdit::NONE, &claims(), keys), good),
        OidcMutation::Token(_) | OidcMutation::Keys(_) | OidcMutation::Answer(_) => {
            Signer::Own.sign(&HeaderEdit::NONE, &claims(), keys)
        }
    }
}

/// The logout token with the change.
pub(super) fn logout_token(mutation: LogoutMutation, good: &Map<String, Value>, keys: &Keys) -> String {
    const USUAL: HeaderEdit = HeaderEdit { set: &[LOGOUT_TYP] };
    let claims = || Value::Object(good.clone()).to_string();
    match mutation {
        LogoutMutation::Claims(edit) => Signer::Own.sign(&USUAL, &edit.apply(good), keys),
        LogoutMutation::Header(edit) => Signer::Own.sign(&edit, &claims(), keys),
        LogoutMutation::Signed(signer) => signer.sign(&USUAL, &claims(), keys),
    }
}

/// The type of a logout token (OpenID Connect Back-Channel Logout 1.0, 2.4).
pub(crate) const LOGOUT_TYP: (&str, Json) = ("typ", Json::Text("logout+jwt"));

impl TokenEdit {
    pub(super) fn apply(self, mut good: Map<String, Value>) -> HttpAnswer {
        match self {
            Self::Remove(name) => {
                good.remove(name);
            }
            Self::Set(name, value) => {
                good.insert(name.to_owned(), value.value());
            }
            Self::Body(status, kind, body) => return HttpAnswer { status, kind, body: body.to_owned() },
        }
        HttpAnswer::json(&Value::Object(good))
    }
}

impl AnswerEdit {
    pub(super) fn apply(self, good: &mut Vec<(&'static str, String)>) {
        match self {
            Self::Remove(name) => good.retain(|(key, _)| *key != name),
            Self::Set(name, value) => {
                good.retain(|(key, _)| *key != name);
                good.push((name, value.to_owned()));
            }
            Self::Twice(name, value) => good.push((name, value.to_owned())),
            Self::Error(code) => {
                good.retain(|(key, _)| *key != "code");
                good.push(("error", code.to_owned()));
            }
            Self::AlsoError(code) => good.push(("error", code.to_owned())),
        }
    }
}

//! Wrong answers of the endpoint of the keys.

use serde_json::{Value, json};

use crate::attacks::keys::{Keys, jwk};

/// How the endpoint of the keys answers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum KeySetEdit {
    /// With this status and this body, of this media type.
    Body(u16, &'static str, &'static str),
    /// Without a key.
    Empty,
    /// With other keys than that of the token.
    Others,
    /// With the key for another use.
    ForEncryption,
    /// With the key for another algorithm.
    OtherAlgorithm,
    /// With another kind of key under the same `kid`.
    OtherKind,
    /// With a stranger's key of the same `kid` after the good one.
    RepeatedKid,
    /// With a key that nobody knows beside the good one.
    UnknownKind,
    /// With only the key of the token.
    One,
}

/// What an endpoint answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HttpAnswer {
    /// Status.
    pub(crate) status: u16,
    /// Media type.
    pub(crate) kind: &'static str,
    /// Body.
    pub(crate) body: String,
}

impl HttpAnswer {
    /// JSON with status 200.
    pub(super) fn json(value: &Value) -> Self {
        Self { status: 200, kind: "application/json", body: value.to_string() }
    }
}

impl KeySetEdit {
    pub(crate) fn apply(self, keys: &Keys) -> HttpAnswer {
        let own = jwk(&keys.own);
        let with = |name: &str, value: &str| {
            let mut changed = own.clone();
            changed[name] = Value::from(value);
            changed
        };
        let kid = &own["kid"];
        let set = match self {
            Self::Body(status, kind, body) => return HttpAnswer { status, kind, body: body.to_owned() },
            Self::Empty => vec![],
            Self::Others => vec![jwk(&keys.rolled_over), jwk(&keys.foreign)],
            Self::ForEncryption => vec![with("use", "enc")],
            Self::OtherAlgorithm => vec![with("alg", "RS512")],
            Self::OtherKind => vec![json!({ "kty": "oct", "kid": kid, "k": "AAECAwQFBgc" })],
            Self::RepeatedKid => {
                let mut foreign = jwk(&keys.foreign);
                foreign["kid"] = kid.clone();
                vec![own.clone(), foreign]
            }
            Self::UnknownKind => vec![json!({ "kty": "AKP", "alg": "ML-DSA-44", "pub": "AA" }), own.clone()],
            Self::One => vec![own.clone()],
        };
        HttpAnswer::json(&json!({ "keys": set }))
    }
}

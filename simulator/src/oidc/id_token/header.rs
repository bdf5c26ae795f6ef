//! The JOSE header, read before anything in the token is trusted.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::rejection::IdTokenRejection;
use vestibule_model::Weakness;

/// The members of the header that matter here. Keys inside the token (`jwk`, `jku`, `x5c`, `x5u`) are not read, because
/// the author of the token chose them.
#[derive(Debug, Deserialize)]
pub(super) struct Header {
    alg: String,
    #[serde(default, deserialize_with = "never_null")]
    pub(super) kid: Option<String>,
    #[serde(default, deserialize_with = "never_null")]
    typ: Option<String>,
    #[serde(default, deserialize_with = "never_null")]
    crit: Option<Value>,
}

/// A parameter that is `null` is there, and is malformed: it must not pass for one that was left out.
fn never_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl Header {
    /// Reads the header of a compact JWS.
    pub(super) fn parse(token: &str) -> Result<Self, IdTokenRejection> {
        if token.len() > GREATEST_LENGTH {
            return Err(IdTokenRejection::TooLarge);
        }
        let parts: Vec<&str> = token.split('.').collect();
        let [header, _, _] = parts[..] else { return Err(IdTokenRejection::NotACompactJws) };
        let header = URL_SAFE_NO_PAD.decode(header).map_err(|_| IdTokenRejection::NotACompactJws)?;
        serde_json::from_slice(&header).map_err(|_| IdTokenRejection::NotACompactJws)
    }

    /// The algorithm, if the whole header is valid for an ID token, apart from the checks that are left out on purpose.
    pub(super) fn accept(&self, weaknesses: &BTreeSet<Weakness>) -> Result<Algorithm, IdTokenRejection> {
        let alg = || self.alg.clone();
        let algorithm = match self.alg.as_str() {
            "RS256" => Algorithm::RS256,
            "ES256" => Algorithm::ES256,
            none if none.eq_ignore_ascii_case("none") => return Err(IdTokenRejection::AlgNone { alg: alg() }),
            mac if mac.starts_with("HS") => return Err(IdTokenRejection::AlgSymmetric { alg: alg() }),
            _ => return Err(IdTokenRejection::AlgNotAccepted { alg: alg() }),
        };
        self.accept_beside_algorithm(weaknesses)?;
        Ok(algorithm)
    }

    /// Whether everything but the algorithm is valid for an ID token, apart from the checks that are left out on purpose.
    pub(super) fn accept_beside_algorithm(&self, weaknesses: &BTreeSet<Weakness>) -> Result<(), IdTokenRejection> {
        if self.crit.is_some() && !weaknesses.contains(&Weakness::IgnoreCrit) {
            return Err(IdTokenRejection::CriticalHeader);
        }
        match &self.typ {
            _ if weaknesses.contains(&Weakness::IgnoreTyp) => Ok(()),
            Some(typ) if !TYPES.iter().any(|known| typ.eq_ignore_ascii_case(known)) => {
                Err(IdTokenRejection::OtherType { typ: typ.clone() })
            }
            _ => Ok(()),
        }
    }
}

/// The type of a JWT, and the media type that it stands for (RFC 7515 4.1.9).
const TYPES: [&str; 2] = ["JWT", "application/jwt"];
const GREATEST_LENGTH: usize = 64 * 1024;

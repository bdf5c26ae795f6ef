//! Where an identity provider carries `amr`.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use crate::Carrier;

/// Where `amr` is carried: `id-token amr`, `id-token amr-text` (one string in place of the array), `id-token acr`, `userinfo amr`, `access-token amr`, `class-ref`,
/// `attribute NAME`, `claim NAME` (another claim of the ID token), or `unsigned` (a part that no signature covers).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct Carriage(pub Carrier);

impl FromStr for Carriage {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let carrier = match text.split_whitespace().collect::<Vec<_>>()[..] {
            ["id-token", "amr"] => Carrier::IdTokenAmr,
            ["id-token", "amr-text"] => Carrier::IdTokenAmrText,
            ["id-token", "acr"] => Carrier::IdTokenAcr,
            ["userinfo", "amr"] => Carrier::UserInfo,
            ["access-token", "amr"] => Carrier::AccessToken,
            ["class-ref"] => Carrier::AuthnContextClassRef,
            ["attribute", name] => Carrier::SamlAttribute(name.to_owned()),
            ["claim", "amr"] => Carrier::IdTokenAmr,
            ["claim", "acr"] => Carrier::IdTokenAcr,
            ["claim", name] => Carrier::IdTokenClaim(name.to_owned()),
            ["unsigned"] => Carrier::Unsigned,
            _ => {
                return Err(format!(
                    "`{text}` is not a place for a signal: write `id-token amr`, `id-token amr-text`, `id-token acr`, \
                     `userinfo amr`, `access-token amr`, `class-ref`, `attribute NAME`, `claim NAME` or `unsigned`"
                ));
            }
        };
        Ok(Self(carrier))
    }
}

impl fmt::Display for Carriage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Carrier::IdTokenAmr => f.write_str("id-token amr"),
            Carrier::IdTokenAmrText => f.write_str("id-token amr-text"),
            Carrier::IdTokenAcr => f.write_str("id-token acr"),
            Carrier::IdTokenClaim(name) => write!(f, "claim {name}"),
            Carrier::UserInfo => f.write_str("userinfo amr"),
            Carrier::AccessToken => f.write_str("access-token amr"),
            Carrier::AuthnContextClassRef => f.write_str("class-ref"),
            Carrier::SamlAttribute(name) => write!(f, "attribute {name}"),
            Carrier::Unsigned => f.write_str("unsigned"),
        }
    }
}

impl Serialize for Carriage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl TryFrom<String> for Carriage {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

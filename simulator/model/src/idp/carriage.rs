//! Where an identity provider carries `amr`.

use std::str::FromStr;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::Carrier;

/// Where `amr` is carried: `id-token amr`, `id-token amr-text` (one string in place of the array), `id-token acr`, `userinfo amr`, `access-token amr`, `class-ref`, or
/// `attribute NAME`.
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
            _ => {
                return Err(format!(
                    "`{text}` is not a place for a signal: write `id-token amr`, `id-token amr-text`, `id-token acr`, \
                     `userinfo amr`, `access-token amr`, `class-ref` or `attribute NAME`"
                ));
            }
        };
        Ok(Self(carrier))
    }
}

impl TryFrom<String> for Carriage {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

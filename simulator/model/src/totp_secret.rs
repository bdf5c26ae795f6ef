//! The secret of a TOTP app, in the forms in which teams keep it.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use url::Url;

use crate::Secret;

/// A TOTP secret in base32 (RFC 4648, 6): upper case, without blanks and padding.
///
/// It is read as pages and password managers show it: in lower case, in groups, or as an `otpauth:` URI (Key Uri Format).
/// A URI that asks for other codes than the org accepts is refused.
// Contract C3.1: SHA-1, six digits, 30 seconds. Real secrets of 80 bits exist although RFC 4226 (4, R6) demands 128.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotpSecret(Secret);

/// Why a text is not a TOTP secret of the org. The secret is not repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TotpSecretFault {
    /// Nothing remains of it.
    Empty,
    /// It has characters that are not in base32.
    NotBase32,
    /// It has fewer than 80 bits.
    TooShort(usize),
    /// Its last character is missing, or there is one too many: no number of bytes has this length in base32.
    OddLength(usize),
    /// The URI is of another kind than `otpauth://totp/…`.
    NotTotp(String),
    /// The URI has no `secret`.
    NoSecret,
    /// The URI asks for other codes: name and value of the parameter.
    OtherCodes(&'static str, String),
}

impl TotpSecret {
    /// The secret in base32.
    pub fn base32(&self) -> &Secret {
        &self.0
    }

    /// A base32 text without what groups it: upper case, no white space, dashes or padding.
    pub fn ungrouped(text: &str) -> String {
        let kept = text.chars().filter(|char| !char.is_whitespace() && !GROUPING.contains(char));
        kept.map(|char| char.to_ascii_uppercase()).collect()
    }

    fn of_uri(uri: &Url) -> Result<Self, TotpSecretFault> {
        if !uri.host_str().is_some_and(|host| host.eq_ignore_ascii_case("totp")) {
            return Err(TotpSecretFault::NotTotp(uri.host_str().unwrap_or_default().to_owned()));
        }
        let parameter = |name: &str| {
            let mut pairs =
                uri.query_pairs().filter(|(found, value)| found.eq_ignore_ascii_case(name) && !value.is_empty());
            pairs.next().map(|(_, value)| value.into_owned())
        };
        for (name, usual) in CODES {
            if let Some(value) = parameter(name)
                && !usual.contains(&value.trim().to_ascii_uppercase().as_str())
            {
                return Err(TotpSecretFault::OtherCodes(name, value));
            }
        }
        Self::of_base32(&parameter("secret").ok_or(TotpSecretFault::NoSecret)?)
    }

    fn of_base32(text: &str) -> Result<Self, TotpSecretFault> {
        let bare = Self::ungrouped(text);
        match bare.len() {
            0 => Err(TotpSecretFault::Empty),
            _ if !bare.chars().all(|char| matches!(char, 'A'..='Z' | '2'..='7')) => Err(TotpSecretFault::NotBase32),
            length if length < SHORTEST => Err(TotpSecretFault::TooShort(length)),
            length if matches!(length % 8, 1 | 3 | 6) => Err(TotpSecretFault::OddLength(length)),
            _ => Ok(Self(Secret::new(bare))),
        }
    }
}

impl FromStr for TotpSecret {
    type Err = TotpSecretFault;

    fn from_str(text: &str) -> Result<Self, TotpSecretFault> {
        let text = text.trim();
        let Some((scheme, _)) = text.split_once("://") else { return Self::of_base32(text) };
        let uri = Url::parse(text).ok().filter(|uri| uri.scheme() == "otpauth");
        Self::of_uri(&uri.ok_or_else(|| TotpSecretFault::NotTotp(scheme.to_owned()))?)
    }
}

impl fmt::Display for TotpSecretFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the TOTP secret is empty"),
            Self::NotBase32 => f.write_str("the TOTP secret is not base32: write letters A to Z and digits 2 to 7"),
            Self::TooShort(length) => {
                write!(f, "the TOTP secret has {length} characters: the shortest has {SHORTEST}, which are 80 bits")
            }
            Self::OddLength(length) => {
                write!(f, "the TOTP secret has {length} characters, a length that base32 never has: copy it whole")
            }
            Self::NotTotp(kind) => {
                write!(
                    f,
                    "`{kind}` is not TOTP: write the secret in base32, or a URI that begins with `otpauth://totp/`"
                )
            }
            Self::NoSecret => f.write_str("the otpauth URI has no `secret`"),
            Self::OtherCodes(name, value) => write!(
                f,
                "the org does not accept codes with `{name}={value}`: it checks SHA-1 codes of six digits and 30 seconds"
            ),
        }
    }
}

impl std::error::Error for TotpSecretFault {}

impl<'de> Deserialize<'de> for TotpSecret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for TotpSecret {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "TotpSecret".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "password" })
    }
}

/// What groups the characters on pages: padding, and dashes of any length.
const GROUPING: [char; 6] = ['=', '-', '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}'];

/// 80 bits.
const SHORTEST: usize = 16;

/// The parameters of a URI that decide which codes it asks for, each with the values that the org's codes have.
const CODES: [(&str, &[&str]); 3] =
    [("algorithm", &["SHA1", "SHA-1", "HMACSHA1", "HMAC-SHA1"]), ("digits", &["6"]), ("period", &["30"])];

#[cfg(test)]
mod tests {
    use super::{TotpSecret, TotpSecretFault};

    const BARE: &str = "JBSWY3DPEHPK3PXP";

    #[test]
    fn a_secret_is_read_in_each_form_that_teams_keep() {
        for text in [
            "JBSWY3DPEHPK3PXP",
            "jbswy3dpehpk3pxp",
            "jbsw y3dp ehpk 3pxp",
            " JBSW-Y3DP-EHPK-3PXP\n",
            "jbsw\u{a0}y3dp\u{2013}ehpk3pxp======",
            "otpauth://totp/Salesforce:rep@acme.example?secret=JBSWY3DPEHPK3PXP&issuer=Salesforce",
            "otpauth://totp/rep?issuer=Other&secret=jbsw%20y3dp%20ehpk%203pxp&algorithm=SHA1&digits=6&period=30",
            "OTPAUTH://TOTP/rep?Secret=JBSWY3DPEHPK3PXP&algorithm=HmacSHA1&digits=",
        ] {
            assert_eq!(text.parse::<TotpSecret>().unwrap().base32().reveal(), BARE, "{text}");
        }
        assert!("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP".parse::<TotpSecret>().is_ok());
        assert!("JBSWY3DPEHPK3PXPJBSWY3DPEH".parse::<TotpSecret>().is_ok(), "16 bytes");
    }

    #[test]
    fn what_is_not_a_totp_secret_is_refused_by_name_and_not_repeated() {
        let uri = |parameters: &str| format!("otpauth://totp/rep?secret={BARE}&{parameters}");
        for (text, said) in [
            (uri("algorithm=SHA256"), "`algorithm=SHA256`"),
            (uri("algorithm=SHA512"), "`algorithm=SHA512`"),
            (uri("digits=8"), "`digits=8`"),
            (uri("period=60"), "`period=60`"),
            (format!("otpauth://hotp/rep?secret={BARE}&counter=1"), "`hotp` is not TOTP"),
            (format!("https://acme.example/?secret={BARE}"), "`https` is not TOTP"),
            ("otpauth://totp/rep?issuer=x".to_owned(), "no `secret`"),
            ("jbsw:y3dp:ehpk:3pxp".to_owned(), "not base32"),
            ("JBSWY3DPEHPK3PX".to_owned(), "15 characters"),
            ("JBSWY3DPEHPK3PXPA".to_owned(), "17 characters, a length that base32 never has"),
            ("JBSWY3DPEHPK3PX1".to_owned(), "not base32"),
            ("jbswy3dpehpk3pxß".to_owned(), "not base32"),
            (" - ".to_owned(), "empty"),
            (String::new(), "empty"),
        ] {
            let fault = text.parse::<TotpSecret>().unwrap_err();

            assert!(fault.to_string().contains(said), "{text}: {fault}");
            assert!(!format!("{fault} {fault:?}").contains("JBSWY3DP"), "{fault}");
        }
        assert_eq!("0".repeat(20).parse::<TotpSecret>(), Err(TotpSecretFault::NotBase32));
    }
}

//! The secret of a TOTP app, in the forms in which teams keep it.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};
use strum::{Display, IntoStaticStr};
use url::{Url, form_urlencoded};

use crate::Secret;

/// A TOTP secret in base32 (RFC 4648, 6): upper case, without blanks and padding.
///
/// It is read as pages and password managers show it: in lower case, in groups, or as an `otpauth:` URI (Key Uri Format).
/// A URI that asks for other codes than the org accepts is refused.
// Contract C3.1: SHA-1, six digits, 30 seconds. Real secrets of 80 bits exist although RFC 4226 (4, R6) demands 128.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotpSecret(Secret);

/// What a TOTP app knows: the secret, and which codes are made of it (RFC 6238, 4). Read from base32, which means SHA-1,
/// six digits and 30 seconds, or from an `otpauth:` URI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotpKey {
    /// The secret.
    pub secret: TotpSecret,
    /// The hash function.
    pub algorithm: TotpAlgorithm,
    /// Digits of a code: 6 to 8.
    pub digits: u8,
    /// Seconds for which a code counts, at least 1.
    pub period: u32,
}

/// The hash function of a TOTP app (RFC 6238, 1.2), with its name in `otpauth:` URIs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Display, IntoStaticStr, Serialize, Deserialize)]
pub enum TotpAlgorithm {
    /// HMAC-SHA-1, which most apps assume.
    #[default]
    #[serde(rename = "SHA1")]
    #[strum(to_string = "SHA1")]
    Sha1,
    /// HMAC-SHA-256.
    #[serde(rename = "SHA256")]
    #[strum(to_string = "SHA256")]
    Sha256,
    /// HMAC-SHA-512.
    #[serde(rename = "SHA512")]
    #[strum(to_string = "SHA512")]
    Sha512,
}

/// An `otpauth://totp/…` URI (Key Uri Format).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtpauthUri {
    /// What the app makes codes of.
    pub key: TotpKey,
    /// Who asks for the codes: the parameter `issuer`, or what stands before the colon of the label.
    pub issuer: Option<String>,
    /// The account: what stands after the colon of the label.
    pub account: Option<String>,
}

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
    /// The URI asks for codes that no app makes: name and value of the parameter, and what is valid.
    Parameter(&'static str, String, &'static str),
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
        let key: TotpKey = text.parse()?;
        let usual = TotpKey::usual(key.secret.clone());
        let other = |name, value| Err(TotpSecretFault::OtherCodes(name, value));
        match key {
            _ if key.algorithm != usual.algorithm => other("algorithm", key.algorithm.to_string()),
            _ if key.digits != usual.digits => other("digits", key.digits.to_string()),
            _ if key.period != usual.period => other("period", key.period.to_string()),
            key => Ok(key.secret),
        }
    }
}

impl TotpKey {
    /// The key of an app that makes the usual codes: SHA-1, six digits, 30 seconds.
    pub fn usual(secret: TotpSecret) -> Self {
        Self { secret, algorithm: TotpAlgorithm::Sha1, digits: 6, period: 30 }
    }

    fn of_uri(uri: &Url) -> Result<Self, TotpSecretFault> {
        if !uri.host_str().is_some_and(|host| host.eq_ignore_ascii_case("totp")) {
            return Err(TotpSecretFault::NotTotp(uri.host_str().unwrap_or_default().to_owned()));
        }
        let mut key = Self::usual(TotpSecret::of_base32(&parameter(uri, "secret").ok_or(TotpSecretFault::NoSecret)?)?);
        if let Some(value) = parameter(uri, "algorithm") {
            let known = ALGORITHMS.iter().find(|(spelling, _)| value.trim().eq_ignore_ascii_case(spelling));
            let wrong = || TotpSecretFault::Parameter("algorithm", value.clone(), "SHA1, SHA256 or SHA512");
            key.algorithm = known.map(|(_, algorithm)| *algorithm).ok_or_else(wrong)?;
        }
        if let Some(value) = parameter(uri, "digits") {
            let digits = value.trim().parse::<u8>().ok().filter(|digits| (6..=8).contains(digits));
            key.digits = digits.ok_or(TotpSecretFault::Parameter("digits", value, "6, 7 or 8"))?;
        }
        if let Some(value) = parameter(uri, "period") {
            let period = value.trim().parse::<u32>().ok().filter(|period| *period > 0);
            key.period = period.ok_or(TotpSecretFault::Parameter("period", value, "a whole number of seconds"))?;
        }
        Ok(key)
    }
}

impl FromStr for TotpKey {
    type Err = TotpSecretFault;

    fn from_str(text: &str) -> Result<Self, TotpSecretFault> {
        if text.contains("://") {
            Ok(text.parse::<OtpauthUri>()?.key)
        } else {
            TotpSecret::of_base32(text).map(Self::usual)
        }
    }
}

impl FromStr for OtpauthUri {
    type Err = TotpSecretFault;

    fn from_str(text: &str) -> Result<Self, TotpSecretFault> {
        let text = text.trim();
        let uri = Url::parse(text).ok().filter(|uri| uri.scheme() == "otpauth");
        let scheme = || text.split_once("://").map_or("text", |(scheme, _)| scheme).to_owned();
        let uri = uri.ok_or_else(|| TotpSecretFault::NotTotp(scheme()))?;
        let key = TotpKey::of_uri(&uri)?;
        let label = decoded(uri.path().trim_start_matches('/'));
        let (before, account) = match label.split_once(':') {
            Some((issuer, account)) => (Some(issuer.to_owned()), account.to_owned()),
            None => (None, label),
        };
        let given = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Ok(Self {
            key,
            issuer: parameter(&uri, "issuer").and_then(given).or_else(|| before.and_then(given)),
            account: given(account),
        })
    }
}

/// The first value of a parameter that is not empty.
fn parameter(uri: &Url, name: &str) -> Option<String> {
    let mut pairs = uri.query_pairs().filter(|(found, value)| found.eq_ignore_ascii_case(name) && !value.is_empty());
    pairs.next().map(|(_, value)| value.into_owned())
}

/// A part of a path without percent encoding, in which a plus sign means itself.
fn decoded(path: &str) -> String {
    let path = path.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(path.as_bytes()).map(|(name, _)| name.into_owned()).collect()
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
            Self::Parameter(name, value, valid) => {
                write!(f, "the otpauth URI says `{name}={value}`: write {valid}")
            }
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

/// The spellings of the algorithms in URIs.
const ALGORITHMS: [(&str, TotpAlgorithm); 12] = [
    ("SHA1", TotpAlgorithm::Sha1),
    ("SHA-1", TotpAlgorithm::Sha1),
    ("HMACSHA1", TotpAlgorithm::Sha1),
    ("HMAC-SHA1", TotpAlgorithm::Sha1),
    ("SHA256", TotpAlgorithm::Sha256),
    ("SHA-256", TotpAlgorithm::Sha256),
    ("HMACSHA256", TotpAlgorithm::Sha256),
    ("HMAC-SHA256", TotpAlgorithm::Sha256),
    ("SHA512", TotpAlgorithm::Sha512),
    ("SHA-512", TotpAlgorithm::Sha512),
    ("HMACSHA512", TotpAlgorithm::Sha512),
    ("HMAC-SHA512", TotpAlgorithm::Sha512),
];

#[cfg(test)]
mod tests {
    use super::{OtpauthUri, TotpAlgorithm, TotpKey, TotpSecret, TotpSecretFault};

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
    #[test]
    fn a_uri_says_which_codes_are_made_of_the_secret() {
        let key = |parameters: &str| format!("otpauth://totp/rep?secret={BARE}{parameters}").parse::<TotpKey>();
        let usual = TotpKey::usual(BARE.parse().unwrap());

        assert_eq!(key(""), Ok(usual.clone()));
        assert_eq!(BARE.to_lowercase().parse::<TotpKey>(), Ok(usual.clone()));
        for (parameters, expected) in [
            ("&algorithm=SHA256", TotpKey { algorithm: TotpAlgorithm::Sha256, ..usual.clone() }),
            ("&algorithm=hmac-sha512", TotpKey { algorithm: TotpAlgorithm::Sha512, ..usual.clone() }),
            ("&digits=7&period=15", TotpKey { digits: 7, period: 15, ..usual.clone() }),
            ("&Algorithm=sha-1&Digits=8&Period=60", TotpKey { digits: 8, period: 60, ..usual.clone() }),
        ] {
            assert_eq!(key(parameters), Ok(expected), "{parameters}");
        }
        for (parameters, said) in [
            ("&algorithm=MD5", "`algorithm=MD5`: write SHA1, SHA256 or SHA512"),
            ("&digits=5", "`digits=5`: write 6, 7 or 8"),
            ("&digits=six", "`digits=six`: write 6, 7 or 8"),
            ("&period=0", "`period=0`: write a whole number"),
            ("&period=-30", "`period=-30`: write a whole number"),
        ] {
            assert!(key(parameters).unwrap_err().to_string().contains(said), "{parameters}");
        }
    }

    #[test]
    fn a_uri_names_the_account_and_who_asks() {
        let read = |label: &str, more: &str| {
            let uri: OtpauthUri = format!("otpauth://totp/{label}?secret={BARE}{more}").parse().unwrap();
            (uri.issuer, uri.account)
        };
        let pair = |issuer: &str, account: &str| {
            let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            (given(issuer), given(account))
        };

        assert_eq!(read("Salesforce:rep@acme.example", ""), pair("Salesforce", "rep@acme.example"));
        assert_eq!(read("Salesforce%3A%20rep%40acme.example", ""), pair("Salesforce", "rep@acme.example"));
        assert_eq!(read("rep+uat@acme.example", "&issuer=Acme%20Org"), pair("Acme Org", "rep+uat@acme.example"));
        assert_eq!(read("Old:a&b=c", "&issuer=New"), pair("New", "a&b=c"));
        assert_eq!(read("", ""), pair("", ""));
        assert!(matches!("rep".parse::<OtpauthUri>(), Err(TotpSecretFault::NotTotp(_))));
    }
}

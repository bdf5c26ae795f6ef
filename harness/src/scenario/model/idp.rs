//! The identity providers of a scenario.

use std::collections::BTreeMap;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;
use vestibule_model::{Carrier, Signal};

use crate::scenario::spanned::Spanned;

/// `idp`, or `idps.<key>`: an identity provider. It says what its preset says for the method used, or exactly the
/// signals named here as soon as `amr`, `acr`, `class-ref` or `attributes` stands here (`amr: []` says nothing at all).
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Idp {
    /// Preset of what a real IdP emits: `okta`, `entra`, `adfs` …
    pub preset: Option<Spanned<String>>,
    /// `saml` or `oidc`; left out: `saml`.
    #[serde(default)]
    pub protocol: Protocol,
    /// How the user signs in at the IdP; left out: `password`.
    pub method: Option<Spanned<MethodName>>,
    /// Exactly these `amr` values.
    pub amr: Option<Spanned<Vec<String>>>,
    /// Exactly this `acr` claim of the ID token.
    pub acr: Option<Spanned<String>>,
    /// Exactly this `AuthnContextClassRef`.
    pub class_ref: Option<Spanned<String>>,
    /// Further SAML attributes that carry signals, by `Name`.
    #[serde(default)]
    pub attributes: BTreeMap<String, Vec<String>>,
    /// Where `amr` is carried; left out: `attribute amr` in SAML, `id-token amr` in OIDC.
    pub carriage: Option<Spanned<Carriage>>,
    /// The sign-in page; left out: `automatic`.
    pub sign_in: Option<SignIn>,
    /// What is signed in a SAML response; left out: `assertion`.
    pub sign: Option<SignedPart>,
    /// Algorithm of the signing key; left out: `rsa`.
    pub key: Option<KeyName>,
    /// State of the signing key; left out: `valid`.
    pub key_state: Option<KeyStateName>,
    /// "Use Salesforce MFA for this SSO Provider" at the org.
    #[serde(default)]
    pub salesforce_mfa: bool,
    /// How the org authenticates at the token endpoint; left out: `basic`.
    pub client_auth: Option<ClientAuthName>,
    /// Another token endpoint than the IdP's own.
    pub token_endpoint: Option<Url>,
    /// Another JWKS endpoint than the IdP's own.
    pub jwks_uri: Option<Url>,
    /// What the org asks for, the preferred first: `AuthnContextClassRef`s in SAML, `acr_values` in OIDC.
    #[serde(default)]
    pub requested_context: Vec<String>,
    /// What the IdP makes of it where its answer would say something else; left out: `ignore`.
    pub on_requested_context: Option<OnRequestedContextName>,
    /// What the IdP does wrong, by name: `audience-other`, `expired` …
    #[serde(default)]
    pub faults: Vec<Spanned<String>>,
    /// OIDC: the `max_age` that the org asks for, in seconds, and checks.
    pub max_age: Option<u64>,
}

/// What an identity provider makes of a requested context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnRequestedContextName {
    /// Says what it would have said.
    Ignore,
    /// Says that the preferred one was met.
    Honour,
    /// Refuses.
    Refuse,
}

impl Idp {
    /// Exactly these signals, where the scenario names any; `None` leaves it to the preset.
    pub fn signals(&self) -> Option<Vec<Signal>> {
        if self.amr.is_none() && self.acr.is_none() && self.class_ref.is_none() && self.attributes.is_empty() {
            return None;
        }
        let amr = self.amr.iter().flat_map(|amr| &amr.value).map(|value| Signal::new(value, self.carrier()));
        let acr = self.acr.iter().map(|acr| Signal::new(&acr.value, Carrier::IdTokenAcr));
        let class = self.class_ref.iter().map(|class| Signal::new(&class.value, Carrier::AuthnContextClassRef));
        let attributes = self.attributes.iter().flat_map(|(name, values)| {
            values.iter().map(|value| Signal::new(value, Carrier::SamlAttribute(name.clone())))
        });
        Some(amr.chain(acr).chain(class).chain(attributes).collect())
    }

    /// Where `amr` is carried.
    pub fn carrier(&self) -> Carrier {
        match (&self.carriage, self.protocol) {
            (Some(carriage), _) => carriage.value.0.clone(),
            (None, Protocol::Saml) => Carrier::SamlAttribute("amr".to_owned()),
            (None, Protocol::Oidc) => Carrier::IdTokenAmr,
        }
    }
}

/// The protocol between the identity provider and the org.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// SAML 2.0.
    #[default]
    Saml,
    /// OpenID Connect.
    Oidc,
}

/// How the user signs in at the identity provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MethodName {
    /// Password only.
    Password,
    /// Password and a push to the IdP's app.
    Push,
    /// Password and a TOTP code.
    Totp,
    /// A passkey, security key or Windows Hello.
    Passkey,
    /// A client certificate or smart card.
    Certificate,
    /// Password and a code by SMS.
    Sms,
    /// Password and a code by email.
    Email,
    /// Integrated Windows authentication.
    WindowsIntegrated,
}

/// Where `amr` is carried: `id-token amr`, `id-token acr`, `userinfo amr`, `access-token amr`, `class-ref`, or
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
            ["id-token", "acr"] => Carrier::IdTokenAcr,
            ["userinfo", "amr"] => Carrier::UserInfo,
            ["access-token", "amr"] => Carrier::AccessToken,
            ["class-ref"] => Carrier::AuthnContextClassRef,
            ["attribute", name] => Carrier::SamlAttribute(name.to_owned()),
            _ => {
                return Err(format!(
                    "`{text}` is no place for a signal: write `id-token amr`, `id-token acr`, `userinfo amr`, \
                     `access-token amr`, `class-ref` or `attribute NAME`"
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

/// The sign-in page of the identity provider.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum SignIn {
    /// Nobody types: the user is signed in at once.
    Automatic,
    /// The page's own fields.
    Own,
    /// Field ids of the user's choosing.
    Fields {
        /// `id` and `name` of the username field.
        username: String,
        /// `id` and `name` of the password field.
        password: String,
        /// `id` of the submit button.
        submit: String,
    },
}

/// Which parts of a SAML response are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SignedPart {
    /// Only the `Response`.
    Response,
    /// Only the `Assertion`.
    Assertion,
    /// Both.
    Both,
}

/// Algorithm of a signing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KeyName {
    /// RSA, 2048 bits.
    Rsa,
    /// ECDSA on P-256.
    Ec,
}

/// State of a signing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KeyStateName {
    /// In use and known to the org.
    Valid,
    /// Its certificate has expired.
    Expired,
    /// Replaced; the org still knows the old one.
    RolledOver,
    /// Of somebody else.
    Foreign,
}

/// How the org authenticates at the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClientAuthName {
    /// `client_secret_basic`.
    Basic,
    /// `client_secret_post`.
    Post,
}

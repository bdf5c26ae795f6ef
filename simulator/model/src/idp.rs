//! The specification of an identity provider.

use std::collections::BTreeMap;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};
use url::Url;

use crate::text::{left_empty, server_url};
use crate::{Carrier, Fault, HostNaming, KeyAlgorithm, KeyState, Signal};

/// `idp`, or `idps.<key>`: an identity provider. It sends what its preset sends for the method used. If `amr`, `acr`,
/// `class-ref` or `attributes` is set, it sends exactly these signals instead (`amr: []` sends none).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Idp")]
pub struct IdpSpec {
    /// The preset of a real IdP: `okta`, `entra`, `adfs` …
    pub preset: Option<String>,
    /// `saml` or `oidc`; default: `saml`.
    #[serde(default)]
    pub protocol: IdpProtocol,
    /// How the user signs in at the IdP; default: `password`.
    #[serde(default, deserialize_with = "left_empty")]
    pub method: MethodUsed,
    /// Exactly these `amr` values.
    pub amr: Option<Vec<String>>,
    /// Exactly this `acr` claim of the ID token.
    pub acr: Option<String>,
    /// Exactly this `AuthnContextClassRef`.
    pub class_ref: Option<String>,
    /// Further SAML attributes that carry signals, by `Name`.
    #[serde(default)]
    pub attributes: BTreeMap<String, Vec<String>>,
    /// Where `amr` is carried; default: `attribute amr` in SAML, `id-token amr` in OIDC.
    pub carriage: Option<Carriage>,
    /// Exactly these signals; they override the keys above. A test can use this to send values in several places.
    #[serde(skip)]
    pub emit: Option<Vec<Signal>>,
    /// The sign-in page; default: `automatic`.
    #[serde(default, deserialize_with = "left_empty")]
    pub sign_in: SignInPage,
    /// What is signed in a SAML response; default: `assertion`.
    #[serde(default, rename = "sign", deserialize_with = "left_empty")]
    pub signing: SamlSigning,
    /// Algorithm of the signing key; default: `rsa`.
    #[serde(default, rename = "key", deserialize_with = "left_empty")]
    pub algorithm: KeyAlgorithm,
    /// State of the signing key; default: `valid`.
    #[serde(default, deserialize_with = "left_empty")]
    pub key_state: KeyState,
    /// Whether the IdP refuses an `AuthnRequest` that is not signed (SAML); default: `false`.
    #[serde(default, deserialize_with = "left_empty")]
    pub want_authn_requests_signed: bool,
    /// The org's setting "Request Signing Certificate": the state of the key that signs its `AuthnRequest`s (SAML); without
    /// it, they are not signed.
    // Contract D1.9.
    pub request_signing_certificate: Option<KeyState>,
    /// The org's setting "Use Salesforce MFA for this SSO Provider".
    #[serde(default)]
    pub salesforce_mfa: bool,
    /// How the org authenticates at the token endpoint; default: `basic`.
    #[serde(default, deserialize_with = "left_empty")]
    pub client_auth: ClientAuth,
    /// A token endpoint other than the IdP's own.
    #[serde(default, deserialize_with = "server_url")]
    pub token_endpoint: Option<Url>,
    /// A JWKS endpoint other than the IdP's own.
    #[serde(default, deserialize_with = "server_url")]
    pub jwks_uri: Option<Url>,
    /// What the org asks for, in order of preference: `AuthnContextClassRef`s in SAML, where it refuses another class, and
    /// `acr_values` in OIDC, where it accepts any.
    #[serde(default)]
    pub requested_context: Vec<String>,
    /// What the IdP does if its answer would not match the request; default: `ignore`.
    #[serde(default, deserialize_with = "left_empty")]
    pub on_requested_context: OnRequestedContext,
    /// What the IdP does wrong: `audience-other`, `expired` …
    #[serde(default)]
    pub faults: Vec<Fault>,
    /// How long ago the user may have signed in at the IdP, in seconds. The org checks it, and requests it: as `max_age` in
    /// OIDC; in SAML only 0 can be requested, as `ForceAuthn`.
    pub max_age: Option<u64>,
}

impl IdpSpec {
    /// An identity provider with every default: immediate sign-in, password only, the assertion signed with RSA.
    pub fn new(protocol: IdpProtocol) -> Self {
        Self {
            preset: None,
            protocol,
            method: MethodUsed::default(),
            amr: None,
            acr: None,
            class_ref: None,
            attributes: BTreeMap::new(),
            carriage: None,
            emit: None,
            sign_in: SignInPage::default(),
            signing: SamlSigning::default(),
            algorithm: KeyAlgorithm::default(),
            key_state: KeyState::default(),
            want_authn_requests_signed: false,
            request_signing_certificate: None,
            salesforce_mfa: false,
            client_auth: ClientAuth::default(),
            token_endpoint: None,
            jwks_uri: None,
            requested_context: Vec::new(),
            on_requested_context: OnRequestedContext::default(),
            faults: Vec::new(),
            max_age: None,
        }
    }

    /// With this fault.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// The exact signals, if any are set; `None` means those of the preset.
    pub fn signals(&self) -> Option<Vec<Signal>> {
        if let Some(exactly) = &self.emit {
            return Some(exactly.clone());
        }
        if self.amr.is_none() && self.acr.is_none() && self.class_ref.is_none() && self.attributes.is_empty() {
            return None;
        }
        let amr = self.amr.iter().flatten().map(|value| Signal::new(value, self.carrier()));
        let acr = self.acr.iter().map(|acr| Signal::new(acr, Carrier::IdTokenAcr));
        let class = self.class_ref.iter().map(|class| Signal::new(class, Carrier::AuthnContextClassRef));
        let attributes = self.attributes.iter().flat_map(|(name, values)| {
            values.iter().map(|value| Signal::new(value, Carrier::SamlAttribute(name.clone())))
        });
        Some(amr.chain(acr).chain(class).chain(attributes).collect())
    }

    /// The product whose host it has under the vendor's real names: that of its sign-in page, or of its preset.
    pub fn product(&self) -> Option<IdpProduct> {
        self.sign_in.product().or_else(|| self.preset.as_deref().and_then(IdpProduct::of_preset))
    }

    /// Its sign-in page under these host names. At the host of a product, its own page has the fields of that product.
    pub fn sign_in_page(&self, naming: HostNaming) -> SignInPage {
        match (&self.sign_in, self.product()) {
            (SignInPage::Own, Some(IdpProduct::Entra)) if naming == HostNaming::Real => SignInPage::Entra,
            (SignInPage::Own, Some(IdpProduct::Okta)) if naming == HostNaming::Real => SignInPage::Okta,
            (page, _) => page.clone(),
        }
    }

    /// A key that its protocol has no place for.
    pub fn misplaced_key(&self) -> Option<MisplacedKey> {
        let of_saml = "a setting of SAML";
        let (key, what, instead) = match self.protocol {
            IdpProtocol::Saml if self.acr.is_some() => {
                ("acr", "a claim of OpenID Connect", "write `class-ref`, or `protocol: oidc`")
            }
            IdpProtocol::Oidc if self.class_ref.is_some() => {
                ("class-ref", "an element of SAML", "write `acr`, or `protocol: saml`")
            }
            IdpProtocol::Oidc if self.want_authn_requests_signed => ("want-authn-requests-signed", of_saml, SAML_ONLY),
            IdpProtocol::Oidc if self.request_signing_certificate.is_some() => {
                ("request-signing-certificate", of_saml, SAML_ONLY)
            }
            _ => return None,
        };
        let spoken = match self.protocol {
            IdpProtocol::Saml => "SAML",
            IdpProtocol::Oidc => "OpenID Connect",
        };
        let why = format!("`{key}` is {what}, and this identity provider speaks {spoken}");
        Some(MisplacedKey { key, why, instead })
    }

    /// Where `amr` is carried.
    pub fn carrier(&self) -> Carrier {
        match (&self.carriage, self.protocol) {
            (Some(carriage), _) => carriage.0.clone(),
            (None, IdpProtocol::Saml) => Carrier::SamlAttribute("amr".to_owned()),
            (None, IdpProtocol::Oidc) => Carrier::IdTokenAmr,
        }
    }
}

/// A key of `idp` that the protocol has no place for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MisplacedKey {
    /// The key.
    pub key: &'static str,
    /// What is wrong.
    pub why: String,
    /// What to do about it.
    pub instead: &'static str,
}

const SAML_ONLY: &str = "leave it out, or write `protocol: saml`";

/// The protocol between the identity provider and the org.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename = "protocol", rename_all = "kebab-case")]
#[schemars(rename = "Protocol")]
#[strum(serialize_all = "kebab-case")]
pub enum IdpProtocol {
    /// SAML 2.0.
    #[default]
    Saml,
    /// OpenID Connect.
    Oidc,
}

/// How the user signs in at the identity provider.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename = "method", rename_all = "kebab-case")]
#[schemars(rename = "MethodUsed")]
#[strum(serialize_all = "kebab-case")]
pub enum MethodUsed {
    /// Password only.
    #[default]
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

/// A product with a host and a sign-in page that suites know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdpProduct {
    /// Microsoft Entra ID.
    Entra,
    /// Okta.
    Okta,
}

impl IdpProduct {
    /// The product of a preset. The names of all presets of a product begin with its name: `okta-fastpass`.
    pub fn of_preset(preset: &str) -> Option<Self> {
        match preset.split('-').next() {
            Some("entra") => Some(Self::Entra),
            Some("okta") => Some(Self::Okta),
            _ => None,
        }
    }
}

/// The sign-in page of the identity provider.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename = "page to sign in", rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "SignIn")]
pub enum SignInPage {
    /// No form: the user is signed in immediately.
    #[default]
    Automatic,
    /// No form: always signs in this user, even if the request or the page's chooser names another.
    #[serde(skip)]
    AutomaticAs(String),
    /// A form with the default field ids; with the real host names, that of the preset's product.
    Own,
    /// Pages with the fields of Entra: `i0116`, `i0118`, `idSIButton9`; the last asks whether to stay signed in.
    Entra,
    /// Pages with the fields of Okta Identity Engine: `identifier`, then `credentials.passcode`.
    Okta,
    /// A page with the fields of Okta Classic Engine: `okta-signin-username`, `okta-signin-password`.
    OktaClassic,
    /// A form with these field ids.
    Fields {
        /// `id` and `name` of the username field.
        username: String,
        /// `id` and `name` of the password field.
        password: String,
        /// `id` of the submit button.
        submit: String,
    },
}

/// A field of a sign-in page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInField<'a> {
    /// Its `id`.
    pub id: &'a str,
    /// Its `name`.
    pub name: &'a str,
}

/// The fields of a sign-in page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInFields<'a> {
    /// The username.
    pub username: SignInField<'a>,
    /// The password.
    pub password: SignInField<'a>,
    /// `id` of the button.
    pub submit: &'a str,
}

impl SignInPage {
    /// The fields of the page.
    // Contract K1.10, K1.11.
    pub fn fields(&self) -> SignInFields<'_> {
        let (username, password, submit) = match self {
            Self::Automatic | Self::AutomaticAs(_) | Self::Own => (same("username"), same("password"), "sign-in"),
            Self::Entra => (
                SignInField { id: "i0116", name: "loginfmt" },
                SignInField { id: "i0118", name: "passwd" },
                "idSIButton9",
            ),
            Self::Okta => (same("identifier"), same("credentials.passcode"), "okta-signin-submit"),
            Self::OktaClassic => (
                SignInField { id: "okta-signin-username", name: "username" },
                SignInField { id: "okta-signin-password", name: "password" },
                "okta-signin-submit",
            ),
            Self::Fields { username, password, submit } => (same(username), same(password), submit.as_str()),
        };
        SignInFields { username, password, submit }
    }

    /// Whether it signs the user in without a form.
    pub fn is_automatic(&self) -> bool {
        matches!(self, Self::Automatic | Self::AutomaticAs(_))
    }

    fn product(&self) -> Option<IdpProduct> {
        match self {
            Self::Entra => Some(IdpProduct::Entra),
            Self::Okta | Self::OktaClassic => Some(IdpProduct::Okta),
            Self::Automatic | Self::AutomaticAs(_) | Self::Own | Self::Fields { .. } => None,
        }
    }
}

fn same(id: &str) -> SignInField<'_> {
    SignInField { id, name: id }
}

/// Which parts of a SAML response are signed.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename = "signed part", rename_all = "kebab-case")]
#[schemars(rename = "SignedPart")]
#[strum(serialize_all = "kebab-case")]
pub enum SamlSigning {
    /// Only the `Response`.
    Response,
    /// Only the `Assertion`.
    #[default]
    Assertion,
    /// Both.
    Both,
}

/// How the org authenticates at the token endpoint.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename = "client authentication", rename_all = "kebab-case")]
#[schemars(rename = "ClientAuth")]
#[strum(serialize_all = "kebab-case")]
pub enum ClientAuth {
    /// `client_secret_basic`.
    #[default]
    Basic,
    /// `client_secret_post`.
    Post,
}

/// What an identity provider does if its answer would not match the requested context.
///
/// Source: saml-core 3.3.2.2.1 (`RequestedAuthnContext`), OpenID Connect Core 3.1.2.1 (`acr_values`).
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename = "answer to a requested context", rename_all = "kebab-case")]
#[schemars(rename = "OnRequestedContext")]
#[strum(serialize_all = "kebab-case")]
pub enum OnRequestedContext {
    /// Ignores the requested context.
    #[default]
    Ignore,
    /// Answers with the preferred context.
    Honour,
    /// Refuses: `NoAuthnContext`, `unmet_authentication_requirements`.
    Refuse,
}

//! The specification of an identity provider.

use std::collections::BTreeMap;
use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use crate::text::{left_empty, server_url};
use crate::{Carrier, Fault, HostNaming, IdpProtocol, KeyAlgorithm, KeyState, Secret, Signal};

mod answer;
mod attribute_format;
mod carriage;
mod client_auth;
mod document;
mod endpoint_url;
mod method_used;
mod preset;
mod product;
mod published_metadata;
mod relying_party;
mod requested_context;
mod saml_encryption;
mod service_provider;
mod sign_in_page;
mod signing;
mod sso_setting;

pub use answer::AnswerSpec;
pub use attribute_format::AttributeNameFormat;
pub use carriage::Carriage;
pub use client_auth::ClientAuth;
pub use document::IdpDocument;
pub use endpoint_url::EndpointUrl;
pub use method_used::MethodUsed;
pub use preset::{Emission, Preset, PresetRow};
pub use product::IdpProduct;
pub use published_metadata::PublishedMetadata;
pub use relying_party::{ClientKeys, GrantType, RelyingPartyAuth, RelyingPartySpec, ResponseType, SubjectType};
pub use requested_context::OnRequestedContext;
pub use saml_encryption::{ContentEncryption, EncryptedPart, KeyTransport, SamlEncryption};
pub use service_provider::{
    AcsBinding, AssertionConsumerService, AttributeConsumingService, LogoutBinding, RequestedAttribute,
    ServiceProviderSpec, SingleLogoutService,
};
pub use sign_in_page::{SignInField, SignInFields, SignInPage};
pub use signing::SamlSigning;
pub use sso_setting::{CallbackHost, SpEntityId, UserIdentity};

/// `idp`, or `idps.<key>`: an identity provider. It sends what its preset sends for the method used. If `amr`, `acr`,
/// `class-ref` or `attributes` is set, it sends exactly these signals instead (`amr: []` sends none). With `metadata` or
/// `discovery` it is an identity provider that is not simulated, and only the settings of the org apply.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Idp")]
pub struct IdpSpec {
    /// The preset of a real IdP: `okta`, `entra`, `adfs` …, or a preset file beside the scenario: `presets/corp.yaml`.
    pub preset: Option<String>,
    /// What the preset file says, once it was read.
    #[serde(skip)]
    pub own_preset: Option<Preset>,
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
    /// What the IdP encrypts for the org (SAML); without it, nothing.
    pub encryption: Option<SamlEncryption>,
    /// The org's setting "Assertion Decryption Certificate": the state of the key that decrypts assertions (SAML); without
    /// it, the org reads no encrypted assertion. The IdP has the certificate of the valid key on file.
    pub assertion_decryption_certificate: Option<KeyState>,
    /// The org's setting "Single Logout Enabled": whether the org and this IdP end sessions for one another (SAML). The org
    /// must sign (`request-signing-certificate`); default: `false`. With `metadata`, the metadata says it.
    #[serde(default, deserialize_with = "left_empty")]
    pub single_logout: bool,
    /// The authentication contexts from the weakest to the strongest, by which the IdP compares what a request asks for
    /// (SAML); default: the classes of the standard, in a usual order.
    #[serde(default)]
    pub context_order: Vec<String>,
    /// How long a session at the IdP lasts, in seconds: `SessionNotOnOrAfter` says it (SAML); default: 8 hours, not stated.
    pub session_lifetime: Option<u32>,
    /// How far the clocks of service providers may differ, in seconds: an assertion is valid this much earlier, and a
    /// logout may come this much too late or too early (SAML); default: 0 for assertions, 180 for a logout.
    pub clock_skew: Option<u32>,
    /// `NameFormat` of attributes (SAML); default: `uri` for a name with a colon, else `unspecified`.
    pub attribute_name_format: Option<AttributeNameFormat>,
    /// Names of the attributes whose values are XML elements, sent as such and not as text (SAML).
    #[serde(default)]
    pub xml_attributes: Vec<String>,
    /// How the IdP publishes its metadata (SAML).
    #[serde(default)]
    pub published_metadata: PublishedMetadata,
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
    /// What it says about single users, by the user's key, in place of what it says about everybody.
    #[serde(default)]
    pub per_user: BTreeMap<String, AnswerSpec>,
    /// What it says in its next answers, one after the other; each once.
    #[serde(default)]
    pub next: Vec<AnswerSpec>,
    /// How long ago the user may have signed in at the IdP, in seconds. The org checks it, and requests it: as `max_age` in
    /// OIDC; in SAML only 0 can be requested, as `ForceAuthn`.
    pub max_age: Option<u64>,
    /// The SAML metadata of an identity provider that is not simulated: a file beside the scenario, a URL, or the text.
    pub metadata: Option<IdpDocument>,
    /// The discovery document of an OpenID provider that is not simulated: a file beside the scenario, a URL, or the text.
    pub discovery: Option<IdpDocument>,
    /// The client id that such an OpenID provider gave to the org.
    pub client_id: Option<String>,
    /// The client secret that such an OpenID provider gave to the org.
    pub client_secret: Option<Secret>,
    /// The org's setting "Entity ID", which is also the audience (SAML); default: `my-domain`.
    #[serde(default, deserialize_with = "left_empty")]
    pub entity_id: SpEntityId,
    /// The host of the org's callback (OIDC); default: `my-domain`.
    #[serde(default, deserialize_with = "left_empty")]
    pub callback: CallbackHost,
    /// The org's setting "SAML Identity Type": what the identity provider names its users by; default: `federation-id`.
    #[serde(default, deserialize_with = "left_empty")]
    pub identity: UserIdentity,
    /// The SAML attribute, or the claim of the ID token, that contains it; default: the `NameID`, or `sub`.
    pub identity_attribute: Option<String>,
    /// Whether the org creates a user who is unknown, from the attributes `User.Username`, `User.Email`, `User.LastName`
    /// and `User.ProfileId` (SAML); default: `false`.
    #[serde(default)]
    pub just_in_time: bool,
    /// Service providers besides the org, by entity id (SAML).
    #[serde(default)]
    pub service_providers: BTreeMap<String, ServiceProviderSpec>,
    /// Relying parties besides the org, by client id (OpenID Connect).
    #[serde(default)]
    pub relying_parties: BTreeMap<String, RelyingPartySpec>,
    /// The bearer token of SCIM 2.0 at `/scim/v2`, which reads and writes users and groups; default: none, so no SCIM.
    pub scim_token: Option<Secret>,
    /// Whether PKCE by `plain` is accepted, for relying parties that cannot do better (OpenID Connect); default: `false`.
    #[serde(default, deserialize_with = "left_empty")]
    pub allow_plain_pkce: bool,
    /// Whether a DPoP proof must carry a nonce of the provider (OpenID Connect); default: `false`.
    #[serde(default, deserialize_with = "left_empty")]
    pub demand_dpop_nonce: bool,
    /// Whether a service provider or a relying party that is not registered is answered, if its address is on this machine;
    /// default: `false`.
    #[serde(default, deserialize_with = "left_empty")]
    pub accept_loopback: bool,
    /// The origin in its URLs, where others reach it under another name; default: that of its host.
    #[serde(skip)]
    pub public_url: Option<EndpointUrl>,
}

impl IdpSpec {
    /// An identity provider with every default: immediate sign-in, password only, the assertion signed with RSA.
    pub fn new(protocol: IdpProtocol) -> Self {
        Self {
            preset: None,
            own_preset: None,
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
            encryption: None,
            assertion_decryption_certificate: None,
            single_logout: false,
            context_order: Vec::new(),
            session_lifetime: None,
            clock_skew: None,
            attribute_name_format: None,
            xml_attributes: Vec::new(),
            published_metadata: PublishedMetadata::default(),
            salesforce_mfa: false,
            client_auth: ClientAuth::default(),
            token_endpoint: None,
            jwks_uri: None,
            requested_context: Vec::new(),
            on_requested_context: OnRequestedContext::default(),
            faults: Vec::new(),
            per_user: BTreeMap::new(),
            next: Vec::new(),
            max_age: None,
            metadata: None,
            discovery: None,
            client_id: None,
            client_secret: None,
            entity_id: SpEntityId::default(),
            callback: CallbackHost::default(),
            identity: UserIdentity::default(),
            identity_attribute: None,
            just_in_time: false,
            service_providers: BTreeMap::new(),
            relying_parties: BTreeMap::new(),
            scim_token: None,
            allow_plain_pkce: false,
            demand_dpop_nonce: false,
            accept_loopback: false,
            public_url: None,
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

    /// Whether its preset is a file, as the extension says: `presets/corp.yaml`.
    pub fn preset_is_a_file(&self) -> bool {
        self.preset.as_deref().is_some_and(names_a_preset_file)
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

    /// Whether it is not simulated: the org knows it by its metadata or its discovery document.
    pub fn is_foreign(&self) -> bool {
        self.metadata.is_some() || self.discovery.is_some()
    }

    /// The metadata or the discovery document of an identity provider that is not simulated.
    pub fn document(&self) -> Option<&IdpDocument> {
        match self.protocol {
            IdpProtocol::Saml => self.metadata.as_ref(),
            IdpProtocol::Oidc => self.discovery.as_ref(),
        }
    }

    /// The same, with each file looked for in this folder.
    #[must_use]
    pub fn with_documents_in(mut self, folder: &Path) -> Self {
        for document in [&mut self.metadata, &mut self.discovery].into_iter().flatten() {
            *document = document.relative_to(folder);
        }
        self
    }

    /// A key that it needs and does not have.
    pub fn missing_key(&self) -> Option<&'static str> {
        let by_discovery = self.protocol == IdpProtocol::Oidc && self.discovery.is_some();
        match (&self.client_id, &self.client_secret) {
            (None, _) if by_discovery => Some("client-id"),
            (_, None) if by_discovery => Some("client-secret"),
            _ => None,
        }
    }

    /// A key that its protocol has no place for, or that says how an identity provider behaves which is not simulated.
    pub fn misplaced_key(&self) -> Option<MisplacedKey> {
        let of_an_answer = || {
            let answers = self.next.iter().map(|answer| ("next", answer));
            let mut answers = self.per_user.values().map(|answer| ("per-user", answer)).chain(answers);
            answers.find_map(|(key, answer)| Some(MisplacedKey { key, ..answer.misplaced_key(self.protocol)? }))
        };
        let named_twice = || {
            self.per_user.values().any(|answer| answer.user.is_some()).then(|| MisplacedKey {
                key: "per-user",
                why: "`per-user` names its users by their keys: `user` has a place in `next` only".to_owned(),
                instead: "leave `user` out",
            })
        };
        self.of_the_other_protocol()
            .or_else(|| self.of_the_other_kind())
            .or_else(|| answer::misplaced_fault(&self.faults, self.protocol))
            .or_else(of_an_answer)
            .or_else(named_twice)
    }

    fn of_the_other_protocol(&self) -> Option<MisplacedKey> {
        let of_saml = "a setting of SAML";
        let of_oidc = "a setting of OpenID Connect";
        let (key, what, instead) = match self.protocol {
            IdpProtocol::Saml if self.acr.is_some() => {
                ("acr", "a claim of OpenID Connect", "write `class-ref`, or `protocol: oidc`")
            }
            IdpProtocol::Saml if self.discovery.is_some() => {
                ("discovery", "a document of OpenID Connect", "write `metadata`, or `protocol: oidc`")
            }
            IdpProtocol::Saml if self.client_id.is_some() => ("client-id", of_oidc, OIDC_ONLY),
            IdpProtocol::Saml if self.client_secret.is_some() => ("client-secret", of_oidc, OIDC_ONLY),
            IdpProtocol::Saml if self.callback != CallbackHost::default() => ("callback", of_oidc, OIDC_ONLY),
            IdpProtocol::Oidc if self.class_ref.is_some() => {
                ("class-ref", "an element of SAML", "write `acr`, or `protocol: saml`")
            }
            IdpProtocol::Oidc if self.metadata.is_some() => {
                ("metadata", "a document of SAML", "write `discovery`, or `protocol: saml`")
            }
            IdpProtocol::Oidc if self.want_authn_requests_signed => ("want-authn-requests-signed", of_saml, SAML_ONLY),
            IdpProtocol::Oidc if self.request_signing_certificate.is_some() => {
                ("request-signing-certificate", of_saml, SAML_ONLY)
            }
            IdpProtocol::Oidc if self.saml_setting().is_some() => {
                (self.saml_setting().unwrap_or_default(), of_saml, SAML_ONLY)
            }
            IdpProtocol::Oidc if self.entity_id != SpEntityId::default() => ("entity-id", of_saml, SAML_ONLY),
            IdpProtocol::Oidc if self.just_in_time => ("just-in-time", of_saml, SAML_ONLY),
            IdpProtocol::Oidc if !self.service_providers.is_empty() => {
                ("service-providers", of_saml, "write `relying-parties`, or `protocol: saml`")
            }
            IdpProtocol::Saml if !self.relying_parties.is_empty() => {
                ("relying-parties", of_oidc, "write `service-providers`, or `protocol: oidc`")
            }
            IdpProtocol::Saml if self.allow_plain_pkce => ("allow-plain-pkce", of_oidc, OIDC_ONLY),
            IdpProtocol::Saml if self.demand_dpop_nonce => ("demand-dpop-nonce", of_oidc, OIDC_ONLY),
            IdpProtocol::Saml if matches!(self.algorithm, KeyAlgorithm::EcP384 | KeyAlgorithm::Ed25519) => {
                ("key", "set to a key for ID tokens only", "write `rsa` or `ec`, or `protocol: oidc`")
            }
            _ => return None,
        };
        let why = format!("`{key}` is {what}, and this identity provider speaks {}", self.protocol.spoken());
        Some(MisplacedKey { key, why, instead })
    }

    /// A key about the messages of SAML that is set.
    fn saml_setting(&self) -> Option<&'static str> {
        let of_org = [
            ("assertion-decryption-certificate", self.assertion_decryption_certificate.is_some()),
            ("single-logout", self.single_logout),
        ];
        let set = |(key, is_set): (&'static str, bool)| is_set.then_some(key);
        of_org.into_iter().find_map(set).or_else(|| self.saml_of_simulated().into_iter().find_map(set))
    }

    /// The keys about the messages that a simulated identity provider writes by SAML, and whether each is set.
    fn saml_of_simulated(&self) -> [(&'static str, bool); 7] {
        [
            ("encryption", self.encryption.is_some()),
            ("context-order", !self.context_order.is_empty()),
            ("session-lifetime", self.session_lifetime.is_some()),
            ("clock-skew", self.clock_skew.is_some()),
            ("attribute-name-format", self.attribute_name_format.is_some()),
            ("xml-attributes", !self.xml_attributes.is_empty()),
            ("published-metadata", self.published_metadata != PublishedMetadata::default()),
        ]
    }

    fn of_the_other_kind(&self) -> Option<MisplacedKey> {
        if !self.is_foreign() {
            let key = match (&self.client_id, &self.client_secret) {
                (Some(_), _) => "client-id",
                (None, Some(_)) => "client-secret",
                (None, None) => return None,
            };
            let why = format!("`{key}` belongs to an identity provider that is not simulated");
            return Some(MisplacedKey { key, why, instead: "leave it out, or add `discovery`" });
        }
        let of_simulated = [
            ("preset", self.preset.is_some()),
            ("method", self.method != MethodUsed::default()),
            ("amr", self.amr.is_some()),
            ("acr", self.acr.is_some()),
            ("class-ref", self.class_ref.is_some()),
            ("attributes", !self.attributes.is_empty()),
            ("carriage", self.carriage.is_some()),
            ("sign-in", self.sign_in != SignInPage::default()),
            ("sign", self.signing != SamlSigning::default()),
            ("key", self.algorithm != KeyAlgorithm::default()),
            ("key-state", self.key_state != KeyState::default()),
            ("want-authn-requests-signed", self.want_authn_requests_signed),
            ("on-requested-context", self.on_requested_context != OnRequestedContext::default()),
            ("faults", !self.faults.is_empty()),
            ("per-user", !self.per_user.is_empty()),
            ("next", !self.next.is_empty()),
            ("service-providers", !self.service_providers.is_empty()),
            ("relying-parties", !self.relying_parties.is_empty()),
            ("scim-token", self.scim_token.is_some()),
            ("allow-plain-pkce", self.allow_plain_pkce),
            ("demand-dpop-nonce", self.demand_dpop_nonce),
            ("accept-loopback", self.accept_loopback),
        ];
        let mut of_simulated = of_simulated.into_iter().chain(self.saml_of_simulated());
        let (key, _) = of_simulated.find(|(_, is_set)| *is_set)?;
        let why = format!("`{key}` says how an identity provider behaves, and this one is not simulated");
        Some(MisplacedKey { key, why, instead: "leave it out, or the document" })
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

/// Whether this names a preset file, and not a built-in preset.
pub fn names_a_preset_file(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

/// A key of `idp` that its protocol, or its kind, has no place for.
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
const OIDC_ONLY: &str = "leave it out, or write `protocol: oidc`";

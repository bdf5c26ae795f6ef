//! What an identity provider of a realm is made from.

use url::Url;

use vestibule_model::Signal;

/// The protocol between an identity provider and the org.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdpProtocol {
    /// SAML 2.0 Web Browser SSO.
    Saml,
    /// OpenID Connect, authorization code flow.
    Oidc,
}

/// How the user proved who they are at the identity provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MethodUsed {
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
    /// Integrated Windows authentication (Kerberos).
    WindowsIntegrated,
}

impl MethodUsed {
    /// Every method, in the order of the sign-in page.
    pub const ALL: [Self; 8] = [
        Self::Password,
        Self::Push,
        Self::Totp,
        Self::Passkey,
        Self::Certificate,
        Self::Sms,
        Self::Email,
        Self::WindowsIntegrated,
    ];
}

/// The sign-in page of an identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInPage {
    /// Nobody types: the page signs the only, or the named, user in at once.
    Automatic {
        /// Key of the user; `None` takes the one that the SP's request or the page's chooser names.
        user: Option<String>,
    },
    /// The page's own fields: username, password, method.
    Own,
    /// Field ids of the user's choosing, so that a suite written for another IdP can type into it.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SamlSigning {
    /// Only the `Response`.
    Response,
    /// Only the `Assertion`.
    Assertion,
    /// Both.
    Both,
}

/// How the org authenticates at the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuth {
    /// `client_secret_basic`.
    Basic,
    /// `client_secret_post`.
    Post,
}

/// Exactly what an identity provider says, whatever the user did.
pub type EmittedSignals = Vec<Signal>;

/// An identity provider of a realm.
#[derive(Debug, Clone)]
pub struct IdpSpec {
    /// Protocol.
    pub protocol: IdpProtocol,
    /// Preset of what a real IdP emits per method: `okta`, `entra`, `adfs`, …
    pub preset: Option<String>,
    /// The method that the user used, where nobody chooses it on the page.
    pub method: MethodUsed,
    /// Exactly these signals instead of the preset's.
    pub emit: Option<EmittedSignals>,
    /// The sign-in page.
    pub sign_in: SignInPage,
    /// What is signed in a SAML response.
    pub signing: SamlSigning,
    /// Algorithm of the signing key.
    pub algorithm: vestibule_certs::KeyAlgorithm,
    /// State of the signing key: valid, expired, rolled over, foreign.
    pub key_state: vestibule_certs::KeyState,
    /// "Use Salesforce MFA for this SSO Provider" at the org.
    pub salesforce_mfa: bool,
    /// How the org authenticates at the token endpoint.
    pub client_auth: ClientAuth,
    /// Another token endpoint than the IdP's own, for back channels that are slow, broken or wrong.
    pub token_endpoint: Option<Url>,
    /// Another JWKS endpoint than the IdP's own.
    pub jwks_uri: Option<Url>,
    /// What the org asks for: `AuthnContextClassRef`s of a `RequestedAuthnContext`, or `acr_values`; the preferred first.
    pub requested_context: Vec<String>,
    /// What the identity provider makes of such a request.
    pub on_requested_context: OnRequestedContext,
    /// OIDC: the `max_age` that the org asks for, in seconds, and holds the `auth_time` of the ID token against.
    pub max_age: Option<u64>,
}

/// What an identity provider makes of a request for a context that its answer would not carry.
///
/// Source: saml-core 3.3.2.2.1 (`RequestedAuthnContext`), OpenID Connect Core 3.1.2.1 (`acr_values`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnRequestedContext {
    /// Says what it would have said.
    #[default]
    Ignore,
    /// Says that the preferred one was met.
    Honour,
    /// Refuses: `NoAuthnContext`, `unmet_authentication_requirements`.
    Refuse,
}

impl IdpSpec {
    /// An identity provider with every default: own sign-in automatic, password only, the assertion signed with RSA.
    pub fn new(protocol: IdpProtocol) -> Self {
        Self {
            protocol,
            preset: None,
            method: MethodUsed::Password,
            emit: None,
            sign_in: SignInPage::Automatic { user: None },
            signing: SamlSigning::Assertion,
            algorithm: vestibule_certs::KeyAlgorithm::Rsa2048,
            key_state: vestibule_certs::KeyState::Valid,
            salesforce_mfa: false,
            client_auth: ClientAuth::Basic,
            token_endpoint: None,
            jwks_uri: None,
            requested_context: Vec::new(),
            on_requested_context: OnRequestedContext::Ignore,
            max_age: None,
        }
    }
}

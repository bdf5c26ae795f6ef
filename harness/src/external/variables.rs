//! The documented environment of a suite, and names that it reads already mapped to it.

use std::collections::BTreeMap;

use vestibule_simulator::realm::Secret;

/// Something that a suite may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Name in the environment: `VESTIBULE_LOGIN_URL`.
    pub name: &'static str,
    /// Name in a template: `login-url`.
    pub template: &'static str,
    /// What it holds, one sentence.
    pub about: &'static str,
    /// Whether its value is a secret.
    pub secret: bool,
}

/// Every variable, in the order of the documentation.
pub const VARIABLES: &[Variable] = &[Variable {
    name: "VESTIBULE_LOGIN_URL",
    template: "login-url",
    about: "the login page, on the My Domain host",
    secret: false,
}];

/// Where the realm of a case is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// Name of the condition, or of the case.
    pub condition: String,
    /// The login page on the My Domain host.
    pub login_url: String,
    /// The shared login host's page.
    pub shared_login_url: String,
    /// Origin of the org.
    pub org_url: String,
    /// Origin of Lightning.
    pub lightning_url: String,
    /// URL that starts SSO, where there is an identity provider.
    pub sso_url: Option<String>,
    /// Organization id, 18 characters.
    pub org_id: String,
}

/// What a suite is told of a persona.
#[derive(Debug, Clone)]
pub struct PersonaFacts {
    /// Key of the user.
    pub key: String,
    /// Username.
    pub username: String,
    /// Password.
    pub password: Secret,
    /// TOTP secret, base32, where the user has a TOTP app.
    pub totp_secret: Option<Secret>,
    /// Temporary verification code, where an admin made one.
    pub temporary_code: Option<Secret>,
    /// Access token of an API login.
    pub access_token: Secret,
    /// A `frontdoor.jsp` URL of an API login.
    pub frontdoor_url: Secret,
}

/// The environment of one suite: what is added to ours.
#[derive(Debug, Clone, Default)]
pub struct Variables {
    values: BTreeMap<String, Secret>,
}

/// `--env SF_URL={login-url}`: a name of the suite's own, and a text with `{template}`s.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// Name in the suite's environment.
    pub name: String,
    /// The text.
    pub text: String,
}

/// Why a mapping cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// No `=`.
    #[error("`{0}` is not NAME={{template}}")]
    NoEquals(String),
    /// A template that does not exist.
    #[error("there is no value `{name}`{}", .nearest.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
    Unknown {
        /// The name asked for.
        name: String,
        /// The nearest that exists.
        nearest: Option<String>,
    },
}

impl Variables {
    /// The documented variables of this realm and these personas (the first is the unnumbered one), and the mappings.
    ///
    /// # Errors
    ///
    /// When a mapping names a value that does not exist.
    pub fn new(_target: &Target, _personas: &[PersonaFacts], _mappings: &[Mapping]) -> Result<Self, MappingError> {
        Ok(Self::default())
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &str, value: Secret) {
        self.values.insert(name.to_owned(), value);
    }

    /// Name and value of each variable, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Secret)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl std::str::FromStr for Mapping {
    type Err = MappingError;

    fn from_str(text: &str) -> Result<Self, MappingError> {
        let (name, text) = text.split_once('=').ok_or_else(|| MappingError::NoEquals(text.to_owned()))?;
        Ok(Self { name: name.to_owned(), text: text.to_owned() })
    }
}

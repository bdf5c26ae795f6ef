//! One row of the catalogue.

use std::fmt;

use strum::{Display, EnumIter, IntoStaticStr};

use super::mutation::Mutation;
use super::oidc::OidcMutation;
use super::saml::SamlMutation;
use vestibule_model::{CaseId, Fault, IdpProtocol, LoginStatus, Strength, Weakness};

/// One wrong, or legal but odd, answer: a good one with exactly one mutation.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// Its stable id: `saml.sig.none`.
    pub id: CaseId,
    /// What it is about.
    pub family: Family,
    /// The protocol of the answer.
    pub protocol: Protocol,
    /// What is different from a good answer, as a sentence with a period.
    pub about: &'static str,
    /// The clause that says what a correct party does, or the CVE of a party that did otherwise.
    pub clause: &'static str,
    /// What a correct party does.
    pub expected: Expected,
    /// How bad it is if a party does otherwise.
    pub severity: Severity,
    /// What to change in a party that does otherwise, as a sentence with a period.
    pub fix: &'static str,
    /// If the case forges a login or a logout: the one check that a party would have to leave out.
    pub weakness: Option<Weakness>,
    /// How the answer reaches the party.
    pub delivery: Delivery,
    /// Where the signed name is longer than that of the user, and a careless party reads only the beginning: how it ends. A
    /// party without a list of users may sign in whoever has the whole name.
    pub name_ends_in: Option<&'static str>,
    pub(super) mutation: Mutation,
}

impl Case {
    /// The fault that makes an identity provider send this answer.
    pub fn fault(&self) -> Fault {
        Fault::Attack(self.id)
    }

    /// Whether it lets somebody in who may not be let in, if a party makes the mistake that it looks for.
    pub fn forges_a_login(&self) -> bool {
        self.weakness.is_some() && !self.protocol.is_logout()
    }

    /// Whether it ends a session that may not be ended so, if a party makes the mistake that it looks for.
    pub fn forges_a_logout(&self) -> bool {
        self.weakness.is_some() && self.protocol.is_logout()
    }

    /// Whether the change is in the key set of an OpenID provider, which parties keep for a while, and not in an answer.
    pub fn is_in_key_set(&self) -> bool {
        matches!(self.mutation, Mutation::Oidc(OidcMutation::Keys(_)))
    }

    /// Whether a part of the answer is encrypted, so that it fits only a party that has a certificate for that.
    pub fn is_encrypted(&self) -> bool {
        matches!(self.mutation, Mutation::Saml(SamlMutation::Encrypted(..)))
    }

    /// Whether the fault of an identity provider is all that it needs; otherwise the browser, or the authenticator, has to do
    /// something too.
    pub fn sent_by_provider(&self) -> bool {
        self.protocol.of_provider().is_some() && self.delivery == Delivery::Once
    }
}

/// What a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Display, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Family {
    /// The XML signature of a SAML message.
    SamlSignature,
    /// A signed element beside or around one that is not.
    SamlWrapping,
    /// XML that parsers read differently.
    SamlParser,
    /// Text that parties read differently.
    SamlText,
    /// XML and encodings that cost much, or read what they should not.
    SamlXml,
    /// Values and elements of a SAML message.
    SamlProtocol,
    /// Parts of a SAML message that are encrypted.
    SamlEncryption,
    /// `amr`, `acr` and class references.
    Signals,
    /// Claims and parameters of OpenID Connect.
    Oidc,
    /// Header, keys and signature of a JWT.
    Jose,
    /// What ends a session: the logout token that a provider posts, the `LogoutRequest` that a browser carries.
    Logout,
    /// The way of an answer through the browser.
    Flow,
    /// A WebAuthn ceremony.
    Webauthn,
    /// The code of an authenticator app.
    Totp,
}

/// The protocol of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Display, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Protocol {
    /// SAML 2.0: the answer is a `Response`.
    Saml,
    /// Single logout of SAML 2.0: the message is a `LogoutRequest`.
    SamlLogout,
    /// OpenID Connect: the answer is a code with its ID token.
    Oidc,
    /// OpenID Connect Back-Channel Logout: the answer is a logout token.
    Logout,
    /// WebAuthn: the answer is a credential.
    Webauthn,
    /// TOTP: the answer is a code that somebody types.
    Totp,
}

impl Protocol {
    /// The protocol of the identity provider that answers; `None` if the answer comes from somebody else.
    pub fn of_provider(self) -> Option<IdpProtocol> {
        match self {
            Self::Saml | Self::SamlLogout => Some(IdpProtocol::Saml),
            Self::Oidc | Self::Logout => Some(IdpProtocol::Oidc),
            Self::Webauthn | Self::Totp => None,
        }
    }

    /// Whether the answer signs somebody in at an app, so that a login there shows what the app does with it.
    pub fn is_login(self) -> bool {
        matches!(self, Self::Saml | Self::Oidc)
    }

    /// Whether the message ends a session, so that the session shows what the app does with it.
    pub fn is_logout(self) -> bool {
        matches!(self, Self::SamlLogout | Self::Logout)
    }

    /// The logout of this protocol of logins.
    pub fn logout(self) -> Option<Self> {
        match self {
            Self::Saml => Some(Self::SamlLogout),
            Self::Oidc => Some(Self::Logout),
            Self::SamlLogout | Self::Logout | Self::Webauthn | Self::Totp => None,
        }
    }
}

/// What a correct party does with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expected {
    /// It signs nobody in, and ends no session.
    Refuse(Reason),
    /// It signs the user in, or out: the answer is odd, but legal.
    Accept,
    /// It signs the user in, as proved so strongly.
    AcceptAs(Strength),
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refuse(reason) => write!(f, "refuse: {reason}"),
            Self::Accept => f.write_str("accept"),
            Self::AcceptAs(tier) => write!(f, "accept as {tier}"),
        }
    }
}

/// Why a correct party refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Display, EnumIter, IntoStaticStr)]
pub enum Reason {
    /// The signature is missing, of a forbidden form, or wrong.
    #[strum(serialize = "the signature proves nothing")]
    Signature,
    /// The signature is of a key that is not trusted.
    #[strum(serialize = "the key is not trusted")]
    Key,
    /// The answer cannot be read, or could be read in two ways.
    #[strum(serialize = "the answer is malformed")]
    Malformed,
    /// The answer is out of its time.
    #[strum(serialize = "the answer is out of its time")]
    Time,
    /// The answer is for somebody else.
    #[strum(serialize = "the answer is for another audience")]
    Audience,
    /// The answer is for another address.
    #[strum(serialize = "the answer is for another address")]
    Recipient,
    /// The answer is of another issuer.
    #[strum(serialize = "the answer is of another issuer")]
    Issuer,
    /// The answer answers no request that is waiting.
    #[strum(serialize = "no such request is waiting")]
    Request,
    /// The answer reports an error.
    #[strum(serialize = "the answer reports an error")]
    Status,
    /// The subject is not confirmed.
    #[strum(serialize = "the subject is not confirmed")]
    Confirmation,
    /// The answer was used before.
    #[strum(serialize = "the answer was used before")]
    Replay,
    /// The answer names nobody who is known.
    #[strum(serialize = "nobody has this name")]
    User,
    /// The provider cannot be used.
    #[strum(serialize = "the provider cannot be used")]
    Provider,
    /// The ceremony proves nothing.
    #[strum(serialize = "the ceremony proves nothing")]
    Ceremony,
    /// The code is wrong.
    #[strum(serialize = "the code is wrong")]
    Code,
}

impl Reason {
    /// The status that Login History shows at the simulated org; `None` for a ceremony or a code, which is only asked
    /// for again.
    ///
    /// Source: contract D2.1 to D2.6.
    pub fn login_status(self) -> Option<LoginStatus> {
        Some(match self {
            Self::Signature => LoginStatus::SignatureInvalid,
            Self::Key => LoginStatus::CertificateMismatch,
            Self::Malformed => LoginStatus::AssertionInvalid,
            Self::Time => LoginStatus::AssertionExpired,
            Self::Audience => LoginStatus::AudienceInvalid,
            Self::Recipient => LoginStatus::RecipientMismatched,
            Self::Issuer => LoginStatus::IssuerMismatched,
            Self::Request => LoginStatus::InResponseToInvalid,
            Self::Status => LoginStatus::StatusInvalid,
            Self::Confirmation => LoginStatus::SubjectConfirmationError,
            Self::Replay => LoginStatus::ReplayDetected,
            Self::User => LoginStatus::UsernameOrSsoIdInvalid,
            Self::Provider => LoginStatus::ConfigurationError,
            Self::Ceremony | Self::Code => return None,
        })
    }
}

/// How bad it is if a party does not do what is expected. The order is that of the harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Display, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing: a matter of taste, or of how well legal answers are understood.
    Info,
    /// A rule is broken, and no harm is known.
    Low,
    /// A login is wrongly weak, strong or refused, or the service can be slowed down.
    Medium,
    /// An answer for another party, another time or another request is accepted.
    High,
    /// Anybody can sign in as anybody.
    Critical,
}

/// How an answer reaches the party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Display, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Delivery {
    /// Once, by the browser that asked.
    Once,
    /// Twice: the same answer comes again after it was accepted; the message of a logout, at the next logout.
    Twice,
    /// By another browser than the one that asked.
    OtherBrowser,
}

//! What an audit knows of an org and its users, wherever it was read.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use jiff::civil::Date;
use vestibule_model::{IpRange, LoginKind, OrgKind, Permission, UserType, VerificationMethod};

use crate::outcome::Gap;

/// What is known of an org.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Where it was read.
    pub(crate) source: String,
    /// The org.
    pub(crate) org: Org,
    /// Its users that can log in, by username.
    pub(crate) users: BTreeMap<String, User>,
    /// The identity providers that it trusts.
    pub(crate) providers: Vec<Provider>,
    /// The apps that may ask for tokens, with their policies.
    pub(crate) apps: Vec<App>,
    /// What could not be read.
    pub(crate) gaps: BTreeSet<Gap>,
}

/// An org.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Org {
    /// Its id.
    pub(crate) id: Option<String>,
    /// Its name.
    pub(crate) name: Option<String>,
    /// Its kind.
    pub(crate) kind: OrgKind,
    /// Its security settings. A setting that is not known is as in a new org.
    pub(crate) settings: Settings,
}

/// The security settings of an org, where they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// "Require multi-factor authentication (MFA) for all direct UI logins to your Salesforce org".
    pub(crate) mfa: Option<bool>,
    /// Whether users can register built-in authenticators.
    pub(crate) built_in_authenticators: Option<bool>,
    /// Whether users can register security keys.
    pub(crate) security_keys: Option<bool>,
    /// "Disable login with Salesforce credentials".
    pub(crate) credentials_disabled: Option<bool>,
    /// Trusted IP ranges (Network Access).
    pub(crate) trusted_ranges: Option<Vec<IpRange>>,
}

/// An identity provider that an org trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Provider {
    /// Its name in the org.
    pub(crate) name: String,
    /// Whether it speaks SAML, and not OpenID Connect.
    pub(crate) saml: bool,
    /// "Use Salesforce MFA for this SSO Provider", where it is known.
    pub(crate) uses_org_mfa: Option<bool>,
}

/// The policies of a connected app or an external client app, where they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct App {
    /// Its name.
    pub(crate) name: String,
    /// Permitted users: whether only those whom an admin has approved.
    pub(crate) approved_only: Option<bool>,
    /// Whether it wants a high-assurance session.
    pub(crate) high_assurance: Option<bool>,
    /// When its refresh tokens end.
    pub(crate) refresh_tokens: Option<RefreshTokens>,
    /// Whether the login IP ranges hold for it, in the org's own word: `Enforce`, `Bypass`.
    pub(crate) ip_relaxation: Option<String>,
}

/// When the refresh tokens of an app end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefreshTokens {
    /// Not before somebody revokes them.
    Never,
    /// At once.
    AtOnce,
    /// After a time.
    AfterLifetime,
    /// After a time without use.
    AfterInactivity,
}

/// A user that can log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    /// Audience by licence.
    pub(crate) user_type: UserType,
    /// Name of the profile; empty if it is not known.
    pub(crate) profile: String,
    /// The permissions that make the user privileged, each with what grants it.
    pub(crate) privileges: BTreeMap<Permission, BTreeSet<String>>,
    /// Whether these are all of them.
    pub(crate) privileges_known: bool,
    /// "Multi-Factor Authentication for User Interface Logins".
    pub(crate) mfa_for_ui_logins: bool,
    /// What grants "Waive Multi-Factor Authentication for Exempt Users", if anything does.
    pub(crate) waiver: BTreeSet<String>,
    /// Whether Support has approved the waiver, which only a person can say.
    pub(crate) waiver_approved: bool,
    /// "Is Single Sign-On Enabled".
    pub(crate) single_sign_on: bool,
    /// Whether the user is frozen.
    pub(crate) frozen: bool,
    /// Login IP ranges of the profile; none means no limit, or that they are not known.
    pub(crate) login_ip_ranges: Vec<IpRange>,
    /// What the user has registered.
    pub(crate) verifiers: Verifiers,
    /// How the user, and apps in the user's name, logged in.
    pub(crate) uses: Vec<Use>,
}

/// What a user has registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verifiers {
    /// These methods and no other.
    Exactly(BTreeSet<VerificationMethod>),
    /// These methods, and maybe others.
    AtLeast(BTreeSet<VerificationMethod>),
}

/// A way to log in that is in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Use {
    /// The route.
    pub(crate) login: LoginKind,
    /// The app, unless it is a browser.
    pub(crate) app: Option<String>,
    /// What the identity provider said.
    pub(crate) signals: Signals,
    /// Whether the flow is known.
    pub(crate) flow_known: bool,
    /// The last day on which it was seen; `None` if nobody saw it.
    pub(crate) last: Option<Date>,
    /// The address from which it was seen last, if that is known.
    pub(crate) from: Option<IpAddr>,
}

/// What an identity provider said of its logins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Signals {
    /// These values of `amr`; none if there is no identity provider, or if it says nothing.
    Said(BTreeSet<String>),
    /// Nothing here shows what it said.
    NotShown,
}

impl User {
    /// A user of this kind with this profile, of whom nothing else is known.
    pub(crate) fn new(user_type: UserType, profile: impl Into<String>) -> Self {
        Self {
            user_type,
            profile: profile.into(),
            privileges: BTreeMap::new(),
            privileges_known: true,
            mfa_for_ui_logins: false,
            waiver: BTreeSet::new(),
            waiver_approved: false,
            single_sign_on: false,
            frozen: false,
            login_ip_ranges: Vec::new(),
            verifiers: Verifiers::AtLeast(BTreeSet::new()),
            uses: Vec::new(),
        }
    }

    /// Adds ways to log in, or what they say to those that are known already. One user may have very many.
    pub(crate) fn add(&mut self, new: impl IntoIterator<Item = Use>) {
        let way = |one: &Use| (one.login.clone(), one.app.clone(), one.flow_known);
        let mut places: HashMap<_, usize> = self.uses.iter().map(way).zip(0..).collect();
        for new in new {
            let place = *places.entry(way(&new)).or_insert(self.uses.len());
            let Some(known) = self.uses.get_mut(place) else {
                self.uses.push(new);
                continue;
            };
            if known.from.is_none() || new.last > known.last {
                known.from = new.from.or(known.from);
            }
            known.last = known.last.max(new.last);
            match (&mut known.signals, new.signals) {
                // One login without a value stops as all do, so a value counts only if each login had it.
                (Signals::Said(known), Signals::Said(new)) => known.retain(|value| new.contains(value)),
                (shown, Signals::NotShown) => *shown = Signals::NotShown,
                (Signals::NotShown, Signals::Said(_)) => {}
            }
        }
    }
}

impl Use {
    /// A login by this route, in a browser and without an identity provider.
    pub(crate) fn of(login: LoginKind) -> Self {
        let signals = if login == LoginKind::Saml { Signals::NotShown } else { Signals::Said(BTreeSet::new()) };
        Self { login, app: None, signals, flow_known: true, last: None, from: None }
    }

    /// Whether a person, or a suite in the place of one, passes the org's pages in it.
    pub(crate) fn is_of_the_ui(&self) -> bool {
        match self.login {
            LoginKind::PasswordUi
            | LoginKind::Passwordless
            | LoginKind::Saml
            | LoginKind::Oidc
            | LoginKind::OauthWebServer
            | LoginKind::OauthUserAgent
            | LoginKind::OauthHybrid
            | LoginKind::Frontdoor
            | LoginKind::Singleaccess
            | LoginKind::MobileWebView { .. } => true,
            LoginKind::JwtBearer
            | LoginKind::ClientCredentials
            | LoginKind::OauthPassword
            | LoginKind::SoapLogin
            | LoginKind::Api => false,
        }
    }
}

impl Verifiers {
    /// Those that are known.
    pub(crate) fn known(&self) -> &BTreeSet<VerificationMethod> {
        match self {
            Self::Exactly(known) | Self::AtLeast(known) => known,
        }
    }
}

//! What a realm is made from. Scenario files and `serve` are turned into this; defaults are decided here, once.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::civil::Date;

use super::clock::ClockSpec;
use super::hosts::HostNaming;
use super::idp_spec::IdpSpec;
use vestibule_model::Secret;
use vestibule_model::{
    EnrolmentGate, LoginPage, OrgKind, PasswordExpiry, Permission, UserType, VerificationMethod, Waiver,
};

/// Everything a realm is made from.
#[derive(Debug, Clone)]
pub struct RealmSpec {
    /// The org.
    pub org: OrgSpec,
    /// Users by key; the key is the name that scenarios and reports use.
    pub users: BTreeMap<String, UserSpec>,
    /// Identity providers by key; the key is the first label of the host: `okta` serves `okta.localhost`.
    pub idps: BTreeMap<String, IdpSpec>,
    /// The protocol clock.
    pub clock: ClockSpec,
    /// Which host names it answers as.
    pub naming: HostNaming,
    /// Seed of the entropy; `None` takes it from the operating system.
    pub seed: Option<u64>,
}

impl RealmSpec {
    /// An org without users or identity providers; its clock follows the system clock.
    pub fn new(org: OrgSpec) -> Self {
        Self {
            org,
            users: BTreeMap::new(),
            idps: BTreeMap::new(),
            clock: ClockSpec::default(),
            naming: HostNaming::default(),
            seed: None,
        }
    }
}

/// The org of a realm.
#[derive(Debug, Clone)]
pub struct OrgSpec {
    /// My Domain name: `acme`, `acme--uat`.
    pub my_domain: String,
    /// Kind of org.
    pub kind: OrgKind,
    /// Calendar date: decides which enforcement applies.
    pub date: Date,
    /// Which login page is shown.
    pub login_page: LoginPage,
    /// "Require MFA for all direct UI logins" as the admin left it.
    pub mfa_setting: bool,
    /// Verification methods enabled in the org.
    pub methods: BTreeSet<VerificationMethod>,
    /// "Allow passwordless login with passkeys".
    pub passwordless: bool,
    /// Day of the stagger on which enforcement reaches this org; `None` takes it from the org id.
    pub stagger_day: Option<u16>,
    /// The day on which a converted trial became a subscription; `None` counts as long ago.
    pub converted_on: Option<Date>,
    /// Whether the enrolment gate can be left; `None` as the rulebook says.
    pub gate: Option<EnrolmentGate>,
    /// Whether the enrolment gate starts its ceremony without a click (contract C5.17).
    pub gate_autostart: bool,
    /// Whether a login from an unrecognised browser is asked for a code sent by email.
    pub device_activation: bool,
    /// Whether error texts carry the prefix `Error: ` (contract M1.3).
    pub error_prefix: bool,
    /// How long the username page of the two-step login stays usable after "Log In" was clicked (contract B1.4:
    /// several seconds have been seen).
    pub second_page_delay: Duration,
    /// How many wrong passwords in a row lock a user out; 0 never locks. Source: contract H4.3.
    pub lockout_after: u32,
}

impl OrgSpec {
    /// An org with every default: two-step login, all methods enabled, no device activation.
    pub fn new(my_domain: impl Into<String>, kind: OrgKind, date: Date) -> Self {
        Self {
            my_domain: my_domain.into(),
            kind,
            date,
            login_page: LoginPage::TwoStep,
            mfa_setting: false,
            methods: BTreeSet::from([
                VerificationMethod::BuiltInAuthenticator,
                VerificationMethod::SecurityKey,
                VerificationMethod::TotpApp,
                VerificationMethod::SalesforceAuthenticator,
            ]),
            passwordless: false,
            stagger_day: None,
            converted_on: None,
            gate: None,
            gate_autostart: false,
            device_activation: false,
            error_prefix: true,
            second_page_delay: Duration::ZERO,
            lockout_after: 10,
        }
    }
}

impl OrgSpec {
    /// A sandbox with every default.
    pub fn sandbox(my_domain: impl Into<String>, date: Date) -> Self {
        Self::new(my_domain, OrgKind::Sandbox, date)
    }

    /// A production org with every default.
    pub fn production(my_domain: impl Into<String>, date: Date) -> Self {
        Self::new(my_domain, OrgKind::Production, date)
    }

    /// With this login page.
    pub fn login_page(mut self, page: LoginPage) -> Self {
        self.login_page = page;
        self
    }

    /// With "Require MFA for all direct UI logins" on.
    pub fn require_mfa(mut self) -> Self {
        self.mfa_setting = true;
        self
    }
}

/// A user of a realm.
#[derive(Debug, Clone)]
pub struct UserSpec {
    /// Username; `None` makes `<key>@<my-domain>.example`.
    pub username: Option<String>,
    /// Password; `None` draws one from the realm's entropy.
    pub password: Option<Secret>,
    /// Email address; `None` takes the username.
    pub email: Option<String>,
    /// Federation ID, matched against the `NameId` or `sub`; `None` takes the username.
    pub federation_id: Option<String>,
    /// Profile name.
    pub profile: String,
    /// Audience by licence.
    pub user_type: UserType,
    /// Privileging permissions, however assigned.
    pub permissions: BTreeSet<Permission>,
    /// "Multi-Factor Authentication for User Interface Logins".
    pub mfa_for_ui_logins: bool,
    /// The waiver permission.
    pub waiver: Waiver,
    /// Verifiers registered before the first login. Passkeys are registered by whoever holds the authenticator.
    pub verifiers: BTreeSet<VerificationMethod>,
    /// Whether "Register Your Mobile Phone" stands behind the next login at a login page (contract C1.9).
    pub phone_registration: bool,
    /// Whether the password must be changed behind the next login (contract C1.10).
    pub password_expired: Option<PasswordExpiry>,
    /// Whether the user is locked out until an admin unlocks.
    pub locked: bool,
    /// Whether a browser that comes for the first time finds this user's username remembered. Where several users have
    /// it, the first by key counts.
    pub remembered: bool,
}

impl UserSpec {
    /// An employee with this profile and nothing registered.
    pub fn new(profile: impl Into<String>) -> Self {
        Self {
            username: None,
            password: None,
            email: None,
            federation_id: None,
            profile: profile.into(),
            user_type: UserType::Employee,
            permissions: BTreeSet::new(),
            mfa_for_ui_logins: false,
            waiver: Waiver::None,
            verifiers: BTreeSet::new(),
            phone_registration: false,
            password_expired: None,
            locked: false,
            remembered: false,
        }
    }

    /// With this username.
    pub fn username(mut self, username: impl Into<String>) -> Self {
        self.username = Some(username.into());
        self
    }

    /// With this password.
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(Secret::new(password));
        self
    }

    /// With this permission.
    pub fn permission(mut self, permission: Permission) -> Self {
        self.permissions.insert(permission);
        self
    }

    /// With a TOTP app registered.
    pub fn totp(self) -> Self {
        self.verifier(VerificationMethod::TotpApp)
    }

    /// With a passkey of a built-in authenticator. Whoever holds the authenticator registers it
    /// (`org::passkeys::start_registration`).
    pub fn passkey(self) -> Self {
        self.verifier(VerificationMethod::BuiltInAuthenticator)
    }

    /// With this verifier.
    pub fn verifier(mut self, method: VerificationMethod) -> Self {
        self.verifiers.insert(method);
        self
    }
}

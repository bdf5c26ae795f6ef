//! The kinds of org, and the specification of one.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use crate::page_settings::pages_of_the_org;
use crate::text::{date, date_if_any, ip_address, left_empty, milliseconds};
use crate::{
    ConnectedApp, IpRange, OauthSettings, PageName, PageSettings, SessionTimeout, StaggerDay, StepUpPeriod,
    VerificationMethod, Weakness,
};

/// The kind of org. Each has its own calendar.
///
/// Source: help 005321561 ("When Does This Change Take Effect?", "Trial Org Transition"); for the kinds that it does not
/// name, contract H3.7 and H3.8.
#[derive(
    Debug,
    Clone,
    Copy,
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
#[serde(rename = "org kind", rename_all = "kebab-case")]
#[schemars(rename = "OrgKind")]
#[strum(serialize_all = "kebab-case")]
pub enum OrgKind {
    /// A paid production org.
    Production,
    /// A sandbox of a production org.
    Sandbox,
    /// A trial org.
    Trial,
    /// A trial org that became a subscription.
    ConvertedTrial,
    /// A scratch org.
    Scratch,
    /// A Developer Edition org.
    DeveloperEdition,
    /// A Partner Developer Edition org.
    PartnerDeveloperEdition,
    /// A Trailhead Playground.
    TrailheadPlayground,
}

impl OrgKind {
    /// An org of this kind, in a sentence: `a production org`.
    pub fn with_article(self) -> &'static str {
        match self {
            Self::Production => "a production org",
            Self::Sandbox => "a sandbox",
            Self::Trial => "a trial org",
            Self::ConvertedTrial => "a converted trial org",
            Self::Scratch => "a scratch org",
            Self::DeveloperEdition => "a Developer Edition org",
            Self::PartnerDeveloperEdition => "a Partner Developer Edition org",
            Self::TrailheadPlayground => "a Trailhead Playground",
        }
    }
}

/// Which login page the org shows.
///
/// Source: public login suites (classic); help 005321561 (two-step).
#[derive(
    Debug,
    Clone,
    Copy,
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
#[serde(rename = "login page", rename_all = "kebab-case")]
#[schemars(rename = "LoginPage")]
#[strum(serialize_all = "kebab-case")]
pub enum LoginPage {
    /// Username and password on one page.
    Classic,
    /// Username first; both pages reuse `#Login`. The second asks for the password, and where the org allows passwordless
    /// login, for the passkey of a user who has one.
    // Contract B1.7, B1.8.
    TwoStep,
    /// The same, in an org that allows passwordless login.
    PasskeyFirst,
}

/// Whether the passkey enrolment page can be left without enrolling.
///
/// Source: public reports, which conflict (svierk pull request 148 shows no way to leave it), so it is a setting.
#[derive(
    Debug,
    Clone,
    Copy,
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
#[serde(rename = "gate", rename_all = "kebab-case")]
#[schemars(rename = "EnrolmentGate")]
#[strum(serialize_all = "kebab-case")]
pub enum EnrolmentGate {
    /// Every page of the org leads back to the gate until a verifier is enrolled.
    Hard,
    /// Opening `retURL`, `#cancelURL` or Lightning home directly leaves the gate.
    Leavable,
}

/// `org`: the simulated org. Missing keys take their defaults.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Org")]
pub struct OrgSpec {
    /// Kind of org: `production`, `sandbox`, `trial` …
    pub kind: OrgKind,
    /// The calendar date: decides which enforcement applies. `2026-07-20`.
    #[serde(deserialize_with = "date")]
    #[schemars(with = "String", pattern(r"^\d{4}-\d{2}-\d{2}$"))]
    pub date: Date,
    /// A file with settings of an org, as `vestibule probe --output` writes it, beside the scenario: what is not set here is as
    /// there.
    pub like: Option<String>,
    /// My Domain name; default: `acme`, and `acme--uat` for a sandbox.
    pub my_domain: Option<String>,
    /// The kind of org whose host names it has; default: its own. Not a key in files.
    #[serde(skip)]
    pub host_kind: Option<OrgKind>,
    /// Which login page is shown; default: as the rulebook says for the kind of org and the date.
    pub login_page: Option<LoginPage>,
    /// "Require MFA for all direct UI logins", as the admin set it.
    #[serde(default, deserialize_with = "left_empty")]
    pub mfa_setting: bool,
    /// Verification methods enabled in the org.
    #[serde(default = "usual_methods")]
    pub methods: BTreeSet<VerificationMethod>,
    /// "Allow passwordless login with passkeys"; the login page `passkey-first` implies it.
    #[serde(default, deserialize_with = "left_empty")]
    pub passwordless: bool,
    /// Milliseconds after which a passkey ceremony that nobody answers ends; default: 300000.
    // WebAuthn Level 3, 5.4 and 5.5, `timeout`; what webauthn-rs asks for.
    #[serde(default = "usual_passkey_timeout", deserialize_with = "milliseconds")]
    #[schemars(with = "u64")]
    pub passkey_timeout: Duration,
    /// Day of a wave on which enforcement reaches this org, from 0; default: derived from the org id.
    pub stagger_day: Option<StaggerDay>,
    /// The day on which an org of the kind `converted-trial` became a subscription; until then it is a trial. Default: long ago.
    // Contract H3.8.
    #[serde(default, deserialize_with = "date_if_any")]
    #[schemars(with = "Option<String>")]
    pub converted_on: Option<Date>,
    /// Whether the enrolment gate can be left: `hard`, `leavable`; default: as the rulebook says.
    pub gate: Option<EnrolmentGate>,
    /// Whether the gate starts the passkey ceremony without a click.
    // Contract C5.17.
    #[serde(default, deserialize_with = "left_empty")]
    pub gate_autostart: bool,
    /// Whether a login from an unrecognised browser must enter a code sent by email.
    #[serde(default, deserialize_with = "left_empty")]
    pub device_activation: bool,
    /// Whether the pages that ask for a code have the checkbox "Don't ask again". A browser is then recognised only if it is
    /// ticked.
    // Contract C3.6.
    #[serde(default, deserialize_with = "left_empty")]
    pub dont_ask_again: bool,
    /// Whether the login page offers a browser the identity provider by which it last signed in, in place of its form.
    // Contract A5.3.
    #[serde(default, deserialize_with = "left_empty")]
    pub idp_hint: bool,
    /// Whether error texts carry the prefix `Error: `.
    // Contract M1.3.
    #[serde(default = "yes")]
    pub error_prefix: bool,
    /// Milliseconds for which the username page stays usable after "Log In" was clicked; default: 0.
    // Contract B1.4: several seconds have been seen.
    #[serde(default, deserialize_with = "milliseconds")]
    #[schemars(with = "u64")]
    pub second_page_delay: Duration,
    /// How pages behave in a browser, by their names: `login: { re-render-after: 100 }`.
    // Contract B1.10, B1.14.
    #[serde(default, deserialize_with = "pages_of_the_org")]
    #[schemars(with = "BTreeMap<String, PageSettings>")]
    pub pages: BTreeMap<PageName, PageSettings>,
    /// How many wrong passwords in a row lock a user out; `0` means never; default: 10.
    // Contract H4.3.
    #[serde(default = "usual_lockout")]
    pub lockout_after: u32,
    /// How long a session lives without being used; default: `two-hours`.
    // Contract H4.4.
    #[serde(default)]
    pub session_timeout: SessionTimeout,
    /// The address from which browsers come, as the org sees it; default: `127.0.0.1`.
    #[serde(default = "loopback", deserialize_with = "ip_address")]
    #[schemars(with = "String")]
    pub source_ip: IpAddr,
    /// Trusted IP ranges of the org (Network Access): `203.0.113.0-203.0.113.255`.
    // Contract C6.6.
    #[serde(default)]
    pub trusted_ip_ranges: Vec<IpRange>,
    /// "Disable login with Salesforce credentials", for users with "Is Single Sign-On Enabled".
    // Contract H5.5.
    #[serde(default, deserialize_with = "left_empty")]
    pub salesforce_credentials_disabled: bool,
    /// Whether SOAP `login()` is enabled; default: as the rulebook says for the kind of org and the date.
    // Contract G1.3.
    pub soap_login: Option<bool>,
    /// Whether SOAP `login()` needs the permission "Use Any API Auth"; default: as the rulebook says.
    // Contract G1.5.
    pub use_any_api_auth_required: Option<bool>,
    /// "Require periodic step-up authentication" for reports and dashboards; default: as the rulebook says for the date.
    // Contract C7.1, C7.2.
    pub step_up: Option<bool>,
    /// "Step-Up Authentication Period", 2 to 120 minutes; default: as the rulebook says.
    // Contract C7.2.
    pub step_up_period: Option<StepUpPeriod>,
    /// Whether every export of a report counts as unusual.
    // Contract C7.4.
    #[serde(default, deserialize_with = "left_empty")]
    pub unusual_exports: bool,
    /// Pages behind the login that want a high-assurance session, by how their paths begin: `/lightning/setup/`. Experience
    /// Builder follows the rulebook.
    // Contract H4.2.
    #[serde(default, deserialize_with = "left_empty")]
    pub high_assurance_pages: BTreeSet<String>,
    /// "OAuth and OpenID Connect Settings".
    #[serde(default, deserialize_with = "left_empty")]
    pub oauth: OauthSettings,
    /// The apps that may ask for tokens, by name. The app `PlatformCLI` of the vendor's command line is there without being
    /// named.
    #[serde(default, deserialize_with = "left_empty")]
    pub connected_apps: BTreeMap<String, ConnectedApp>,
    /// Checks of single sign-on and passkeys that the org leaves out on purpose, each by its name: `accept-unsigned`. Every page
    /// says so. No real org is so; a test uses it to see that a check matters.
    #[serde(default, deserialize_with = "left_empty")]
    pub weaknesses: BTreeSet<Weakness>,
}

impl OrgSpec {
    /// An org with every default: the login page of its date, all methods enabled, no device activation.
    pub fn new(my_domain: impl Into<String>, kind: OrgKind, date: Date) -> Self {
        Self { my_domain: Some(my_domain.into()), ..Self::unnamed(kind, date) }
    }

    /// The same, with the default My Domain name of its kind.
    pub fn unnamed(kind: OrgKind, date: Date) -> Self {
        Self {
            kind,
            date,
            like: None,
            my_domain: None,
            host_kind: None,
            login_page: None,
            mfa_setting: false,
            methods: usual_methods(),
            passwordless: false,
            passkey_timeout: usual_passkey_timeout(),
            stagger_day: None,
            converted_on: None,
            gate: None,
            gate_autostart: false,
            device_activation: false,
            dont_ask_again: false,
            idp_hint: false,
            error_prefix: true,
            second_page_delay: Duration::ZERO,
            pages: BTreeMap::new(),
            lockout_after: usual_lockout(),
            session_timeout: SessionTimeout::default(),
            source_ip: loopback(),
            trusted_ip_ranges: Vec::new(),
            salesforce_credentials_disabled: false,
            soap_login: None,
            use_any_api_auth_required: None,
            step_up: None,
            step_up_period: None,
            unusual_exports: false,
            high_assurance_pages: BTreeSet::new(),
            oauth: OauthSettings::default(),
            connected_apps: BTreeMap::new(),
            weaknesses: BTreeSet::new(),
        }
    }

    /// A sandbox with every default.
    pub fn sandbox(my_domain: impl Into<String>, date: Date) -> Self {
        Self::new(my_domain, OrgKind::Sandbox, date)
    }

    /// A production org with every default.
    pub fn production(my_domain: impl Into<String>, date: Date) -> Self {
        Self::new(my_domain, OrgKind::Production, date)
    }

    /// With this login page.
    #[must_use]
    pub fn login_page(mut self, page: LoginPage) -> Self {
        self.login_page = Some(page);
        self
    }

    /// With "Require MFA for all direct UI logins" on.
    #[must_use]
    pub fn require_mfa(mut self) -> Self {
        self.mfa_setting = true;
        self
    }

    /// With this app.
    #[must_use]
    pub fn connected_app(mut self, name: impl Into<String>, app: ConnectedApp) -> Self {
        self.connected_apps.insert(name.into(), app);
        self
    }

    /// Without this check.
    #[must_use]
    pub fn weakness(mut self, weakness: Weakness) -> Self {
        self.weaknesses.insert(weakness);
        self
    }

    /// Whether the org allows passwordless login with passkeys.
    pub fn allows_passwordless(&self) -> bool {
        self.passwordless || self.login_page == Some(LoginPage::PasskeyFirst)
    }

    /// How this page behaves in a browser.
    pub fn page(&self, page: PageName) -> PageSettings {
        self.pages.get(&page).cloned().unwrap_or_else(|| PageSettings::usual(page))
    }

    /// My Domain name; if none is set, `acme`, and `acme--uat` for a sandbox.
    pub fn my_domain(&self) -> &str {
        let usual = if self.kind == OrgKind::Sandbox { "acme--uat" } else { "acme" };
        self.my_domain.as_deref().unwrap_or(usual)
    }
}

fn usual_methods() -> BTreeSet<VerificationMethod> {
    BTreeSet::from([
        VerificationMethod::BuiltInAuthenticator,
        VerificationMethod::SecurityKey,
        VerificationMethod::TotpApp,
        VerificationMethod::SalesforceAuthenticator,
    ])
}

fn usual_lockout() -> u32 {
    10
}

fn usual_passkey_timeout() -> Duration {
    Duration::from_secs(300)
}

fn loopback() -> IpAddr {
    IpAddr::V4(Ipv4Addr::LOCALHOST)
}

fn yes() -> bool {
    true
}

//! Rows of the tables in `tests/tables/`.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use jiff::SignedDuration;
use jiff::civil::{Date, Time};
use serde::Deserialize;
use vestibule_model::{
    ApiLoginSettings, ApiPermissions, Carrier, IpRange, LoginHours, LoginKind, LoginPage, LoginRestrictions, OrgKind,
    Permission, SessionLevel, Signal, StaggerDay, StepUpPeriod, StepUpSettings, Strength, UserState, UserType,
    VerificationMethod, Waiver,
};
use vestibule_simulator::policy::{
    BannerCondition, Evidence, OrgFacts, Origin, PasswordSuffix, ReportRequest, Rule, Rulebook, UserFacts,
};

/// A table: the rows of one topic.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Table {
    pub(super) rulebook: String,
    pub(super) date: Date,
    pub(super) rows: Vec<Row>,
}

/// One row: the differences from the defaults, and the expected decision.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Row {
    pub(super) title: String,
    pub(super) rulebook: Option<String>,
    pub(super) date: Option<Date>,
    #[serde(default)]
    set: BTreeMap<String, String>,
    #[serde(default)]
    org: OrgRow,
    #[serde(default)]
    user: UserRow,
    login: Option<LoginKind>,
    #[serde(default)]
    through_sso: bool,
    verified: Option<VerificationMethod>,
    source_ip: Option<IpAddr>,
    time: Option<Time>,
    #[serde(default)]
    org_mfa_for_sso: bool,
    #[serde(default)]
    amr: Vec<String>,
    acr: Option<String>,
    class_ref: Option<String>,
    #[serde(default)]
    attributes: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    user_info: Vec<String>,
    #[serde(default)]
    access_token: Vec<String>,
    pub(super) expect: Option<String>,
    pub(super) strength: Option<Strength>,
    #[serde(default)]
    pub(super) rules: Vec<Rule>,
    pub(super) in_force: Option<bool>,
    pub(super) since: Option<Date>,
    pub(super) begins: Option<Date>,
    pub(super) setting: Option<SettingRow>,
    pub(super) banners: Option<Vec<BannerRow>>,
    pub(super) login_page: Option<LoginPage>,
    pub(super) activation: Option<bool>,
    pub(super) suffix: Option<PasswordSuffix>,
    #[serde(default)]
    report: ReportRow,
    pub(super) step_up: Option<String>,
    pub(super) cites: Vec<String>,
}

/// What differs from the default org.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct OrgRow {
    kind: Option<OrgKind>,
    mfa_setting: bool,
    methods: Option<BTreeSet<VerificationMethod>>,
    passwordless: bool,
    sso_configured: bool,
    stagger_day: StaggerDay,
    converted_on: Option<Date>,
    trusted_ip_ranges: Vec<IpRange>,
    salesforce_credentials_disabled: bool,
    waiver_assigned: bool,
    soap_login: Option<bool>,
    use_any_api_auth_required: Option<bool>,
    step_up: Option<bool>,
    step_up_period: Option<StepUpPeriod>,
    unusual_exports: bool,
}

/// How a report is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct ReportRow {
    export: bool,
    seconds_since_step_up: Option<i64>,
    export_verified: bool,
    no_email: bool,
}

/// What differs from the default user.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct UserRow {
    user_type: Option<UserType>,
    profile: Option<String>,
    permissions: BTreeSet<Permission>,
    mfa_for_ui_logins: bool,
    waiver: Waiver,
    verifiers: BTreeSet<VerificationMethod>,
    state: UserState,
    locked: bool,
    single_sign_on_enabled: bool,
    login_ip_ranges: Vec<IpRange>,
    login_hours: LoginHours,
    required_session_level: Option<SessionLevel>,
    use_any_api_auth: bool,
    mfa_for_api_logins: bool,
}

/// The expected org-wide setting.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct SettingRow {
    pub(super) active: bool,
    pub(super) can_be_changed: bool,
}

/// An expected banner.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum BannerRow {
    SsoConfigured,
    MfaSettingDisabled,
    WaiverAssigned,
    PasskeysNotAvailable,
}

impl From<&BannerRow> for BannerCondition {
    fn from(row: &BannerRow) -> Self {
        match row {
            BannerRow::SsoConfigured => Self::SsoConfigured,
            BannerRow::MfaSettingDisabled => Self::MfaSettingDisabled,
            BannerRow::WaiverAssigned => Self::WaiverAssigned,
            BannerRow::PasskeysNotAvailable => Self::PasskeysNotAvailable,
        }
    }
}

impl Row {
    pub(super) fn rulebook(&self, table: &Table) -> Rulebook {
        let name = self.rulebook.as_ref().unwrap_or(&table.rulebook);
        let book = Rulebook::embedded(name).unwrap_or_else(|| panic!("no rulebook {name}"));
        self.set.iter().fold(book, |book, (name, value)| book.with_setting(name, value).unwrap())
    }

    pub(super) fn org(&self) -> OrgFacts {
        OrgFacts {
            id: "00D000000000001EAA".to_owned(),
            kind: self.org.kind.unwrap_or(OrgKind::Production),
            mfa_setting: self.org.mfa_setting,
            methods: self.org.methods.clone().unwrap_or_else(|| BTreeSet::from(ENROLLABLE)),
            passwordless: self.org.passwordless,
            sso_configured: self.org.sso_configured,
            stagger_day: Some(self.org.stagger_day),
            converted_on: self.org.converted_on,
            trusted_ip_ranges: self.org.trusted_ip_ranges.clone(),
            salesforce_credentials_disabled: self.org.salesforce_credentials_disabled,
            waiver_assigned: self.org.waiver_assigned,
            api_logins: ApiLoginSettings {
                soap_login: self.org.soap_login,
                use_any_api_auth_required: self.org.use_any_api_auth_required,
            },
            step_up: StepUpSettings {
                required: self.org.step_up,
                period: self.org.step_up_period,
                unusual_exports: self.org.unusual_exports,
            },
        }
    }

    pub(super) fn user(&self) -> UserFacts {
        UserFacts {
            user_type: self.user.user_type.unwrap_or(UserType::Employee),
            profile: self.user.profile.clone().unwrap_or_else(|| "Standard User".to_owned()),
            permissions: self.user.permissions.clone(),
            mfa_for_ui_logins: self.user.mfa_for_ui_logins,
            waiver: self.user.waiver,
            verifiers: self.user.verifiers.clone(),
            restrictions: LoginRestrictions {
                state: self.user.state,
                locked: self.user.locked,
                single_sign_on_enabled: self.user.single_sign_on_enabled,
                login_ip_ranges: self.user.login_ip_ranges.clone(),
                login_hours: self.user.login_hours.clone(),
                required_session_level: self.user.required_session_level,
            },
            api_permissions: ApiPermissions {
                use_any_api_auth: self.user.use_any_api_auth,
                mfa_for_api_logins: self.user.mfa_for_api_logins,
            },
        }
    }

    pub(super) fn report(&self) -> ReportRequest {
        ReportRequest {
            export: self.report.export,
            since_step_up: self.report.seconds_since_step_up.map(SignedDuration::from_secs),
            export_verified: self.report.export_verified,
            can_get_code: !self.report.no_email,
        }
    }

    pub(super) fn evidence(&self) -> Evidence {
        let of = |values: &[String], carrier: Carrier| -> Vec<Signal> {
            values.iter().map(|value| Signal::new(value, carrier.clone())).collect()
        };
        let attributes = self.attributes.iter().map(|(name, values)| of(values, Carrier::SamlAttribute(name.clone())));
        let signals = attributes.flatten().chain(of(&self.amr, Carrier::IdTokenAmr));
        let signals = signals.chain(of(self.acr.as_slice(), Carrier::IdTokenAcr));
        let signals = signals.chain(of(self.class_ref.as_slice(), Carrier::AuthnContextClassRef));
        let signals = signals.chain(of(&self.user_info, Carrier::UserInfo));
        let signals = signals.chain(of(&self.access_token, Carrier::AccessToken));
        Evidence {
            login: self.login.clone().unwrap_or(LoginKind::PasswordUi),
            through_sso: self.through_sso,
            verified_with: self.verified,
            signals: signals.collect(),
            salesforce_mfa_for_sso: self.org_mfa_for_sso,
            origin: Origin {
                address: self.source_ip.unwrap_or(Origin::default().address),
                time: self.time.unwrap_or(Origin::default().time),
            },
        }
    }
}

/// Every table, by file name.
pub(super) fn tables() -> Vec<(&'static str, Table)> {
    TABLES
        .iter()
        .map(|(name, text)| (*name, serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"))))
        .collect()
}

const ENROLLABLE: [VerificationMethod; 4] = [
    VerificationMethod::BuiltInAuthenticator,
    VerificationMethod::SecurityKey,
    VerificationMethod::TotpApp,
    VerificationMethod::SalesforceAuthenticator,
];

const TABLES: [(&str, &str); 9] = [
    ("admission.yaml", include_str!("../../tables/admission.yaml")),
    ("api-logins.yaml", include_str!("../../tables/api-logins.yaml")),
    ("audiences.yaml", include_str!("../../tables/audiences.yaml")),
    ("calendar.yaml", include_str!("../../tables/calendar.yaml")),
    ("contract-2022.yaml", include_str!("../../tables/contract-2022.yaml")),
    ("direct.yaml", include_str!("../../tables/direct.yaml")),
    ("routes.yaml", include_str!("../../tables/routes.yaml")),
    ("signals.yaml", include_str!("../../tables/signals.yaml")),
    ("step-up.yaml", include_str!("../../tables/step-up.yaml")),
];

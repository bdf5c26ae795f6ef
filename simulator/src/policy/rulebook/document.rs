//! The content of a rulebook file, section by section. Every value is [`Sourced`].

use std::num::NonZeroU16;

use serde::Deserialize;

use super::sourced::Sourced;
use super::value::{
    AskedFrom, Calendar, Carriage, ChatterUsers, ExperienceCloudMfa, FrontdoorApp, FrontdoorRule, IntegrationUsers,
    Matching, PasskeyBanner, Scope, Start, Stops, UnneededToken, UnverifiedSso, VerifiedSso, WaiverBanner,
    WaiverEffect, Winner,
};
use super::verifiers::VerifierRules;
use vestibule_model::yaml::Spanned;
use vestibule_model::{
    EnrolmentGate, LoginPage, OrgKind, Permission, SessionLevel, StepUpPeriod, Strength, VerificationMethod,
};

/// A rulebook file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Document {
    /// Name, the file name without its ending: `salesforce-2026-05-05`.
    pub(crate) name: String,
    /// What the file is, in one sentence.
    pub(crate) title: String,
    /// The signals of identity providers, and their tiers.
    pub(crate) signals: SignalRules,
    /// Where the org looks for signals.
    pub(crate) carriers: CarrierRules,
    /// Who may not log in at all, and by which ways.
    pub(crate) admission: AdmissionRules,
    /// Which logins from an unrecognised browser need a code.
    pub(crate) device_activation: DeviceActivationRules,
    /// The tiers of the org's own verification methods.
    pub(crate) verifiers: VerifierRules,
    /// Who is privileged, and the tier that they need.
    pub(crate) privileged: PrivilegedRules,
    /// The other audiences.
    pub(crate) audiences: AudienceRules,
    /// The calendar that each kind of org follows.
    pub(crate) org_kinds: OrgKindRules,
    /// The calendar of each audience.
    pub(crate) calendar: CalendarRules,
    /// Trial orgs that become a subscription.
    pub(crate) trials: TrialRules,
    /// The waiver permission.
    pub(crate) exemptions: ExemptionRules,
    /// Which routes are UI logins.
    pub(crate) routes: RouteRules,
    /// Logins through an identity provider.
    pub(crate) sso: SsoRules,
    /// Registering a verification method.
    pub(crate) enrolment: EnrolmentRules,
    /// Session security levels.
    pub(crate) sessions: SessionRules,
    /// The day from which the reminder banners are shown.
    pub(crate) banners_from: Sourced<Start>,
    /// The first day on which they are no longer shown.
    pub(crate) banners_until: Sourced<Start>,
    /// Whose waiver makes its banner appear.
    pub(crate) banners_waiver: Sourced<WaiverBanner>,
    /// Which passkey methods an org must have disabled for their banner to appear.
    pub(crate) banners_passkeys: Sourced<PasskeyBanner>,
    /// Which login page is shown from which day.
    pub(crate) login_pages: Vec<LoginPageRule>,
    /// Logins through the API with a password.
    pub(crate) api_logins: ApiLoginRules,
    /// Step-up for reports and dashboards.
    pub(crate) step_up: StepUpRules,
    /// The apps that ask for tokens.
    pub(crate) apps: AppRules,
}

/// The signals of identity providers, and their tiers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct SignalRules {
    /// Values that count as phishing-resistant.
    pub(crate) phishing_resistant: Sourced<Vec<Spanned<String>>>,
    /// Values that count as standard.
    pub(crate) standard: Sourced<Vec<Spanned<String>>>,
    /// Values that count as weak.
    pub(crate) weak: Sourced<Vec<Spanned<String>>>,
    /// How a value is compared with the table.
    pub(crate) matching: Sourced<Matching>,
    /// How the URIs begin of which the last segment is compared; any other URI is in no tier.
    pub(crate) prefixes: Sourced<Vec<String>>,
    /// What a value in no tier counts as.
    pub(crate) unlisted: Sourced<Strength>,
    /// Which one counts if several arrive.
    pub(crate) winner: Sourced<Winner>,
}

/// Where the org looks for signals.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct CarrierRules {
    /// `amr` of the ID token.
    pub(crate) id_token_amr: Sourced<Carriage>,
    /// `acr` of the ID token.
    pub(crate) id_token_acr: Sourced<Carriage>,
    /// `AuthnContextClassRef`.
    pub(crate) authn_context_class_ref: Sourced<Carriage>,
    /// Names of the SAML attributes that are read.
    pub(crate) saml_attributes: Sourced<Vec<String>>,
    /// UserInfo.
    pub(crate) user_info: Sourced<Carriage>,
    /// The access token.
    pub(crate) access_token: Sourced<Carriage>,
}

/// Who may not log in at all, and by which ways.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct AdmissionRules {
    /// A deactivated user.
    pub(crate) inactive_user: Sourced<Stops>,
    /// A frozen user.
    pub(crate) frozen_user: Sourced<Stops>,
    /// A user who is locked out after wrong passwords or codes.
    pub(crate) lockout: Sourced<Stops>,
    /// An address outside the login IP ranges of the profile.
    pub(crate) login_ip_ranges: Sourced<Stops>,
    /// A time outside the login hours of the profile.
    pub(crate) login_hours: Sourced<Stops>,
    /// "Disable login with Salesforce credentials", for a user with "Is Single Sign-On Enabled".
    pub(crate) salesforce_credentials_disabled: Sourced<Stops>,
}

/// Device activation of single sign-on. Direct logins have always needed it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct DeviceActivationRules {
    /// From when OpenID Connect logins need it.
    pub(crate) oidc_from: Sourced<Start>,
    /// From when SAML logins need it.
    pub(crate) saml_from: Sourced<Start>,
    /// From when the signals of SAML attributes are read for it.
    pub(crate) saml_attributes_from: Sourced<Start>,
    /// Values that skip it, beside those of the standard and phishing-resistant tiers.
    pub(crate) accepted: Sourced<Vec<String>>,
    /// How many addresses a trusted range can have to skip it, in a paid org whose range and profile's range it is.
    pub(crate) trusted_range_at_most: Sourced<u64>,
}

/// Who is privileged, and the tier that they need.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct PrivilegedRules {
    /// Profiles that make a user privileged.
    pub(crate) profiles: Sourced<Vec<String>>,
    /// Permissions that make a user privileged.
    pub(crate) permissions: Sourced<Vec<Permission>>,
    /// The tier required of privileged users.
    pub(crate) demands: Sourced<Strength>,
}

/// The other audiences.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct AudienceRules {
    /// The tier required of employees.
    pub(crate) employee_demands: Sourced<Strength>,
    /// Experience Cloud users.
    pub(crate) experience_cloud: Sourced<ExperienceCloudMfa>,
    /// Users with a Chatter Free or Chatter External licence.
    pub(crate) chatter: Sourced<ChatterUsers>,
    /// Whether users restricted to the API may log in through the UI.
    pub(crate) api_only_ui_login: Sourced<bool>,
    /// Integration users.
    pub(crate) integration: Sourced<IntegrationUsers>,
}

/// The calendar that each kind of org follows.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct OrgKindRules {
    /// Production orgs.
    pub(crate) production: Sourced<Calendar>,
    /// Sandboxes.
    pub(crate) sandbox: Sourced<Calendar>,
    /// Trial orgs.
    pub(crate) trial: Sourced<Calendar>,
    /// Trial orgs that became a subscription.
    pub(crate) converted_trial: Sourced<Calendar>,
    /// Scratch orgs.
    pub(crate) scratch: Sourced<Calendar>,
    /// Developer Edition orgs.
    pub(crate) developer_edition: Sourced<Calendar>,
    /// Partner Developer Edition orgs.
    pub(crate) partner_developer_edition: Sourced<Calendar>,
    /// Trailhead Playgrounds.
    pub(crate) trailhead_playground: Sourced<Calendar>,
}

/// The calendar of each audience.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct CalendarRules {
    /// The day from which the contract requires MFA, even if the product does not enforce it.
    pub(crate) contract_from: Sourced<Start>,
    /// Employees.
    pub(crate) employee: Waves,
    /// Privileged users.
    pub(crate) privileged: Waves,
}

/// The waves of one audience.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Waves {
    /// Sandboxes.
    pub(crate) sandbox: Wave,
    /// Production orgs.
    pub(crate) production: Wave,
}

/// A wave: enforcement reaches one org after the other.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Wave {
    /// The day on which it reaches the first orgs.
    pub(crate) start: Sourced<Start>,
    /// How many days it takes to reach all of them.
    pub(crate) stagger_days: Sourced<NonZeroU16>,
}

/// Trial orgs that become a subscription.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct TrialRules {
    /// Days without the MFA requirement after the conversion, before enforcement.
    pub(crate) grace_days: Sourced<u16>,
    /// The same once MFA is enforced.
    pub(crate) grace_days_enforced: Sourced<u16>,
}

/// The waiver permission.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ExemptionRules {
    /// Before enforcement.
    pub(crate) waiver_before: Sourced<WaiverEffect>,
    /// Once MFA is enforced.
    pub(crate) waiver_enforced: Sourced<WaiverEffect>,
    /// Once MFA is enforced, with the approval of Support.
    pub(crate) waiver_approved: Sourced<WaiverEffect>,
}

/// Which routes are UI logins.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RouteRules {
    /// OAuth web server and hybrid flows, which contain a UI login.
    pub(crate) oauth_with_ui_login: Sourced<Scope>,
    /// OAuth user-agent flow, which contains one too.
    pub(crate) oauth_user_agent: Sourced<Scope>,
    /// OAuth JWT bearer flow.
    pub(crate) jwt_bearer: Sourced<Scope>,
    /// OAuth client credentials flow.
    pub(crate) client_credentials: Sourced<Scope>,
    /// SOAP `login()` and other API logins.
    pub(crate) api: Sourced<Scope>,
    /// UI sessions opened from an API session.
    pub(crate) frontdoor: Sourced<FrontdoorRule>,
    /// The same for a user whose sufficient verifiers are no passkeys.
    pub(crate) frontdoor_with_app: Sourced<FrontdoorApp>,
    /// The first day without the OAuth username-password flow.
    pub(crate) oauth_password_until: Sourced<Start>,
    /// The first day without SOAP `login()`.
    pub(crate) soap_login_until: Sourced<Start>,
    /// The tier that the org-wide setting and the user permission require in a direct UI login.
    pub(crate) direct_ui_demands: Sourced<Strength>,
    /// Whether the org-wide setting is forced on once MFA is enforced for employees.
    pub(crate) org_setting_forced: Sourced<bool>,
}

/// The apps that ask for tokens.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct AppRules {
    /// From when a request for a code needs a code challenge.
    pub(crate) pkce_from: Sourced<Start>,
    /// From when a refresh token can be used once.
    pub(crate) refresh_token_rotation_from: Sourced<Start>,
    /// From when only some users may approve an app that is not installed.
    pub(crate) uninstalled_blocked_from: Sourced<Start>,
    /// From when such an app has no device flow.
    pub(crate) device_flow_blocked_from: Sourced<Start>,
}

/// Logins through an identity provider.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct SsoRules {
    /// Whether, before enforcement, an SSO login needs MFA only if its provider is set to use the org's own.
    pub(crate) asked_only_by_provider_setting: Sourced<bool>,
    /// A weak login by a user who has a sufficient verifier.
    pub(crate) weak_with_verifier: Sourced<VerifiedSso>,
    /// A weak login by a user who has none.
    pub(crate) weak_without_verifier: Sourced<UnverifiedSso>,
}

/// Registering a verification method.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct EnrolmentRules {
    /// The order in which methods are offered: each that can be enrolled, once.
    pub(crate) order: Sourced<Spanned<Vec<Spanned<VerificationMethod>>>>,
    /// Whether the offered methods must meet the required tier.
    pub(crate) only_sufficient: Sourced<bool>,
    /// Whether the enrolment page can be left.
    pub(crate) gate: Sourced<EnrolmentGate>,
}

impl EnrolmentRules {
    /// The methods in the order in which they are offered.
    pub(crate) fn methods(&self) -> impl Iterator<Item = VerificationMethod> {
        self.order.value.value.iter().map(|method| method.value)
    }
}

/// Session security levels.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct SessionRules {
    /// After a verification at the org.
    pub(crate) verified: Sourced<SessionLevel>,
    /// After an SSO login with a sufficient signal.
    pub(crate) sso_signal: Sourced<SessionLevel>,
    /// After any other login.
    pub(crate) unverified: Sourced<SessionLevel>,
    /// What Experience Builder wants, once MFA is enforced.
    pub(crate) experience_builder: Sourced<SessionLevel>,
    /// The tier of the verification that a profile with "Session security level required at login" asks for.
    pub(crate) required_at_login: Sourced<Strength>,
}

/// The login page that orgs of these kinds show from a given day on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct LoginPageRule {
    /// Kinds of org.
    pub(crate) orgs: Vec<OrgKind>,
    /// From this day.
    pub(crate) from: Sourced<Start>,
    /// This page.
    pub(crate) page: Sourced<LoginPage>,
}

/// Logins through the API with a password.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ApiLoginRules {
    /// Kinds of org that are new on any day, because they do not live long.
    pub(crate) new_orgs: Sourced<Vec<OrgKind>>,
    /// From when new orgs have SOAP `login()` disabled.
    pub(crate) soap_login_disabled_in_new_orgs_from: Sourced<Start>,
    /// From when SOAP `login()` needs the permission "Use Any API Auth" in new orgs.
    pub(crate) use_any_api_auth_in_new_orgs_from: Sourced<Start>,
    /// The first version of the API that has no SOAP `login()`.
    pub(crate) soap_login_before_version: Sourced<u16>,
    /// From where a security token must follow the password.
    pub(crate) security_token: Sourced<AskedFrom>,
    /// What becomes of a security token where none is needed.
    pub(crate) unneeded_token: Sourced<UnneededToken>,
    /// From where a TOTP code must follow the password of a user who has MFA for API logins.
    pub(crate) totp_code: Sourced<AskedFrom>,
}

/// Step-up for reports and dashboards.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct StepUpRules {
    /// From when sandboxes ask.
    pub(crate) reports_from_sandbox: Sourced<Start>,
    /// From when all other orgs ask.
    pub(crate) reports_from_production: Sourced<Start>,
    /// How long a verification is enough.
    pub(crate) period_minutes: Sourced<StepUpPeriod>,
    /// From when sandboxes ask at an unusual export.
    pub(crate) exports_from_sandbox: Sourced<Start>,
    /// From when all other orgs do.
    pub(crate) exports_from_production: Sourced<Start>,
}

//! Named rules: what fired, why, and from which source.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, IntoStaticStr};

use super::rulebook::Citation;
use vestibule_model::Confidence;
use vestibule_model::confidence::mark;

/// A rule that took part in a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FiredRule {
    /// The rule; JSON holds its stable id, kebab-case: `sso-signal-phishing-resistant`.
    pub id: Rule,
    /// One sentence: what it saw and what it concluded.
    pub why: String,
    /// The source: `help 005321561, "Impact to MFA Exemptions"`.
    pub source: String,
    /// How certain the source is.
    #[serde(serialize_with = "mark::serialize")]
    pub confidence: Confidence,
}

/// The rules that fired so far, in the order in which they were applied.
#[derive(Debug, Default)]
pub(super) struct Fired(Vec<FiredRule>);

impl Fired {
    /// Notes that a rule fired because of a value of the rulebook.
    pub(super) fn add<'a>(&mut self, rule: Rule, because: impl Into<Citation<'a>>, why: String) {
        let because = because.into();
        self.0.push(FiredRule {
            id: rule,
            why,
            source: because.source.as_str().to_owned(),
            confidence: because.confidence,
        });
    }

    pub(super) fn into_rules(self) -> Vec<FiredRule> {
        self.0
    }
}

/// A rule that can fire. Its stable id is the name in kebab-case; the order is that of the documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumIter, IntoStaticStr)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Rule {
    /// API logins are not UI logins, so no MFA is required.
    ApiLoginOutOfScope,
    /// The JWT bearer flow needs no UI login, so no MFA is required.
    JwtBearerOutOfScope,
    /// The client credentials flow needs no UI login, so no MFA is required.
    ClientCredentialsOutOfScope,
    /// This OAuth flow contains a UI login, which is subject to the rules.
    OauthUiLoginInScope,
    /// An app of this Mobile SDK opens the system browser, which can use a passkey.
    SystemBrowserOpened,
    /// The vendor has taken this route away.
    RouteRetired,
    /// SOAP `login()` is disabled in this org.
    SoapLoginDisabled,
    /// SOAP `login()` needs the permission "Use Any API Auth".
    UseAnyApiAuthMissing,
    /// The security token follows the password.
    SecurityTokenFollowsPassword,
    /// A TOTP code follows the password.
    TotpCodeFollowsPassword,
    /// From a trusted address, nothing follows the password.
    TrustedAddress,
    /// A deactivated user cannot log in.
    UserInactive,
    /// A frozen user cannot log in.
    UserFrozen,
    /// A user who is locked out cannot log in this way.
    UserLockedOut,
    /// The address is in no login IP range of the profile.
    OutsideLoginIpRanges,
    /// The time is outside the login hours of the profile.
    OutsideLoginHours,
    /// The org refuses Salesforce credentials of a user who has single sign-on.
    OnlySingleSignOn,
    /// A user restricted to the API cannot log in through the UI.
    ApiOnlyUserBlocked,
    /// An integration user counts as an employee.
    IntegrationUserAsEmployee,
    /// MFA is optional for Experience Cloud users, and no admin requires it.
    ExperienceCloudOptional,
    /// An admin has given an Experience Cloud user the permission that requires MFA.
    ExperienceCloudByPermission,
    /// Users with a Chatter licence are excluded from MFA.
    ChatterExcluded,
    /// The profile makes the user privileged.
    PrivilegedByProfile,
    /// A permission makes the user privileged.
    PrivilegedByPermission,
    /// The contract requires MFA, but the product never enforces it.
    RequiredByContractOnly,
    /// Enforcement has not reached this org yet.
    NotEnforcedYet,
    /// Enforcement does not apply to this kind of org.
    OrgKindOutOfScope,
    /// Enforcement has reached this org.
    Enforced,
    /// The wave for privileged users is still to come; until then, the wave for employees covers them.
    EmployeeWaveCoversPrivileged,
    /// A freshly converted trial org has a grace period.
    ConvertedTrialGrace,
    /// A freshly converted trial org no longer has a grace period.
    ConvertedTrialNoGrace,
    /// The org-wide setting requires MFA in direct UI logins.
    MfaByOrgSetting,
    /// The user permission requires MFA in UI logins.
    MfaByUserPermission,
    /// Neither the org-wide setting nor the user permission requires MFA.
    MfaNotDemanded,
    /// MFA for SSO logins is left to the identity provider.
    SsoLeftToIdp,
    /// The provider is set to use the org's own MFA.
    SsoUsesOrgMfa,
    /// The waiver permission exempts its holder.
    WaiverExempts,
    /// The waiver permission no longer exempts its holder.
    WaiverInert,
    /// Support has approved the waiver, so it exempts its holder.
    WaiverApproved,
    /// Support's approval does not bring the exemption back.
    WaiverApprovalInert,
    /// Employees need MFA.
    EmployeeNeedsMfa,
    /// Privileged users need phishing-resistant MFA.
    PrivilegedNeedsPhishingResistant,
    /// The identity provider sent a phishing-resistant signal.
    SsoSignalPhishingResistant,
    /// The identity provider sent a standard signal.
    SsoSignalStandard,
    /// The identity provider sent a weak signal.
    SsoSignalWeak,
    /// A signal is in no tier.
    SignalUnlisted,
    /// A signal arrived in a place that the org does not read.
    SignalCarrierNotRead,
    /// No recognised signal arrived, so the login counts as having no MFA.
    SsoNoRecognisedSignal,
    /// The user verified with a method registered at the org.
    VerifierAnswered,
    /// The user verified with an admin's temporary code.
    TemporaryCodeAnswered,
    /// The login used only a password.
    PasswordOnly,
    /// Passwordless login is not allowed here.
    PasswordlessNotAllowed,
    /// Passwordless login needs a registered passkey.
    PasswordlessNeedsPasskey,
    /// A registered verification method is not enabled in the org.
    VerifierNotEnabled,
    /// A registered verification method is too weak for the requirement.
    VerifierTooWeak,
    /// The WebView of an old Mobile SDK cannot run a passkey ceremony.
    WebviewCannotUsePasskey,
    /// A UI session opened from an API session needs no verification.
    FrontdoorNotAsked,
    /// A UI session opened from an API session asks for the registered app.
    FrontdoorAsksForApp,
    /// A UI session opened from an API session meets the enrolment gate.
    FrontdoorGated,
    /// The profile requires a high-assurance session at login.
    ProfileRequiresHighAssurance,
    /// The login proved enough.
    RequirementMet,
    /// The login needs no MFA.
    NothingDemanded,
    /// The user must verify with a registered method.
    VerifyRegistered,
    /// After a weak SSO login, the user must verify with a registered method.
    WeakSsoVerify,
    /// After a weak SSO login, the user must enrol a method.
    WeakSsoEnrol,
    /// A weak SSO login is refused.
    WeakSsoBlock,
    /// The user must enrol a method.
    EnrolMethod,
    /// The user must enrol a method, but the org has enabled none that the user may use.
    NoMethodAvailable,
}

impl Rule {
    /// Whether it decides what follows an SSO login that proved too little.
    pub fn is_weak_sso(self) -> bool {
        matches!(self, Self::WeakSsoVerify | Self::WeakSsoEnrol | Self::WeakSsoBlock)
    }

    /// Whether it rates the signals of an identity provider, or says where they were looked for.
    pub fn rates_signals(self) -> bool {
        matches!(
            self,
            Self::SsoSignalPhishingResistant
                | Self::SsoSignalStandard
                | Self::SsoSignalWeak
                | Self::SignalUnlisted
                | Self::SignalCarrierNotRead
                | Self::SsoNoRecognisedSignal
        )
    }
}

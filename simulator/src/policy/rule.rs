//! Named rules: what fired, why, and by which source.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, IntoStaticStr};

use super::rulebook::Sourced;
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
    /// How sure the source is.
    #[serde(serialize_with = "mark::serialize")]
    pub confidence: Confidence,
}

/// The rules that fired so far, in the order in which they were applied.
#[derive(Debug, Default)]
pub(super) struct Fired(Vec<FiredRule>);

impl Fired {
    /// Notes that a rule fired because of a value of the rulebook.
    pub(super) fn add<T>(&mut self, rule: Rule, because: &Sourced<T>, why: String) {
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
    /// API logins are not UI logins, so nothing is asked.
    ApiLoginOutOfScope,
    /// The JWT bearer flow needs no UI login, so nothing is asked.
    JwtBearerOutOfScope,
    /// The client credentials flow needs no UI login, so nothing is asked.
    ClientCredentialsOutOfScope,
    /// This OAuth flow contains a UI login, which is subject to the rules.
    OauthUiLoginInScope,
    /// A user restricted to the API cannot log in through the UI.
    ApiOnlyUserBlocked,
    /// An integration user counts as an employee.
    IntegrationUserAsEmployee,
    /// MFA is optional for Experience Cloud users, and no admin has asked for it.
    ExperienceCloudOptional,
    /// An admin has given an Experience Cloud user the permission that demands MFA.
    ExperienceCloudByPermission,
    /// The profile makes the user privileged.
    PrivilegedByProfile,
    /// A permission makes the user privileged.
    PrivilegedByPermission,
    /// The contract demands MFA, but the product never enforces it.
    RequiredByContractOnly,
    /// Enforcement has not reached this org yet.
    NotEnforcedYet,
    /// This kind of org is out of the scope of enforcement.
    OrgKindOutOfScope,
    /// Enforcement has reached this org.
    Enforced,
    /// The wave of privileged users is still to come, and that of employees covers them until then.
    EmployeeWaveCoversPrivileged,
    /// A freshly converted trial org has days of grace.
    ConvertedTrialGrace,
    /// A freshly converted trial org no longer has days of grace.
    ConvertedTrialNoGrace,
    /// The org-wide setting demands MFA in direct UI logins.
    MfaByOrgSetting,
    /// The user permission demands MFA in UI logins.
    MfaByUserPermission,
    /// Neither the org-wide setting nor the user permission demands MFA.
    MfaNotDemanded,
    /// MFA of SSO logins is left to the identity provider.
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
    /// A signal was carried where the org does not look.
    SignalCarrierNotRead,
    /// No recognised signal arrived, so the login counts as having no MFA.
    SsoNoRecognisedSignal,
    /// A verification method of the org was answered.
    VerifierAnswered,
    /// An admin's temporary code was answered.
    TemporaryCodeAnswered,
    /// Nothing but a password was proved.
    PasswordOnly,
    /// Passwordless login is not allowed here.
    PasswordlessNotAllowed,
    /// Passwordless login needs a registered passkey.
    PasswordlessNeedsPasskey,
    /// A registered verification method is not enabled in the org.
    VerifierNotEnabled,
    /// A registered verification method is too weak for what is demanded.
    VerifierTooWeak,
    /// The WebView of an old Mobile SDK cannot run a passkey ceremony.
    WebviewCannotUsePasskey,
    /// A UI session opened from an API session is not asked.
    FrontdoorNotAsked,
    /// A UI session opened from an API session meets the enrolment gate.
    FrontdoorGated,
    /// What was proved is enough.
    RequirementMet,
    /// Nothing is demanded of this login.
    NothingDemanded,
    /// The user must verify with a registered method.
    VerifyRegistered,
    /// After a weak SSO login a registered method is asked for.
    WeakSsoVerify,
    /// After a weak SSO login a method must be enrolled.
    WeakSsoEnrol,
    /// A weak SSO login is refused.
    WeakSsoBlock,
    /// A method must be enrolled.
    EnrolMethod,
    /// A method must be enrolled, and the org has enabled none that the user may use.
    NoMethodAvailable,
}

impl Rule {
    /// Whether it says what follows an SSO login that proved too little.
    pub fn is_weak_sso(self) -> bool {
        matches!(self, Self::WeakSsoVerify | Self::WeakSsoEnrol | Self::WeakSsoBlock)
    }

    /// Whether it rates what an identity provider sent, or says where it was looked for.
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

//! Named rules: what fired, why, and by which source.

use serde::Serialize;

use super::rulebook::Sourced;
use vestibule_model::Confidence;
use vestibule_model::confidence::mark;

/// A rule that took part in a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FiredRule {
    /// Stable id, kebab-case: `sso-signal-phishing-resistant`.
    pub id: &'static str,
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
            id: rule.id(),
            why,
            source: because.source.as_str().to_owned(),
            confidence: because.confidence,
        });
    }

    pub(super) fn into_rules(self) -> Vec<FiredRule> {
        self.0
    }
}

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $variant:ident = $id:literal,)+) => {
        /// Every rule that can fire.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Rule {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Rule {
            /// Every rule, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The stable id.
            pub fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)+
                }
            }
        }
    };
}

rules! {
    /// API logins are not UI logins, so nothing is asked.
    ApiLoginOutOfScope = "api-login-out-of-scope",
    /// The JWT bearer flow needs no UI login, so nothing is asked.
    JwtBearerOutOfScope = "jwt-bearer-out-of-scope",
    /// The client credentials flow needs no UI login, so nothing is asked.
    ClientCredentialsOutOfScope = "client-credentials-out-of-scope",
    /// This OAuth flow contains a UI login, which is subject to the rules.
    OauthUiLoginInScope = "oauth-ui-login-in-scope",
    /// A user restricted to the API cannot log in through the UI.
    ApiOnlyUserBlocked = "api-only-user-blocked",
    /// An integration user counts as an employee.
    IntegrationUserAsEmployee = "integration-user-as-employee",
    /// MFA is optional for Experience Cloud users, and no admin has asked for it.
    ExperienceCloudOptional = "experience-cloud-optional",
    /// An admin has given an Experience Cloud user the permission that demands MFA.
    ExperienceCloudByPermission = "experience-cloud-by-permission",
    /// The profile makes the user privileged.
    PrivilegedByProfile = "privileged-by-profile",
    /// A permission makes the user privileged.
    PrivilegedByPermission = "privileged-by-permission",
    /// The contract demands MFA, but the product never enforces it.
    RequiredByContractOnly = "required-by-contract-only",
    /// Enforcement has not reached this org yet.
    NotEnforcedYet = "not-enforced-yet",
    /// This kind of org is out of the scope of enforcement.
    OrgKindOutOfScope = "org-kind-out-of-scope",
    /// Enforcement has reached this org.
    Enforced = "enforced",
    /// The wave of privileged users is still to come, and that of employees covers them until then.
    EmployeeWaveCoversPrivileged = "employee-wave-covers-privileged",
    /// A freshly converted trial org has days of grace.
    ConvertedTrialGrace = "converted-trial-grace",
    /// A freshly converted trial org no longer has days of grace.
    ConvertedTrialNoGrace = "converted-trial-no-grace",
    /// The org-wide setting demands MFA in direct UI logins.
    MfaByOrgSetting = "mfa-by-org-setting",
    /// The user permission demands MFA in UI logins.
    MfaByUserPermission = "mfa-by-user-permission",
    /// Neither the org-wide setting nor the user permission demands MFA.
    MfaNotDemanded = "mfa-not-demanded",
    /// MFA of SSO logins is left to the identity provider.
    SsoLeftToIdp = "sso-left-to-idp",
    /// The provider is set to use the org's own MFA.
    SsoUsesOrgMfa = "sso-uses-org-mfa",
    /// The waiver permission exempts its holder.
    WaiverExempts = "waiver-exempts",
    /// The waiver permission no longer exempts its holder.
    WaiverInert = "waiver-inert",
    /// Support has approved the waiver, so it exempts its holder.
    WaiverApproved = "waiver-approved",
    /// Support's approval does not bring the exemption back.
    WaiverApprovalInert = "waiver-approval-inert",
    /// Employees need MFA.
    EmployeeNeedsMfa = "employee-needs-mfa",
    /// Privileged users need phishing-resistant MFA.
    PrivilegedNeedsPhishingResistant = "privileged-needs-phishing-resistant",
    /// The identity provider sent a phishing-resistant signal.
    SsoSignalPhishingResistant = "sso-signal-phishing-resistant",
    /// The identity provider sent a standard signal.
    SsoSignalStandard = "sso-signal-standard",
    /// The identity provider sent a weak signal.
    SsoSignalWeak = "sso-signal-weak",
    /// A signal is in no tier.
    SignalUnlisted = "signal-unlisted",
    /// A signal was carried where the org does not look.
    SignalCarrierNotRead = "signal-carrier-not-read",
    /// No recognised signal arrived, so the login counts as having no MFA.
    SsoNoRecognisedSignal = "sso-no-recognised-signal",
    /// A verification method of the org was answered.
    VerifierAnswered = "verifier-answered",
    /// An admin's temporary code was answered.
    TemporaryCodeAnswered = "temporary-code-answered",
    /// Nothing but a password was proved.
    PasswordOnly = "password-only",
    /// Passwordless login is not allowed here.
    PasswordlessNotAllowed = "passwordless-not-allowed",
    /// Passwordless login needs a registered passkey.
    PasswordlessNeedsPasskey = "passwordless-needs-passkey",
    /// A registered verification method is not enabled in the org.
    VerifierNotEnabled = "verifier-not-enabled",
    /// A registered verification method is too weak for what is demanded.
    VerifierTooWeak = "verifier-too-weak",
    /// The WebView of an old Mobile SDK cannot run a passkey ceremony.
    WebviewCannotUsePasskey = "webview-cannot-use-passkey",
    /// A UI session opened from an API session is not asked.
    FrontdoorNotAsked = "frontdoor-not-asked",
    /// A UI session opened from an API session meets the enrolment gate.
    FrontdoorGated = "frontdoor-gated",
    /// What was proved is enough.
    RequirementMet = "requirement-met",
    /// Nothing is demanded of this login.
    NothingDemanded = "nothing-demanded",
    /// A registered method is asked for.
    VerifyRegistered = "verify-registered",
    /// After a weak SSO login a registered method is asked for.
    WeakSsoVerify = "weak-sso-verify",
    /// After a weak SSO login a method must be enrolled.
    WeakSsoEnrol = "weak-sso-enrol",
    /// A weak SSO login is refused.
    WeakSsoBlock = "weak-sso-block",
    /// A method must be enrolled.
    EnrolMethod = "enrol-method",
    /// A method must be enrolled, and the org has enabled none that the user may use.
    NoMethodAvailable = "no-method-available",
}

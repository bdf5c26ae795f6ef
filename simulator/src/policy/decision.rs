//! The decision: what the org does with a login, and the rules that led to it.

use jiff::civil::Date;
use serde::Serialize;

use super::admission;
use super::api_login;
use super::audience::{self, Audience};
use super::block_reason::BlockReason;
use super::evidence::Evidence;
use super::login_inputs::{LoginInputs, RouteKind};
use super::methods::{self, Registered};
use super::rated::Rated;
use super::rule::{Fired, FiredRule, Rule};
use super::rulebook::{FrontdoorApp, FrontdoorRule, Rulebook, Scope, UnverifiedSso, VerifiedSso};
use super::{requirement, strength};
use vestibule_model::{EnrolmentGate, LoginKind, OutcomeKind, SessionLevel, Strength, VerificationMethod};
use vestibule_model::{OrgFacts, UserFacts};

/// The outcome of one login with the rules that fired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// What the org does next.
    pub outcome: Outcome,
    /// Tier of the login as proved so far.
    pub strength: Strength,
    /// The rules that fired, in the order in which they were applied; the last one gave the outcome.
    pub rules: Vec<FiredRule>,
}

impl Decision {
    /// Whether this rule fired.
    pub fn fired(&self, rule: Rule) -> bool {
        self.rules.iter().any(|fired| fired.id == rule)
    }
}

/// What the org does next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The login succeeds with this session security level.
    Allow {
        /// The level granted.
        session_level: SessionLevel,
    },
    /// The user must verify with one of these registered methods.
    Verify {
        /// Methods offered, the preferred one first.
        methods: Vec<VerificationMethod>,
    },
    /// The user must register one of these methods.
    Enrol {
        /// Methods offered, the preferred one first.
        methods: Vec<VerificationMethod>,
        /// Whether the page can be left.
        gate: EnrolmentGate,
    },
    /// The login is refused.
    Block {
        /// Why.
        reason: BlockReason,
    },
}

impl Outcome {
    /// The outcome without its details.
    pub fn kind(&self) -> OutcomeKind {
        match self {
            Self::Allow { .. } => OutcomeKind::Allow,
            Self::Verify { .. } => OutcomeKind::Verify,
            Self::Enrol { .. } => OutcomeKind::Enrol,
            Self::Block { .. } => OutcomeKind::Block,
        }
    }
}

/// Decides one login. Pure and total.
pub fn decide(rulebook: &Rulebook, org: &OrgFacts, user: &UserFacts, evidence: &Evidence, date: Date) -> Decision {
    let login = LoginInputs::new(rulebook, org, user, evidence, date);
    let mut fired = Fired::default();
    let (outcome, strength) = outcome(&login, &mut fired);
    Decision { outcome, strength, rules: fired.into_rules() }
}

fn outcome(login: &LoginInputs<'_>, fired: &mut Fired) -> (Outcome, Strength) {
    if let Some(reason) = admission::refuse(login, fired) {
        return (Outcome::Block { reason }, Strength::Weak);
    }
    api_login::note_suffix(login, fired);
    if note_out_of_scope(login, fired) {
        let session_level = login.book().sessions.unverified.value;
        return (Outcome::Allow { session_level }, Strength::Weak);
    }
    audience::note(login.book(), login.user, login.audience, fired);
    let refused = refuse_api_only(login, fired).or_else(|| refuse_passwordless(login, fired));
    if let Some(refused) = refused {
        return (refused, Strength::Weak);
    }
    note_system_browser(login, fired);
    let proved = strength::proved(login, fired);
    if let Some(asked) = ask_passwordless(login, fired) {
        return (asked, proved.tier);
    }
    let tier = proved.tier;
    let demand = requirement::demanded(login, fired);
    if let Some(demand) = demand.filter(|demand| tier < demand.tier) {
        return (ask(login, demand, tier, fired), tier);
    }
    if let Some(demand) = required_at_login(login, tier, fired) {
        let registered = methods::registered(login, demand.tier, fired);
        return (ask_directly(login, demand, registered, fired), tier);
    }
    match demand {
        None => {
            let why = "this login needs no MFA".to_owned();
            fired.add(Rule::NothingDemanded, session_rule(login, tier), why);
        }
        Some(demand) => {
            let why = format!("the strength of this login is {tier}, and {} is required", demand.tier);
            fired.add(Rule::RequirementMet, proved.because, why);
        }
    }
    (allow(login, tier), tier)
}

/// The verification that the profile asks for, if its users need a better session than this login gives (contract H5.6). A
/// front door opens the session of an earlier login (inferred).
fn required_at_login<'a>(login: &LoginInputs<'a>, proved: Strength, fired: &mut Fired) -> Option<Rated<'a>> {
    let required = login.user.restrictions.required_session_level?;
    let granted = session_rule(login, proved).value;
    if granted >= required || login.evidence.verified_with.is_some() || login.route == RouteKind::Frontdoor {
        return None;
    }
    let rule = &login.book().sessions.required_at_login;
    let why = "the profile requires a high-assurance session at login, and this login gives a standard one".to_owned();
    fired.add(Rule::ProfileRequiresHighAssurance, rule, why);
    Some(rule.into())
}

/// Notes that the app of a Mobile SDK opens the system browser.
fn note_system_browser(login: &LoginInputs<'_>, fired: &mut Fired) {
    let rule = &login.book().verifiers.system_browser_from;
    if let LoginKind::MobileWebView { sdk } = login.evidence.login
        && sdk >= rule.value
    {
        let why = format!("an app of Mobile SDK {sdk} opens the system browser, which can use a passkey");
        fired.add(Rule::SystemBrowserOpened, rule, why);
    }
}

/// What the org asks for if the login proved too little.
fn ask(login: &LoginInputs<'_>, demand: Rated<'_>, proved: Strength, fired: &mut Fired) -> Outcome {
    let registered = methods::registered(login, demand.tier, fired);
    match login.route {
        RouteKind::Frontdoor => ask_behind_frontdoor(login, demand.tier, proved, registered, fired),
        RouteKind::Sso => ask_after_sso(login, demand.tier, registered, fired),
        RouteKind::Direct | RouteKind::Api => ask_directly(login, demand, registered, fired),
    }
}

fn ask_directly(login: &LoginInputs<'_>, demand: Rated<'_>, registered: Registered, fired: &mut Fired) -> Outcome {
    if registered.usable.is_empty() {
        if registered.webview_hinders {
            return webview_block(login, fired);
        }
        let why = "the user has registered no sufficient method";
        return enrol(login, demand.tier, Rule::EnrolMethod, why, fired);
    }
    let why = format!("{} is required, so the org asks for a registered method", demand.tier);
    fired.add(Rule::VerifyRegistered, demand.because, why);
    Outcome::Verify { methods: registered.usable }
}

fn ask_after_sso(login: &LoginInputs<'_>, demand: Strength, registered: Registered, fired: &mut Fired) -> Outcome {
    let rules = &login.book().sso;
    if !registered.usable.is_empty() && rules.weak_with_verifier.value == VerifiedSso::Verify {
        let why = format!("the SSO login proved less than {demand}, so the org asks for a registered method");
        fired.add(Rule::WeakSsoVerify, &rules.weak_with_verifier, why);
        return Outcome::Verify { methods: registered.usable };
    }
    if rules.weak_without_verifier.value == UnverifiedSso::Block {
        let why = format!("the SSO login proved less than {demand}, so it is refused");
        fired.add(Rule::WeakSsoBlock, &rules.weak_without_verifier, why);
        return Outcome::Block { reason: BlockReason::WeakSsoLogin };
    }
    let why = "the SSO login proved too little, so the user must enrol a method";
    enrol(login, demand, Rule::WeakSsoEnrol, why, fired)
}

/// Only a registration opens the gate; a temporary code does not.
fn ask_behind_frontdoor(
    login: &LoginInputs<'_>,
    demand: Strength,
    proved: Strength,
    registered: Registered,
    fired: &mut Fired,
) -> Outcome {
    let rule = &login.book().routes.frontdoor;
    let has_registration = registered.usable.iter().any(|method| *method != VerificationMethod::TemporaryCode);
    let has_passkey = registered.usable.iter().any(|method| method.is_passkey());
    let with_app = &login.book().routes.frontdoor_with_app;
    let open = match rule.value {
        FrontdoorRule::Gated => false,
        FrontdoorRule::OpenByCode => login.evidence.login == LoginKind::Singleaccess,
        FrontdoorRule::Open => true,
    };
    if has_registration && !has_passkey && !open && with_app.value == FrontdoorApp::Verify {
        let why = "a UI session opened from an API session asks for the registered app".to_owned();
        fired.add(Rule::FrontdoorAsksForApp, with_app, why);
        return Outcome::Verify { methods: registered.usable };
    }
    if open || has_registration {
        let why = "a UI session opened from an API session needs no verification".to_owned();
        fired.add(Rule::FrontdoorNotAsked, rule, why);
        return allow(login, proved);
    }
    enrol(login, demand, Rule::FrontdoorGated, "the enrolment page comes after frontdoor", fired)
}

fn enrol(login: &LoginInputs<'_>, demand: Strength, rule: Rule, why: &str, fired: &mut Fired) -> Outcome {
    let rules = &login.book().enrolment;
    let methods = methods::enrollable(login, demand);
    if !methods.is_empty() {
        match rule {
            Rule::WeakSsoEnrol => fired.add(rule, &login.book().sso.weak_without_verifier, why.to_owned()),
            Rule::FrontdoorGated => fired.add(rule, &login.book().routes.frontdoor, why.to_owned()),
            _ => fired.add(rule, &rules.order, why.to_owned()),
        }
        return Outcome::Enrol { methods, gate: rules.gate.value };
    }
    if methods::webview_hinders_enrolment(login, demand) {
        return webview_block(login, fired);
    }
    let why = format!("a {demand} method must be enrolled, but the org has enabled none");
    fired.add(Rule::NoMethodAvailable, &rules.only_sufficient, why);
    Outcome::Block { reason: BlockReason::NoMethodAvailable }
}

fn webview_block(login: &LoginInputs<'_>, fired: &mut Fired) -> Outcome {
    let limit = &login.book().verifiers.webview_without_passkeys_up_to;
    let why = format!("the WebView of Mobile SDK {} and earlier cannot run a passkey ceremony", limit.value);
    fired.add(Rule::WebviewCannotUsePasskey, limit, why);
    Outcome::Block { reason: BlockReason::WebViewCannotUsePasskey }
}

fn allow(login: &LoginInputs<'_>, proved: Strength) -> Outcome {
    Outcome::Allow { session_level: session_rule(login, proved).value }
}

fn session_rule<'a>(login: &LoginInputs<'a>, proved: Strength) -> &'a super::rulebook::Sourced<SessionLevel> {
    let rules = &login.book().sessions;
    if proved < Strength::Standard {
        &rules.unverified
    } else if login.evidence.verified_with.is_some() {
        &rules.verified
    } else {
        &rules.sso_signal
    }
}

/// Notes the route and says whether it is out of scope.
fn note_out_of_scope(login: &LoginInputs<'_>, fired: &mut Fired) -> bool {
    let routes = &login.book().routes;
    let (rule, scope, why) = match login.evidence.login {
        LoginKind::Api | LoginKind::OauthPassword | LoginKind::SoapLogin => {
            (Rule::ApiLoginOutOfScope, &routes.api, "API logins are not UI logins")
        }
        LoginKind::JwtBearer => {
            (Rule::JwtBearerOutOfScope, &routes.jwt_bearer, "the JWT bearer flow needs no UI login")
        }
        LoginKind::ClientCredentials => {
            let why = "the client credentials flow needs no UI login";
            (Rule::ClientCredentialsOutOfScope, &routes.client_credentials, why)
        }
        LoginKind::OauthWebServer | LoginKind::OauthUserAgent | LoginKind::OauthHybrid => {
            let user_agent = login.evidence.login == LoginKind::OauthUserAgent;
            let scope = if user_agent { &routes.oauth_user_agent } else { &routes.oauth_with_ui_login };
            if scope.value == Scope::InScope {
                let why = "this OAuth flow contains a UI login".to_owned();
                fired.add(Rule::OauthUiLoginInScope, scope, why);
                return false;
            }
            (Rule::ApiLoginOutOfScope, scope, "this OAuth flow is out of scope")
        }
        LoginKind::PasswordUi
        | LoginKind::Passwordless
        | LoginKind::Saml
        | LoginKind::Oidc
        | LoginKind::Frontdoor
        | LoginKind::Singleaccess
        | LoginKind::MobileWebView { .. } => return false,
    };
    if scope.value == Scope::InScope {
        return false;
    }
    fired.add(rule, scope, why.to_owned());
    true
}

fn refuse_api_only(login: &LoginInputs<'_>, fired: &mut Fired) -> Option<Outcome> {
    let rule = &login.book().audiences.api_only_ui_login;
    if login.audience != Audience::ApiOnly || rule.value {
        return None;
    }
    fired.add(Rule::ApiOnlyUserBlocked, rule, "the user is restricted to the API".to_owned());
    Some(Outcome::Block { reason: BlockReason::ApiOnlyUser })
}

fn refuse_passwordless(login: &LoginInputs<'_>, fired: &mut Fired) -> Option<Outcome> {
    let rule = &login.book().verifiers.passwordless_from;
    if login.evidence.login != LoginKind::Passwordless || (login.org.passwordless && rule.value.reached(login.date)) {
        return None;
    }
    let why = if login.org.passwordless {
        "passwordless login by passkey does not exist yet"
    } else {
        "the org does not allow passwordless login with passkeys"
    };
    fired.add(Rule::PasswordlessNotAllowed, rule, why.to_owned());
    Some(Outcome::Block { reason: BlockReason::PasswordlessNotAllowed })
}

/// Without a password, the passkey is the only proof, so the login needs it even if no MFA is required.
fn ask_passwordless(login: &LoginInputs<'_>, fired: &mut Fired) -> Option<Outcome> {
    let proved = login.evidence.verified_with.is_some_and(VerificationMethod::is_passkey);
    if login.evidence.login != LoginKind::Passwordless || proved {
        return None;
    }
    let registered = methods::registered(login, Strength::PhishingResistant, fired);
    let passkeys: Vec<_> = registered.usable.into_iter().filter(|method| method.is_passkey()).collect();
    let rule = &login.book().verifiers.passwordless_from;
    if passkeys.is_empty() {
        let why = "passwordless login needs a passkey, but none is registered".to_owned();
        fired.add(Rule::PasswordlessNeedsPasskey, rule, why);
        return Some(Outcome::Block { reason: BlockReason::PasskeyNotRegistered });
    }
    fired.add(Rule::PasswordlessNeedsPasskey, rule, "a login without a password needs a passkey".to_owned());
    Some(Outcome::Verify { methods: passkeys })
}

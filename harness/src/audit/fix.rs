//! What to do about a login that stops. Pure.

use vestibule_model::{LoginKind, UserType};
use vestibule_simulator::policy::{BlockReason, Outcome, Rule};

use super::facts::{Use, User};
use crate::outcome::{Fix, FixOwner};

/// What to do about a login of this user that stops for this rule.
pub(super) fn fix(rule: Rule, outcome: &Outcome, user: &User, one: &Use) -> Fix {
    let (owner, text) = match outcome {
        Outcome::Block { reason } => refused(*reason, one),
        _ => match rule {
            Rule::WaiverInert | Rule::WaiverApprovalInert => (
                FixOwner::OrgAdmin,
                format!(
                    "ask Support to approve the waiver, which it does for automated tests, then give --waiver-approved; or {}",
                    registration(user)
                ),
            ),
            Rule::WeakSsoEnrol | Rule::WeakSsoBlock => (
                FixOwner::IdpAdmin,
                format!(
                    "let the identity provider send a recognised signal (`vestibule presets`); or {}",
                    registration(user)
                ),
            ),
            Rule::PrivilegedNeedsPhishingResistant => (
                FixOwner::User,
                match privilege(user) {
                    Some(granted) => {
                        format!("{}; or let the admin take the privilege away: {granted}", registration(user))
                    }
                    None => registration(user),
                },
            ),
            _ => (FixOwner::User, registration(user)),
        },
    };
    Fix { owner, text }
}

fn refused(reason: BlockReason, one: &Use) -> (FixOwner, String) {
    match reason {
        BlockReason::RouteRetired | BlockReason::SoapLoginDisabled | BlockReason::UseAnyApiAuthMissing => {
            let route = if one.login == LoginKind::SoapLogin { "SOAP login()" } else { "the username-password flow" };
            let text = format!("replace {route} by the OAuth JWT bearer flow or the client credentials flow");
            (FixOwner::Integration, text)
        }
        BlockReason::NoMethodAvailable => (
            FixOwner::OrgAdmin,
            "turn on built-in authenticators and security keys in Setup > Identity Verification".to_owned(),
        ),
        BlockReason::OnlySingleSignOn => {
            (FixOwner::User, "log in through the identity provider; the org refuses the password".to_owned())
        }
        BlockReason::WeakSsoLogin => {
            (FixOwner::IdpAdmin, "let the identity provider send a recognised signal (`vestibule presets`)".to_owned())
        }
        BlockReason::PasskeyNotRegistered | BlockReason::PasswordlessNotAllowed => {
            (FixOwner::User, "register a passkey, or log in with a password".to_owned())
        }
        BlockReason::ApiOnlyUser => (
            FixOwner::OrgAdmin,
            "use the account for the API alone, or take the permission \"Api Only User\" away".to_owned(),
        ),
        BlockReason::OutsideLoginIpRanges => (
            FixOwner::OrgAdmin,
            "add the address to the login IP ranges of the profile, or log in from one of them".to_owned(),
        ),
        BlockReason::UserInactive
        | BlockReason::UserFrozen
        | BlockReason::UserLockedOut
        | BlockReason::OutsideLoginHours
        | BlockReason::WebViewCannotUsePasskey => {
            (FixOwner::OrgAdmin, "let the user log in again, from a device that can use a passkey".to_owned())
        }
    }
}

/// What the user registers.
fn registration(user: &User) -> String {
    if is_privileged(user) {
        "register a passkey (a built-in authenticator or a security key)".to_owned()
    } else if user.user_type == UserType::Integration {
        "log in through the API alone; or register a TOTP app".to_owned()
    } else {
        "register a passkey, a TOTP app or Salesforce Authenticator; for a test account, a TOTP app whose secret the suite \
         knows"
            .to_owned()
    }
}

fn is_privileged(user: &User) -> bool {
    !user.privileges.is_empty() || user.profile == ADMINISTRATOR
}

/// What grants the privileges: `View All Data by permission set Viewers`.
fn privilege(user: &User) -> Option<String> {
    let granted = user.privileges.iter().map(|(permission, by)| {
        let by: Vec<&str> = by.iter().map(String::as_str).collect();
        format!("{permission} by {}", by.join(" and "))
    });
    let granted: Vec<String> = granted.collect();
    (!granted.is_empty()).then(|| granted.join(", "))
}

/// The profile that is privileged by its name.
pub(super) const ADMINISTRATOR: &str = "System Administrator";

//! Whether an app may have tokens of a user, by this flow, on this day; and what the vendor makes mandatory for apps.

use jiff::civil::Date;

use super::rulebook::Rulebook;
use vestibule_model::{AppKind, OauthFlow, PermittedUsers};

/// The facts about an app and a user that the rules use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppFacts {
    /// Kind of app.
    pub kind: AppKind,
    /// Whether an admin has installed it.
    pub installed: bool,
    /// Who may use it.
    pub permitted_users: PermittedUsers,
    /// Whether an admin has approved the user.
    pub admin_approved: bool,
    /// Whether the user has approved the app before.
    pub user_approved: bool,
    /// Whether the user has the permission "Approve Uninstalled Connected Apps".
    pub approves_uninstalled: bool,
    /// How it asks for tokens.
    pub flow: OauthFlow,
}

/// What the org does with an app that asks for tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppDecision {
    /// It gets them.
    Granted,
    /// The user must approve the app first.
    AsksUser,
    /// It gets none.
    Refused(AppRefusal),
}

/// Why an app gets no tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppRefusal {
    /// Apps of this kind do not have this flow.
    NoSuchFlow,
    /// Only users whom an admin has approved may use the app, and the user is none.
    NotAdminApproved,
    /// The app is not installed, and the user may not approve such apps.
    NotInstalled,
    /// The device flow is blocked for apps that are not installed.
    DeviceFlowBlocked,
}

/// What is mandatory for apps on a day, unless an app says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppControls {
    /// A request for a code needs a code challenge.
    pub pkce: bool,
    /// A refresh token can be used once.
    pub refresh_token_rotation: bool,
}

/// Decides whether an app may have tokens of a user. Pure and total.
///
/// Source: contract F2.2, F2.3, F3.1, F3.2.
pub fn decide_app(rulebook: &Rulebook, app: &AppFacts, date: Date) -> AppDecision {
    let rules = &rulebook.document().apps;
    if app.kind == AppKind::ExternalClientApp && app.flow == OauthFlow::UsernamePassword {
        return AppDecision::Refused(AppRefusal::NoSuchFlow);
    }
    // The app acts for itself, as a user whom an admin chose.
    if app.flow == OauthFlow::ClientCredentials {
        return AppDecision::Granted;
    }
    if !app.installed && app.flow == OauthFlow::Device && rules.device_flow_blocked_from.value.reached(date) {
        return AppDecision::Refused(AppRefusal::DeviceFlowBlocked);
    }
    if app.permitted_users == PermittedUsers::AdminApproved {
        let refused = AppDecision::Refused(AppRefusal::NotAdminApproved);
        return if app.admin_approved { AppDecision::Granted } else { refused };
    }
    if app.user_approved {
        return AppDecision::Granted;
    }
    if !app.installed && !app.approves_uninstalled && rules.uninstalled_blocked_from.value.reached(date) {
        return AppDecision::Refused(AppRefusal::NotInstalled);
    }
    // Whoever gives an app the password has approved it.
    if app.flow == OauthFlow::UsernamePassword { AppDecision::Granted } else { AppDecision::AsksUser }
}

/// What is mandatory for apps on this day (contract F1.6).
pub fn app_controls(rulebook: &Rulebook, date: Date) -> AppControls {
    let rules = &rulebook.document().apps;
    AppControls {
        pkce: rules.pkce_from.value.reached(date),
        refresh_token_rotation: rules.refresh_token_rotation_from.value.reached(date),
    }
}

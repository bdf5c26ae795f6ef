//! Which apps get tokens of a user, and what is mandatory for apps.

use jiff::civil::{Date, date};
use vestibule_model::{AppKind, OauthFlow, PermittedUsers};
use vestibule_simulator::policy::{AppDecision, AppFacts, AppRefusal, Rulebook, app_controls, decide_app};

#[test]
fn an_app_that_users_may_authorize_asks_each_of_them_once() {
    for flow in [OauthFlow::WebServer, OauthFlow::UserAgent, OauthFlow::Hybrid, OauthFlow::JwtBearer, OauthFlow::Device]
    {
        let new = AppFacts { flow, ..an_app() };
        let known = AppFacts { user_approved: true, ..new.clone() };

        assert_eq!((decided(&new), decided(&known)), (AppDecision::AsksUser, AppDecision::Granted), "{flow}");
    }
}

#[test]
fn an_app_for_approved_users_asks_nobody_and_refuses_the_others() {
    for flow in [OauthFlow::WebServer, OauthFlow::JwtBearer, OauthFlow::UsernamePassword] {
        let other = AppFacts { flow, permitted_users: PermittedUsers::AdminApproved, ..an_app() };
        let known = AppFacts { user_approved: true, ..other.clone() };
        let approved = AppFacts { admin_approved: true, ..other.clone() };

        let refused = AppDecision::Refused(AppRefusal::NotAdminApproved);
        assert_eq!((decided(&other), decided(&known)), (refused, refused), "{flow}");
        assert_eq!(decided(&approved), AppDecision::Granted, "{flow}");
    }
}

/// Contract F2.3.
#[test]
fn an_app_that_is_not_installed_is_closed_to_new_users_from_its_day_on() {
    let uninstalled = AppFacts { installed: false, ..an_app() };
    let refused = AppDecision::Refused(AppRefusal::NotInstalled);
    for (app, day, expected) in [
        (uninstalled.clone(), date(2025, 8, 27), AppDecision::AsksUser),
        (uninstalled.clone(), date(2025, 8, 28), refused),
        (AppFacts { user_approved: true, ..uninstalled.clone() }, date(2026, 11, 2), AppDecision::Granted),
        (AppFacts { approves_uninstalled: true, ..uninstalled.clone() }, date(2026, 11, 2), AppDecision::AsksUser),
        (AppFacts { flow: OauthFlow::UsernamePassword, ..uninstalled.clone() }, date(2026, 11, 2), refused),
    ] {
        assert_eq!(on(&app, day), expected, "{app:?} on {day}");
    }
}

/// Contract F2.3.
#[test]
fn the_device_flow_of_an_app_that_is_not_installed_ends_for_everybody() {
    let device = AppFacts { flow: OauthFlow::Device, installed: false, user_approved: true, ..an_app() };

    assert_eq!(on(&device, date(2025, 8, 27)), AppDecision::Granted);
    assert_eq!(on(&device, date(2025, 8, 28)), AppDecision::Refused(AppRefusal::DeviceFlowBlocked));
    assert_eq!(on(&AppFacts { installed: true, ..device }, date(2025, 8, 28)), AppDecision::Granted);
}

/// Contract F2.2.
#[test]
fn a_password_approves_a_connected_app_and_no_external_client_app() {
    let connected = AppFacts { flow: OauthFlow::UsernamePassword, ..an_app() };
    let external = AppFacts { kind: AppKind::ExternalClientApp, ..connected.clone() };

    assert_eq!(decided(&connected), AppDecision::Granted);
    assert_eq!(decided(&external), AppDecision::Refused(AppRefusal::NoSuchFlow));
}

/// Contract F1.6.
#[test]
fn pkce_and_rotation_are_mandatory_from_their_day_on_and_settings_move_it() {
    let controls = |book: &Rulebook, day| {
        let controls = app_controls(book, day);
        (controls.pkce, controls.refresh_token_rotation)
    };
    let newest = Rulebook::newest();
    let late = newest.with_setting("apps.pkce-from", "never").unwrap();

    assert_eq!(controls(&newest, date(2026, 5, 10)), (false, false));
    assert_eq!(controls(&newest, date(2026, 5, 11)), (true, true));
    assert_eq!(controls(&late, date(2026, 12, 1)), (false, true));
    let early = Rulebook::embedded("salesforce-2022").unwrap();
    assert_eq!(controls(&early, date(2026, 12, 1)), (false, false));
}

/// An installed connected app, which asks for a code for a user who never used it.
fn an_app() -> AppFacts {
    AppFacts {
        kind: AppKind::ConnectedApp,
        installed: true,
        permitted_users: PermittedUsers::SelfAuthorize,
        admin_approved: false,
        user_approved: false,
        approves_uninstalled: false,
        flow: OauthFlow::WebServer,
    }
}

fn decided(app: &AppFacts) -> AppDecision {
    on(app, date(2026, 11, 2))
}

fn on(app: &AppFacts, day: Date) -> AppDecision {
    decide_app(&Rulebook::newest(), app, day)
}

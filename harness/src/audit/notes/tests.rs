use std::collections::BTreeMap;

use jiff::civil::date;

use super::*;
use crate::audit::facts::{Org, Provider, Settings};

fn facts(settings: Settings) -> Facts {
    let mut user = User::new(UserType::Employee, "Standard User");
    user.uses = vec![Use::of(LoginKind::PasswordUi)];
    Facts {
        source: "test".to_owned(),
        org: Org { id: None, name: None, kind: OrgKind::Sandbox, settings },
        users: BTreeMap::from([("ann@acme.example".to_owned(), user)]),
        providers: Vec::new(),
        apps: Vec::new(),
        gaps: BTreeSet::new(),
    }
}

/// The text of a note, on this day.
fn said(facts: &Facts, day: Date, name: &str) -> Option<String> {
    notes(facts, &Rulebook::newest(), day).into_iter().find(|note| note.name == name).map(|note| note.text)
}

#[test]
fn an_org_that_is_not_as_its_calendar_says_is_pointed_out() {
    for (day, on, text) in [
        (date(2026, 6, 1), false, "enforcement turns it on"),
        (date(2026, 11, 30), false, "Ask Support whether this org is exempt"),
        (date(2026, 11, 30), true, "MFA is required for all direct UI logins."),
    ] {
        let facts = facts(Settings { mfa: Some(on), ..Settings::default() });
        let note = said(&facts, day, "mfa-setting").unwrap();
        assert!(note.contains(text), "{day} {on}: {note}");
    }
    assert_eq!(said(&facts(Settings::default()), date(2026, 11, 30), "mfa-setting"), None, "it is not known");
}

#[test]
fn what_the_settings_mean_for_users_is_said() {
    let day = date(2026, 11, 30);
    let passkeys = |built_in: bool, keys: bool| {
        let settings =
            Settings { built_in_authenticators: Some(built_in), security_keys: Some(keys), ..Settings::default() };
        said(&facts(settings), day, "passkeys").unwrap()
    };
    assert_eq!(passkeys(true, false), "Built-in authenticators are on, security keys are off.");
    assert!(passkeys(false, false).ends_with("No privileged user can register what enforcement wants."));

    let ranges = vec!["10.0.0.0-12.255.255.255".parse().unwrap(), "203.0.113.1".parse().unwrap()];
    let wide = facts(Settings { trusted_ranges: Some(ranges), ..Settings::default() });
    let note = said(&wide, day, "ip-ranges").unwrap();
    assert!(note.starts_with("2 trusted IP ranges, 1 of them wider than 16777216 addresses."), "{note}");
    assert_eq!(said(&facts(Settings::default()), day, "ip-ranges"), None);
}

/// Contract I1.7.
#[test]
fn reports_ask_again_from_the_day_of_the_kind_of_org() {
    for (kind, from) in [(OrgKind::Sandbox, "2026-06-22"), (OrgKind::Production, "2026-07-01")] {
        let mut facts = facts(Settings::default());
        facts.org.kind = kind;
        let note = said(&facts, date(2026, 1, 5), "step-up").unwrap();
        assert!(note.starts_with(&format!("From {from} on,")) && note.contains(" 1 of the users"), "{note}");
    }
}

#[test]
fn identity_providers_are_named_with_what_their_logins_said() {
    let mut facts = facts(Settings::default());
    facts.providers = vec![
        Provider { name: "corp".to_owned(), saml: true, uses_org_mfa: None },
        Provider { name: "social".to_owned(), saml: false, uses_org_mfa: Some(true) },
    ];
    let day = date(2026, 11, 30);
    let user = facts.users.get_mut("ann@acme.example").unwrap();
    let values = BTreeSet::from(["mfa".to_owned(), "pwd".to_owned()]);
    user.uses.push(Use { signals: Signals::Said(values), ..Use::of(LoginKind::Oidc) });

    assert_eq!(
        said(&facts, day, "single-sign-on").unwrap(),
        "The org trusts corp (SAML), social (OpenID Connect, and the org asks for its own MFA)."
    );
    assert!(said(&facts, day, "signals").unwrap().contains("amr mfa, pwd"));
}

/// Contract H6.7 and H6.8.
#[test]
fn the_policies_of_apps_are_listed_by_what_they_ask_for() {
    let mut facts = facts(Settings::default());
    let day = date(2026, 11, 30);
    assert_eq!(said(&facts, day, "apps"), None);
    let app = |name: &str| App { name: name.to_owned(), ..App::default() };
    facts.apps = vec![
        App { approved_only: Some(true), refresh_tokens: Some(RefreshTokens::Never), ..app("Sync") },
        App { high_assurance: Some(true), ip_relaxation: Some("Enforce".to_owned()), ..app("ERP") },
        App { ip_relaxation: Some("Bypass".to_owned()), refresh_tokens: Some(RefreshTokens::AtOnce), ..app("Portal") },
    ];

    assert_eq!(
        said(&facts, day, "apps").unwrap(),
        "The org has 3 apps. Only users whom an admin has approved may use Sync. A high-assurance session is wanted by ERP. \
         Refresh tokens do not end by themselves for Sync. Login IP ranges are relaxed for Portal. No field shows the IP \
         relaxation of a connected app."
    );
}

/// Contract H5.3 and H6.9.
#[test]
fn the_profiles_with_login_ip_ranges_are_named() {
    let mut facts = facts(Settings::default());
    let day = date(2026, 11, 30);
    assert_eq!(said(&facts, day, "login-ip-ranges"), None);
    let user = facts.users.get_mut("ann@acme.example").unwrap();
    user.login_ip_ranges = vec!["203.0.113.1".parse().unwrap()];
    user.uses[0].from = Some("203.0.113.1".parse().unwrap());

    let note = said(&facts, day, "login-ip-ranges").unwrap();

    assert!(
        note.starts_with("1 users may log in only from the login IP ranges of their profiles: Standard User. 1 of"),
        "{note}"
    );
}

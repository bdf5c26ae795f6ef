use std::collections::BTreeMap;

use jiff::civil::date;
use vestibule_model::{OrgKind, UserType};

use super::*;
use crate::audit::facts::{Org, Provider, Settings};
use crate::outcome::FixOwner;

/// A user of the table, and how it logs in.
type Change = fn(&mut User, &mut Use);

/// What is expected: the forecast, the first day, the last day, the rule, the mark.
type Expected = (Forecast, Option<Date>, Option<Date>, &'static str, &'static str);

fn facts(kind: OrgKind, user: User) -> Facts {
    Facts {
        source: "test".to_owned(),
        org: Org { id: None, name: None, kind, settings: Settings::default() },
        users: BTreeMap::from([("ann@acme.example".to_owned(), user)]),
        providers: Vec::new(),
        apps: Vec::new(),
        gaps: BTreeSet::new(),
    }
}

/// An employee of whom everything is known, and who has registered nothing.
fn employee() -> User {
    User { verifiers: Verifiers::Exactly(BTreeSet::new()), ..User::new(UserType::Employee, "Standard User") }
}

fn has(user: &mut User, methods: &[VerificationMethod]) {
    user.verifiers = Verifiers::Exactly(methods.iter().copied().collect());
}

fn privileged(user: &mut User) {
    user.privileges.insert(Permission::ViewAllData, BTreeSet::from(["permission set Viewers".to_owned()]));
}

fn said(one: &mut Use, login: LoginKind, values: &[&str]) {
    one.login = login;
    one.signals = Signals::Said(values.iter().map(|value| (*value).to_owned()).collect());
}

fn row_of(facts: &Facts, rulebook: &Rulebook, today: Date) -> ForecastRow {
    let rows = forecast(facts, rulebook, today);
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.into_iter().next().unwrap()
}

fn shape(row: &ForecastRow) -> (Forecast, Option<Date>, Option<Date>, &str, &'static str) {
    (row.forecast, row.from, row.until, row.rule.as_str(), row.confidence.mark())
}

/// A sandbox, on a day after both waves and before the ends of the API logins. Contract F2.1, F2.2, G1.5, H3.1, H3.2,
/// H3.3, H3.4, H3.5, H3.6, I1.2, I1.3.
#[test]
fn each_way_to_log_in_stops_on_its_day_by_its_rule() {
    use Forecast::{GoesOn, Stops, Unknown};
    let (employees, last_employees) = (Some(date(2026, 7, 6)), Some(date(2026, 7, 7)));
    let (privileged_from, last_privileged) = (Some(date(2026, 6, 22)), Some(date(2026, 6, 28)));
    let (password_ends, soap_ends) = (Some(date(2027, 2, 20)), Some(date(2027, 6, 1)));
    let on = (GoesOn, None, None);
    let rows: Vec<(&str, Change, Expected)> = vec![
        ("nothing registered", |_, _| {}, (Stops, employees, last_employees, "employee-needs-mfa", "V")),
        (
            "a TOTP app",
            |user, _| has(user, &[VerificationMethod::TotpApp]),
            (on.0, on.1, on.2, "verify-registered", "OFF"),
        ),
        (
            "only a temporary code",
            |user, _| has(user, &[VerificationMethod::TemporaryCode]),
            (Stops, employees, last_employees, "employee-needs-mfa", "V"),
        ),
        (
            "privileged with a TOTP app",
            |user, _| {
                has(user, &[VerificationMethod::TotpApp]);
                privileged(user);
            },
            (Stops, privileged_from, last_privileged, "privileged-needs-phishing-resistant", "OFF"),
        ),
        (
            "privileged with a passkey",
            |user, _| {
                has(user, &[VerificationMethod::BuiltInAuthenticator]);
                privileged(user);
            },
            (on.0, on.1, on.2, "verify-registered", "OFF"),
        ),
        (
            "the profile of administrators",
            |user, _| user.profile = "System Administrator".to_owned(),
            (Stops, privileged_from, last_privileged, "privileged-needs-phishing-resistant", "OFF"),
        ),
        (
            "the waiver",
            |user, _| user.waiver = BTreeSet::from(["permission set Waived".to_owned()]),
            (Stops, employees, last_employees, "waiver-inert", "V"),
        ),
        (
            "the waiver, approved by Support",
            |user, _| {
                user.waiver.insert("permission set Waived".to_owned());
                user.waiver_approved = true;
            },
            (on.0, on.1, on.2, "nothing-demanded", "INF"),
        ),
        (
            "a front door",
            |user, one| {
                privileged(user);
                one.login = LoginKind::Frontdoor;
            },
            (Stops, privileged_from, last_privileged, "privileged-needs-phishing-resistant", "OFF"),
        ),
        (
            "OpenID Connect that says pwd",
            |_, one| said(one, LoginKind::Oidc, &["pwd"]),
            (Stops, employees, last_employees, "weak-sso-enrol", "INF"),
        ),
        (
            "OpenID Connect that says swk",
            |_, one| said(one, LoginKind::Oidc, &["pwd", "swk"]),
            (on.0, on.1, on.2, "requirement-met", "OFF"),
        ),
        (
            "privileged with a standard signal",
            |user, one| {
                privileged(user);
                said(one, LoginKind::Oidc, &["multipleauthn"]);
            },
            (Stops, privileged_from, last_privileged, "weak-sso-enrol", "INF"),
        ),
        (
            "SAML",
            |_, one| *one = Use::of(LoginKind::Saml),
            (Unknown, employees, last_employees, "weak-sso-enrol", "INF"),
        ),
        (
            "SAML with a TOTP app",
            |user, one| {
                has(user, &[VerificationMethod::TotpApp]);
                *one = Use::of(LoginKind::Saml);
            },
            (on.0, on.1, on.2, "weak-sso-verify", "INF"),
        ),
        (
            "methods not readable",
            |user, _| user.verifiers = Verifiers::AtLeast(BTreeSet::new()),
            (Unknown, employees, last_employees, "employee-needs-mfa", "V"),
        ),
        (
            "methods not readable, but one was used",
            |user, _| user.verifiers = Verifiers::AtLeast(BTreeSet::from([VerificationMethod::TotpApp])),
            (on.0, on.1, on.2, "verify-registered", "OFF"),
        ),
        (
            "privileges not readable",
            |user, _| {
                has(user, &[VerificationMethod::TotpApp]);
                user.privileges_known = false;
            },
            (Unknown, privileged_from, last_privileged, "privileged-needs-phishing-resistant", "OFF"),
        ),
        (
            "the username-password flow",
            |user, one| {
                user.user_type = UserType::ApiOnly;
                one.login = LoginKind::OauthPassword;
            },
            (Stops, password_ends, None, "route-retired", "V"),
        ),
        (
            "SOAP login()",
            |user, one| {
                user.user_type = UserType::ApiOnly;
                one.login = LoginKind::SoapLogin;
            },
            (Stops, soap_ends, None, "route-retired", "V"),
        ),
        (
            "the JWT bearer flow",
            |_, one| one.login = LoginKind::JwtBearer,
            (on.0, on.1, on.2, "jwt-bearer-out-of-scope", "OFF"),
        ),
        (
            "the client credentials flow",
            |_, one| one.login = LoginKind::ClientCredentials,
            (on.0, on.1, on.2, "client-credentials-out-of-scope", "OFF"),
        ),
        (
            "a flow that is not shown",
            |_, one| {
                one.login = LoginKind::Api;
                one.flow_known = false;
            },
            (Unknown, password_ends, None, "route-retired", "V"),
        ),
        (
            "a web server flow",
            |_, one| one.login = LoginKind::OauthWebServer,
            (Stops, employees, last_employees, "employee-needs-mfa", "V"),
        ),
        (
            "an integration user in a browser",
            |user, _| user.user_type = UserType::Integration,
            (Stops, employees, last_employees, "employee-needs-mfa", "V"),
        ),
        ("a site", |user, _| user.user_type = UserType::ExperienceCloud, (on.0, on.1, on.2, "nothing-demanded", "INF")),
        ("Chatter", |user, _| user.user_type = UserType::Chatter, (on.0, on.1, on.2, "nothing-demanded", "INF")),
        (
            "no password",
            |user, one| {
                has(user, &[VerificationMethod::BuiltInAuthenticator]);
                one.login = LoginKind::Passwordless;
            },
            (on.0, on.1, on.2, "requirement-met", "OFF"),
        ),
    ];
    let rulebook = Rulebook::newest();
    let mut wrong = Vec::new();
    for (name, change, expected) in rows {
        let (mut user, mut one) = (employee(), Use::of(LoginKind::PasswordUi));
        change(&mut user, &mut one);
        user.uses = vec![one];

        let row = row_of(&facts(OrgKind::Sandbox, user), &rulebook, date(2026, 11, 30));

        if shape(&row) != expected {
            wrong.push(format!("{name}:\n  said     {:?}\n  expected {expected:?}", shape(&row)));
        }
        assert_eq!(row.fix.is_some(), row.forecast != GoesOn, "{name}");
        assert_eq!(row.open.is_some(), row.forecast == Unknown, "{name}");
        assert!(!row.source.is_empty() && !row.why.is_empty(), "{name}: {row:?}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Contract H3.7, I1.1, I1.2, I1.3.
#[test]
fn the_kind_of_org_decides_the_calendar() {
    let rulebook = Rulebook::newest();
    for (kind, employees, administrators) in [
        (OrgKind::Sandbox, Some((date(2026, 7, 6), date(2026, 7, 7))), Some((date(2026, 6, 22), date(2026, 6, 28)))),
        (OrgKind::Production, Some((date(2026, 7, 20), date(2026, 8, 3))), Some((date(2026, 7, 1), date(2026, 7, 30)))),
        (OrgKind::DeveloperEdition, None, None),
        (OrgKind::Scratch, None, None),
        (OrgKind::Trial, None, None),
    ] {
        for (profile, wave) in [("Standard User", employees), ("System Administrator", administrators)] {
            let user = User { uses: vec![Use::of(LoginKind::PasswordUi)], profile: profile.to_owned(), ..employee() };

            let row = row_of(&facts(kind, user), &rulebook, date(2026, 6, 1));

            let found = row.from.zip(row.until);
            assert_eq!((found, row.forecast == Forecast::Stops), (wave, wave.is_some()), "{kind} {profile}: {row:?}");
        }
    }
}

#[test]
fn what_an_admin_demands_stops_a_login_on_any_day_until_enforcement_does() {
    let mut facts = facts(OrgKind::Sandbox, User { uses: vec![Use::of(LoginKind::PasswordUi)], ..employee() });
    facts.org.settings.mfa = Some(true);
    let rulebook = Rulebook::newest();

    let before = row_of(&facts, &rulebook, date(2026, 1, 15));
    let after = row_of(&facts, &rulebook, date(2026, 11, 30));

    assert_eq!(shape(&before), (Forecast::Stops, None, None, "mfa-by-org-setting", "OFF"));
    // Enforcement has turned the setting on, so it says nothing of the time before.
    assert_eq!(after.from, Some(date(2026, 7, 6)));
}

#[test]
fn an_org_in_which_no_passkey_can_be_registered_leaves_privileged_users_no_way() {
    let mut user = User { uses: vec![Use::of(LoginKind::PasswordUi)], ..employee() };
    privileged(&mut user);
    let mut facts = facts(OrgKind::Sandbox, user);
    facts.org.settings.built_in_authenticators = Some(false);
    facts.org.settings.security_keys = Some(false);

    let row = row_of(&facts, &Rulebook::newest(), date(2026, 11, 30));

    assert_eq!((row.rule.as_str(), row.from), ("no-method-available", Some(date(2026, 6, 22))));
    assert!(row.fix.unwrap().text.contains("turn on built-in authenticators"));
}

/// Contract H5.5.
#[test]
fn who_may_only_sign_on_through_an_identity_provider_is_refused_the_password() {
    let user = User { uses: vec![Use::of(LoginKind::PasswordUi)], single_sign_on: true, ..employee() };
    let mut facts = facts(OrgKind::Sandbox, user);
    facts.org.settings.credentials_disabled = Some(true);

    let row = row_of(&facts, &Rulebook::newest(), date(2026, 11, 30));

    assert_eq!((row.forecast, row.rule.as_str(), row.from), (Forecast::Stops, "only-single-sign-on", None));
}

#[test]
fn a_provider_that_asks_for_the_orgs_own_method_stops_who_has_none() {
    let mut one = Use::of(LoginKind::Oidc);
    said(&mut one, LoginKind::Oidc, &[]);
    let mut facts = facts(OrgKind::DeveloperEdition, User { uses: vec![one], mfa_for_ui_logins: true, ..employee() });
    let rulebook = Rulebook::newest();

    assert_eq!(row_of(&facts, &rulebook, date(2026, 11, 30)).forecast, Forecast::GoesOn);
    facts.providers = vec![Provider { name: "corp".to_owned(), saml: false, uses_org_mfa: Some(true) }];
    assert_eq!(row_of(&facts, &rulebook, date(2026, 11, 30)).forecast, Forecast::Stops);
}

#[test]
fn the_days_are_those_of_the_rulebook() {
    let soap = User { user_type: UserType::ApiOnly, uses: vec![Use::of(LoginKind::SoapLogin)], ..employee() };
    let facts = facts(OrgKind::Sandbox, soap);
    let moved = Rulebook::newest().with_setting("routes.soap-login-until", "2027-03-01").unwrap();

    let row = row_of(&facts, &moved, date(2026, 11, 30));

    assert_eq!(shape(&row), (Forecast::Stops, Some(date(2027, 3, 1)), None, "route-retired", "SET"));
    assert_eq!(row.source, "setting routes.soap-login-until");
    assert_eq!(row_of(&facts, &moved, date(2027, 3, 2)).from, Some(date(2027, 3, 1)), "it says since when");
}

#[test]
fn rows_come_in_the_order_of_what_stops_first_and_frozen_users_not_at_all() {
    let with = |login: LoginKind| User { user_type: UserType::ApiOnly, uses: vec![Use::of(login)], ..employee() };
    let mut facts = facts(OrgKind::Sandbox, with(LoginKind::SoapLogin));
    facts.users.insert("bob@acme.example".to_owned(), with(LoginKind::JwtBearer));
    facts.users.insert("cid@acme.example".to_owned(), with(LoginKind::OauthPassword));
    facts.users.insert("dan@acme.example".to_owned(), User { frozen: true, ..with(LoginKind::SoapLogin) });

    let rows = forecast(&facts, &Rulebook::newest(), date(2026, 11, 30));

    let users: Vec<&str> = rows.iter().map(|row| row.user.as_str()).collect();
    assert_eq!(users, ["cid@acme.example", "ann@acme.example", "bob@acme.example"]);
}

#[test]
fn each_fix_has_the_owner_who_can_do_it() {
    let rows: [(Change, FixOwner, &str); 6] = [
        (|_, _| {}, FixOwner::User, "register a passkey, a TOTP app or Salesforce Authenticator"),
        (
            |user, _| privileged(user),
            FixOwner::User,
            "register a passkey (a built-in authenticator or a security key); or let the admin take the privilege away: \
             View All Data by permission set Viewers",
        ),
        (
            |user, _| user.waiver = BTreeSet::from(["permission set Waived".to_owned()]),
            FixOwner::OrgAdmin,
            "ask Support to approve the waiver",
        ),
        (|_, one| said(one, LoginKind::Oidc, &["pwd"]), FixOwner::IdpAdmin, "send a recognised signal"),
        (|_, one| one.login = LoginKind::SoapLogin, FixOwner::Integration, "replace SOAP login()"),
        (|_, one| one.login = LoginKind::OauthPassword, FixOwner::Integration, "replace the username-password flow"),
    ];
    for (change, owner, text) in rows {
        let (mut user, mut one) = (employee(), Use::of(LoginKind::PasswordUi));
        change(&mut user, &mut one);
        user.uses = vec![one];

        let fix = row_of(&facts(OrgKind::Sandbox, user), &Rulebook::newest(), date(2026, 11, 30)).fix.unwrap();

        assert_eq!(fix.owner, owner, "{text}");
        assert!(fix.text.contains(text), "{text}: {}", fix.text);
    }
}

/// Contract H5.3.
#[test]
fn a_login_from_outside_the_ranges_of_the_profile_stops_where_its_address_is_known() {
    let rulebook = Rulebook::newest();
    let forecast_of = |from: Option<&str>| {
        let mut user = employee();
        has(&mut user, &[VerificationMethod::TotpApp]);
        user.login_ip_ranges = vec!["203.0.113.0-203.0.113.255".parse().unwrap()];
        user.uses = vec![Use { from: from.map(|address| address.parse().unwrap()), ..Use::of(LoginKind::PasswordUi) }];
        row_of(&facts(OrgKind::Sandbox, user), &rulebook, date(2026, 11, 30))
    };

    assert_eq!(forecast_of(Some("203.0.113.9")).forecast, Forecast::GoesOn);
    assert_eq!(forecast_of(None).forecast, Forecast::GoesOn, "nobody knows the address");
    let outside = forecast_of(Some("198.51.100.1"));
    assert_eq!(
        (outside.forecast, outside.from, outside.rule.as_str()),
        (Forecast::Stops, None, "outside-login-ip-ranges")
    );
    let fix = outside.fix.unwrap();
    assert_eq!(fix.owner, FixOwner::OrgAdmin);
    assert!(fix.text.contains("login IP ranges of the profile"), "{}", fix.text);
}

#[test]
fn the_address_of_the_last_login_counts() {
    let seen = |day: i8, from: &str| Use {
        last: Some(date(2026, 11, day)),
        from: Some(from.parse().unwrap()),
        ..Use::of(LoginKind::PasswordUi)
    };
    for order in [[2, 9], [9, 2]] {
        let mut user = employee();
        for day in order {
            user.add([seen(day, &format!("198.51.100.{day}"))]);
        }
        assert_eq!(user.uses[0].from.unwrap().to_string(), "198.51.100.9", "{order:?}");
    }
}

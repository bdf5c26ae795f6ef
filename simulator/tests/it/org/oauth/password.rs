//! The username-password flow and its end, and what must follow the password.

use jiff::civil::date;
use serde_json::Value;
use vestibule_model::{AppKind, IpRange, PasswordExpiry, PermittedUsers, Secret, UserState};
use vestibule_simulator::realm::{Event, LockoutCause, RealmSpec, UserSpec};

use super::{KEY, SECRET, ci, realm, refusal, refused, token, userinfo, with};
use crate::org::rest_client::records;

const FORM: [(&str, &str); 5] = [
    ("grant_type", "password"),
    ("client_id", KEY),
    ("client_secret", SECRET),
    ("username", "admin@acme.example"),
    ("password", "Right-password-14jEAKuW3a4g33x2zsX11BkrsB"),
];
const PASSWORD: &str = "Right-password-1";
const TOKEN: &str = "4jEAKuW3a4g33x2zsX11BkrsB";
const FAILURE: (u16, &str, &str) = (400, "invalid_grant", "authentication failure");

/// Every user has a security token.
fn allowed(spec: &mut RealmSpec) {
    spec.org.oauth.username_password = true;
    for user in spec.users.values_mut() {
        user.security_token = Some(Secret::new(TOKEN));
    }
}

fn admin(spec: &mut RealmSpec) -> &mut UserSpec {
    spec.users.get_mut("admin").unwrap()
}

/// Contract F2.2.
#[tokio::test]
async fn the_flow_works_where_the_org_allows_it_until_its_last_day() {
    for (day, allows, works) in
        [(date(2027, 2, 19), true, true), (date(2027, 2, 20), true, false), (date(2027, 2, 19), false, false)]
    {
        let test = realm(|spec| {
            allowed(spec);
            spec.org.date = day;
            spec.org.oauth.username_password = allows;
        })
        .await;

        let answer = token(&test, &FORM).await;

        let expected = if works { (200, "", "") } else { FAILURE };
        assert_eq!(refusal(&answer), expected, "{day} {allows}");
        assert_eq!(answer.1["refresh_token"], Value::Null);
        assert_eq!(refused(&test).len(), usize::from(!works), "the journal says why");
    }
}

/// Contract H1.9.
#[tokio::test]
async fn login_history_names_the_flow_of_a_login() {
    let test = realm(allowed).await;
    token(&test, &FORM).await;
    test.browser().log_in(&test.realm, "visitor").await;

    let rows = records(&test, "rep", "SELECT LoginType, LoginSubType FROM LoginHistory").await;

    let flows: Vec<_> = rows.iter().map(|row| (row["LoginType"].as_str(), row["LoginSubType"].as_str())).collect();
    let expected = [(Some("Remote Access 2.0"), Some("oauthpassword")), (Some("Application"), Some("uiup"))];
    assert_eq!(flows, expected);
}

/// Contract G1.9.
#[tokio::test]
async fn the_token_of_an_expired_password_can_do_nothing() {
    let test = realm(|spec| {
        allowed(spec);
        admin(spec).password_expired = Some(PasswordExpiry::Hard);
    })
    .await;

    let (status, answer) = token(&test, &FORM).await;

    assert_eq!(status, 200, "{answer}");
    let access_token = answer["access_token"].as_str().unwrap();
    assert_eq!(userinfo(&test, access_token).await.status, 403);
    let door = test.browser().get(&test.url(&format!("/secur/frontdoor.jsp?sid={access_token}"))).await;
    assert_eq!(door.name(), "login");
    assert!(!test.realm.sessions.signed_in("admin"));
}

/// Contract H6.3.
#[tokio::test]
async fn a_grant_is_listed_without_its_tokens_to_its_user_and_to_who_manages_users() {
    let test = realm(|spec| {
        allowed(spec);
        spec.users.get_mut("new").unwrap().manage_users = true;
    })
    .await;
    let (_, answer) = token(&test, &FORM).await;
    let issued = answer["access_token"].as_str().unwrap().to_owned();
    let admin = test.realm.users.get("admin").unwrap().id;

    for (caller, expected) in [("admin", 1), ("new", 1), ("rep", 0)] {
        let listed = records(&test, caller, "SELECT FIELDS(STANDARD) FROM OauthToken").await;

        assert_eq!(listed.len(), expected, "{caller}");
        for grant in listed {
            assert_eq!((grant["UserId"].as_str(), grant["AppName"].is_string()), (Some(admin.as_str()), true));
            assert!(!grant.to_string().contains(&issued), "{caller}");
        }
    }
}

/// Contract F2.2, F3.1 and F3.2.
#[tokio::test]
async fn each_fault_has_its_text() {
    let rows: [Row; 7] = [
        (|_| {}, with(&FORM, "password", "guess"), FAILURE),
        (|_| {}, with(&FORM, "username", "nobody@acme.example"), FAILURE),
        (|_| {}, with(&FORM, "client_secret", ""), (400, "invalid_client", "invalid client credentials")),
        (|_| {}, with(&FORM, "client_id", ""), (400, "invalid_client_id", "client identifier invalid")),
        (|spec| ci(spec).kind = AppKind::ExternalClientApp, FORM.to_vec(), FAILURE),
        (
            |spec| ci(spec).permitted_users = PermittedUsers::AdminApproved,
            FORM.to_vec(),
            (400, "invalid_app_access", "user is not admin approved to access this app"),
        ),
        (|spec| admin(spec).state = UserState::Inactive, FORM.to_vec(), (400, "invalid_grant", "inactive user")),
    ];
    for (change, form, expected) in rows {
        let test = realm(|spec| {
            allowed(spec);
            change(spec);
        })
        .await;

        let answer = token(&test, &form).await;

        assert_eq!(refusal(&answer), expected, "{form:?}");
    }
}

#[tokio::test]
async fn wrong_passwords_lock_the_user_out_here_too() {
    let test = realm(|spec| {
        allowed(spec);
        spec.org.lockout_after = 3;
    })
    .await;

    for guess in ["guess", "Right-password-1guess", ""] {
        token(&test, &with(&FORM, "password", guess)).await;
    }
    let locked = token(&test, &FORM).await;

    assert_eq!(refusal(&locked), FAILURE);
    assert_eq!(test.statuses(), ["Invalid Password", "Invalid Password", "Invalid Password", "Password lockout"]);
    let locked_out = Event::UserLockedOut { user: "admin".to_owned(), by: LockoutCause::Passwords };
    assert!(test.events().contains(&locked_out));
}

/// Contract G1.6.
#[tokio::test]
async fn what_must_follow_the_password_depends_on_the_address() {
    type Typed = (&'static str, fn(&mut RealmSpec), String, &'static str);
    let both = || format!("{PASSWORD}{TOKEN}");
    let rows: [Typed; 9] = [
        ("the token", |_| {}, both(), "Success"),
        ("no token", |_| {}, PASSWORD.to_owned(), "Failed: API security token required"),
        ("another token", |_| {}, format!("{PASSWORD}{}", TOKEN.to_lowercase()), "Invalid Password"),
        ("a blank between", |_| {}, format!("{PASSWORD} {TOKEN}"), "Invalid Password"),
        ("a user without a token", |spec| admin(spec).security_token = None, both(), "Invalid Password"),
        ("a trusted range", |spec| spec.org.trusted_ip_ranges = addresses("127.0.0.1"), PASSWORD.to_owned(), "Success"),
        (
            "a range of the profile",
            |spec| admin(spec).login_ip_ranges = addresses("127.0.0.1"),
            PASSWORD.to_owned(),
            "Success",
        ),
        ("an unneeded token", |spec| spec.org.trusted_ip_ranges = addresses("127.0.0.1"), both(), "Success"),
        ("outside the profile", |spec| admin(spec).login_ip_ranges = addresses("203.0.113.7"), both(), "Restricted IP"),
    ];
    for (what, change, typed, status) in rows {
        let test = realm(|spec| {
            allowed(spec);
            change(spec);
        })
        .await;

        let answer = token(&test, &with(&FORM, "password", &typed)).await;

        let expected = match status {
            "Success" => (200, "", ""),
            "Restricted IP" => (400, "invalid_grant", "ip restricted"),
            _ => FAILURE,
        };
        assert_eq!(refusal(&answer), expected, "{what}");
        assert_eq!(test.statuses(), [status], "{what}");
        assert_eq!(test.realm.sessions.opened(), u32::from(status == "Success"), "{what}");
        let journal = serde_json::to_string(&test.realm.journal.all()).unwrap();
        assert!(!journal.contains(PASSWORD) && !journal.contains(TOKEN), "{what}");
    }
}

#[tokio::test]
async fn without_the_token_nobody_is_locked_out() {
    let test = realm(|spec| {
        allowed(spec);
        spec.org.lockout_after = 1;
    })
    .await;

    for _ in 0..3 {
        assert_eq!(refusal(&token(&test, &with(&FORM, "password", PASSWORD)).await), FAILURE);
    }

    assert_eq!(token(&test, &FORM).await.0, 200);
}

#[tokio::test]
async fn with_mfa_for_api_logins_a_code_takes_the_place_of_the_token() {
    let test = realm(|spec| {
        allowed(spec);
        spec.users.get_mut("rep").unwrap().mfa_for_api_logins = true;
    })
    .await;
    let code = test.totp("rep", 0);

    for (typed, status) in [
        (PASSWORD.to_owned(), "Multi-factor required"),
        (format!("{PASSWORD}{TOKEN}"), "Multi-factor required"),
        (format!("{PASSWORD}{}", test.totp("rep", 5)), "Multi-factor required"),
        (format!("{PASSWORD}{code}"), "Success"),
        (format!("{PASSWORD}{code}"), "Multi-factor required"),
    ] {
        let form = with(&with(&FORM, "username", "rep@acme.example"), "password", &typed);

        let answer = token(&test, &form).await;

        assert_eq!(refusal(&answer), if status == "Success" { (200, "", "") } else { FAILURE }, "{typed}");
        assert_eq!(test.statuses().last().copied(), Some(status), "{typed}");
    }
}

fn addresses(text: &str) -> Vec<IpRange> {
    vec![text.parse().unwrap()]
}

/// What differs in the realm, the form, and the refusal.
type Row = (fn(&mut RealmSpec), Vec<(&'static str, &'static str)>, (u16, &'static str, &'static str));

//! The username-password flow and its end.

use jiff::civil::date;
use serde_json::Value;
use vestibule_model::{AppKind, PermittedUsers, UserState};
use vestibule_simulator::realm::{Event, LockoutCause, RealmSpec};

use super::{KEY, SECRET, ci, realm, refusal, refused, token, with};

const FORM: [(&str, &str); 5] = [
    ("grant_type", "password"),
    ("client_id", KEY),
    ("client_secret", SECRET),
    ("username", "admin@acme.example"),
    ("password", "Right-password-1"),
];
const FAILURE: (u16, &str, &str) = (400, "invalid_grant", "authentication failure");

fn allowed(spec: &mut RealmSpec) {
    spec.org.oauth.username_password = true;
}

/// Contract F2.2.
#[tokio::test]
async fn the_flow_works_where_the_org_allows_it_until_its_last_day() {
    for (day, allows, works) in
        [(date(2027, 2, 19), true, true), (date(2027, 2, 20), true, false), (date(2027, 2, 19), false, false)]
    {
        let test = realm(|spec| {
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
        (
            |spec| spec.users.get_mut("admin").unwrap().state = UserState::Inactive,
            FORM.to_vec(),
            (400, "invalid_grant", "inactive user"),
        ),
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

    for _ in 0..3 {
        token(&test, &with(&FORM, "password", "guess")).await;
    }
    let locked = token(&test, &FORM).await;

    assert_eq!(refusal(&locked), FAILURE);
    assert_eq!(test.statuses(), ["Invalid Password", "Invalid Password", "Invalid Password", "Password lockout"]);
    let locked_out = Event::UserLockedOut { user: "admin".to_owned(), by: LockoutCause::Passwords };
    assert!(test.events().contains(&locked_out));
}

/// What differs in the realm, the form, and the refusal.
type Row = (fn(&mut RealmSpec), Vec<(&'static str, &'static str)>, (u16, &'static str, &'static str));

//! The client credentials flow.

use serde_json::Value;
use vestibule_model::{OauthFlow, UserState};
use vestibule_simulator::policy::Rule;
use vestibule_simulator::realm::{Event, HostRole, RealmSpec};

use super::{KEY, SECRET, ci, realm, refusal, token, userinfo, with};

const FORM: [(&str, &str); 3] = [("grant_type", "client_credentials"), ("client_id", KEY), ("client_secret", SECRET)];

/// What differs in the realm, the form, and the refusal.
type Row = (fn(&mut RealmSpec), Vec<(&'static str, &'static str)>, (u16, &'static str, &'static str));

fn as_admin(spec: &mut RealmSpec) {
    ci(spec).client_credentials_user = Some("admin".to_owned());
}

/// Contract F2.1: an administrator without a passkey, under enforcement.
#[tokio::test]
async fn the_app_acts_as_its_user_whom_nothing_asks_and_gets_no_refresh_token() {
    let test = realm(as_admin).await;

    let (status, answer) = token(&test, &FORM).await;

    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["refresh_token"], Value::Null);
    let access_token = answer["access_token"].as_str().unwrap();
    assert!(userinfo(&test, access_token).await.body.contains("admin@acme.example"));
    assert_eq!(test.statuses(), ["Success"]);
    let events = test.events();
    let out_of_scope = |event: &Event| matches!(event, Event::Decided { decision, .. } if decision.fired(Rule::ClientCredentialsOutOfScope));
    assert!(events.iter().any(out_of_scope));
    let issued = |event: &Event| matches!(event, Event::OauthTokenIssued { flow: OauthFlow::ClientCredentials, .. });
    assert!(events.iter().any(issued));
}

/// RFC 6749, 3.3.
#[tokio::test]
async fn a_blank_scope_is_none_and_a_narrow_one_is_kept() {
    let test = realm(as_admin).await;
    for (scope, granted) in
        [("", "api web refresh_token openid"), (" ", "api web refresh_token openid"), ("api", "api")]
    {
        let (status, answer) = token(&test, &with(&FORM, "scope", scope)).await;

        assert_eq!((status, answer["scope"].as_str()), (200, Some(granted)), "{scope:?}: {answer}");
    }
}

/// Contract F3.1.
#[tokio::test]
async fn each_fault_has_its_text() {
    let nobody = (400, "invalid_grant", "no client credentials user enabled");
    let rows: [Row; 7] = [
        (|_| {}, FORM.to_vec(), nobody),
        (|spec| ci(spec).client_credentials_user = Some("nobody".to_owned()), FORM.to_vec(), nobody),
        (as_admin, with(&FORM, "client_secret", ""), (400, "invalid_client", "invalid client credentials")),
        (as_admin, with(&FORM, "client_id", "x"), (400, "invalid_client_id", "client identifier invalid")),
        (as_admin, with(&FORM, "scope", "magic"), (400, "invalid_scope", "the requested scope is not allowed")),
        (
            |spec| {
                as_admin(spec);
                spec.users.get_mut("admin").unwrap().state = UserState::Inactive;
            },
            FORM.to_vec(),
            (400, "invalid_grant", "inactive user"),
        ),
        (
            |spec| {
                as_admin(spec);
                spec.users.get_mut("admin").unwrap().login_ip_ranges = vec!["203.0.113.7".parse().unwrap()];
            },
            FORM.to_vec(),
            (400, "invalid_grant", "ip restricted"),
        ),
    ];
    for (change, form, expected) in rows {
        let test = realm(change).await;

        let answer = token(&test, &form).await;

        assert_eq!(refusal(&answer), expected, "{form:?}");
    }
}

/// Contract F3.1.
#[tokio::test]
async fn the_shared_login_host_does_not_take_it() {
    let test = realm(as_admin).await;

    let page = test.browser().post(&test.realm.hosts.url(&HostRole::Login, "/services/oauth2/token"), &FORM).await;

    assert_eq!(page.status, 400);
    assert!(page.body.contains("request not supported on this domain"), "{}", page.body);
}

//! `frontdoor.jsp`, `singleaccess`, a raw `sid` cookie, logout.

use vestibule_model::{LoginKind, SessionLevel};
use vestibule_simulator::realm::{Event, OrgSession, SessionKind};

use super::html::title;
use super::world::World;

fn access_token(world: &World, user: &str) -> OrgSession {
    world.realm.open_session(user, SessionLevel::Standard, SessionKind::Api)
}

#[tokio::test]
async fn frontdoor_puts_an_access_token_of_a_user_without_a_passkey_before_the_gate() {
    let world = World::start(|_| {}).await;
    let token = access_token(&world, "admin");

    let gate = world.browser().get(&world.url(&format!("/secur/frontdoor.jsp?sid={}", token.sid.reveal()))).await;

    assert_eq!(title(&gate.body), "Create a Passkey | Salesforce");
    let started = Event::LoginStarted { user: Some("admin".to_owned()), kind: LoginKind::Frontdoor };
    assert!(world.events().contains(&started));
    assert!(!world.realm.sessions.signed_in("admin"));
}

#[tokio::test]
async fn frontdoor_opens_lightning_where_the_rules_allow_it_and_never_leads_out_of_the_org() {
    let world = World::start(|_| {}).await;
    let token = access_token(&world, "visitor");
    for (return_url, expected) in [
        ("/lightning/setup/SetupOneHome/home", world.lightning("/lightning/setup/SetupOneHome/home")),
        ("https%3A%2F%2Fevil.example%2F", world.lightning("/lightning/page/home")),
        ("%2F%2Fevil.example%2F", world.lightning("/lightning/page/home")),
        ("", world.lightning("/lightning/page/home")),
    ] {
        let path = format!("/secur/frontdoor.jsp?sid={}&retURL={return_url}", token.sid.reveal());

        let page = world.browser().get(&world.url(&path)).await;

        assert_eq!(page.url, expected, "{return_url}");
    }
}

#[tokio::test]
async fn frontdoor_with_an_unknown_session_id_leads_to_the_login_page() {
    let world = World::start(|_| {}).await;

    let page = world.browser().get(&world.url("/secur/frontdoor.jsp?sid=00Dunknown&retURL=/lightning/page/home")).await;

    assert_eq!(page.url, world.url("/?ec=302&startURL=%2Flightning%2Fpage%2Fhome"));
}

#[tokio::test]
async fn singleaccess_answers_get_and_post_with_a_front_door_that_opens_once() {
    let world = World::start(|_| {}).await;
    let token = access_token(&world, "visitor");
    let bearer = format!("Bearer {}", token.sid.reveal());
    let url = world.url("/services/oauth2/singleaccess?redirect_uri=%2Flightning%2Fsetup%2FSetupOneHome%2Fhome");

    let answer = world.browser().get_with(&url, "authorization", &bearer).await;
    let answer: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    let door = answer["frontdoor_uri"].as_str().unwrap();
    let home = world.browser().get(door).await;
    let again = world.browser().get(door).await;

    assert!(door.starts_with(&world.url("/secur/frontdoor.jsp?otp=")), "{door}");
    assert_eq!(home.url, world.lightning("/lightning/setup/SetupOneHome/home"));
    assert_eq!(title(&again.body), "Login | Salesforce");
    let post = [("access_token", token.sid.reveal()), ("redirect_uri", "/lightning/page/home")];
    let posted = world.browser().post(&world.url("/services/oauth2/singleaccess"), &post).await;
    assert!(posted.body.contains("frontdoor_uri"));
    assert_eq!(world.browser().get(&world.url("/services/oauth2/singleaccess")).await.status, 403);
}

#[tokio::test]
async fn a_raw_sid_cookie_with_an_access_token_opens_lightning_without_the_gate() {
    let world = World::start(|_| {}).await;
    let token = access_token(&world, "admin");
    let browser = world.browser();
    browser.set_cookie(&world.url("/"), &format!("sid={}; Secure; Path=/", token.sid.reveal()));

    let page = browser.get(&world.url("/lightning/page/home")).await;

    assert_eq!(page.url, world.lightning("/lightning/page/home"));
    assert!(world.realm.sessions.signed_in("admin"));
    assert!(world.realm.sessions.find(token.sid.reveal()).unwrap().kind == SessionKind::Api, "the token stays a token");
}

#[tokio::test]
async fn after_a_logout_no_host_of_the_org_knows_the_session() {
    let world = World::start(|_| {}).await;
    let browser = world.browser();
    browser.log_in(&world.realm, "visitor").await;

    let out = browser.get(&world.lightning("/secur/logout.jsp")).await;
    let back = browser.get(&world.lightning("/lightning/page/home")).await;
    let again = browser.log_in(&world.realm, "visitor").await;

    assert_eq!(out.url, world.url("/secur/logout.jsp"));
    assert_eq!(title(&back.body), "Login | Salesforce");
    assert_eq!(title(&again.body), "Home | Salesforce");
}

//! Pages that behave as `org.pages` says: late, with a form that is made anew, with a click that is lost.

use std::time::Duration;

use vestibule_model::{PageName, PageSettings};
use vestibule_simulator::realm::{Event, RealmSpec};

use super::html::{one, select};
use super::test_realm::TestRealm;

const SCRIPT: &str = "script[data-page]";

/// Contract B1.10, B1.14.
#[tokio::test]
async fn a_page_with_settings_has_the_script_that_follows_them_and_another_page_none() {
    let settings =
        |after, swallow_click| PageSettings { re_render_after: after, swallow_click, ..PageSettings::default() };
    let second = Some(Duration::from_secs(1));
    let test = TestRealm::start(with([
        (PageName::Login, settings(second, false)),
        (PageName::VerifyTotp, settings(second, true)),
        (PageName::CreatePasskey, settings(None, true)),
    ]))
    .await;
    let browser = test.browser();

    let login = browser.get(&test.url("/")).await.body;
    let code = browser.log_in(&test.realm, "rep").await.body;
    let gate = test.browser().log_in(&test.realm, "new").await.body;
    let home = test.browser().log_in(&test.realm, "visitor").await.body;

    for (page, name, after, swallow) in
        [(&login, "login", "1000", ""), (&code, "verify-totp", "1000", "true"), (&gate, "create-passkey", "", "true")]
    {
        let script = one(page, SCRIPT);
        let said = ["data-page", "data-re-render-after", "data-swallow-click"].map(|name| script.attribute(name));
        assert_eq!(said, [name, after, swallow]);
        assert!(page.find(SCRIPT_PATH) < page.find("</head>"), "{name}");
    }
    assert!(select(&home, SCRIPT).is_empty());
    let script = browser.get(&test.url(SCRIPT_PATH)).await;
    assert_eq!(script.status, 200);
}

#[tokio::test]
async fn a_page_with_other_markup_has_it_and_still_signs_in() {
    let settings = PageSettings {
        title: Some("Anmelden & mehr".to_owned()),
        ids: [("password".to_owned(), "pwd".to_owned())].into(),
        without: ["Login".to_owned()].into(),
        ..PageSettings::default()
    };
    let test = TestRealm::start(with([(PageName::Login, settings)])).await;
    let browser = test.browser();

    let login = browser.get(&test.url("/")).await.body;
    let home = browser.log_in(&test.realm, "visitor").await;

    assert!(login.contains("<title>Anmelden &amp; mehr</title>"), "{login}");
    assert_eq!(one(&login, "#pwd").attribute("name"), "pw");
    assert_eq!(one(&login, "label[for=pwd]").attribute("class"), "label");
    assert!(select(&login, "#password").is_empty() && select(&login, "#Login").is_empty());
    assert_eq!(one(&login, "input[type=submit]").attribute("name"), "Login");
    assert_eq!(home.name(), "home");
}

#[tokio::test]
async fn a_page_that_comes_late_counts_as_served_when_it_comes() {
    let delay = |delay| PageSettings { delay, ..PageSettings::default() };
    let test = TestRealm::start(with([(PageName::Login, delay(Duration::from_millis(600)))])).await;
    let (first, second) = (test.browser(), test.browser());
    let (login, inbox) = (test.url("/"), test.url("/vestibule/inbox"));

    let (late, prompt) = tokio::join!(first.get(&login), second.get(&inbox));

    assert_eq!((late.name(), prompt.name()), ("login", "inbox"));
    assert_eq!(served(&test), [PageName::Inbox, PageName::Login]);
}

#[tokio::test]
async fn a_page_that_nobody_waited_for_was_not_served() {
    let hour = PageSettings { delay: Duration::from_secs(3600), ..PageSettings::default() };
    let test = TestRealm::start(with([(PageName::Login, hour)])).await;
    let browser = test.browser();
    browser.get(&test.url("/vestibule/inbox")).await;

    let waited = tokio::time::timeout(Duration::from_millis(300), browser.get(&test.url("/"))).await;

    assert!(waited.is_err());
    assert_eq!(served(&test), [PageName::Inbox]);
}

#[tokio::test]
async fn what_a_page_tells_of_itself_is_recorded_where_its_settings_say_so() {
    let anew = PageSettings { re_render_after: Some(Duration::ZERO), ..PageSettings::default() };
    let swallow = PageSettings { swallow_click: true, ..PageSettings::default() };
    let test = TestRealm::start(with([(PageName::Login, anew), (PageName::Username, swallow)])).await;
    let browser = test.browser();
    let nothing: [(&str, &str); 0] = [];

    for (told, status) in [
        ("login/form-rendered-anew", 204),
        ("username/click-lost", 204),
        ("login/click-lost", 404),
        ("username/form-rendered-anew", 404),
        ("home/click-lost", 404),
        ("login/anything", 404),
        ("no-such-page/click-lost", 400),
    ] {
        let answer = browser.post(&test.url(&format!("/vestibule/pages/{told}")), &nothing).await;
        assert_eq!(answer.status, status, "{told}");
    }

    let told: Vec<_> = test.events().into_iter().filter(is_told).collect();
    let login = Event::FormRenderedAnew { page: PageName::Login };
    assert_eq!(told, [login, Event::ClickLost { page: PageName::Username }]);
}

fn is_told(event: &Event) -> bool {
    matches!(event, Event::FormRenderedAnew { .. } | Event::ClickLost { .. })
}

fn with<const N: usize>(pages: [(PageName, PageSettings); N]) -> impl FnOnce(&mut RealmSpec) {
    move |spec: &mut RealmSpec| spec.org.pages.extend(pages)
}

fn served(test: &TestRealm) -> Vec<PageName> {
    let page = |event| match event {
        Event::PageServed { page, .. } => Some(page),
        _ => None,
    };
    test.events().into_iter().filter_map(page).collect()
}

const SCRIPT_PATH: &str = "/vestibule/page-behaviour.js";

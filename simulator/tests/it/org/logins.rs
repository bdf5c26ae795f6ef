//! Logins on each login page, and the results of wrong, empty and repeated posts.

use jiff::civil::date;
use vestibule_model::{LoginPage, PageName};
use vestibule_simulator::realm::{Event, HostRole};

use super::browser::Browser;
use super::html::{form, one, select, title};
use super::test_realm::TestRealm;

const BAD: &str =
    "Error: Please check your username and password. If you still can't log in, contact your Salesforce administrator.";

#[tokio::test]
async fn a_visitor_of_an_experience_site_logs_in_on_the_classic_page_without_mfa() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();

    let home = browser.log_in(&test.realm, "visitor").await;

    assert_eq!(home.url, test.lightning("/lightning/page/home"));
    assert_eq!(title(&home.body), "Home | Salesforce");
    assert_eq!(test.statuses(), ["Success"]);
    assert!(test.realm.sessions.signed_in("visitor"));
}

/// Contract B1.1 and B1.2.
#[tokio::test]
async fn the_two_step_login_asks_for_the_password_only_on_its_second_page() {
    let test = TestRealm::start(|spec| spec.org.login_page = Some(LoginPage::TwoStep)).await;
    let browser = test.browser();
    let first = browser.get(&test.url("/")).await;
    assert!(select(&first.body, "input[type=password]").is_empty());

    let second = browser.submit(&first, "login_form", &[("username", "visitor@acme.example")]).await;
    assert_eq!(one(&second.body, "span#idcard-identity").text, "visitor@acme.example");
    let home = browser.submit(&second, "login_form", &[("pw", "Right-password-1")]).await;

    assert_eq!(home.url, test.lightning("/lightning/page/home"));
}

/// Contract B1.10.
#[tokio::test]
async fn a_site_has_both_fields_on_one_page_whatever_the_page_of_the_org_is() {
    for login_page in [LoginPage::TwoStep, LoginPage::Classic] {
        let test = TestRealm::start(|spec| spec.org.login_page = Some(login_page)).await;
        let browser = test.browser();
        let fill = |password| [("username", "visitor@acme.example"), ("pw", password)];

        let site = browser.get(&test.url("/login")).await;
        let wrong = browser.submit(&site, "login_form", &fill("guess")).await;
        let empty = browser.submit(&wrong, "login_form", &fill("")).await;
        let no_password = browser.post(&test.url("/login"), &[("username", "visitor@acme.example")]).await;
        let home = browser.submit(&empty, "login_form", &fill("Right-password-1")).await;
        let again = browser.get(&test.url("/login")).await;

        for page in [&site, &wrong, &empty, &no_password] {
            assert_eq!(page.name(), "site-login", "{login_page:?}");
            assert_eq!(select(&page.body, "input#password").len(), 1);
            assert_eq!(one(&page.body, "form#login_form").attribute("action"), test.url("/login"));
            assert_eq!(one(&page.body, "script[data-page]").attribute("data-re-render-after"), "100");
        }
        assert_eq!(one(&wrong.body, "div#error").text, BAD);
        assert_eq!(one(&empty.body, "div#error").text, "Error: Please enter your password.");
        assert_eq!((home.name(), again.name()), ("home", "home"));
        let posted = test.events().into_iter();
        let posted = posted.filter(|event| matches!(event, Event::LoginFormPosted { page: PageName::SiteLogin, .. }));
        assert_eq!(posted.count(), 4);
    }
}

/// Contract A4.4.
#[tokio::test]
async fn log_in_with_email_asks_for_the_address_and_then_for_the_password() {
    let test = TestRealm::start(|spec| {
        spec.org.login_page = Some(LoginPage::TwoStep);
        spec.users.get_mut("visitor").unwrap().email = Some("vera@example.com".to_owned());
    })
    .await;
    let browser = test.browser();
    let login = browser.get(&test.realm.hosts.url(&HostRole::Login, "/")).await;
    let link = one(&login.body, "a#gidr-email-log-in-button").attribute("href").to_owned();

    let first = browser.get(&test.realm.hosts.url(&HostRole::Login, &link)).await;
    let empty = browser.submit(&first, "email_login", &[("identifier", " ")]).await;
    let second = browser.submit(&first, "email_login", &[("identifier", "Vera@Example.com")]).await;
    let wrong = browser.submit(&second, "email_login", &[("password", "guess")]).await;
    let home = browser.submit(&second, "email_login", &[("password", "Right-password-1")]).await;
    let stranger = browser.post(&first.url, &[("identifier", "no@example.com"), ("password", "guess")]).await;

    assert_eq!((first.name(), second.name()), ("email-login", "email-login"));
    assert_eq!(one(&first.body, "input[type=submit]").attribute("value"), "Continue");
    assert_eq!(one(&second.body, "input[type=submit]").attribute("value"), "Log In");
    assert_eq!(one(&empty.body, "div#error").text, "Error: Please enter your email address.");
    for page in [&wrong, &stranger] {
        assert_eq!(one(&page.body, "div#error").text, BAD);
    }
    assert_eq!(home.name(), "home");
}

/// Contract B1.5.
#[tokio::test]
async fn another_click_on_page_one_posts_it_again() {
    let test = TestRealm::start(|spec| spec.org.login_page = Some(LoginPage::TwoStep)).await;
    let browser = test.browser();
    let first = browser.get(&test.url("/")).await;
    let username = [("username", "visitor@acme.example")];

    browser.submit(&first, "login_form", &username).await;
    let second = browser.submit(&first, "login_form", &username).await;
    let home = browser.submit(&second, "login_form", &[("pw", "Right-password-1")]).await;

    let of_page_one = |event: &&Event| matches!(event, Event::LoginFormPosted { page: PageName::Username, .. });
    assert_eq!(test.events().iter().filter(of_page_one).count(), 2);
    assert_eq!(home.url, test.lightning("/lightning/page/home"));
}

/// Contract B1.11.
#[tokio::test]
async fn credentials_in_the_address_log_nobody_in() {
    for login_page in [LoginPage::Classic, LoginPage::TwoStep] {
        let test = TestRealm::start(|spec| spec.org.login_page = Some(login_page)).await;

        let page = test.browser().get(&test.url("/?un=visitor@acme.example&pw=Right-password-1")).await;

        assert_eq!(title(&page.body), "Login | Salesforce", "{login_page:?}");
        assert!(!test.realm.sessions.signed_in("visitor"), "{login_page:?}");
        assert!(test.statuses().is_empty(), "{login_page:?}");
    }
}

/// Contract I1.6.
#[tokio::test]
async fn an_org_that_names_no_login_page_shows_the_one_of_its_date() {
    for (day, passwords) in [(date(2026, 6, 21), 1), (date(2026, 6, 22), 0)] {
        let test = TestRealm::start(|spec| {
            spec.org.login_page = None;
            spec.org.date = day;
        })
        .await;

        let first = test.browser().get(&test.url("/")).await;

        assert_eq!(select(&first.body, "input[type=password]").len(), passwords, "{day}");
    }
}

#[tokio::test]
async fn an_unknown_username_reaches_the_second_page_like_a_known_one() {
    let test = TestRealm::start(|spec| spec.org.login_page = Some(LoginPage::TwoStep)).await;
    let browser = test.browser();
    let first = browser.get(&test.url("/")).await;

    let second = browser.submit(&first, "login_form", &[("username", "nobody@acme.example")]).await;
    assert_eq!(select(&second.body, "input#password").len(), 1);
    let third = browser.submit(&second, "login_form", &[("pw", "guess")]).await;

    assert_eq!(one(&third.body, "div#error").text, BAD);
    assert_eq!(test.statuses(), ["Invalid Password"]);
}

#[tokio::test]
async fn passkey_first_without_a_passkey_falls_back_to_the_password() {
    let test = TestRealm::start(|spec| {
        spec.org.login_page = Some(LoginPage::PasskeyFirst);
        spec.org.passwordless = true;
    })
    .await;
    let browser = test.browser();
    let first = browser.get(&test.url("/")).await;

    let second = browser.submit(&first, "login_form", &[("username", "new@acme.example")]).await;

    assert_eq!(select(&second.body, "input#password").len(), 1);
}

/// Contract A2.1, A2.2, A2.3, M1.3 and M1.7.
#[tokio::test]
async fn a_wrong_and_an_empty_password_keep_the_username_and_say_the_exact_text() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    let login = browser.get(&test.url("/")).await;
    let fill = |password| [("username", "rep@acme.example"), ("pw", password)];

    let wrong = browser.submit(&login, "login_form", &fill("guess")).await;
    let empty = browser.submit(&wrong, "login_form", &fill("")).await;

    assert_eq!(one(&wrong.body, "div#error.loginError").text, BAD);
    assert_eq!(one(&wrong.body, "input#username").attribute("value"), "rep@acme.example");
    assert_eq!(one(&empty.body, "div#error.loginError").text, "Error: Please enter your password.");
    assert_eq!(one(&empty.body, "input#username").attribute("value"), "rep@acme.example");
    assert_eq!(test.statuses(), ["Invalid Password"], "an empty password does not count as an attempt");
}

/// Contract M1.3.
#[tokio::test]
async fn the_error_prefix_is_a_setting() {
    let test = TestRealm::start(|spec| spec.org.error_prefix = false).await;
    let browser = test.browser();

    let page = browser.post(&test.url("/"), &[("username", "rep@acme.example"), ("pw", "")]).await;

    assert_eq!(one(&page.body, "div#error").text, "Please enter your password.");
}

/// Contract A3.1.
#[tokio::test]
async fn a_username_is_remembered_on_the_card_after_logout_only_when_ticked() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    let login = browser.get(&test.url("/")).await;
    let filled = [("username", "visitor@acme.example"), ("pw", "Right-password-1"), ("rememberUn", "on")];

    let home = browser.submit(&login, "login_form", &filled).await;
    assert_eq!(title(&home.body), "Home | Salesforce");
    let out = browser.get(&test.url("/secur/logout.jsp")).await;
    let forgetful = test.browser();
    forgetful.log_in(&test.realm, "visitor").await;
    let forgotten = forgetful.get(&test.url("/secur/logout.jsp")).await;

    assert_eq!(one(&out.body, "span#idcard-identity").text, "visitor@acme.example");
    assert_eq!(one(&out.body, "input#username").attribute("value"), "visitor@acme.example");
    assert!(!test.realm.sessions.signed_in("visitor"));
    assert_eq!(one(&forgotten.body, "span#idcard-identity").text, "");
}

/// Contract M1.7.
#[tokio::test]
async fn a_second_post_of_the_login_form_leads_to_the_same_place() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    let login = browser.get(&test.url("/")).await;
    let filled = [("username", "visitor@acme.example"), ("pw", "Right-password-1")];

    let first = browser.submit(&login, "login_form", &filled).await;
    let second = browser.submit(&login, "login_form", &filled).await;

    assert_eq!(first.url, second.url);
    assert_eq!(second.url, test.lightning("/lightning/page/home"));
}

/// Contract A6.4.
#[tokio::test]
async fn a_page_of_lightning_without_a_session_leads_to_the_login_page_and_back_through_the_session_page() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();

    let login = browser.get(&test.lightning("/lightning/setup/SetupOneHome/home")).await;
    let session = format!("/visualforce/session?url={}", encode(&test.lightning("/lightning/setup/SetupOneHome/home")));
    assert_eq!(login.url, test.url(&format!("/?ec=302&startURL={}", encode(&session))));
    let filled = [("username", "visitor@acme.example"), ("pw", "Right-password-1")];
    let home = browser.submit(&login, "login_form", &filled).await;

    assert_eq!(home.url, test.lightning("/lightning/setup/SetupOneHome/home"));
}

#[tokio::test]
async fn the_login_leads_to_no_foreign_host() {
    let test = TestRealm::start(|_| {}).await;
    for start in ["https://evil.example/x", "//evil.example/x", "/\\evil.example", "javascript:alert(1)"] {
        let browser = test.browser();
        let fields = [("username", "visitor@acme.example"), ("pw", "Right-password-1"), ("startURL", start)];

        let home = browser.post(&test.url("/"), &fields).await;

        assert_eq!(home.url, test.lightning("/lightning/page/home"), "{start}");
    }
}

/// Contract C1.2.
#[tokio::test]
async fn the_shared_login_host_hands_the_login_over_to_my_domain() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    let host = test.realm.hosts.origin(&vestibule_simulator::realm::HostRole::Login);

    let login = browser.get(&host).await;
    let verify =
        browser.submit(&login, "login_form", &[("username", "rep@acme.example"), ("pw", "Right-password-1")]).await;

    assert!(login.url.starts_with(&host));
    assert!(verify.url.starts_with(&test.url("/_ui/identity/verification/method/TotpVerificationUi/e")));
    assert_eq!(test.realm.login_history.all()[0].login_url, "test.salesforce.localhost");
}

/// Contract A1.10 and B1.11.
#[tokio::test]
async fn the_login_page_has_a_second_address_that_takes_no_credentials_either() {
    let test = TestRealm::start(|_| {}).await;
    for host in [HostRole::Login, HostRole::MyDomain] {
        let browser = test.browser();
        let path = "/login.jsp?un=visitor@acme.example&pw=Right-password-1&startURL=%2F001%2Fo";

        let login = browser.get(&test.realm.hosts.url(&host, path)).await;
        let filled = [("username", "visitor@acme.example"), ("pw", "Right-password-1")];
        let page = browser.submit(&login, "login_form", &filled).await;

        assert_eq!((login.status, title(&login.body).as_str()), (200, "Login | Salesforce"), "{host:?}");
        assert_eq!(page.url, test.url("/001/o"), "{host:?}");
    }
}

#[tokio::test]
async fn an_unknown_path_is_a_plain_404_and_in_the_journal() {
    let test = TestRealm::start(|_| {}).await;

    let page = test.browser().get(&test.url("/secur/nothing.jsp")).await;

    assert_eq!(page.status, 404);
    assert!(page.body.contains("simulated org of Vestibule"));
    let refused = |event: &Event| matches!(event, Event::RequestRefused { status: 404, .. });
    assert!(test.events().iter().any(refused));
}

#[tokio::test]
async fn what_a_user_types_is_escaped_wherever_it_is_shown() {
    let test = TestRealm::start(|_| {}).await;
    let nasty = "\"><script>alert(1)</script>@x";

    let page = test.browser().post(&test.url("/"), &[("username", nasty), ("pw", ""), ("startURL", nasty)]).await;

    assert!(!page.body.contains("<script>alert"));
    let fields = form(&page.body, "login_form");
    assert!(fields.iter().any(|(name, value)| name == "startURL" && value == nasty));
}

#[tokio::test]
async fn a_remembered_username_comes_back_as_it_was_typed() {
    for username in [
        "qa+uat@acme.example",
        "r&d@acme.example",
        "100%@acme.example",
        "%41bc@acme.example",
        "a;b=c,\"d\"@acme.example",
        "two words@acme.example",
        "zoë@acme.example",
    ] {
        let test = TestRealm::start(|spec| {
            spec.users.get_mut("visitor").unwrap().username = Some(username.to_owned());
        })
        .await;
        let browser = test.browser();
        let first = browser.get(&test.url("/")).await;
        let filled = [("username", username), ("pw", "Right-password-1"), ("rememberUn", "on")];
        browser.submit(&first, "login_form", &filled).await;

        let out = browser.get(&test.url("/secur/logout.jsp")).await;
        let again = browser.submit(&out, "login_form", &[("pw", "Right-password-1")]).await;

        assert_eq!(one(&out.body, "span#idcard-identity").text, username);
        assert_eq!(one(&out.body, "input#username").attribute("value"), username);
        assert_eq!(title(&again.body), "Home | Salesforce", "{username}");
    }
}

/// Contract C6.2.
#[tokio::test]
async fn every_cookie_is_secure_hidden_from_scripts_and_has_a_max_age() {
    let test = TestRealm::start(|spec| spec.org.device_activation = true).await;
    let browser = test.browser();
    let verify = browser.log_in(&test.realm, "visitor").await;
    let inbox = browser.get(&test.url("/vestibule/inbox")).await;
    let code = inbox.body.split("Verification Code: ").nth(1).unwrap()[..6].to_owned();

    let cookies = browser.cookies_set_by(&verify, "editPage", &[("emc", &code)]).await;

    let names: Vec<_> = cookies.iter().filter_map(|cookie| cookie.split('=').next()).collect();
    assert_eq!(names, ["sid", "sfdc_lv2", "sfdc_lv2_platform", "vflow"]);
    for cookie in &cookies {
        for attribute in ["; Secure", "; HttpOnly", "; Max-Age=", "; SameSite=", "; Path=/"] {
            assert!(cookie.contains(attribute), "{attribute} in {}", cookie.split('=').next().unwrap());
        }
    }
    for cookie in &cookies[1..3] {
        assert!(cookie.contains("Max-Age=31536000") && cookie.contains("SameSite=None"));
    }
}

#[tokio::test]
async fn a_device_id_that_was_not_issued_here_is_replaced_by_a_new_one() {
    for (name, made_up) in [
        ("sfdc_lv2", "1"),
        ("sfdc_lv2_platform", "1"),
        ("sfdc_lv2", ""),
        ("sfdc_lv2", "%0A"),
        ("sfdc_lv2", "x%3B%20Domain%3Dlocalhost"),
    ] {
        let test = TestRealm::start(|spec| spec.org.device_activation = true).await;
        let browser = test.browser();
        let plant =
            |browser: &Browser| browser.set_cookie(&test.url("/"), &format!("{name}={made_up}; Path=/; Secure"));
        plant(&browser);
        let verify = browser.log_in(&test.realm, "visitor").await;
        let inbox = browser.get(&test.url("/vestibule/inbox")).await;
        let code = inbox.body.split("Verification Code: ").nth(1).unwrap()[..6].to_owned();

        let cookies = browser.cookies_set_by(&verify, "editPage", &[("emc", &code)]).await;

        let names: Vec<_> = cookies.iter().filter_map(|cookie| cookie.split('=').next()).collect();
        assert_eq!(names, ["sid", "sfdc_lv2", "sfdc_lv2_platform", "vflow"], "{name}={made_up}");
        assert!(cookies.iter().all(|cookie| !cookie.contains("Domain")), "{made_up}");
        let other = test.browser();
        plant(&other);
        assert_eq!(title(&other.log_in(&test.realm, "visitor").await.body), "Verify Your Identity | Salesforce");
    }
}

#[tokio::test]
async fn a_browser_that_was_activated_for_one_user_keeps_its_device_id_for_the_next() {
    let test = TestRealm::start(|spec| {
        spec.org.device_activation = true;
        let visitor = spec.users["visitor"].clone();
        spec.users.insert("other".to_owned(), visitor);
    })
    .await;
    let browser = test.browser();
    let mut ids = Vec::new();
    for user in ["visitor", "other"] {
        let verify = browser.log_in(&test.realm, user).await;
        let code = test.realm.inbox.all().last().unwrap().body.split("Code: ").nth(1).unwrap()[..6].to_owned();
        browser.submit(&verify, "editPage", &[("emc", &code)]).await;
        ids.push(browser.cookie(&test.url("/"), "sfdc_lv2"));
        browser.get(&test.url("/secur/logout.jsp")).await;
    }

    assert!(ids[0].is_some());
    assert_eq!(ids[0], ids[1]);
    for user in ["visitor", "other"] {
        assert_eq!(title(&browser.log_in(&test.realm, user).await.body), "Home | Salesforce", "{user}");
        browser.get(&test.url("/secur/logout.jsp")).await;
    }
}

/// Contract A6.9.
#[tokio::test]
async fn a_page_behind_the_login_that_is_not_simulated_is_a_shell_for_who_is_signed_in() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "visitor").await;
    for (path, title_of) in [
        ("/lightning/o/Account/list?filterName=Recent", "Lightning Experience"),
        ("/lightning/r/Account/001000000000001AAA/view", "Lightning Experience"),
        ("/lightning/n/My_Tab", "Lightning Experience"),
        ("/lightning/setup/ManageUsers/home", "Setup"),
        ("/one/one.app2", "Lightning Experience"),
        ("/setup/ui/listApexTraces.apexp", "Setup"),
        ("/apex/MyPage", "Lightning Experience"),
        ("/001/o", "Lightning Experience"),
        ("/001", "Lightning Experience"),
        ("/001000000000001AAA", "Lightning Experience"),
        ("/ltng/switcher?destination=lex", "Lightning Experience"),
        ("/packaging/installPackage.apexp?p0=04t000000000001", "Lightning Experience"),
        ("/_ui/core/userprofile/UserProfilePage", "Lightning Experience"),
        ("/visualforce/session", "Lightning Experience"),
    ] {
        let page = browser.get(&test.url(path)).await;

        assert_eq!(
            (page.status, title(&page.body).as_str()),
            (200, format!("{title_of} | Salesforce").as_str()),
            "{path}"
        );
        let plain = path.split('?').next().unwrap();
        assert!(page.body.contains(&format!("{plain} is not simulated by Vestibule")), "{path}: {}", page.body);
        assert!(page.body.contains("one-appnav") && page.body.contains("App Launcher"), "{path}");
    }
    let home = browser.get(&test.lightning("/lightning/page/home")).await;
    assert!(title(&home.body) == "Home | Salesforce" && !home.body.contains("not simulated"));
}

#[tokio::test]
async fn a_deep_link_survives_the_login() {
    for path in [
        "/lightning/o/Account/list?filterName=Recent",
        "/apex/MyPage?id=1",
        "/001/o",
        "/001",
        "/setup/x.jsp",
        "/packaging/installPackage.apexp?p0=04t000000000001",
        "/_ui/core/userprofile/UserProfilePage",
    ] {
        for host in [HostRole::MyDomain, HostRole::Lightning] {
            let test = TestRealm::start(|_| {}).await;
            let browser = test.browser();

            let login = browser.get(&test.realm.hosts.url(&host, path)).await;
            let fields = [("username", "visitor@acme.example"), ("pw", "Right-password-1")];
            let page = browser.submit(&login, "login_form", &fields).await;

            assert_eq!(title(&login.body), "Login | Salesforce", "{path} at {host:?}");
            assert!(login.url.starts_with(&test.url("/?ec=302&startURL=")), "{}", login.url);
            assert!(page.url.ends_with(path) && page.status == 200, "{path} at {host:?}: {}", page.url);
        }
    }
}

/// Contract A6.4.
#[tokio::test]
async fn the_session_page_leads_on_to_lightning_and_never_out_of_the_org() {
    let test = TestRealm::start(|_| {}).await;
    for (url, expected) in [
        (test.lightning("/lightning/o/Account/list"), test.lightning("/lightning/o/Account/list")),
        ("https://evil.example/".to_owned(), test.lightning("/lightning/page/home")),
    ] {
        let browser = test.browser();
        let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let start = format!("/visualforce/session?url={}", encode(&url));

        let login = browser.get(&test.url(&format!("/?startURL={}", encode(&start)))).await;
        let fields = [("username", "visitor@acme.example"), ("pw", "Right-password-1")];
        let page = browser.submit(&login, "login_form", &fields).await;

        assert_eq!(page.url, expected);
    }
}

/// As Java's `CookieManager` sends it back, because it has `Max-Age` and no `Expires` (RFC 6265, 4.1.1 allows the quotes).
#[tokio::test]
async fn a_cookie_that_comes_back_in_quotes_is_the_same_cookie() {
    let test = TestRealm::start(|_| {}).await;
    let signed_in = test.browser();
    let home = signed_in.log_in(&test.realm, "visitor").await;
    let sid = signed_in.cookie(&home.url, "sid").unwrap();

    for sent in [format!("sid={sid}"), format!("$Version=\"1\"; sid=\"{sid}\";$Path=\"/\"")] {
        let page = test.browser().get_with(&home.url, "cookie", &sent).await;

        assert_eq!(title(&page.body), "Home | Salesforce", "{sent}");
    }
}

//! Every link of every page leads somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use reqwest::Method;
use vestibule_model::{LoginPage, OrgKind, PasswordExpiry, SessionLevel, VerificationMethod};
use vestibule_simulator::realm::{HostRole, IdpProtocol, IdpSpec, SessionKind, UserSpec};

use super::browser::{Browser, Page, page};
use super::html::{Element, one, select, title};
use super::passkeys::{register, token};
use super::test_realm::TestRealm;

#[tokio::test]
async fn every_link_of_every_page_leads_to_a_page() {
    let mut seen = Seen::default();
    let [test, activating] = [realm(false).await, realm(true).await];
    register(&test.realm, "holder", &mut token());

    for login_page in [LoginPage::Classic, LoginPage::TwoStep, LoginPage::PasskeyFirst] {
        for kind in [OrgKind::Sandbox, OrgKind::Production] {
            let test = TestRealm::start(|spec| {
                spec.org.login_page = Some(login_page);
                spec.org.kind = kind;
                spec.users.get_mut("rep").unwrap().remembered = login_page == LoginPage::TwoStep;
            })
            .await;
            let browser = test.browser();
            for host in [HostRole::MyDomain, HostRole::Login] {
                let first = browser.get(&test.realm.hosts.url(&host, "/")).await;
                let second = browser.submit(&first, "login_form", &[("username", "rep@acme.example")]).await;
                seen.follow(&browser, &first).await;
                seen.follow(&browser, &second).await;
            }
        }
    }
    for user in ["rep", "several", "pusher", "holder", "new", "visitor", "caller", "expired", "noticed"] {
        let browser = test.browser();
        let page = browser.log_in(&test.realm, user).await;
        assert!(!page.name().starts_with("login"), "{user} stands at {}", page.name());
        seen.follow(&browser, &page).await;
    }
    let browser = test.browser();
    let gate = browser.log_in(&test.realm, "new").await;
    let chooser = browser.get(&test.url(one(&gate.body, "a#chRegL").attribute("href"))).await;
    let connect = browser.submit(&chooser, "editPage", &[("selectedMethod", "One-Time Password App")]).await;
    seen.follow(&browser, &chooser).await;
    seen.follow(&browser, &connect).await;
    let browser = activating.browser();
    let email = browser.log_in(&activating.realm, "visitor").await;
    seen.follow(&browser, &email).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "visitor").await;
    for (url, name) in [
        (test.lightning("/lightning/setup/OrgLoginHistory/home"), "login-history"),
        (test.url("/_ui/system/security/ResetApiTokenEdit"), "reset-security-token"),
        (test.url("/setup/secur/SAMLValidationPage.apexp"), "saml-validator"),
        (test.url(AUTHORIZE), "authorize-app"),
        (test.url("/setup/connect"), "unknown"),
        (test.lightning(REPORT), "verify-email"),
        (test.url("/vestibule/inbox"), "inbox"),
        (test.url("/vestibule/log-in-with-email"), "email-login"),
        (test.url("/vestibule/sign-up"), "unknown"),
        (test.url("/no-such-page"), "unknown"),
        (test.url("/secur/logout.jsp"), "logged-out"),
    ] {
        let page = browser.get(&url).await;
        assert_eq!(page.name(), name, "{url}");
        seen.follow(&browser, &page).await;
    }
    let hinting = TestRealm::start(|spec| {
        spec.org.idp_hint = true;
        spec.idps.insert("okta".to_owned(), IdpSpec::new(IdpProtocol::Saml));
    })
    .await;
    let browser = hinting.browser();
    browser.get_and_stay(&hinting.url("/saml/authn-request.jsp")).await;
    let hinted = browser.get(&hinting.url("/")).await;
    seen.follow(&browser, &hinted).await;
    let browser = test.browser();
    let sent = browser.post(&test.url("/secur/forgotpassword.jsp"), &[("un", "rep@acme.example")]).await;
    seen.follow(&browser, &sent).await;
    let several = test.realm.open_session("several", SessionLevel::Standard, SessionKind::Browser);
    let browser = test.browser();
    let door = format!("/secur/frontdoor.jsp?sid={}&retURL={REPORT}", several.sid.reveal());
    let step_up = browser.get(&test.url(&door)).await;
    assert!(step_up.name().starts_with("verify-"), "{}", step_up.url);
    seen.follow(&browser, &step_up).await;

    assert_eq!(seen.broken, Vec::<String>::new());
    let missing: Vec<_> = ids_of_links_in_templates().difference(&seen.ids).cloned().collect();
    assert_eq!(missing, Vec::<String>::new(), "links that no page above has");
}

#[tokio::test]
async fn every_address_that_answers_get_answers_head_with_the_same_status_and_no_body() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "visitor").await;
    let of_user = format!("/{}", test.realm.users.get("visitor").unwrap().id);
    for url in [
        test.lightning("/lightning/page/home"),
        test.lightning("/lightning/setup/OrgLoginHistory/home"),
        test.lightning("/lightning/setup/IdentityVerification/home"),
        test.lightning("/lightning/o/Account/list"),
        test.url(&of_user),
        test.url("/_ui/system/security/ResetApiTokenEdit"),
        test.url("/setup/secur/SAMLValidationPage.apexp"),
        test.url(AUTHORIZE),
        test.url("/setup/connect"),
        test.url("/vestibule/inbox"),
        test.url("/vestibule/sign-up"),
        test.url("/vestibule/log-in-with-email"),
        test.url("/vestibule/saml-metadata"),
        test.url("/secur/forgotpassword.jsp"),
        test.url("/services/data"),
        test.url("/services/data/v60.0/sobjects"),
        test.url("/services/oauth2/userinfo"),
        test.url("/.well-known/openid-configuration"),
        test.url("/id/keys"),
        test.url("/no-such-page"),
        test.realm.hosts.origin(&HostRole::Login),
        test.url("/secur/logout.jsp"),
        test.url("/"),
    ] {
        let got = page(browser.request(Method::GET, &url)).await;
        let head = page(browser.request(Method::HEAD, &url)).await;

        assert_eq!((head.status, head.body.as_str()), (got.status, ""), "{url}");
        assert!(!got.body.is_empty() || got.location.is_some(), "{url}");
    }
}

/// Contract A4.1.
#[tokio::test]
async fn a_link_to_what_is_not_simulated_leads_to_a_page_that_says_so() {
    let test = TestRealm::start(|spec| spec.org.kind = OrgKind::Production).await;
    let browser = test.browser();
    let login = browser.get(&test.realm.hosts.origin(&HostRole::Login)).await;

    let page = browser.get(&joined(&login, one(&login.body, "a#signup_link").attribute("href"))).await;
    let back = browser.get(&joined(&page, one(&page.body, "a").attribute("href"))).await;

    assert_eq!((page.status, title(&page.body).as_str()), (200, "Try for Free | Salesforce"));
    assert_eq!(one(&page.body, "p#not-simulated").text, "This page is not simulated by Vestibule.");
    assert_eq!(title(&back.body), "Login | Salesforce");
}

#[tokio::test]
async fn login_history_has_a_way_back_and_times_with_their_zone() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "visitor").await;

    let history = browser.get(&test.lightning("/lightning/setup/OrgLoginHistory/home")).await;
    let cells = select(&history.body, "td");
    let headings: Vec<_> = select(&history.body, "th").into_iter().map(|heading| heading.text).collect();
    let home = browser.get(one(&history.body, "a").attribute("href")).await;

    let named: Vec<_> = cells.iter().map(|cell| cell.attribute("data-heading").to_owned()).collect();
    assert_eq!(named, headings, "a narrow page shows each heading beside its cell");
    assert_eq!(cells[1].text, "2026-11-02 12:00:00 UTC");
    assert_eq!(title(&home.body), "Home | Salesforce");
}

/// The wordmark has one path for each letter of its name.
#[tokio::test]
async fn the_wordmark_is_whole() {
    let test = TestRealm::start(|_| {}).await;

    let page = test.browser().get(&test.url("/")).await;

    let logo = one(&page.body, "img#logo");
    assert_eq!(logo.attribute("src").matches("%3Cpath ").count(), logo.attribute("alt").len());
}

/// What following the links has shown.
#[derive(Default)]
struct Seen {
    ids: BTreeSet<String>,
    broken: Vec<String>,
}

impl Seen {
    async fn follow(&mut self, browser: &Browser, page: &Page) {
        for link in select(&page.body, "a") {
            self.ids.insert(link.attribute("id").to_owned());
            if let Some(why) = why_broken(browser, page, &link).await {
                self.broken.push(format!("`{}` of {} {}: {why}", link.text, page.name(), page.url));
            }
        }
    }
}

async fn why_broken(browser: &Browser, page: &Page, link: &Element) -> Option<String> {
    let href = link.attribute("href");
    if let Some(target) = href.strip_prefix('#') {
        let elsewhere = target != link.attribute("id") && select(&page.body, &format!("[id={target}]")).len() == 1;
        return (!elsewhere).then(|| format!("there is nothing else with the id `{target}`"));
    }
    if href == "javascript:void(0)" {
        let script = browser.get(&joined(page, "/jslibrary/baselogin4.js")).await.body;
        let handled = script.contains(&format!("byId(\"{}\")?.addEventListener", link.attribute("id")));
        return (!handled).then(|| "no script handles it".to_owned());
    }
    let found = browser.get(&joined(page, href)).await;
    (href.is_empty() || found.status >= 400).then(|| format!("{href} answers {}", found.status))
}

fn joined(page: &Page, href: &str) -> String {
    url::Url::parse(&page.url).unwrap().join(href).unwrap().to_string()
}

/// The ids of all links in the templates. A link without one has the empty id.
fn ids_of_links_in_templates() -> BTreeSet<String> {
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let folders = ["org", "idp"].map(|folder| fs::read_dir(templates.join(folder)).unwrap());
    let pages = folders.into_iter().flatten().map(|file| file.unwrap().path());
    let pages = pages.filter(|file| file.extension().is_some_and(|extension| extension == "html"));
    let ids = pages.flat_map(|file| select(&fs::read_to_string(file).unwrap(), "a"));
    ids.map(|link| link.attribute("id").to_owned()).collect()
}

/// A realm with a user before each page.
async fn realm(device_activation: bool) -> TestRealm {
    TestRealm::start(|spec| {
        spec.org.device_activation = device_activation;
        spec.idps.insert("okta".to_owned(), IdpSpec::new(IdpProtocol::Saml));
        let user = || UserSpec::new("Standard User").password("Right-password-1");
        let visitor = || spec.users["visitor"].clone();
        let users = [
            ("several", user().totp().verifier(VerificationMethod::SalesforceAuthenticator)),
            (
                "pusher",
                user()
                    .verifier(VerificationMethod::SalesforceAuthenticator)
                    .verifier(VerificationMethod::TemporaryCode),
            ),
            ("holder", user()),
            ("caller", UserSpec { phone_registration: true, ..visitor() }),
            ("noticed", UserSpec { maintenance_notice: true, ..visitor() }),
            ("expired", UserSpec { password_expired: Some(PasswordExpiry::Leavable), ..visitor() }),
        ];
        spec.users.extend(users.map(|(key, user)| (key.to_owned(), user)));
    })
    .await
}

/// Leads to the approval page of an app.
const AUTHORIZE: &str = "/services/oauth2/authorize?response_type=code&client_id=PlatformCLI\
    &redirect_uri=http%3A%2F%2Flocalhost%3A1717%2FOauthRedirect";
/// Asks whoever opens it for another verification.
const REPORT: &str = "/lightning/r/Report/00O5e000008fXyZEAU/view";

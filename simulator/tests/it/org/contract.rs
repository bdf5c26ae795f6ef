//! The contract of the pages (ids, names, labels, titles, texts) and snapshots of their bodies.

use insta::assert_snapshot;
use jiff::civil::date;
use vestibule_model::{LoginPage, OrgKind, PasswordExpiry, SessionLevel, VerificationMethod};
use vestibule_simulator::realm::{HostRole, IdpProtocol, IdpSpec, SessionKind, UserSpec};

use super::html::{one, select, title};
use super::test_realm::TestRealm;

/// Contract A1.1, A1.2, A1.3, A1.4, A1.5 and A1.6.
#[tokio::test]
async fn the_classic_login_page_keeps_its_contract() {
    let test = TestRealm::start(|_| {}).await;

    let page = test.browser().get(&test.url("/")).await.body;

    for (selector, attribute, value) in [
        ("form#login_form", "name", "login"),
        ("form#login_form", "method", "post"),
        ("form#login_form", "target", "_top"),
        ("form#login_form", "autocomplete", "off"),
        ("form#login_form", "action", test.url("/").as_str()),
        ("input#username", "name", "username"),
        ("input#username", "type", "email"),
        ("input#username", "aria-describedby", "error"),
        ("input#password", "name", "pw"),
        ("input#password", "type", "password"),
        ("input#password", "autocomplete", "off"),
        ("input#Login", "name", "Login"),
        ("input#Login", "type", "submit"),
        ("input#Login", "value", "Log In to Sandbox"),
        ("input#rememberUn", "name", "rememberUn"),
        ("input#rememberUn", "type", "checkbox"),
        ("input#pqs", "name", "pqs"),
        ("input#un_hfid", "name", "un"),
        ("input#login_startUrl", "name", "startURL"),
        ("input[name=hasRememberUn]", "value", "true"),
        ("input[name=useSecure]", "value", "true"),
        ("input[name=lt]", "value", "standard"),
        ("input[name=display]", "value", "page"),
        ("div#error", "class", "loginError"),
        ("div#assistive-announce", "aria-live", "polite"),
        ("span#idcard-identity", "id", "idcard-identity"),
        ("div#idcard-container", "id", "idcard-container"),
        ("a#clear_link", "class", "clearlink"),
        ("img#logo", "alt", "Vestibule"),
    ] {
        assert_eq!(one(&page, selector).attribute(attribute), value, "{selector} {attribute}");
    }
    for (selector, text) in [
        ("h1", "Salesforce login"),
        ("label[for=username]", "Username"),
        ("label[for=password]", "Password"),
        ("label[for=rememberUn]", "Remember me"),
        ("a#forgot_password_link", "Forgot Your Password?"),
        ("div#assistive-announce", "Login"),
    ] {
        assert_eq!(one(&page, selector).text, text, "{selector}");
    }
    assert_eq!(title(&page), "Login | Salesforce");
}

/// Contract M1.2, M1.5 and M1.6.
#[tokio::test]
async fn every_login_page_has_one_submit_and_no_stray_label() {
    for login_page in [LoginPage::Classic, LoginPage::TwoStep, LoginPage::PasskeyFirst] {
        let test = TestRealm::start(|spec| spec.org.login_page = Some(login_page)).await;
        let browser = test.browser();
        let first = browser.get(&test.url("/")).await;
        let second = browser.submit(&first, "login_form", &[("username", "rep@acme.example")]).await;

        for page in [&first.body, &second.body] {
            assert_eq!(select(page, "[type=submit]").len(), 1, "M1.2 {login_page:?}");
            let labels: Vec<_> = select(page, "label").into_iter().map(|label| label.text).collect();
            for word in ["Username", "Password"] {
                let naming = labels.iter().filter(|label| label.contains(word)).count();
                assert!(naming <= 1, "M1.5 {login_page:?}: {labels:?}");
            }
            assert!(select(page, "[aria-label]").is_empty(), "M1.5 {login_page:?}");
        }
        let passwords = usize::from(login_page == LoginPage::Classic);
        assert_eq!(select(&first.body, "input[type=password]").len(), passwords, "M1.6 {login_page:?}");
    }
}

/// Contract A1.5.
#[tokio::test]
async fn the_button_says_log_in_in_production() {
    let test = TestRealm::start(|spec| spec.org.kind = OrgKind::Production).await;

    let page = test.browser().get(&test.url("/")).await;

    assert_eq!(one(&page.body, "input#Login").attribute("value"), "Log In");
}

/// Contract C2.2, C2.3, C3.1 and M1.9.
#[tokio::test]
async fn the_code_page_keeps_its_contract() {
    let test = TestRealm::start(|_| {}).await;

    let shown = test.browser().log_in(&test.realm, "rep").await;
    let page = shown.body;

    let posted_to = test.url(one(&page, "form#editPage").attribute("action"));
    assert!(shown.url.starts_with(&posted_to), "{} posts to {posted_to}", shown.url);
    assert!(one(&page, "h2").text.contains("Verify Your Identity"));
    assert_eq!(one(&page, "label[for=tc]").text, "Verification Code");
    assert_eq!(select(&page, "input[type=text]")[0].attribute("id"), "tc", "M1.9: the first text field");
    for (selector, attribute, value) in [
        ("form#editPage", "name", "editPage"),
        ("input#tc", "name", "tc"),
        ("input#tc", "maxlength", "6"),
        ("input#tc", "autocomplete", "off"),
        ("input#save", "name", "save"),
        ("input#save", "type", "submit"),
        ("input#save", "value", "Verify"),
        ("input#save", "title", "Verify"),
        ("input#vflid", "value", "Log In to Salesforce"),
    ] {
        assert_eq!(one(&page, selector).attribute(attribute), value, "{selector} {attribute}");
    }
    for name in ["_CONFIRMATIONTOKEN", "cancelURL", "save_new_url", "vcsrf", "vpol"] {
        assert_eq!(select(&page, &format!("input[name={name}]")).len(), 1, "{name}");
    }
    assert_eq!(select(&page, "input[name=retURL]").len(), 2, "retURL appears twice");
    let before = page.split("id=\"tc\"").next().unwrap().to_lowercase();
    assert!(!before.contains("name=\"otp") && !before.contains("id=\"code") && !before.contains("name=\"code"));
}

/// Contract C5.1.
#[tokio::test]
async fn the_gate_keeps_its_contract() {
    let test = TestRealm::start(|spec| spec.org.gate_autostart = true).await;

    let page = test.browser().log_in(&test.realm, "new").await.body;

    assert_eq!(title(&page), "Create a Passkey | Salesforce");
    assert_eq!(one(&page, "h2").text, "Create a Passkey");
    assert_eq!(one(&page, "button#create-passkey").text, "Create Passkey");
    assert_eq!(one(&page, "button#create-passkey").attribute("data-autostart"), "true");
    assert_eq!(one(&page, "a#chRegL").text, "Choose another verification method");
    assert_eq!(one(&page, "input#cancelURL").attribute("value"), test.lightning("/lightning/page/home"));
}

/// Contract C2.7: what is hidden counts too.
#[tokio::test]
async fn a_page_without_an_error_has_no_box_for_one_and_a_page_with_an_error_has_one() {
    let test = TestRealm::start(|spec| {
        let visitor = spec.users["visitor"].clone();
        let standard = || UserSpec::new("Standard User").password("Right-password-1");
        let pusher = standard().verifier(VerificationMethod::SalesforceAuthenticator).totp();
        spec.users.extend([
            ("caller".to_owned(), UserSpec { phone_registration: true, ..visitor.clone() }),
            ("asked".to_owned(), UserSpec { app_approval: true, ..visitor.clone() }),
            ("expired".to_owned(), UserSpec { password_expired: Some(PasswordExpiry::Hard), ..visitor }),
            ("pusher".to_owned(), pusher),
        ]);
    })
    .await;
    let mut names = Vec::new();
    for user in ["rep", "temp", "new", "admin", "pusher", "caller", "expired", "asked", "visitor"] {
        let page = test.browser().log_in(&test.realm, user).await;
        assert!(select(&page.body, ".errorMsg").is_empty(), "{user} at {}", page.name());
        names.push(page.name().to_owned());
    }
    let browser = test.browser();
    let gate = browser.log_in(&test.realm, "new").await;
    let chooser = browser.get(&test.url(one(&gate.body, "a#chRegL").attribute("href"))).await;
    let connect = browser.submit(&chooser, "editPage", &[("selectedMethod", "One-Time Password App")]).await;
    let wrong = browser.submit(&connect, "editPage", &[("t", "000")]).await;
    let report = test.lightning("/lightning/r/Report/00O5e000008fXyZEAU/view");
    let visitor = test.browser();
    visitor.log_in(&test.realm, "visitor").await;
    let email = visitor.get(&report).await;

    for page in [&chooser, &connect, &email] {
        assert!(select(&page.body, ".errorMsg").is_empty(), "{}", page.name());
    }
    assert_eq!((email.name(), connect.name()), ("verify-email", "connect-authenticator-app"));
    assert_eq!(select(&wrong.body, "div.errorMsg").len(), 1);
    let login = test.browser().get(&test.url("/")).await;
    let hidden = one(&login.body, ".loginError");
    assert_eq!((hidden.attribute("style"), hidden.text.as_str()), ("display: none", ""));
    names.dedup();
    let known = ["verify-totp", "verify-temporary-code", "create-passkey", "register-phone", "change-password"];
    assert!(known.iter().all(|name| names.iter().any(|seen| seen == name)), "{names:?}");
}

/// Contract A6.2, A6.6, A6.7 and M1.15.
#[tokio::test]
async fn lightning_home_has_every_marker_that_suites_wait_for() {
    let test = TestRealm::start(|_| {}).await;

    let page = test.browser().log_in(&test.realm, "visitor").await.body;

    assert!(one(&page, "button[title=App Launcher]").text.contains("App Launcher"));
    assert_eq!(select(&page, "div[role=navigation]").len(), 1);
    for selector in
        ["one-appnav", "one-app-nav-bar", "main", ".oneHeader", ".slds-context-bar", ".slds-template__container"]
    {
        assert!(!select(&page, selector).is_empty(), "{selector}");
    }
    assert_eq!(page.matches("appLauncher").count(), 1, "[class*=appLauncher] matches exactly one element");
    assert!(!select(&page, ".slds-global-header").is_empty());
    assert_eq!(one(&page, ".title.slds-truncate").text, "Home");
    assert_eq!(select(&page, "button[aria-label=Search]").len(), 1);
    assert!(title(&page).contains("Salesforce"));
    let classes = "slds-button slds-context-bar__button slds-icon-waffle_container slds-show";
    assert_eq!(one(&page, "button[title=App Launcher]").attribute("class"), classes, "A6.7: suites compare all of it");
    assert_eq!(one(&page, "div.slds-icon-waffle").attribute("class"), "slds-icon-waffle", "A6.7");
    let tabs: Vec<_> = select(&page, "one-app-nav-bar-item-root[role=listitem]");
    assert!(tabs.len() > 5, "A6.6: suites click the fifth");
    for (object, tab) in [("Account", "Accounts"), ("Opportunity", "Opportunities")] {
        assert_eq!(one(&page, &format!("one-app-nav-bar-item-root[data-id={object}]")).text.trim(), tab);
        let link = one(&page, &format!("a[title={tab}]"));
        assert_eq!(link.attribute("href"), test.lightning(&format!("/lightning/o/{object}/home")));
    }
}

/// Contract A6.8.
#[tokio::test]
async fn home_answers_those_who_wait_for_aura() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();

    let home = browser.log_in(&test.realm, "visitor").await;
    let script = browser.get(&test.lightning(one(&home.body, "script").attribute("src"))).await.body;

    for answer in ["inFlightXHRs: () => 0", "getCurrentPageTransaction: () => ({ config: { context: { ept: 1 } } })"] {
        assert!(script.contains(answer), "{answer}: {script}");
    }
}

/// Contract A6.5.
#[tokio::test]
async fn the_user_menu_of_home_has_the_link_that_logs_out() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();

    let home = browser.log_in(&test.realm, "visitor").await;
    let menu = one(&home.body, "button.branding-userProfile-button.slds-global-actions__avatar");
    let link = one(&home.body, "a.logout");
    let out = browser.get(link.attribute("href")).await;
    let again = browser.get(&test.lightning("/lightning/page/home")).await;

    assert!(menu.text.contains("View profile"), "{}", menu.text);
    for (selector, class) in [
        ("span.oneUserProfileCardTrigger", "userProfileCardTriggerRoot oneUserProfileCardTrigger"),
        ("span.uiImage", "uiImage"),
        ("a#logout", "profile-link-label logout uiOutputURL"),
    ] {
        assert_eq!(one(&home.body, selector).attribute("class"), class, "suites compare all of it");
    }
    assert_eq!(one(&home.body, "img[title=User]").attribute("alt"), "User");
    assert_eq!(select(&home.body, "div.oneUserProfileCard[hidden]").len(), 1, "closed until the click");
    assert_eq!((link.text.as_str(), out.name()), ("Log Out", "logged-out"));
    assert_eq!(title(&again.body), "Login | Salesforce");
}

/// Contract A1.1, A1.3, A1.4, A1.7, A3.2, A4.1, B1.2, B1.3, C2.1, C5.1, C5.4, M1.1 and M1.15.
#[tokio::test]
async fn the_bodies_of_the_pages_are_as_recorded() {
    let test = TestRealm::start(|spec| spec.org.login_page = Some(LoginPage::TwoStep)).await;
    let browser = test.browser();
    let username = browser.get(&test.url("/")).await;
    let password = browser.submit(&username, "login_form", &[("username", "new@acme.example")]).await;
    let gate = browser.submit(&password, "login_form", &[("pw", "Right-password-1")]).await;
    let classic = TestRealm::start(|_| {}).await;
    let login = classic.browser().get(&classic.url("/")).await;
    let home = classic.browser().log_in(&classic.realm, "visitor").await;

    let mut settings = vestibule_snapshots::settings("pages");
    settings.add_filter(r"[A-Za-z0-9_-]{43}", "[token]");
    settings.add_filter(r#"(id="webauthn-create">).*(</script>)"#, "$1[options]$2");
    settings.add_filter(r"data:image/[^\x22]+", "[image]");
    settings.bind(|| {
        assert_snapshot!("username", username.body);
        assert_snapshot!("password", password.body);
        assert_snapshot!("create-passkey", gate.body);
        assert_snapshot!("login", login.body);
        assert_snapshot!("home", home.body);
    });
}

/// Contract A5.1, A5.2, C1.15, D1.4 and M1.2.
#[tokio::test]
async fn identity_providers_are_offered_on_my_domain_only_by_buttons_with_their_handlers() {
    for login_page in [LoginPage::Classic, LoginPage::TwoStep] {
        let test = TestRealm::start(|spec| {
            spec.org.login_page = Some(login_page);
            spec.idps.insert("okta".to_owned(), IdpSpec::new(IdpProtocol::Saml));
            spec.idps.insert("entra".to_owned(), IdpSpec::new(IdpProtocol::Oidc));
        })
        .await;
        let browser = test.browser();

        let page = browser.get(&test.url("/")).await.body;
        let shared = browser.get(&test.realm.hosts.origin(&HostRole::Login)).await.body;

        assert_eq!(one(&page, "div#or_use_idp").text, "Or");
        let (before, section) = page.split_once("id=\"idp_section_buttons\"").unwrap();
        assert!(before.contains("</form>"), "M1.2: the buttons stand outside the form");
        let buttons = select(section, "button.button.mb12.secondary.wide");
        let texts: Vec<_> = buttons.iter().map(|button| button.text.as_str()).collect();
        assert_eq!(texts, ["Log in with entra", "Log in with okta"], "{login_page:?}");
        let starts = [("entra", "/services/auth/sso/entra?"), ("okta", "/saml/authn-request.jsp?saml_request_id=")];
        for (button, (name, path)) in buttons.iter().zip(starts) {
            let onclick = button.attribute("onclick");
            assert!(onclick.starts_with(&format!("IdpOptions.useIdp('{name}','{}", test.url(path))), "A5.2: {onclick}");
            assert!(onclick.ends_with("');"), "A5.2: {onclick}");
            let tag = format!(
                "<button class=\"button mb12 secondary wide\" onclick=\"{}\">Log in with <span>{name}</span></button>",
                onclick.replace('&', "&amp;")
            );
            assert!(page.contains(&tag), "A5.1, as the captured page has it: {tag}\n{page}");
        }
        for parameter in
            ["saml_request_id=", "saml_acs=", "saml_binding_type=", "Issuer=", "samlSsoConfig=0LE", "RelayState="]
        {
            assert!(buttons[1].attribute("onclick").contains(parameter), "D1.4: {parameter}");
        }
        assert_eq!(select(&page, "[type=submit]").len(), 1, "M1.2");
        assert!(!shared.contains("idp_section_buttons"));
    }
}

/// Contract A5.3.
#[tokio::test]
async fn the_last_identity_provider_is_offered_in_place_of_the_form_where_the_org_says_so() {
    for (hint, start) in
        [(true, "/services/auth/sso/entra"), (true, "/saml/authn-request.jsp"), (false, "/saml/authn-request.jsp")]
    {
        let test = TestRealm::start(|spec| {
            spec.org.idp_hint = hint;
            spec.idps.insert("okta".to_owned(), IdpSpec::new(IdpProtocol::Saml));
            spec.idps.insert("entra".to_owned(), IdpSpec::new(IdpProtocol::Oidc));
        })
        .await;
        let browser = test.browser();
        let before = browser.get(&test.url("/")).await.body;
        browser.get_and_stay(&test.url(start)).await;

        let after = browser.get(&test.url("/")).await.body;
        let stranger = test.browser().get(&test.url("/")).await.body;

        for page in [&before, &stranger] {
            assert!(select(page, "div#idp_hint_section").is_empty(), "{start}");
            assert_eq!(one(page, "form#login_form").attribute("style"), "", "{start}");
        }
        assert_eq!(select(&after, "div#idp_hint_section").len(), usize::from(hint), "{start}");
        if hint {
            let idp = if start.contains("entra") { "entra" } else { "okta" };
            let offered = after.split_once("id=\"idp_hint\"").unwrap().1;
            assert_eq!(select(offered, "button")[0].text, format!("Log in with {idp}"));
            assert_eq!(one(&after, "a#cancel_idp_hint").text, "Log In with a Different Account");
            assert_eq!(one(&after, "form#login_form").attribute("style"), "display: none", "{start}");
            assert_eq!(select(&after, "[type=submit]").len(), 1, "M1.2");
        }
    }
}

/// Contract A4.3, A4.4 and A4.5.
#[tokio::test]
async fn the_shared_login_hosts_have_links_that_my_domain_has_not() {
    for (kind, trial) in [(OrgKind::Production, 1), (OrgKind::Sandbox, 0)] {
        let test = TestRealm::start(|spec| spec.org.kind = kind).await;
        let browser = test.browser();

        let shared = browser.get(&test.realm.hosts.origin(&HostRole::Login)).await.body;
        let my_domain = browser.get(&test.url("/")).await.body;

        for (selector, text) in [
            ("a#mydomainLink", "Use Custom Domain"),
            ("span.gidr-text-break", "or"),
            ("a#gidr-email-log-in-button", "Log In with Email"),
        ] {
            assert_eq!(one(&shared, selector).text, text, "{kind}");
            assert!(select(&my_domain, selector).is_empty(), "{kind}: {selector}");
        }
        let signup: Vec<_> = select(&shared, "a#signup_link").into_iter().map(|link| link.text).collect();
        assert_eq!(signup, vec!["Try for Free"; trial], "{kind}: login.salesforce.com alone has it");
        assert!(select(&my_domain, "a#signup_link").is_empty(), "{kind}");
    }
}

/// Contract A6.1.
#[tokio::test]
async fn home_has_one_title_at_each_of_its_addresses() {
    let test = TestRealm::start(|_| {}).await;
    let token = test.realm.open_session("visitor", SessionLevel::Standard, SessionKind::Api);
    for host in [HostRole::Lightning, HostRole::Setup] {
        for path in ["/lightning/page/home", "/lightning/setup/SetupOneHome/home", "/one/one.app"] {
            let address = test.realm.hosts.url(&host, path);
            let to: String = url::form_urlencoded::byte_serialize(address.as_bytes()).collect();
            let door = format!("/secur/frontdoor.jsp?sid={}&retURL={to}", token.sid.reveal());

            let page = test.browser().get(&test.url(&door)).await;

            assert_eq!((page.url, title(&page.body)), (address, "Home | Salesforce".to_owned()));
        }
    }
}

/// Contract I1.4.
#[tokio::test]
async fn an_admin_is_reminded_by_banners_where_the_org_is_not_ready() {
    for (day, shown) in [(date(2026, 5, 5), true), (date(2026, 6, 3), false)] {
        let test = TestRealm::start(|spec| {
            spec.idps.insert("okta".to_owned(), IdpSpec::new(IdpProtocol::Saml));
            spec.org.date = day;
        })
        .await;
        let browser = test.browser();
        browser.log_in(&test.realm, "admin").await;

        let home = browser.get(&test.lightning("/lightning/page/home")).await;

        let banners: Vec<_> = select(&home.body, "div.banner").into_iter().map(|banner| banner.text).collect();
        assert_eq!(banners.contains(&"Single sign-on is configured.".to_owned()), shown, "{day}: {banners:?}");
    }
}

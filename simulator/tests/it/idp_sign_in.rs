//! The sign-in page of the identity provider and its sessions.

use jiff::SignedDuration;
use vestibule_model::{Carrier, PageName, Signal};
use vestibule_simulator::realm::{Event, IdpProtocol, IdpSpec, MethodUsed, SignInPage, UserSpec};

use crate::sso_realm::{Browser, IDP, PASSWORD, Page, TestRealm, pairs};

fn own_page() -> IdpSpec {
    IdpSpec { sign_in: SignInPage::Own, preset: Some("okta".to_owned()), ..IdpSpec::new(IdpProtocol::Saml) }
}

/// Contract E3.1.
#[tokio::test]
async fn the_own_page_takes_username_password_and_method_and_emits_the_presets_signals() {
    let test = TestRealm::start(own_page()).await;
    let browser = test.browser();
    let page = browser.go(&test.saml_start()).await;
    assert_eq!(page.name(), "idp-sign-in");
    assert!(page.body.contains("<label for=\"username\">"), "{}", page.body);
    let mut form = page.hidden();
    form.extend(pairs(&[("username", "rep@acme.example"), ("password", PASSWORD), ("method", "push")]));

    let answer = browser.post(&page.action(), &form).await;
    browser.go_on(answer).await;

    let amr = || Carrier::SamlAttribute("amr".to_owned());
    let class_ref = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
    let expected = vec![
        Signal::new(class_ref, Carrier::AuthnContextClassRef),
        Signal::new("pwd", amr()),
        Signal::new("mfa", amr()),
        Signal::new("swk", amr()),
    ];
    assert_eq!(test.issued(), [expected]);
    assert_eq!(test.accepted(), test.issued());
}

#[tokio::test]
async fn a_wrong_password_keeps_the_username_and_signs_nobody_in() {
    let test = TestRealm::start(own_page()).await;
    let browser = test.browser();
    let page = browser.go(&test.saml_start()).await;
    let mut form = page.hidden();
    form.extend(pairs(&[("username", "rep@acme.example"), ("password", "wrong"), ("method", "push")]));

    let again = browser.post(&page.action(), &form).await;

    assert_eq!(again.name(), "idp-sign-in");
    assert!(again.body.contains("Wrong username or password."), "{}", again.body);
    assert!(again.body.contains("value=\"rep@acme.example\""), "{}", again.body);
    assert_eq!(test.sign_ins(), 0);
    assert!(test.issued().is_empty());
}

#[tokio::test]
async fn a_suite_written_for_another_identity_provider_finds_its_own_field_ids() {
    let fields = SignInPage::Fields {
        username: "input28".to_owned(),
        password: "credentials.passcode".to_owned(),
        submit: "okta-signin-submit".to_owned(),
    };
    let test = TestRealm::start(IdpSpec { sign_in: fields, ..own_page() }).await;
    let browser = test.browser();
    let page = browser.go(&test.saml_start()).await;
    for id in ["input28", "credentials.passcode", "okta-signin-submit"] {
        assert!(page.body.contains(&format!("id=\"{id}\"")), "{id} in {}", page.body);
    }
    let mut form = page.hidden();
    form.extend(pairs(&[("input28", "REP@acme.example"), ("credentials.passcode", PASSWORD)]));

    let answer = browser.post(&page.action(), &form).await;
    browser.go_on(answer).await;

    assert_eq!(test.sign_ins(), 1);
    assert_eq!(test.accepted().len(), 1);
}

#[tokio::test]
async fn a_second_sign_on_does_not_ask_again_and_keeps_the_first_ones_method() {
    let test = TestRealm::start(own_page()).await;
    let browser = test.browser();
    let page = browser.go(&test.saml_start()).await;
    let mut form = page.hidden();
    form.extend(pairs(&[("username", "rep@acme.example"), ("password", PASSWORD), ("method", "passkey")]));
    browser.go_on(browser.post(&page.action(), &form).await).await;

    browser.go(&test.saml_start()).await;

    assert_eq!(test.sign_ins(), 1);
    let issued = test.issued();
    assert_eq!(issued.len(), 2);
    assert_eq!(issued[0], issued[1]);
}

#[tokio::test]
async fn another_browser_has_no_part_in_a_session() {
    let test = TestRealm::start(own_page()).await;
    let page = test.browser().go(&test.saml_start()).await;
    let browser = test.browser();
    let mut form = page.hidden();
    form.extend(pairs(&[("username", "rep@acme.example"), ("password", PASSWORD), ("method", "push")]));
    browser.go_on(browser.post(&page.action(), &form).await).await;

    let other = test.browser().go(&test.saml_start()).await;

    assert_eq!(other.name(), "idp-sign-in");
}

#[tokio::test]
async fn a_session_ends_after_a_working_day() {
    let test = TestRealm::start(own_page()).await;
    let browser = test.browser();
    let page = browser.go(&test.saml_start()).await;
    let mut form = page.hidden();
    form.extend(pairs(&[("username", "rep@acme.example"), ("password", PASSWORD), ("method", "push")]));
    browser.go_on(browser.post(&page.action(), &form).await).await;

    test.realm.clock.advance(SignedDuration::from_hours(9));
    let page = browser.go(&test.saml_start()).await;

    assert_eq!(page.name(), "idp-sign-in");
}

#[tokio::test]
async fn an_automatic_page_signs_the_only_employee_in_without_a_page() {
    let test = TestRealm::saml().await;

    test.browser().go(&test.saml_start()).await;

    assert_eq!(test.sign_ins(), 1);
    let pages = test
        .events()
        .into_iter()
        .filter(|event| matches!(event, Event::PageServed { page, .. } if *page == PageName::IdpSignIn));
    assert_eq!(pages.count(), 0);
}

#[tokio::test]
async fn an_automatic_page_lets_the_user_choose_where_there_are_several() {
    let test = TestRealm::with(IdpSpec::new(IdpProtocol::Saml), |spec| {
        spec.users.insert("boss".to_owned(), UserSpec::new("System Administrator"));
    })
    .await;
    let browser = test.browser();
    let page = browser.go(&test.saml_start()).await;
    assert_eq!(page.name(), "idp-sign-in");
    let mut form = page.hidden();
    form.extend(pairs(&[("user", "boss")]));

    browser.go_on(browser.post(&page.action(), &form).await).await;

    let signed_in = Event::IdpSignedIn { idp: IDP.to_owned(), user: "boss".to_owned() };
    assert!(test.events().contains(&signed_in));
}

#[tokio::test]
async fn an_automatic_page_takes_the_user_whom_the_request_names() {
    let test = TestRealm::with(IdpSpec::new(IdpProtocol::Saml), |spec| {
        spec.users.insert("boss".to_owned(), UserSpec::new("System Administrator"));
    })
    .await;

    test.browser().go(&test.idp("/saml/idp-initiated?user=boss")).await;

    let signed_in = Event::IdpSignedIn { idp: IDP.to_owned(), user: "boss".to_owned() };
    assert!(test.events().contains(&signed_in));
}

#[tokio::test]
async fn an_automatic_page_is_set_to_one_user() {
    let automatic = SignInPage::AutomaticAs("boss".to_owned());
    let idp = IdpSpec { sign_in: automatic, method: MethodUsed::Totp, ..IdpSpec::new(IdpProtocol::Saml) };
    let test = TestRealm::with(idp, |spec| {
        spec.users.insert("boss".to_owned(), UserSpec::new("System Administrator"));
    })
    .await;

    test.browser().go(&test.saml_start()).await;

    assert!(test.events().contains(&Event::IdpSignedIn { idp: IDP.to_owned(), user: "boss".to_owned() }));
}

#[tokio::test]
async fn a_sign_in_page_without_its_request_is_an_error_page_and_a_journal_entry() {
    let test = TestRealm::start(own_page()).await;

    let page = test.browser().get(&test.idp("/sign-in?request=nothing")).await;

    assert_eq!((page.status, page.name()), (400, "idp-error"));
    assert!(test.events().iter().any(|event| matches!(event, Event::RequestRefused { status: 400, .. })));
}

#[tokio::test]
async fn two_posts_of_one_form_are_borne_and_the_org_takes_one_answer() {
    let test = TestRealm::start(own_page()).await;
    let browser = test.browser();
    let page = browser.go(&test.saml_start()).await;
    let mut form = page.hidden();
    form.extend(pairs(&[("username", "rep@acme.example"), ("password", PASSWORD), ("method", "push")]));
    let first = browser.post(&page.action(), &form).await;

    let second = browser.post(&page.action(), &form).await;
    browser.go_on(second).await;
    browser.go_on(first).await;

    assert_eq!(test.accepted().len(), 1);
    assert_eq!(test.refused_by_org(), ["Failed: InResponseTo Invalid"]);
}

#[tokio::test]
async fn an_unknown_preset_is_an_error_page_that_names_the_nearest() {
    let test = TestRealm::start(IdpSpec { preset: Some("octa".to_owned()), ..IdpSpec::new(IdpProtocol::Saml) }).await;

    let page = test.browser().go(&test.saml_start()).await;

    assert_eq!(page.name(), "idp-error");
    assert!(page.body.contains("did you mean"), "{}", page.body);
}

#[tokio::test]
async fn every_page_says_that_it_is_simulated_and_names_no_vendor() {
    let test = TestRealm::start(own_page()).await;
    let browser = test.browser();
    let pages = [
        browser.go(&test.saml_start()).await,
        browser.get(&test.idp("/nowhere")).await,
        browser.get(&test.idp("/sign-in")).await,
    ];

    for page in pages {
        assert!(page.body.contains("Simulated identity provider of Vestibule"), "{}", page.body);
        for vendor in ["Microsoft", "Entra", "Google", "Okta, Inc"] {
            assert!(!page.body.contains(vendor), "{vendor} in {}", page.body);
        }
    }
}

/// Contract K1.10.
#[tokio::test]
async fn entra_asks_for_the_username_the_password_and_whether_to_stay_signed_in() {
    let test = TestRealm::start(IdpSpec { sign_in: SignInPage::Entra, ..own_page() }).await;
    let browser = test.browser();
    let first = browser.go(&test.saml_start()).await;
    assert!(first.body.contains("id=\"i0116\" name=\"loginfmt\"") && !first.body.contains("i0118"), "{}", first.body);
    assert!(first.body.contains("Simulated identity provider"), "{}", first.body);
    let with = |page: &Page, typed: &[(&str, &str)]| {
        let mut form = page.hidden();
        form.extend(pairs(typed));
        form
    };

    let stranger = browser.post(&first.action(), &with(&first, &[("loginfmt", "nobody@acme.example")])).await;
    assert!(stranger.body.contains("i0116") && stranger.body.contains("may be incorrect"), "{}", stranger.body);
    let second = browser.post(&first.action(), &with(&first, &[("loginfmt", "rep@acme.example")])).await;
    assert!(second.body.contains("id=\"i0118\" name=\"passwd\"") && !second.body.contains("i0116"), "{}", second.body);
    let wrong = browser.post(&second.action(), &with(&second, &[("passwd", "wrong")])).await;
    assert!(wrong.body.contains("i0118") && wrong.body.contains("Wrong username or password."), "{}", wrong.body);
    let early = browser.post(&second.action(), &with(&second, &[("stay", "Yes")])).await;
    assert_eq!((early.name(), test.sign_ins()), ("idp-error", 0), "nothing was proved yet");
    let third = browser.post(&second.action(), &with(&second, &[("passwd", PASSWORD)])).await;
    for part in ["Stay signed in?", "id=\"idSIButton9\"", "id=\"idBtn_Back\""] {
        assert!(third.body.contains(part), "{part} in {}", third.body);
    }
    assert_eq!(test.issued().len(), 0);
    let elsewhere = test.browser().post(&third.action(), &with(&third, &[("stay", "Yes")])).await;
    assert_eq!(elsewhere.name(), "idp-error", "another browser proved nothing");
    let answer = browser.post(&third.action(), &with(&third, &[("stay", "No")])).await;
    browser.go_on(answer).await;

    assert_eq!((test.sign_ins(), test.accepted().len()), (1, 1));
    let refused = |user: Option<&str>| Event::IdpSignInRefused { idp: IDP.to_owned(), user: user.map(str::to_owned) };
    assert!(test.events().contains(&refused(None)) && test.events().contains(&refused(Some("rep"))));
}

/// Contract K1.11.
#[tokio::test]
async fn okta_asks_for_the_identifier_and_then_for_the_passcode_and_its_classic_page_for_both() {
    for (page, username, password, steps) in [
        (SignInPage::Okta, "name=\"identifier\"", "name=\"credentials.passcode\"", 2),
        (SignInPage::OktaClassic, "id=\"okta-signin-username\"", "id=\"okta-signin-password\"", 1),
    ] {
        let fields = page.clone();
        let fields = fields.fields();
        let test = TestRealm::start(IdpSpec { sign_in: page, ..own_page() }).await;
        let browser = test.browser();
        let mut shown = browser.go(&test.saml_start()).await;
        assert!(shown.body.contains(username), "{}", shown.body);
        assert_eq!(shown.body.contains(password), steps == 1, "{}", shown.body);
        let mut form = shown.hidden();
        form.extend(pairs(&[(fields.username.name, "rep@acme.example")]));
        if steps == 2 {
            shown = browser.post(&shown.action(), &form).await;
            assert!(shown.body.contains(password), "{}", shown.body);
            form = shown.hidden();
        }
        form.extend(pairs(&[(fields.password.name, PASSWORD)]));

        let answer = browser.post(&shown.action(), &form).await;
        browser.go_on(answer).await;

        assert_eq!((test.sign_ins(), test.accepted().len()), (1, 1), "{username}");
    }
}

#[tokio::test]
async fn the_page_sets_signals_and_a_fault_for_one_login() {
    let test = TestRealm::start(own_page()).await;
    let browser = test.browser();
    let class_ref = "urn:oasis:names:tc:SAML:2.0:ac:classes:X509";

    let page = browser.go(&test.saml_start()).await;
    let chosen = [("method", "push"), ("amr", "hwk  pin"), ("context", class_ref), ("fault", "audience-other")];
    let refused = sign_in_with(&test, &browser, page, &chosen).await;
    assert_eq!(refused.name(), "login-refused", "{}", refused.body);
    browser.go(&test.saml_start()).await;

    let amr = || Carrier::SamlAttribute("amr".to_owned());
    let expected = vec![
        Signal::new(class_ref, Carrier::AuthnContextClassRef),
        Signal::new("hwk", amr()),
        Signal::new("pin", amr()),
    ];
    assert_eq!(test.issued(), [expected.clone(), expected.clone()]);
    assert_eq!(test.accepted(), [expected], "the fault was of the first answer only");
}

#[tokio::test]
async fn what_is_left_empty_is_the_presets_unless_it_is_meant_to_be_empty() {
    let (as_set_up, nothing): (&[(&str, &str)], &[&str]) = (&[], &[]);
    for (exactly, amr) in [(as_set_up, &["pwd", "mfa", "swk"][..]), (&[("exactly", "1")][..], nothing)] {
        let test = TestRealm::start(own_page()).await;
        let browser = test.browser();
        let page = browser.go(&test.saml_start()).await;
        let empty = [("method", "push"), ("amr", " "), ("context", ""), ("fault", "")];

        sign_in_with(&test, &browser, page, &[&empty[..], exactly].concat()).await;

        let issued = test.issued().remove(0);
        let is_amr = |signal: &&Signal| signal.carrier == Carrier::SamlAttribute("amr".to_owned());
        let values: Vec<_> = issued.iter().filter(is_amr).map(|signal| signal.value.as_str()).collect();
        assert_eq!(values, amr);
    }
}

#[tokio::test]
async fn the_chooser_sets_signals_too_and_the_token_has_the_fault() {
    let oidc = IdpSpec { preset: Some("okta".to_owned()), ..IdpSpec::new(IdpProtocol::Oidc) };
    let test = TestRealm::with(oidc, |spec| {
        spec.users.insert("boss".to_owned(), UserSpec::new("System Administrator"));
    })
    .await;
    let browser = test.browser();
    let chooser = browser.get(&test.oidc_start()).await;
    for part in ["What this login says", "<code>acr</code>", "not-yet-valid", "Method used"] {
        assert!(chooser.body.contains(part), "{part}: {}", chooser.body);
    }
    let mut form = chooser.hidden();
    form.extend(pairs(&[("user", "rep"), ("amr", "pwd"), ("context", "urn:mine"), ("fault", "expired")]));

    let refused = browser.post(&chooser.action(), &form).await;

    let expected = vec![Signal::new("pwd", Carrier::IdTokenAmr), Signal::new("urn:mine", Carrier::IdTokenAcr)];
    assert_eq!(test.issued(), [expected]);
    assert_eq!((refused.name(), test.accepted().len()), ("login-refused", 0), "{}", refused.body);
}

#[tokio::test]
async fn the_pages_of_a_product_have_no_choices() {
    let fields =
        SignInPage::Fields { username: "context".to_owned(), password: "fault".to_owned(), submit: "amr".to_owned() };
    let test = TestRealm::start(IdpSpec { sign_in: fields, ..own_page() }).await;
    let browser = test.browser();
    let page = browser.go(&test.saml_start()).await;
    assert!(!page.body.contains("What this login says"), "{}", page.body);
    let mut form = page.hidden();
    form.extend(pairs(&[("context", "rep@acme.example"), ("fault", PASSWORD), ("method", "push")]));

    browser.go_on(browser.post(&page.action(), &form).await).await;

    assert!(test.issued()[0].iter().any(|signal| signal.value == "swk"), "{:?}", test.issued());
}

#[tokio::test]
async fn where_other_machines_reach_it_the_page_asks_for_the_token_and_the_protocol_does_not() {
    for sign_in in [SignInPage::Own, SignInPage::Entra] {
        let test = TestRealm::with(IdpSpec { sign_in, ..own_page() }, |spec| spec.guarded = true).await;
        let token = test.realm.guard.as_ref().unwrap().reveal().to_owned();
        let browser = test.browser();

        let asked = browser.go(&test.saml_start()).await;
        assert_eq!(asked.status, 401);
        assert!(!asked.body.contains("type=\"text\"") && !asked.body.contains("type=\"email\""), "{}", asked.body);
        let mut past = asked.hidden();
        past.extend(pairs(&[("username", "rep@acme.example"), ("password", PASSWORD)]));
        let still = browser.post(&asked.action(), &past).await;
        assert_eq!((still.status, test.sign_ins()), (401, 0), "the form of the page behind it");
        let mut wrong = asked.hidden();
        wrong.extend(pairs(&[("token", "guessed")]));
        let wrong = browser.post(&asked.action(), &wrong).await;
        assert!(wrong.status == 401 && wrong.body.contains("This is not the token."), "{}", wrong.body);

        let mut right = asked.hidden();
        right.extend(pairs(&[("token", &token)]));
        let page = browser.post(&asked.action(), &right).await;
        assert_eq!((page.status, page.name()), (200, "idp-sign-in"));
        assert!(page.body.contains("Username"), "{}", page.body);
        assert!(test.realm.secrets.all().iter().any(|secret| secret.reveal() == token), "no report shows it");
        let metadata = test.browser().get(&test.idp("/saml/metadata")).await;
        assert_eq!(metadata.status, 200, "apps have no token");
        let other = test.browser().go(&test.saml_start()).await;
        assert_eq!(other.status, 401, "each sign-on is asked");
    }
}

#[tokio::test]
async fn where_other_machines_reach_it_no_request_chooses_the_user_without_the_token() {
    let test = TestRealm::with(IdpSpec::new(IdpProtocol::Saml), |spec| spec.guarded = true).await;

    let asked = test.browser().go(&test.idp("/saml/idp-initiated?user=rep")).await;

    assert_eq!((asked.status, test.sign_ins()), (401, 0), "{}", asked.body);
}

/// Signs the rep in on the own page with these further fields, and follows the answer to the org.
async fn sign_in_with(test: &TestRealm, browser: &Browser, page: Page, chosen: &[(&str, &str)]) -> Page {
    assert_eq!(page.name(), "idp-sign-in", "{:?}", test.events());
    let mut form = page.hidden();
    form.extend(pairs(&[("username", "rep@acme.example"), ("password", PASSWORD)]));
    form.extend(pairs(chosen));
    browser.go_on(browser.post(&page.action(), &form).await).await
}

//! SOAP `login()`, `logout()` and `getUserInfo()`, sent and read as public clients do (contract G1.1 to G1.10).

use std::fs;

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::civil::date;
use openssl::rand::rand_bytes;
use openssl::symm::{Cipher, decrypt_aead, encrypt_aead};
use reqwest::Method;
use vestibule_model::{OrgKind, PasswordExpiry, Secret, UserState, UserType};
use vestibule_simulator::policy::{BlockReason, Outcome};
use vestibule_simulator::realm::{Event, HostRole, RealmSpec, SessionKind, TokenRenewal, UserSpec};

use super::browser::{Browser, Page, page};
use super::html::title;
use super::test_realm::{TestRealm, noon};

const PASSWORD: &str = "Right-password-1";
const TOKEN: &str = "4jEAKuW3a4g33x2zsX11BkrsB";
const PARTNER: &str = "/services/Soap/u/59.0";
const WRONG: &str = "Invalid username, password, security token; or user locked out.";

/// A realm whose user `rep` has a security token.
async fn realm(change: impl FnOnce(&mut RealmSpec)) -> TestRealm {
    with_settings(change, &[]).await
}

async fn with_settings(change: impl FnOnce(&mut RealmSpec), settings: &[(&str, &str)]) -> TestRealm {
    let prepare = |spec: &mut RealmSpec| {
        rep(spec).security_token = Some(Secret::new(TOKEN));
        change(spec);
    };
    TestRealm::with_settings(prepare, settings).await
}

fn rep(spec: &mut RealmSpec) -> &mut UserSpec {
    spec.users.get_mut("rep").unwrap()
}

/// As jsforce writes it.
fn login(password: &str) -> String {
    login_as("rep@acme.example", password)
}

fn login_as(username: &str, password: &str) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    envelope(
        "",
        &format!(
            "<login xmlns=\"urn:partner.soap.sforce.com\"><username>{}</username><password>{}</password></login>",
            escaped(username),
            escaped(password)
        ),
    )
}

fn envelope(header: &str, body: &str) -> String {
    format!(
        "<se:Envelope xmlns:se=\"http://schemas.xmlsoap.org/soap/envelope/\"><se:Header>{header}</se:Header>\
         <se:Body>{body}</se:Body></se:Envelope>"
    )
}

/// An operation without arguments, with a session.
fn in_session(operation: &str, sid: &str) -> String {
    let namespace = "urn:partner.soap.sforce.com";
    let header = format!("<SessionHeader xmlns=\"{namespace}\"><sessionId>{sid}</sessionId></SessionHeader>");
    envelope(&header, &format!("<{operation} xmlns=\"{namespace}\"/>"))
}

async fn post(test: &TestRealm, path: &str, body: String) -> Page {
    post_to(test, &test.url(path), body).await
}

async fn post_to(test: &TestRealm, url: &str, body: String) -> Page {
    let request =
        test.browser().request(Method::POST, url).header("content-type", "text/xml").header("soapaction", "\"\"");
    page(request.body(body)).await
}

/// The text of the first element of this name without attributes, as clients cut it out.
fn text<'a>(page: &'a Page, element: &str) -> &'a str {
    let (_, rest) = page.body.split_once(&format!("<{element}>")).unwrap_or_else(|| panic!("{element}: {}", page.body));
    rest.split_once(&format!("</{element}>")).unwrap().0
}

fn assert_fault(page: &Page, code: &str, message: &str) {
    assert_eq!(page.status, 500, "{}", page.body);
    assert_eq!(text(page, "sf:exceptionCode"), code, "{}", page.body);
    assert_eq!(text(page, "sf:exceptionMessage"), message);
    assert_eq!(text(page, "faultstring"), format!("{code}: {message}"), "jsforce reads this alone");
    assert_eq!(text(page, "faultcode"), format!("sf:{code}"));
}

/// Contract G1.1.
#[tokio::test]
async fn a_login_answers_what_its_clients_read() {
    let test = realm(|_| {}).await;
    let user = test.realm.users.get("rep").unwrap();

    let answer = post(&test, PARTNER, login(&format!("{PASSWORD}{TOKEN}"))).await;

    assert_eq!(answer.status, 200, "{}", answer.body);
    let org_id = &test.realm.org_id[..15];
    assert_eq!(text(&answer, "serverUrl"), test.url(&format!("/services/Soap/u/59.0/{org_id}")));
    assert_eq!(text(&answer, "metadataServerUrl"), test.url(&format!("/services/Soap/m/59.0/{org_id}")));
    assert!(text(&answer, "sessionId").starts_with(&format!("{org_id}!AQ")));
    assert_eq!((text(&answer, "passwordExpired"), text(&answer, "sandbox")), ("false", "true"));
    assert_eq!(text(&answer, "userId"), user.id);
    assert_eq!(text(&answer, "organizationId"), test.realm.org_id);
    assert_eq!((text(&answer, "userName"), text(&answer, "userEmail")), ("rep@acme.example", "rep@acme.example"));
    assert_eq!(text(&answer, "sessionSecondsValid"), "7200");
    assert!(answer.body.contains("xmlns=\"urn:partner.soap.sforce.com\""));
    // A client made from the WSDL reads the elements in its order, and misses none.
    let order = [
        "<metadataServerUrl>",
        "<passwordExpired>",
        "<sandbox>",
        "<serverUrl>",
        "<sessionId>",
        "<userId>",
        "<userInfo>",
        "<accessibilityMode>",
        "<chatterExternal>",
        "<currencySymbol>",
        "<orgAttachmentFileSizeLimit>",
        "<orgDefaultCurrencyIsoCode>",
        "<orgDefaultCurrencyLocale>",
        "<orgDisallowHtmlAttachments>",
        "<orgHasPersonAccounts>",
        "<organizationId>",
        "<organizationMultiCurrency>",
        "<organizationName>",
        "<profileId>",
        "<roleId ",
        "<sessionSecondsValid>",
        "<userDefaultCurrencyIsoCode ",
        "<userEmail>",
        "<userFullName>",
        "<userLanguage>",
        "<userLocale>",
        "<userName>",
        "<userTimeZone>",
        "<userType>",
        "<userUiSkin>",
    ];
    let places: Vec<_> = order.iter().map(|name| answer.body.find(name).unwrap_or_else(|| panic!("{name}"))).collect();
    assert!(places.is_sorted(), "{}", answer.body);
}

/// Contract G1.1.
#[tokio::test]
async fn a_login_is_read_whatever_its_soapaction() {
    let test = realm(|_| {}).await;
    for action in ["", "\"\"", "login", "\"login\""] {
        let request = test.browser().request(Method::POST, &test.url(PARTNER)).header("content-type", "text/xml");
        let request = request.header("soapaction", action).body(login(&format!("{PASSWORD}{TOKEN}")));

        let answer = page(request).await;

        assert_eq!(answer.status, 200, "{action}: {}", answer.body);
    }
}

/// Contract G1.10.
#[tokio::test]
async fn the_session_is_one_of_the_api_and_opens_rest_and_the_front_door() {
    let test = realm(|spec| spec.users.get_mut("visitor").unwrap().security_token = Some(Secret::new(TOKEN))).await;
    let username = "visitor@acme.example";
    let answer = post(&test, PARTNER, login_as(username, &format!("{PASSWORD}{TOKEN}"))).await;
    let sid = text(&answer, "sessionId");
    let query = test
        .url("/services/data/v59.0/query?q=SELECT+LoginType,Status,Application,ApiType,ApiVersion+FROM+LoginHistory");

    let rows = test.browser().get_with(&query, "authorization", &format!("Bearer {sid}")).await;
    let home = test.browser().get(&test.url(&format!("/secur/frontdoor.jsp?sid={sid}"))).await;

    let rows: serde_json::Value = serde_json::from_str(&rows.body).unwrap();
    assert_eq!(rows["records"][0]["LoginType"], "Other Apex API");
    assert_eq!(rows["records"][0]["Status"], "Success");
    assert_eq!(rows["records"][0]["Application"], "N/A");
    assert_eq!(rows["records"][0]["ApiType"], "SOAP Partner");
    assert_eq!(rows["records"][0]["ApiVersion"], "59.0");
    assert_eq!(title(&home.body), "Home | Salesforce");
    assert_eq!(test.realm.sessions.find(sid).unwrap().kind, SessionKind::Api);
}

/// Contract G1.1 and G1.10.
#[tokio::test]
async fn the_login_hosts_and_the_enterprise_wsdl_answer_too_and_the_row_names_the_client() {
    let test = realm(|_| {}).await;
    let enterprise = login(&format!("{PASSWORD}{TOKEN}")).replace("urn:partner", "urn:enterprise").replace(
        "<se:Header>",
        "<se:Header><CallOptions xmlns=\"urn:enterprise.soap.sforce.com\"><client>tool/1.2</client></CallOptions>",
    );
    let url = test.realm.hosts.url(&HostRole::Login, "/services/Soap/c/64.0");

    let answer = post_to(&test, &url, enterprise).await;
    let fault = post(&test, "/services/Soap/c/64.0", login("x").replace("urn:partner", "urn:enterprise")).await;
    let crossed = post(&test, "/services/Soap/c/64.0", login("x")).await;
    let lightning = post_to(&test, &test.lightning(PARTNER), login("x")).await;

    assert!(text(&answer, "serverUrl").starts_with(&test.url("/services/Soap/c/64.0/")), "{}", answer.body);
    assert!(answer.body.contains("xmlns=\"urn:enterprise.soap.sforce.com\""));
    assert!(fault.body.contains("xmlns:sf=\"urn:fault.enterprise.soap.sforce.com\""));
    let why =
        "No operation available for request {urn:partner.soap.sforce.com}login, please check the WSDL for the service.";
    assert_eq!((crossed.status, text(&crossed, "faultstring")), (500, why));
    assert_eq!(lightning.status, 404);
    let row = test.realm.login_history.all().remove(0);
    assert_eq!((row.application.as_str(), row.login_url), ("tool/1.2", test.realm.hosts.name(&HostRole::Login)));
    let api = row.api.map(|api| (api.api_type, api.version));
    assert_eq!(api, Some(("SOAP Enterprise".to_owned(), "64.0".to_owned())));
}

/// A change of the realm, what is typed as the password, and what comes of it.
type Row = (&'static str, fn(&mut RealmSpec), String, Option<(&'static str, &'static str)>, &'static str);

/// Contract G1.2.
#[tokio::test]
async fn each_login_is_let_in_or_refused_as_the_vendor_does_and_login_history_tells_why() {
    let both = format!("{PASSWORD}{TOKEN}");
    let wrong = Some(("INVALID_LOGIN", WRONG));
    let domain = Some(("LOGIN_DURING_RESTRICTED_DOMAIN", "cannot log in from current domain"));
    let time = Some(("LOGIN_DURING_RESTRICTED_TIME", "cannot log in during restricted time"));
    let rows: [Row; 17] = [
        ("the token", |_| {}, both.clone(), None, "Success"),
        ("another password", |_| {}, format!("Wrong{TOKEN}"), wrong, "Invalid Password"),
        ("another token", |_| {}, format!("{PASSWORD}{}", TOKEN.to_lowercase()), wrong, "Invalid Password"),
        ("a blank between", |_| {}, format!("{PASSWORD} {TOKEN}"), wrong, "Invalid Password"),
        ("a part of the token", |_| {}, format!("{PASSWORD}{}", &TOKEN[..20]), wrong, "Invalid Password"),
        ("no password", |_| {}, String::new(), wrong, "Invalid Password"),
        ("a password of a megabyte", |_| {}, "x".repeat(1_000_000), wrong, "Invalid Password"),
        ("frozen", |spec| rep(spec).state = UserState::Frozen, both.clone(), wrong, "User is frozen"),
        ("inactive", |spec| rep(spec).state = UserState::Inactive, both.clone(), wrong, "User is inactive"),
        ("locked", |spec| rep(spec).locked = true, both.clone(), wrong, "Password lockout"),
        ("restricted to the API", |spec| rep(spec).user_type = UserType::ApiOnly, both.clone(), None, "Success"),
        (
            "outside the ranges of the profile",
            |spec| rep(spec).login_ip_ranges = vec!["203.0.113.7".parse().unwrap()],
            both.clone(),
            domain,
            "Restricted IP",
        ),
        (
            "inside the ranges of the profile without the token",
            |spec| rep(spec).login_ip_ranges = vec!["127.0.0.1".parse().unwrap()],
            PASSWORD.to_owned(),
            None,
            "Success",
        ),
        (
            "from a trusted range without the token",
            |spec| spec.org.trusted_ip_ranges = vec!["127.0.0.0-127.0.0.255".parse().unwrap()],
            PASSWORD.to_owned(),
            None,
            "Success",
        ),
        (
            "from a trusted range with another token",
            |spec| spec.org.trusted_ip_ranges = vec!["127.0.0.1".parse().unwrap()],
            format!("{PASSWORD}x"),
            wrong,
            "Invalid Password",
        ),
        ("after hours", |spec| rep(spec).login_hours = hours("00:00-12:00"), both.clone(), time, "Restricted time"),
        ("no token at all", |spec| rep(spec).security_token = None, both, wrong, "Invalid Password"),
    ];
    for (what, change, typed, fault, status) in rows {
        let test = realm(change).await;

        let answer = post(&test, PARTNER, login(&typed)).await;

        match fault {
            Some((code, message)) => assert_fault(&answer, code, message),
            None => assert_eq!(answer.status, 200, "{what}: {}", answer.body),
        }
        assert_eq!(test.statuses(), [status], "{what}");
        assert_eq!(test.realm.sessions.opened(), u32::from(fault.is_none()), "{what}");
        let journal = serde_json::to_string(&test.realm.journal.all()).unwrap();
        assert!(!journal.contains(PASSWORD) && !journal.contains(TOKEN), "{what}");
    }
}

/// Contract G1.2 and G1.6.
#[tokio::test]
async fn without_the_token_a_login_from_anywhere_is_told_so_and_counts_as_no_wrong_password() {
    let test = realm(|_| {}).await;

    for _ in 0..12 {
        let answer = post(&test, PARTNER, login(PASSWORD)).await;
        assert_eq!(text(&answer, "sf:exceptionCode"), "LOGIN_MUST_USE_SECURITY_TOKEN");
        let message = text(&answer, "sf:exceptionMessage");
        assert!(
            message.starts_with(WRONG) && message.contains("outside of your company’s trusted networks"),
            "{message}"
        );
    }
    let with_token = post(&test, PARTNER, login(&format!("{PASSWORD}{TOKEN}"))).await;

    assert_eq!(with_token.status, 200, "{}", with_token.body);
    assert_eq!(test.statuses()[..2], ["Failed: API security token required"; 2]);
}

/// Contract G1.6.
#[tokio::test]
async fn an_unneeded_token_is_accepted_unless_it_is_set_otherwise() {
    for (settings, status) in [(&[][..], 200), (&[("api-logins.unneeded-token", "refused")][..], 500)] {
        let trust = |spec: &mut RealmSpec| spec.org.trusted_ip_ranges = vec!["127.0.0.1".parse().unwrap()];
        let test = with_settings(trust, settings).await;

        let answer = post(&test, PARTNER, login(&format!("{PASSWORD}{TOKEN}"))).await;

        assert_eq!(answer.status, status, "{settings:?}");
    }
}

#[tokio::test]
async fn wrong_passwords_of_page_and_api_lock_a_user_out_together() {
    let test = realm(|_| {}).await;
    for _ in 0..5 {
        test.browser().post(&test.url("/"), &[("username", "rep@acme.example"), ("pw", "guess")]).await;
        post(&test, PARTNER, login("guess")).await;
    }

    let api = post(&test, PARTNER, login(&format!("{PASSWORD}{TOKEN}"))).await;

    assert_fault(&api, "INVALID_LOGIN", WRONG);
    assert_eq!(test.statuses().last().copied(), Some("Password lockout"));
    let locked = test.events().iter().filter(|event| matches!(event, Event::UserLockedOut { .. })).count();
    assert_eq!(locked, 1);
}

#[tokio::test]
async fn nobody_learns_from_a_fault_whether_a_username_exists() {
    let test = realm(|_| {}).await;

    let nobody = post(&test, PARTNER, login_as("nobody@acme.example", "x")).await;
    let rep = post(&test, PARTNER, login("x")).await;

    assert_eq!(nobody.body, rep.body);
    assert_eq!(test.statuses(), ["Invalid Password", "Invalid Password"]);
}

/// Contract G1.6.
#[tokio::test]
async fn with_mfa_for_api_logins_a_code_takes_the_place_of_the_token() {
    let test = realm(|spec| rep(spec).mfa_for_api_logins = true).await;
    let code = test.totp("rep", 0);
    let spaced = format!("{} {}", &code[..3], &code[3..]);

    for (typed, code, status) in [
        (PASSWORD.to_owned(), "LOGIN_MUST_USE_SECURITY_TOKEN", "Multi-factor required"),
        (format!("{PASSWORD}{TOKEN}"), "INVALID_LOGIN", "Multi-factor required"),
        (format!("{PASSWORD}{}", test.totp("rep", 5)), "INVALID_LOGIN", "Multi-factor required"),
        (format!("{PASSWORD}{code}00"), "INVALID_LOGIN", "Multi-factor required"),
        (format!("{PASSWORD}{spaced}"), "", "Success"),
        (format!("{PASSWORD}{code}"), "INVALID_LOGIN", "Multi-factor required"),
    ] {
        let answer = post(&test, PARTNER, login(&typed)).await;

        assert_eq!(answer.status, if code.is_empty() { 200 } else { 500 }, "{typed}");
        if !code.is_empty() {
            assert_eq!(text(&answer, "sf:exceptionCode"), code, "{typed}");
        }
        assert_eq!(test.statuses().last().copied(), Some(status), "{typed}");
    }
    for _ in 0..10 {
        post(&test, PARTNER, login(&format!("{PASSWORD}000000"))).await;
    }
    assert!(test.realm.users.get("rep").unwrap().is_locked(noon()), "ten bad codes");
}

/// Contract G1.3, G1.4 and G1.5.
#[tokio::test]
async fn the_call_ends_by_version_by_day_by_setting_and_by_permission() {
    type Row = (fn(&mut RealmSpec), &'static str, Option<(&'static str, String)>);
    let not_in = |version| {
        format!(
            "The SOAP Login operation is not available in the API version specified ({version}). Refer to the \
             documentation for supported versions."
        )
    };
    let disabled = "SOAP API login() is disabled by default in this org. Contact the org administrator to enable SOAP API login().";
    let rows: [Row; 12] = [
        (|_| {}, "64.0", None),
        (|_| {}, "31.0", None),
        (|_| {}, "65.0", Some(("INVALID_OPERATION", not_in("65.0")))),
        (|_| {}, "30.0", Some(("UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL".to_owned()))),
        (|_| {}, "x", Some(("UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL".to_owned()))),
        (|spec| spec.org.date = "2027-05-31".parse().unwrap(), "59.0", None),
        (|spec| spec.org.date = "2027-06-01".parse().unwrap(), "59.0", Some(("INVALID_OPERATION", not_in("59.0")))),
        (|spec| spec.org.soap_login = Some(false), "59.0", Some(("INVALID_OPERATION", disabled.to_owned()))),
        (|spec| spec.org.kind = OrgKind::Scratch, "59.0", Some(("INVALID_OPERATION", disabled.to_owned()))),
        (
            |spec| {
                spec.org.kind = OrgKind::Scratch;
                spec.org.soap_login = Some(true);
            },
            "59.0",
            Some((
                "INVALID_OPERATION",
                "SOAP API login() needs the user permission Use Any API Auth in this org.".to_owned(),
            )),
        ),
        (
            |spec| {
                spec.org.use_any_api_auth_required = Some(true);
                rep(spec).use_any_api_auth = true;
            },
            "59.0",
            None,
        ),
        (|spec| spec.org.kind = OrgKind::Production, "59.0", None),
    ];
    for (number, (change, version, fault)) in rows.into_iter().enumerate() {
        let test = realm(change).await;
        let path = format!("/services/Soap/u/{version}");

        let answer = post(&test, &path, login(&format!("{PASSWORD}{TOKEN}"))).await;

        match fault {
            Some((code, message)) => assert_fault(&answer, code, &message),
            None => assert_eq!(answer.status, 200, "row {number}: {}", answer.body),
        }
    }
}

/// Contract H1.4.
#[tokio::test]
async fn a_way_that_the_org_closes_to_a_user_is_a_restricted_domain() {
    let test = realm(|spec| spec.org.use_any_api_auth_required = Some(true)).await;

    post(&test, PARTNER, login(&format!("{PASSWORD}{TOKEN}"))).await;

    assert_eq!(test.statuses(), ["Restricted domain"]);
}

/// Contract G1.3.
#[tokio::test]
async fn an_org_without_the_call_says_so_whoever_asks() {
    let test = realm(|spec| spec.org.soap_login = Some(false)).await;

    let answer = post(&test, PARTNER, login_as("nobody@acme.example", "x")).await;

    assert_eq!(text(&answer, "sf:exceptionCode"), "INVALID_OPERATION");
    assert!(test.statuses().is_empty());
}

#[tokio::test]
async fn the_journal_says_whose_call_is_refused_and_by_which_rule() {
    type Row = (fn(&mut RealmSpec), BlockReason);
    let rows: [Row; 2] = [
        (|spec| spec.org.soap_login = Some(false), BlockReason::SoapLoginDisabled),
        (|spec| spec.org.date = date(2027, 6, 1), BlockReason::RouteRetired),
    ];
    for (change, reason) in rows {
        let test = realm(change).await;

        post(&test, PARTNER, login(&format!("{PASSWORD}{TOKEN}"))).await;

        let decided = test.events().into_iter().find_map(|event| match event {
            Event::Decided { user, decision } => Some((user, decision.outcome)),
            _ => None,
        });
        assert_eq!(decided, Some(("rep".to_owned(), Outcome::Block { reason })));
    }
}

/// Contract G1.9.
#[tokio::test]
async fn the_session_of_an_expired_password_can_do_nothing() {
    let test = realm(|spec| rep(spec).password_expired = Some(PasswordExpiry::Hard)).await;

    let answer = post(&test, PARTNER, login(&format!("{PASSWORD}{TOKEN}"))).await;

    assert_eq!((answer.status, text(&answer, "passwordExpired")), (200, "true"));
    let bearer = format!("Bearer {}", text(&answer, "sessionId"));
    let userinfo = test.browser().get_with(&test.url("/services/oauth2/userinfo"), "authorization", &bearer).await;
    assert_eq!(userinfo.status, 403);
    assert!(!test.realm.sessions.signed_in("rep"));
}

#[tokio::test]
async fn a_logout_ends_the_session_and_only_an_open_session_says_whose_it_is() {
    let test = realm(|_| {}).await;
    let answer = post(&test, PARTNER, login(&format!("{PASSWORD}{TOKEN}"))).await;
    let sid = text(&answer, "sessionId").to_owned();
    let illegal = "Invalid Session ID found in SessionHeader: Illegal Session";

    // Only `login()` left version 65.
    let info = post(&test, "/services/Soap/u/66.0", in_session("getUserInfo", &sid)).await;
    let out = post(&test, PARTNER, in_session("logout", &sid)).await;
    let again = post(&test, PARTNER, in_session("logout", &sid)).await;
    let after = post(&test, PARTNER, in_session("getUserInfo", &sid)).await;

    assert_eq!((info.status, text(&info, "userName")), (200, "rep@acme.example"));
    assert!(out.status == 200 && out.body.contains("<logoutResponse/>"), "{}", out.body);
    assert_fault(&again, "INVALID_SESSION_ID", illegal);
    assert_fault(&after, "INVALID_SESSION_ID", illegal);
    assert!(test.realm.sessions.find(&sid).is_none());
}

#[tokio::test]
async fn what_cannot_be_read_is_a_fault_that_says_why_and_nothing_is_expanded() {
    let test = realm(|_| {}).await;
    let bomb = format!("<!DOCTYPE l [<!ENTITY a \"{}\">]>{}", "x".repeat(1000), login("&a;"));
    for (body, why) in [
        (String::new(), "no root element"),
        ("username=rep".to_owned(), "not well-formed"),
        (bomb, "DOCTYPE"),
        ("<a>".repeat(100), "deep"),
        (envelope("", ""), "no operation"),
        (
            login("x").replace("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"),
            "envelope",
        ),
    ] {
        let answer = post(&test, PARTNER, body).await;

        assert_eq!((answer.status, text(&answer, "faultcode")), (500, "soapenv:Client"), "{why}");
        assert!(text(&answer, "faultstring").contains(why), "{why}: {}", answer.body);
    }
    let large = post(&test, PARTNER, login(&"x".repeat(3_000_000))).await;
    let got = test.browser().get(&test.url(PARTNER)).await;
    let unknown = post(&test, PARTNER, in_session("query", "x")).await;

    assert_eq!((large.status, got.status, unknown.status), (413, 500, 500));
    assert!(unknown.body.contains("query of the SOAP API is not simulated by Vestibule"), "{}", unknown.body);
    let what = test.events().into_iter().find_map(|event| match event {
        Event::NotSimulated { what, .. } => what,
        _ => None,
    });
    assert_eq!(what.as_deref(), Some("query()"));
}

#[tokio::test]
async fn token_and_session_id_are_known_as_secrets_from_the_first() {
    let test = realm(|_| {}).await;
    assert!(test.realm.secrets.all().contains(&Secret::new(TOKEN)));

    let answer = post(&test, PARTNER, login(&format!("{PASSWORD}{TOKEN}"))).await;

    assert!(test.realm.secrets.all().contains(&Secret::new(text(&answer, "sessionId"))));
}

/// Hours of a Monday, the day of the tests.
fn hours(text: &str) -> vestibule_model::LoginHours {
    serde_json::from_value(serde_json::json!({ "monday": text })).unwrap()
}

const RESET: &str = "/_ui/system/security/ResetApiTokenEdit";

/// The token in the newest mail, cut out as a public client does.
fn mailed_token(test: &TestRealm, address: &str) -> String {
    let mail = test.realm.inbox.to(address).pop().unwrap();
    assert_eq!(
        (mail.subject.as_str(), mail.from.as_str()),
        ("Your new Salesforce security token", "noreply@salesforce.com")
    );
    assert!(mail.body.contains(&format!("Username: {address}\n")), "{}", mail.body);
    let (_, rest) = mail.body.split_once("Security token (case-sensitive): ").unwrap();
    let token = rest.lines().next().unwrap().to_owned();
    assert!((24..=25).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{token}");
    token
}

async fn signed_in(test: &TestRealm, user: &str) -> Browser {
    let browser = test.browser();
    let page = browser.log_in(&test.realm, user).await;
    if page.body.contains("id=\"tc\"") {
        browser.submit(&page, "editPage", &[("tc", &test.totp(user, 0))]).await;
    }
    assert!(test.realm.sessions.signed_in(user), "{user}");
    browser
}

/// The client keeps what it read from the mail, and goes on with it after the renewal. Contract G1.7.
#[tokio::test]
async fn a_user_resets_the_token_and_a_client_goes_on_with_the_one_in_the_mail() {
    let test = realm(|_| {}).await;
    let browser = signed_in(&test, "rep").await;

    let form = browser.get(&test.url(RESET)).await;
    let in_lightning = browser.get(&test.url("/lightning/settings/personal/ResetApiToken/home")).await;
    let done = browser.submit(&form, "editPage", &[]).await;
    let old = post(&test, PARTNER, login(&format!("{PASSWORD}{TOKEN}"))).await;
    let first = mailed_token(&test, "rep@acme.example");
    let with_first = post(&test, PARTNER, login(&format!("{PASSWORD}{first}"))).await;
    browser.submit(&in_lightning, "editPage", &[]).await;
    let second = mailed_token(&test, "rep@acme.example");
    let with_second = post(&test, PARTNER, login(&format!("{PASSWORD}{second}"))).await;

    assert_eq!(title(&form.body), "Reset Security Token | Salesforce");
    assert_eq!(in_lightning.url, test.lightning("/lightning/settings/personal/ResetApiToken/home"));
    assert!(
        done.body.contains("A new security token was sent to the email address of rep@acme.example"),
        "{}",
        done.body
    );
    assert!(!done.body.contains(&first), "only the mail has it");
    assert_fault(&old, "INVALID_LOGIN", WRONG);
    assert_eq!((with_first.status, with_second.status), (200, 200));
    assert_ne!(first, second);
    let known = test.realm.secrets.all();
    assert!([&first, &second].into_iter().all(|token| known.contains(&Secret::new(token.as_str()))));
    let renewed = |event: &&Event| matches!(event, Event::SecurityTokenRenewed { because: TokenRenewal::ByUser, .. });
    assert_eq!(test.events().iter().filter(renewed).count(), 2);
}

/// Contract G1.7.
#[tokio::test]
async fn only_somebody_with_manage_users_resets_the_token_of_another() {
    for (who, manages, may) in [("visitor", false, false), ("visitor", true, true), ("new", false, false)] {
        let test = realm(|spec| {
            spec.users.get_mut(who).unwrap().manage_users = manages;
            spec.users.get_mut(who).unwrap().user_type = UserType::ExperienceCloud;
        })
        .await;
        let id = test.realm.users.get("rep").unwrap().id;
        let browser = signed_in(&test, who).await;

        let page = browser.get(&test.url(&format!("{RESET}?userId={id}"))).await;
        let short = browser.post(&test.url(RESET), &[("userId", &id[..15])]).await;
        let nobody = browser.post(&test.url(RESET), &[("userId", "005000000000000AAA")]).await;

        assert_eq!(
            (page.status, short.status, nobody.status),
            if may { (200, 200, 403) } else { (403, 403, 403) },
            "{who}"
        );
        let token = test.realm.users.get("rep").unwrap().security_token.unwrap();
        assert_eq!(token != Secret::new(TOKEN), may, "{who}");
        assert_eq!(test.realm.inbox.to("rep@acme.example").len(), usize::from(may), "the owner gets the mail");
        assert!(test.realm.users.get(who).unwrap().security_token.is_none(), "{who}");
    }
}

#[tokio::test]
async fn a_stranger_resets_no_token() {
    let test = realm(|_| {}).await;
    let id = test.realm.users.get("rep").unwrap().id;

    let page = test.browser().post(&test.url(RESET), &[("userId", id.as_str())]).await;

    assert_eq!(title(&page.body), "Login | Salesforce");
    assert_eq!(test.realm.users.get("rep").unwrap().security_token, Some(Secret::new(TOKEN)));
}

/// Contract G1.7.
#[tokio::test]
async fn a_change_of_the_password_ends_the_token_and_mails_a_new_one() {
    for (had, mails) in [(true, 1), (false, 0)] {
        let test = realm(|spec| {
            let user = spec.users.get_mut("visitor").unwrap();
            user.password_expired = Some(PasswordExpiry::Hard);
            user.security_token = had.then(|| Secret::new(TOKEN));
        })
        .await;
        let browser = test.browser();
        let page = browser.log_in(&test.realm, "visitor").await;

        browser.submit(&page, "editPage", &[("p5", "Other-password-2"), ("p6", "Other-password-2")]).await;

        let typed = |token: &str| login_as("visitor@acme.example", &format!("Other-password-2{token}"));
        assert_fault(&post(&test, PARTNER, typed(TOKEN)).await, "INVALID_LOGIN", WRONG);
        assert_eq!(test.realm.inbox.to("visitor@acme.example").len(), mails);
        if had {
            let renewed = mailed_token(&test, "visitor@acme.example");
            assert_eq!(post(&test, PARTNER, typed(&renewed)).await.status, 200);
        }
    }
}

/// No token ends by itself. Contract G1.7.
#[tokio::test]
async fn a_token_is_as_good_after_years() {
    let test = realm(|_| {}).await;

    test.realm.clock.advance(jiff::SignedDuration::from_hours(24 * 365 * 3));

    assert_eq!(post(&test, PARTNER, login(&format!("{PASSWORD}{TOKEN}"))).await.status, 200);
}

/// A program that signs in for an integration: it keeps the token encrypted, and picks up a renewed one by itself.
struct CarefulClient {
    key: [u8; 32],
    kept_in: tempfile::NamedTempFile,
}

impl CarefulClient {
    fn with(token: &str) -> Self {
        let mut key = [0; 32];
        rand_bytes(&mut key).unwrap();
        let client = Self { key, kept_in: tempfile::NamedTempFile::new().unwrap() };
        client.keep(token);
        client
    }

    fn keep(&self, token: &str) {
        let (mut nonce, mut tag) = ([0; NONCE], [0; TAG]);
        rand_bytes(&mut nonce).unwrap();
        let cipher = Cipher::aes_256_gcm();
        let sealed = encrypt_aead(cipher, &self.key, Some(nonce.as_slice()), b"", token.as_bytes(), &mut tag).unwrap();
        fs::write(self.kept_in.path(), [nonce.as_slice(), tag.as_slice(), sealed.as_slice()].concat()).unwrap();
    }

    fn token(&self) -> String {
        let kept = fs::read(self.kept_in.path()).unwrap();
        let (nonce, rest) = kept.split_at(NONCE);
        let (tag, sealed) = rest.split_at(TAG);
        let opened = decrypt_aead(Cipher::aes_256_gcm(), &self.key, Some(nonce), b"", sealed, tag).unwrap();
        String::from_utf8(opened).unwrap()
    }

    /// Logs in. A token that is refused is replaced by the one in the newest mail, which is kept from then on.
    async fn log_in(&self, test: &TestRealm) -> Page {
        let first = post(test, PARTNER, login(&format!("{PASSWORD}{}", self.token()))).await;
        if first.status == 200 || test.realm.inbox.to("rep@acme.example").is_empty() {
            return first;
        }
        self.keep(&mailed_token(test, "rep@acme.example"));
        post(test, PARTNER, login(&format!("{PASSWORD}{}", self.token()))).await
    }
}

const NONCE: usize = 12;
const TAG: usize = 16;

#[tokio::test]
async fn a_client_that_keeps_the_token_encrypted_picks_up_a_renewed_one_by_itself() {
    let test = realm(|_| {}).await;
    let client = CarefulClient::with(TOKEN);
    let before = client.log_in(&test).await;
    let browser = signed_in(&test, "rep").await;
    let form = browser.get(&test.url(RESET)).await;
    browser.submit(&form, "editPage", &[]).await;

    let after = client.log_in(&test).await;
    let again = client.log_in(&test).await;

    assert_eq!([before.status, after.status, again.status], [200; 3]);
    let renewed = mailed_token(&test, "rep@acme.example");
    assert_eq!(client.token(), renewed);
    let refused = test.statuses().into_iter().filter(|status| *status == "Invalid Password").count();
    assert_eq!(refused, 1, "the old token is tried once");
    let kept = fs::read(client.kept_in.path()).unwrap();
    for token in [TOKEN, renewed.as_str()] {
        assert!(!kept.windows(token.len()).any(|window| window == token.as_bytes()), "the file shows no token");
    }
}

/// As the vendor's client for Java sends it (contract K1.12).
#[tokio::test]
async fn a_call_may_come_compressed_and_what_cannot_be_read_is_refused() {
    let test = realm(|_| {}).await;
    let call = login(&format!("{PASSWORD}{TOKEN}"));
    let bomb = vec![b' '; 3 * 1024 * 1024];
    for (coding, body, status) in [
        ("gzip", gzip(call.as_bytes()), 200),
        ("GZIP", gzip(call.as_bytes()), 200),
        ("identity", call.clone().into_bytes(), 200),
        ("gzip", call.clone().into_bytes(), 400),
        ("gzip", gzip(call.as_bytes())[..40].to_vec(), 400),
        ("gzip", gzip(&bomb), 413),
        ("br", call.into_bytes(), 415),
    ] {
        let request = test.browser().request(Method::POST, &test.url(PARTNER)).header("content-type", "text/xml");

        let answer = page(request.header("content-encoding", coding).body(body)).await;

        assert_eq!(answer.status, status, "{coding}: {}", answer.body);
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

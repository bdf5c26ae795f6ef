//! Login History as a page and as a REST query; userinfo.

use vestibule_model::SessionLevel;
use vestibule_simulator::realm::{Event, HostRole, SessionKind};

use super::browser::{Page, page};
use super::html::{one, title};
use super::test_realm::TestRealm;

async fn query(test: &TestRealm, soql: &str) -> Page {
    let token = test.realm.open_session("rep", SessionLevel::Standard, SessionKind::Api);
    let encoded: String = url::form_urlencoded::byte_serialize(soql.as_bytes()).collect();
    let url = test.url(&format!("/services/data/v66.0/query?q={encoded}"));
    test.browser().get_with(&url, "authorization", &format!("Bearer {}", token.sid.reveal())).await
}

/// Contract H1.3 and H1.6.
#[tokio::test]
async fn login_history_is_selected_filtered_ordered_and_limited() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    browser.post(&test.url("/"), &[("username", "visitor@acme.example"), ("pw", "wrong")]).await;
    browser.log_in(&test.realm, "visitor").await;
    test.browser().log_in(&test.realm, "rep").await;
    let visitor = test.realm.users.get("visitor").unwrap().id;
    let soql = format!(
        "SELECT Id, Status, LoginType, LoginTime, AuthMethodReference FROM LoginHistory \
         WHERE UserId = '{visitor}' AND LoginTime >= 2026-11-02T00:00:00Z ORDER BY Id DESC LIMIT 1"
    );

    let page = query(&test, &soql).await;

    let answer: serde_json::Value = serde_json::from_str(&page.body).unwrap();
    let record = &answer["records"][0];
    assert_eq!(answer["totalSize"], 1);
    assert_eq!(record["Status"], "Success");
    assert_eq!(record["LoginType"], "Application");
    assert_eq!(record["LoginTime"], "2026-11-02T12:00:00.000+0000");
    assert_eq!(record["AuthMethodReference"], serde_json::Value::Null);
    assert_eq!(record["attributes"]["type"], "LoginHistory");
}

/// Contract K1.8.
#[tokio::test]
async fn a_bad_query_is_answered_with_the_error_code_of_the_rest_api() {
    let test = TestRealm::start(|_| {}).await;
    for (soql, code) in [
        ("SELECT", "MALFORMED_QUERY"),
        ("SELECT Nothing FROM LoginHistory", "INVALID_FIELD"),
        ("SELECT Id FROM LoginHistory WHERE Status = 'Success'", "INVALID_FIELD"),
        ("SELECT Id FROM Account", "INVALID_TYPE"),
    ] {
        let page = query(&test, soql).await;

        assert_eq!(page.status, 400, "{soql}");
        assert!(page.body.contains(code), "{soql}: {}", page.body);
    }
    let without = test.browser().get(&test.url("/services/data/v66.0/query?q=SELECT+Id+FROM+LoginHistory")).await;
    assert_eq!(without.status, 401);
    assert!(without.body.contains("INVALID_SESSION_ID"));
}

/// Contract K1.3 and M1.14.
#[tokio::test]
async fn userinfo_names_the_user_of_the_access_token() {
    let test = TestRealm::start(|_| {}).await;
    let token = test.realm.open_session("rep", SessionLevel::Standard, SessionKind::Api);
    let url = test.url("/services/oauth2/userinfo");

    let page = test.browser().get_with(&url, "authorization", &format!("Bearer {}", token.sid.reveal())).await;

    let info: serde_json::Value = serde_json::from_str(&page.body).unwrap();
    assert_eq!(info["preferred_username"], "rep@acme.example");
    assert_eq!(info["organization_id"], test.realm.org_id);
    assert_eq!(test.browser().get(&url).await.status, 403);
}

/// django-salesforce and the streaming client of jsforce write `OAuth` (contract K1.13).
#[tokio::test]
async fn a_token_comes_as_bearer_or_as_oauth() {
    let test = TestRealm::start(|_| {}).await;
    let token = test.realm.open_session("rep", SessionLevel::Standard, SessionKind::Api);
    for (scheme, status) in [("Bearer", 200), ("bearer", 200), ("OAuth", 200), ("oauth", 200), ("Basic", 401)] {
        let header = format!("{scheme} {}", token.sid.reveal());
        let get = async |path: &str| test.browser().get_with(&test.url(path), "authorization", &header).await.status;

        assert_eq!(get("/services/data/v60.0").await, status, "{scheme}");
        let refused = if status == 200 { 200 } else { 403 };
        assert_eq!(get("/services/oauth2/userinfo").await, refused, "{scheme}");
        assert_eq!(get("/services/oauth2/singleaccess").await, refused, "{scheme}");
    }
}

/// Contract F1.1 and K1.3.
#[tokio::test]
async fn the_versions_are_listed_without_a_session() {
    let test = TestRealm::start(|_| {}).await;

    let page = test.browser().get(&test.url("/services/data")).await;

    assert!(page.body.contains("/services/data/v66.0"));
}

/// jsforce and `sf` go on from here after a login (contract K1.3).
#[tokio::test]
async fn a_version_leads_to_the_identity_and_the_row_of_the_user() {
    let test = TestRealm::start(|_| {}).await;
    let token = test.realm.open_session("rep", SessionLevel::Standard, SessionKind::Api);
    let bearer = format!("Bearer {}", token.sid.reveal());
    let id = test.realm.users.get("rep").unwrap().id;
    let get = async |path: &str| {
        let page = test.browser().get_with(&test.url(path), "authorization", &bearer).await;
        (page.status, serde_json::from_str::<serde_json::Value>(&page.body).unwrap())
    };

    let (_, resources) = get("/services/data/v51.0").await;
    let (_, row) = get(&format!("/services/data/v51.0/sobjects/User/{id}")).await;
    let (_, short) = get(&format!("/services/data/v51.0/sobjects/User/{}", &id[..15])).await;
    let (missing, _) = get("/services/data/v51.0/sobjects/User/005000000000000AAA").await;
    let (retired, _) = get("/services/data/v7.0").await;

    assert_eq!(resources["identity"], test.url(&format!("/id/{}/{id}", test.realm.org_id)));
    assert_eq!(row["Username"], "rep@acme.example");
    assert_eq!(row["IsActive"], true);
    assert_eq!(short["Id"], id);
    assert_eq!((missing, retired), (404, 410));
    let without = test.browser().get(&test.url("/services/data/v51.0")).await;
    assert!(without.status == 401 && without.body.contains("INVALID_SESSION_ID"), "{}", without.body);
}

/// Contract J1.6.
#[tokio::test]
async fn what_the_command_line_shows_in_place_of_a_token_is_no_header() {
    let test = TestRealm::start(|_| {}).await;
    for (header, code) in [
        ("Bearer [REDACTED] Use 'sf org auth show-access-token' to view", "INVALID_AUTH_HEADER"),
        ("Bearer 00D!nothing", "INVALID_SESSION_ID"),
        ("Basic cmVwOng=", "INVALID_SESSION_ID"),
    ] {
        let page = test.browser().get_with(&test.url("/services/data/v60.0/sobjects"), "authorization", header).await;

        let answer: serde_json::Value = serde_json::from_str(&page.body).unwrap();
        assert_eq!((page.status, answer[0]["errorCode"].as_str()), (401, Some(code)), "{header}");
    }
}

#[tokio::test]
async fn login_history_is_a_page_for_whoever_is_signed_in() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "visitor").await;

    let page = browser.get(&test.lightning("/lightning/setup/OrgLoginHistory/home")).await;
    let stranger = test.browser().get(&test.url("/setup/org/OrgLoginHistory.apexp")).await;

    assert!(one(&page.body, "table#login-history").text.contains("Success"));
    assert_eq!(title(&stranger.body), "Login | Salesforce");
}

#[tokio::test]
async fn an_endpoint_that_is_not_simulated_says_so_in_its_own_protocol_and_in_the_journal() {
    let test = TestRealm::start(|_| {}).await;
    let exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    for (path, form, status, what) in [
        ("/services/oauth2/token", &[("grant_type", exchange), ("subject_token", "x")][..], 400, Some(exchange)),
        ("/services/oauth2/register", &[], 400, None),
        ("/services/Soap/m/60.0", &[], 500, None),
        ("/services/data/v60.0/sobjects/Account", &[], 404, None),
        ("/services/apexrest/mine", &[], 404, None),
    ] {
        let page = test.browser().post(&test.url(path), form).await;

        assert_eq!(page.status, status, "{path}");
        let why = format!("{path} is not simulated by Vestibule");
        assert!(page.body.contains(&why), "{path}: {}", page.body);
        let soap = path.contains("/Soap/");
        assert_eq!(page.body.contains("<faultstring>"), soap, "{path}: {}", page.body);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&page.body).is_ok(), !soap, "{path}: {}", page.body);
        let recorded = Event::NotSimulated {
            host: HostRole::MyDomain,
            method: "POST".to_owned(),
            path: path.to_owned(),
            what: what.map(|grant| format!("grant_type={grant}")),
        };
        assert_eq!(test.events().last(), Some(&recorded));
    }
    for path in ["/services/oauth2/register", "/services/data/v60.0/limits", "/services/Soap/m/%3Cb%3E"] {
        let page = test.browser().get(&test.url(path)).await;
        assert!(page.body.contains("is not simulated by Vestibule") && !page.body.contains("<b>"), "{}", page.body);
    }
    // What only looks like an API is a page that is not there.
    for path in ["/services/auth/nothing", "/idx", "/service"] {
        let page = test.browser().get(&test.url(path)).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(page.body.contains("<p>There is no such page in the simulated org.</p>"), "{path}: {}", page.body);
    }
}

/// Contract H6.5 for a retired version.
#[tokio::test]
async fn a_method_that_a_resource_does_not_take_is_refused_in_json() {
    let test = TestRealm::start(|_| {}).await;
    for (path, status, code) in [
        ("/services/data/v60.0/query?q=SELECT+Id+FROM+User", 405, "METHOD_NOT_ALLOWED"),
        ("/services/data/v60.0/sobjects/User/describe", 405, "METHOD_NOT_ALLOWED"),
        ("/services/data/v60.0", 405, "METHOD_NOT_ALLOWED"),
        ("/services/data", 405, "METHOD_NOT_ALLOWED"),
        ("/services/data/v20.0/query", 410, "GONE"),
    ] {
        let page = test.browser().post(&test.url(path), &[("a", "b")]).await;

        let answer: serde_json::Value = serde_json::from_str(&page.body).unwrap();
        assert_eq!((page.status, answer[0]["errorCode"].as_str()), (status, Some(code)), "{path}");
    }
}

/// An app of Mobile SDK 14 sends a DPoP proof (contract F1.5).
#[tokio::test]
async fn a_call_of_the_token_endpoint_that_wants_a_bound_token_is_recorded_as_such() {
    let test = TestRealm::start(|_| {}).await;
    for (form, header, recorded) in [
        (&[("grant_type", "authorization_code")][..], "dpop", Some("grant_type=authorization_code, DPoP-bound")),
        (&[("grant_type", "Right-password-1")], "dpop", Some("DPoP-bound")),
        (&[], "dpop", Some("DPoP-bound")),
        (&[("grant_type", "authorization_code")], "accept", None),
    ] {
        let before = test.events().len();
        let url = test.url("/services/oauth2/token");
        let request = test.browser().request(reqwest::Method::POST, &url).header(header, "a.b.c").form(form);

        let answer = page(request).await;

        assert_eq!(answer.status, 400, "{form:?} {header}");
        let what = test.events()[before..].iter().find_map(|event| match event {
            Event::NotSimulated { what, .. } => what.clone(),
            _ => None,
        });
        assert_eq!(what.as_deref(), recorded, "{form:?} {header}");
    }
}

#[tokio::test]
async fn every_row_has_the_address_from_which_browsers_come() {
    let test = TestRealm::start(|spec| spec.org.source_ip = "203.0.113.7".parse().unwrap()).await;
    test.browser().log_in(&test.realm, "visitor").await;

    let page = query(&test, "SELECT SourceIp FROM LoginHistory").await;

    let answer: serde_json::Value = serde_json::from_str(&page.body).unwrap();
    assert_eq!(answer["records"][0]["SourceIp"], "203.0.113.7");
}

#[tokio::test]
async fn a_query_of_another_object_says_what_is_not_simulated() {
    let test = TestRealm::start(|_| {}).await;

    let page = query(&test, "SELECT Id, Name FROM Account").await;

    assert!(page.body.contains("not simulated by Vestibule"), "{}", page.body);
    let what = test.events().into_iter().find_map(|event| match event {
        Event::NotSimulated { what, .. } => what,
        _ => None,
    });
    assert_eq!(what.as_deref(), Some("FROM Account"));
}

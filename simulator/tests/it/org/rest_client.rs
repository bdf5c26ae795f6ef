//! A client of the REST API with a token of a user.

use serde_json::Value;
use vestibule_model::SessionLevel;
use vestibule_simulator::realm::SessionKind;

use super::browser::page;
use super::test_realm::TestRealm;

/// Status and body of a call to a path below `/services/data/v60.0`.
pub(super) async fn get(test: &TestRealm, user: &str, path: &str) -> (u16, Value) {
    get_with(test, user, &format!("/services/data/v60.0{path}"), None).await
}

/// Status and body of a call to any path, with this `Sforce-Query-Options` if there is one.
pub(super) async fn get_with(test: &TestRealm, user: &str, path: &str, options: Option<&str>) -> (u16, Value) {
    let token = test.realm.open_session(user, SessionLevel::Standard, SessionKind::Api);
    let request = test
        .browser()
        .request(reqwest::Method::GET, &test.url(path))
        .header("authorization", format!("Bearer {}", token.sid.reveal()))
        .header("sforce-query-options", options.unwrap_or_default());
    let page = page(request).await;
    let body = serde_json::from_str(&page.body).unwrap_or_else(|error| panic!("{path}: {error}: {}", page.body));
    (page.status, body)
}

/// Path and query of a query.
pub(super) fn path_of(soql: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(soql.as_bytes()).collect();
    format!("/query?q={encoded}")
}

/// The answer to a query that is right.
pub(super) async fn query(test: &TestRealm, user: &str, soql: &str) -> Value {
    let (status, answer) = get(test, user, &path_of(soql)).await;
    assert_eq!(status, 200, "{soql}: {answer}");
    answer
}

/// The records of the answer.
pub(super) async fn records(test: &TestRealm, user: &str, soql: &str) -> Vec<Value> {
    query(test, user, soql).await["records"].as_array().unwrap().clone()
}

/// Error code and message of the answer to a query that is wrong.
pub(super) async fn refusal(test: &TestRealm, user: &str, soql: &str) -> (String, String) {
    let (status, answer) = get(test, user, &path_of(soql)).await;
    assert_eq!(status, 400, "{soql}: {answer}");
    let text = |key: &str| answer[0][key].as_str().unwrap().to_owned();
    (text("errorCode"), text("message"))
}

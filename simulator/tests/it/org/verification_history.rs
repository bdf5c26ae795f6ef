//! `VerificationHistory` and `TwoFactorMethodsInfo` as REST queries (contract H2.1, H2.2).

use serde_json::{Value, json};
use vestibule_model::SessionLevel;
use vestibule_simulator::realm::SessionKind;

use super::browser::Page;
use super::test_realm::TestRealm;

async fn query(test: &TestRealm, user: &str, soql: &str) -> Page {
    let token = test.realm.open_session(user, SessionLevel::Standard, SessionKind::Api);
    let encoded: String = url::form_urlencoded::byte_serialize(soql.as_bytes()).collect();
    let url = test.url(&format!("/services/data/v60.0/query?q={encoded}"));
    test.browser().get_with(&url, "authorization", &format!("Bearer {}", token.sid.reveal())).await
}

async fn records(test: &TestRealm, user: &str, soql: &str) -> Vec<Value> {
    let page = query(test, user, soql).await;
    let answer: Value = serde_json::from_str(&page.body).unwrap();
    answer["records"].as_array().unwrap_or_else(|| panic!("{}", page.body)).clone()
}

/// Contract C2.6, H1.4 and H2.1.
#[tokio::test]
async fn each_answer_to_a_verification_is_a_row_that_leads_to_its_login() {
    let test = TestRealm::start(|spec| spec.org.device_activation = true).await;
    let browser = test.browser();
    let verify = browser.log_in(&test.realm, "rep").await;
    browser.submit(&verify, "editPage", &[("tc", "000000")]).await;
    browser.submit(&verify, "editPage", &[("tc", &test.totp("rep", 0))]).await;
    let visitor = test.browser();
    let activate = visitor.log_in(&test.realm, "visitor").await;
    let mail = test.realm.inbox.to("visitor@acme.example").pop().unwrap();
    let code = mail.body.split("Verification Code: ").nth(1).unwrap()[..6].to_owned();
    visitor.submit(&activate, "editPage", &[("emc", &code)]).await;
    visitor.get(&test.lightning("/lightning/r/Report/00O5e000008fXyZEAU/view")).await;

    let soql = "SELECT UserId, Status, VerificationMethod, Policy, Activity, LoginHistoryId, Remarks, VerificationTime, \
                EventGroup, SourceIp FROM VerificationHistory ORDER BY Id";
    let rows = records(&test, "rep", soql).await;
    let logins = records(&test, "rep", "SELECT Id, UserId, Status FROM LoginHistory").await;

    let row = |user: &str, status: &str, method: &str, policy: &str, login: usize| {
        json!({
            "UserId": test.realm.users.get(user).unwrap().id,
            "Status": status,
            "VerificationMethod": method,
            "Policy": policy,
            "Activity": "Login",
            "LoginHistoryId": logins[login]["Id"],
            "Remarks": "You're trying to Log In to Salesforce",
            "VerificationTime": "2026-11-02T12:00:00.000+0000",
        })
    };
    let expected = [
        row("rep", "FailedInvalidCode", "Totp", "TwoFactorAuthentication", 0),
        row("rep", "Succeeded", "Totp", "TwoFactorAuthentication", 0),
        row("visitor", "Succeeded", "Email", "DeviceActivation", 2),
    ];
    assert_eq!(rows.len(), 3, "{rows:?}");
    for (row, expected) in rows.iter().zip(expected) {
        for (field, value) in expected.as_object().unwrap() {
            assert_eq!(row[field], *value, "{field}");
        }
    }
    assert_eq!(logins[2]["Status"], "Failed: Computer activation required");
}

/// Contract H2.1.
#[tokio::test]
async fn a_step_up_is_told_from_a_login_and_rows_are_filtered() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "visitor").await;
    let asked = browser.get(&test.lightning("/lightning/r/Report/00O5e000008fXyZEAU/view")).await;
    browser.submit(&asked, "editPage", &[("emc", "x")]).await;
    let id = test.realm.users.get("visitor").unwrap().id;

    let soql = format!(
        "SELECT Activity, Policy, VerificationMethod, LoginHistoryId FROM VerificationHistory \
         WHERE UserId = '{id}' AND Status = 'FailedInvalidCode' AND VerificationTime >= 2026-11-02T00:00:00Z"
    );
    let rows = records(&test, "rep", &soql).await;
    let none = records(&test, "rep", &soql.replace(">=", "<")).await;

    assert_eq!((rows.len(), none.len()), (1, 0));
    assert_eq!(rows[0]["Activity"], "AccessReports");
    assert_eq!(rows[0]["Policy"], "PageAccess");
    assert_eq!(rows[0]["VerificationMethod"], "Email");
    assert_eq!(rows[0]["LoginHistoryId"], Value::Null);
    assert_eq!(rows[0]["attributes"]["type"], "VerificationHistory");
}

/// Contract H2.2.
#[tokio::test]
async fn what_users_have_registered_is_shown_to_who_manages_mfa_in_the_api() {
    let test = TestRealm::start(|spec| spec.users.get_mut("new").unwrap().manage_mfa_in_api = true).await;
    let soql = "SELECT UserId, HasTotp, HasTempCode, HasBuiltInAuthenticator, HasSecurityKey, \
                HasSalesforceAuthenticator, ExternalId FROM TwoFactorMethodsInfo";
    for caller in ["admin", "new"] {
        let rows = records(&test, caller, soql).await;

        assert_eq!(rows.len(), 5);
        for (user, totp, temporary) in [("rep", true, false), ("temp", false, true), ("new", false, false)] {
            let id = test.realm.users.get(user).unwrap().id;
            let row = rows.iter().find(|row| row["UserId"] == id).unwrap();
            let found = (&row["HasTotp"], &row["HasTempCode"], &row["HasBuiltInAuthenticator"]);
            assert_eq!(found, (&json!(totp), &json!(temporary), &json!(false)), "{user}");
            assert_eq!(row["ExternalId"], Value::Null);
        }
    }
    let refused = query(&test, "rep", soql).await;
    assert_eq!(refused.status, 400);
    assert!(refused.body.contains("sObject type 'TwoFactorMethodsInfo' is not supported."), "{}", refused.body);
    let by_flag = query(&test, "admin", &format!("{soql} WHERE HasTotp = true")).await;
    assert!(by_flag.body.contains("can not be filtered"), "{}", by_flag.body);
}

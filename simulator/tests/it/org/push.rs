//! Salesforce Authenticator: a request that a test approves, denies, reports or lets time out.

use vestibule_model::{PushAnswer, VerificationMethod};
use vestibule_simulator::realm::{AdministrationRefused, AdministrativeAct, Event, UserSpec, VerificationResult};

use super::html::{one, select, title};
use super::rest_client;
use super::test_realm::TestRealm;

const ANSWERS: [(PushAnswer, VerificationResult, &str); 4] = [
    (PushAnswer::Approve, VerificationResult::Accepted, "Succeeded"),
    (PushAnswer::Deny, VerificationResult::Denied, "Denied"),
    (PushAnswer::Report, VerificationResult::ReportedDenied, "ReportedDenied"),
    (PushAnswer::TimeOut, VerificationResult::TimedOut, "RecoverableError"),
];

/// Contract C1.4, C4.1, C4.2.
#[tokio::test]
async fn a_request_waits_until_a_test_answers_it() {
    for (answer, result, status) in ANSWERS {
        let test = realm(None).await;
        let browser = test.browser();

        let waiting = browser.log_in(&test.realm, "pusher").await;
        let still = browser.get(&waiting.url).await;
        let before = browser.get(&test.url("/vestibule/push")).await.body;
        test.realm.administer("pusher", AdministrativeAct::AnswerPush(answer)).unwrap();
        let after = browser.get(&test.url("/vestibule/push")).await.body;
        let page = browser.get(&waiting.url).await;

        assert_eq!(title(&waiting.body), "Check Your Mobile Device | Salesforce");
        assert_eq!((waiting.name(), still.name()), ("verify-push", "verify-push"));
        assert_eq!((before.as_str(), after.as_str()), (r#"{"answered":false}"#, r#"{"answered":true}"#));
        let approved = answer == PushAnswer::Approve;
        assert_eq!(page.name(), if approved { "home" } else { "verify-push" }, "{answer:?}");
        assert_eq!(select(&page.body, "div.errorMsg").len(), usize::from(!approved), "{answer:?}");
        assert_eq!(results(&test), [result]);
        let rows = rest_client::query(&test, "rep", "SELECT Status FROM VerificationHistory").await;
        assert_eq!(rows["records"][0]["Status"], status);
    }
}

/// Contract C4.1.
#[tokio::test]
async fn a_request_that_was_denied_is_sent_again() {
    let test = realm(None).await;
    let browser = test.browser();
    let waiting = browser.log_in(&test.realm, "pusher").await;
    test.realm.administer("pusher", AdministrativeAct::AnswerPush(PushAnswer::Deny)).unwrap();
    let denied = browser.get(&waiting.url).await;

    let again = browser.submit(&denied, "editPage", &[("save", "Send Again")]).await;
    test.realm.administer("pusher", AdministrativeAct::AnswerPush(PushAnswer::Approve)).unwrap();
    let home = browser.get(&again.url).await;

    assert_eq!(one(&denied.body, "input#save").attribute("value"), "Send Again");
    assert_eq!(one(&denied.body, "div.errorMsg").text, "Error: The request was denied.");
    let polls = |body: &str| body.contains("/vestibule/push.js");
    assert!(polls(&waiting.body) && polls(&again.body) && !polls(&denied.body));
    assert_eq!((again.name(), home.name()), ("verify-push", "home"));
    assert_eq!(results(&test), [VerificationResult::Denied, VerificationResult::Accepted]);
}

#[tokio::test]
async fn the_holder_of_the_phone_answers_as_the_user_says() {
    let test = realm(Some(PushAnswer::Approve)).await;
    let browser = test.browser();

    let waiting = browser.log_in(&test.realm, "pusher").await;
    let home = browser.get(&waiting.url).await;

    assert_eq!((waiting.name(), home.name()), ("verify-push", "home"));
}

#[tokio::test]
async fn only_a_user_with_the_app_answers() {
    let test = realm(None).await;

    let refused = test.realm.administer("rep", AdministrativeAct::AnswerPush(PushAnswer::Approve)).unwrap_err();

    let method = VerificationMethod::SalesforceAuthenticator;
    assert_eq!(refused, AdministrationRefused::NotRegistered { user: "rep".to_owned(), method });
}

async fn realm(push: Option<PushAnswer>) -> TestRealm {
    TestRealm::start(|spec| {
        let user = UserSpec { push, ..UserSpec::new("Standard User").password("Right-password-1") };
        spec.users.insert("pusher".to_owned(), user.verifier(VerificationMethod::SalesforceAuthenticator));
    })
    .await
}

fn results(test: &TestRealm) -> Vec<VerificationResult> {
    let result = |event| match event {
        Event::VerificationChecked { result, .. } => Some(result),
        _ => None,
    };
    test.events().into_iter().filter_map(result).collect()
}

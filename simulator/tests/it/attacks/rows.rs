//! Against our org, every case behaves as its row says.

use vestibule_simulator::attacks::{Expected, Protocol, catalogue};

use super::sending::{Outcome, org, send};

#[tokio::test]
async fn every_saml_answer_is_treated_as_its_row_says() {
    as_their_rows_say(Protocol::Saml).await;
}

#[tokio::test]
async fn every_oidc_answer_is_treated_as_its_row_says() {
    as_their_rows_say(Protocol::Oidc).await;
}

/// Contract D2.1 to D2.6: refusals have the documented texts in Login History.
async fn as_their_rows_say(protocol: Protocol) {
    let test = org(protocol, None).await;
    let (mut count, mut wrong) = (0, Vec::new());
    for case in catalogue().iter().filter(|case| case.protocol == protocol) {
        let rows_before = test.realm.login_history.all().len();
        let outcome = send(&test, case).await;
        let right = match (case.expected, &outcome) {
            (Expected::Refuse(reason), Outcome::Refused { status, .. }) => {
                let shown = test.last_login().status.text();
                test.realm.login_history.all().len() > rows_before
                    && reason.login_status().is_some_and(|expected| expected.text() == status && shown == status)
            }
            (Expected::Accept, Outcome::Accepted { user, .. }) => user == "rep",
            (Expected::AcceptAs(tier), Outcome::Accepted { user, tier: found }) => user == "rep" && tier == *found,
            _ => false,
        };
        if !right {
            wrong.push(format!("{}: expected {}, found {outcome:?}", case.id, case.expected));
        }
        count += 1;
    }

    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

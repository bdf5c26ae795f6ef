//! Each `LogoutRequest` of the catalogue, brought to the org by the browser of a user who is signed in: the session shows what
//! the org makes of it.

use std::collections::BTreeSet;

use vestibule_model::{KeyState, Weakness};
use vestibule_simulator::attacks::{Case, Delivery, Expected, Protocol, catalogue};
use vestibule_simulator::realm::{IdpProtocol, IdpSpec};

use crate::sso_realm::TestRealm;

/// Contract C1.16.
#[tokio::test]
async fn a_logout_request_ends_the_session_only_if_its_row_says_so() {
    let (mut count, mut wrong) = (0, Vec::new());
    for case in of_logout() {
        let ends = ends_the_session(case, None).await;
        if ends != (case.expected == Expected::Accept) {
            wrong.push(format!("{}: expected {}, the session ended: {ends}", case.id, case.expected));
        }
        count += 1;
    }

    assert!(count >= 15, "{count}");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn every_forged_logout_ends_a_session_at_an_org_with_the_weakness_that_it_aims_at_and_at_no_other() {
    let weaknesses: BTreeSet<Weakness> = of_logout().filter_map(|case| case.weakness).collect();
    let mut wrong = Vec::new();
    for case in of_logout().filter(|case| case.forges_a_logout()) {
        for weakness in &weaknesses {
            let aims_at = case.weakness == Some(*weakness);
            if ends_the_session(case, Some(*weakness)).await != aims_at {
                wrong.push(format!("{} with {weakness}", case.id));
            }
        }
    }

    assert_eq!(weaknesses.len(), 8, "{weaknesses:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn of_logout() -> impl Iterator<Item = &'static Case> {
    catalogue().iter().filter(|case| case.protocol == Protocol::SamlLogout)
}

/// Signs a user in, and out at an identity provider that sends what the case says. Whether the session at the org has ended; for
/// a case of delivery, that of the second login.
async fn ends_the_session(case: &Case, weakness: Option<Weakness>) -> bool {
    let idp = IdpSpec {
        single_logout: true,
        request_signing_certificate: Some(KeyState::Valid),
        amr: Some(vec!["swk".to_owned()]),
        ..IdpSpec::new(IdpProtocol::Saml)
    };
    let test = TestRealm::with(idp.fault(case.fault()), |spec| spec.org.weaknesses.extend(weakness)).await;
    let times = if case.delivery == Delivery::Twice { 2 } else { 1 };
    for time in 1..=times {
        let browser = test.browser();
        browser.go(&test.saml_start()).await;
        assert!(test.realm.sessions.signed_in("rep"), "{}: {:?}", case.id, test.events());
        browser.get(&test.idp("/saml/logout")).await;
        let ended = !test.realm.sessions.signed_in("rep");
        assert!(time == times || ended, "{}: the first logout is good: {:?}", case.id, test.events());
    }
    !test.realm.sessions.signed_in("rep")
}

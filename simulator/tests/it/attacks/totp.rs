//! Codes of the catalogue against the org, which checks those of authenticator apps.

use std::collections::BTreeSet;

use jiff::Timestamp;
use vestibule_model::{ClockSpec, LoginPage, UserSpec, Weakness};
use vestibule_simulator::attacks::{Case, Delivery, Expected, Protocol, catalogue};
use vestibule_simulator::realm::{Component, IdpProtocol, IdpSpec};

use crate::sso_realm::{Page, TestRealm};

/// Contract C3.1.
#[tokio::test]
async fn every_code_is_treated_as_its_row_says() {
    let cases: Vec<&Case> = of_totp().collect();
    let test = org(cases.len(), None).await;
    let mut wrong = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        let accepted = accepts(&test, at, case).await;
        if accepted != (case.expected == Expected::Accept) {
            wrong.push(format!("{}: expected {}, accepted: {accepted}", case.id, case.expected));
        }
    }

    assert!(cases.len() > 20, "{}", cases.len());
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[tokio::test]
async fn every_code_that_forges_a_login_succeeds_at_an_org_with_the_weakness_that_it_aims_at_and_at_no_other() {
    let forged: Vec<(&Case, Weakness)> = of_totp().filter_map(|case| Some((case, case.weakness?))).collect();
    let weaknesses: BTreeSet<Weakness> = forged.iter().map(|(_, weakness)| *weakness).collect();
    let mut wrong = Vec::new();
    for weakness in &weaknesses {
        let test = org(forged.len(), Some(*weakness)).await;
        for (at, (case, aims_at)) in forged.iter().enumerate() {
            if accepts(&test, at, case).await != (aims_at == weakness) {
                wrong.push(format!("{} with {weakness}", case.id));
            }
        }
    }

    assert_eq!(weaknesses.len(), 3);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn of_totp() -> impl Iterator<Item = &'static Case> {
    catalogue().iter().filter(|case| case.protocol == Protocol::Totp)
}

/// An org with one user with an authenticator app per case, whose clock stands still.
async fn org(users: usize, weakness: Option<Weakness>) -> TestRealm {
    TestRealm::with(IdpSpec::new(IdpProtocol::Saml), |spec| {
        let noon: Timestamp = "2026-12-01T12:00:00Z".parse().unwrap();
        spec.clock = ClockSpec { frozen_at: Some(noon), ..ClockSpec::default() };
        spec.org.lockout_after = 0;
        spec.org.login_page = Some(LoginPage::Classic);
        spec.org.weaknesses.extend(weakness);
        for at in 0..users {
            let user = UserSpec::new("Standard User").username(format!("{}@acme.example", name(at)));
            spec.users.insert(name(at), user.password("Right-password-1").totp());
        }
    })
    .await
}

fn name(at: usize) -> String {
    format!("user-{at}")
}

/// Logs in, and types what the case says; for a case of delivery, twice. Whether the last login succeeds.
async fn accepts(test: &TestRealm, at: usize, case: &Case) -> bool {
    let user = name(at);
    let typed = case.code(&|steps| code(test, &user, steps)).expect("a case of TOTP");
    let first = log_in(test, &user, &typed).await;
    let last = if case.delivery == Delivery::Twice {
        assert_eq!(first.name(), "home", "a good code is accepted once: {}", first.body);
        log_in(test, &user, &typed).await
    } else {
        first
    };
    assert!(["home", "verify-totp"].contains(&last.name()), "{}: {}", case.id, last.body);
    last.name() == "home"
}

async fn log_in(test: &TestRealm, user: &str, code: &str) -> Page {
    let browser = test.browser();
    let page = browser.log_in(&test.realm, user).await;
    assert_eq!(page.name(), "verify-totp", "{}", page.body);
    browser.submit(&page, "editPage", &[("tc", code)]).await
}

/// The code of a step so many steps from now, by a second implementation.
fn code(test: &TestRealm, user: &str, steps: i64) -> String {
    let secret = test.realm.users.get(user).unwrap().totp_secret.unwrap();
    let secret = totp_rs::Secret::try_from_base32(secret.reveal()).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build_noncompliant();
    let now = test.realm.clock.now(Component::Org).as_second();
    totp.generate(u64::try_from(now + steps * 30).unwrap()).to_string()
}

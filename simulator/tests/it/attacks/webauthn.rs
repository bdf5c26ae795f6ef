//! Ceremonies of the catalogue against the org as a WebAuthn relying party, by its pages.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use vestibule_model::{LoginPage, UserSpec, VerificationMethod, Weakness};
use vestibule_simulator::attacks::{
    Authenticator, Case, Ceremony, CeremonyKind, Delivery, Expected, Protocol, catalogue,
};
use vestibule_simulator::org::passkeys::{finish_registration, start_registration};
use vestibule_simulator::realm::{HostRole, IdpProtocol, IdpSpec};

use crate::sso_realm::{Page, TestRealm};
use crate::support::html::one;

#[tokio::test]
async fn every_ceremony_is_treated_as_its_row_says() {
    let cases: Vec<&Case> = of_webauthn().collect();
    let test = org(cases.len(), None).await;
    let mut wrong = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        let accepted = answers(&test, at, case).await;
        if accepted != (case.expected == Expected::Accept) {
            wrong.push(format!("{}: expected {}, accepted: {accepted}", case.id, case.expected));
        }
    }

    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[tokio::test]
async fn every_forged_assertion_succeeds_at_an_org_with_the_weakness_that_it_aims_at() {
    let forged: Vec<(&Case, Weakness)> = of_webauthn().filter_map(|case| Some((case, case.weakness?))).collect();
    let mut toothless = Vec::new();
    for weakness in forged.iter().map(|(_, weakness)| *weakness).collect::<std::collections::BTreeSet<_>>() {
        let test = org(forged.len(), Some(weakness)).await;
        for (at, (case, _)) in forged.iter().enumerate().filter(|(_, (_, aims_at))| *aims_at == weakness) {
            if !answers(&test, at, case).await {
                toothless.push(format!("{} with {weakness}", case.id));
            }
        }
    }

    assert!(toothless.is_empty(), "{}", toothless.join("\n"));
}

#[tokio::test]
async fn an_org_that_leaves_out_one_check_of_an_assertion_makes_the_others() {
    let cases: Vec<&Case> = of_webauthn().filter(|case| case.ceremony() == Some(CeremonyKind::Assertion)).collect();
    let test = org(cases.len(), Some(Weakness::SkipOrigin)).await;
    for (at, case) in cases.iter().enumerate() {
        let Some(other) = case.weakness.filter(|weakness| *weakness != Weakness::SkipOrigin) else { continue };

        assert!(!answers(&test, at, case).await, "{} aims at {other}", case.id);
    }
}

#[tokio::test]
async fn an_org_that_leaves_out_one_check_of_an_assertion_counts_signatures() {
    let test = org(1, Some(Weakness::SkipOrigin)).await;
    let (realm, user) = (&test.realm, name(0));
    let authenticator = Authenticator::from_seed(0).unwrap();
    register(&test, &user, &authenticator);
    for accepted in [true, false] {
        let browser = test.browser();
        let page = browser.log_in(realm, &user).await;
        let options: Value = serde_json::from_str(&one(&page.body, "script#webauthn-get").text).unwrap();
        // Each has the same counter, as that of a copy has.
        let credential = answer(&test, &authenticator, CeremonyKind::Assertion, &options, None);
        let after = browser.submit(&page, "editPage", &[("credential", &credential.to_string())]).await;
        assert_eq!(after.name() == "home", accepted, "{}", after.body);
    }
}

fn of_webauthn() -> impl Iterator<Item = &'static Case> {
    catalogue().iter().filter(|case| case.protocol == Protocol::Webauthn)
}

/// An org with one administrator per case, who needs a passkey, and another one, who has a passkey.
async fn org(users: usize, weakness: Option<Weakness>) -> TestRealm {
    let test = TestRealm::with(IdpSpec::new(IdpProtocol::Saml), |spec| {
        spec.org.lockout_after = 0;
        spec.org.login_page = Some(LoginPage::Classic);
        spec.org.weaknesses.extend(weakness);
        for key in (0..users).map(name).chain([ANOTHER.to_owned()]) {
            let user = UserSpec::new("System Administrator").username(format!("{key}@acme.example"));
            spec.users.insert(key, user.password("Right-password-1"));
        }
    })
    .await;
    register(&test, ANOTHER, &Authenticator::of_another_user().unwrap());
    test
}

const ANOTHER: &str = "another-admin";

fn name(at: usize) -> String {
    format!("admin-{at}")
}

/// Logs in, and answers the ceremony of the page as the case says. Whether the org is satisfied.
async fn answers(test: &TestRealm, at: usize, case: &Case) -> bool {
    let (realm, user) = (&test.realm, name(at));
    let kind = case.ceremony().expect("a ceremony");
    let authenticator = Authenticator::from_seed(u64::try_from(at).unwrap()).unwrap();
    if kind == CeremonyKind::Assertion {
        register(test, &user, &authenticator);
    }
    let browser = test.browser();
    let page = browser.log_in(realm, &user).await;
    let script = if kind == CeremonyKind::Assertion { "script#webauthn-get" } else { "script#webauthn-create" };
    let options: Value = serde_json::from_str(&one(&page.body, script).text).unwrap();
    let credential = answer(test, &authenticator, kind, &options, Some(case));

    let after = browser.submit(&page, "editPage", &[("credential", &credential.to_string())]).await;

    let signed_in = signed_in(test, &user, &after);
    if case.delivery == Delivery::Once {
        return signed_in;
    }
    assert!(signed_in, "a good assertion signs in once: {}", after.body);
    let browser = test.browser();
    let page = browser.log_in(realm, &user).await;
    let again = browser.submit(&page, "editPage", &[("credential", &credential.to_string())]).await;
    again.name() == "home"
}

fn signed_in(test: &TestRealm, user: &str, page: &Page) -> bool {
    let signed_in = test.realm.sessions.signed_in(user);
    assert_eq!(signed_in, page.name() == "home", "{}", page.body);
    signed_in
}

fn register(test: &TestRealm, user: &str, authenticator: &Authenticator) {
    let (options, registration) = start_registration(&test.realm, user).unwrap();
    let options = serde_json::to_value(&options).unwrap();
    let credential = answer(test, authenticator, CeremonyKind::Registration, &options, None);
    let credential = serde_json::from_value(credential).unwrap();
    finish_registration(&test.realm, &registration, &credential, VerificationMethod::BuiltInAuthenticator).unwrap();
}

fn answer(
    test: &TestRealm,
    authenticator: &Authenticator,
    kind: CeremonyKind,
    options: &Value,
    case: Option<&Case>,
) -> Value {
    let challenge = URL_SAFE_NO_PAD.decode(options["publicKey"]["challenge"].as_str().unwrap()).unwrap();
    let (origin, rp_id) = (test.realm.my_domain_origin(), test.realm.hosts.name(&HostRole::MyDomain));
    let ceremony = Ceremony { origin: &origin, rp_id: &rp_id, challenge: &challenge, user_handle: None };
    authenticator.answer(kind, &ceremony, case).unwrap()
}

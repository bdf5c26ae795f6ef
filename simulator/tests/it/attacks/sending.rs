//! Sends one answer of the catalogue to an org, and says what became of it.

use vestibule_model::{KeyState, SignInPage, Strength, UserSpec, Weakness};
use vestibule_simulator::attacks::{Case, Delivery, Protocol};
use vestibule_simulator::realm::{Event, IdpProtocol, IdpSpec, ProtocolVerdict};

use crate::sso_realm::{Browser, Page, TestRealm};

/// What the org did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It accepted the answer, about this user, as proved so strongly.
    Accepted { user: String, tier: Strength },
    /// It refused the answer, with this text in Login History.
    Refused { status: String, why: String },
    /// There was no answer.
    NothingSent(String),
}

/// An org with an identity provider that asks who signs in, and two users: the attacker, who signs in, and the victim.
pub(super) async fn org(protocol: Protocol, weakness: Option<Weakness>) -> TestRealm {
    let (protocol, decrypts) = match protocol {
        Protocol::Oidc => (IdpProtocol::Oidc, None),
        _ => (IdpProtocol::Saml, Some(KeyState::Valid)),
    };
    let amr = Some(vec!["pwd".to_owned(), "swk".to_owned()]);
    let idp = IdpSpec {
        amr,
        sign_in: SignInPage::Automatic,
        assertion_decryption_certificate: decrypts,
        ..IdpSpec::new(protocol)
    };
    TestRealm::with(idp, |spec| {
        let mut victim = UserSpec::new("Standard User").username("victim@acme.example");
        victim.federation_id = Some("victim-7".to_owned());
        spec.users.insert(VICTIM.to_owned(), victim);
        spec.org.weaknesses.extend(weakness);
    })
    .await
}

/// Signs the attacker in with the answer of this case.
pub(super) async fn send(test: &TestRealm, case: &Case) -> Outcome {
    let browser = test.careful_browser();
    let answer = match case.protocol {
        Protocol::Oidc => {
            let asked = browser.get(&test.oidc_start()).await;
            browser.get(asked.location.as_deref().unwrap()).await
        }
        _ => {
            let page = browser.get(&test.saml_start()).await;
            browser.post(&page.action(), &page.hidden()).await
        }
    };
    let request = answer.redirected_with("request").unwrap();
    let id = case.id.to_string();
    let mut form = vec![("request", request.as_str()), ("user", "rep")];
    // A case of delivery alone changes nothing at the provider, which takes its name all the same.
    form.push(("fault", &id));
    let answer = browser.post(&test.idp("/sign-in"), &form).await;
    match case.delivery {
        Delivery::Once => deliver(test, &browser, &answer).await,
        Delivery::Twice => {
            deliver(test, &browser, &answer).await;
            deliver(test, &browser, &answer).await
        }
        Delivery::OtherBrowser => deliver(test, &test.careful_browser(), &answer).await,
    }
}

/// Takes the answer to the org.
async fn deliver(test: &TestRealm, browser: &Browser, answer: &Page) -> Outcome {
    let before = test.realm.journal.length();
    match &answer.location {
        Some(callback) => browser.get(callback).await,
        None if answer.body.contains("data-submit") => browser.post(&answer.action(), &answer.hidden()).await,
        None => return Outcome::NothingSent(answer.body.clone()),
    };
    let events: Vec<_> = test.realm.journal.since(before).into_iter().map(|entry| entry.event).collect();
    let refused = events.iter().find_map(|event| match event {
        Event::SsoAnswerReceived { verdict: ProtocolVerdict::Refused { code, why, .. }, .. } => {
            Some(Outcome::Refused { status: code.clone(), why: why.clone() })
        }
        _ => None,
    });
    let decided = events.iter().find_map(|event| match event {
        Event::Decided { user, decision } => Some(Outcome::Accepted { user: user.clone(), tier: decision.strength }),
        _ => None,
    });
    refused.or(decided).unwrap_or_else(|| Outcome::NothingSent(format!("{events:?}")))
}

/// The user whom the attacker wants to be.
pub(super) const VICTIM: &str = "victim";

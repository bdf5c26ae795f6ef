//! What a test says about single logins: the next answer, one user, the request that arrived.

use serde_json::json;
use vestibule_model::{AnswerSpec, Carrier, Fault, Signal};
use vestibule_simulator::Simulator;
use vestibule_simulator::realm::{
    Event, HostRole, IdpProtocol, IdpSpec, MethodUsed, OnRequestedContext, OrgSpec, SignInPage, UserSpec,
};

use crate::sso_realm::{PASSWORD, TestRealm, certs, pairs};
use crate::support::browser::Browser;

const X509: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:X509";

async fn simulator(idp: IdpSpec) -> Simulator {
    let org = OrgSpec::production("acme", "2026-12-01".parse().unwrap());
    let builder = Simulator::builder().org(org).idp("okta", idp).certs(certs());
    builder
        .user("rep", UserSpec::new("Standard User"))
        .user("boss", UserSpec::new("System Administrator"))
        .start()
        .await
        .unwrap()
}

/// Starts a login at the org.
fn start(simulator: &Simulator) -> String {
    let trust = simulator.realm().trust("okta").unwrap();
    match trust.spec.protocol {
        IdpProtocol::Saml => simulator.url(&format!("/saml/authn-request.jsp?samlSsoConfig={}", trust.config_id)),
        IdpProtocol::Oidc => simulator.url("/services/auth/sso/okta"),
    }
}

/// The values of `amr` in each answer that was issued.
fn issued(simulator: &Simulator) -> Vec<Vec<String>> {
    let answers = simulator.journal().events().into_iter().filter_map(|event| match event {
        Event::SsoAnswerIssued { signals, .. } => Some(signals),
        _ => None,
    });
    let is_amr = |signal: &Signal| !matches!(signal.carrier, Carrier::AuthnContextClassRef | Carrier::IdTokenAcr);
    answers.map(|signals| signals.into_iter().filter(is_amr).map(|signal| signal.value).collect()).collect()
}

#[tokio::test]
async fn the_next_login_is_as_the_test_says_and_the_one_after_it_as_it_was() {
    for protocol in [IdpProtocol::Saml, IdpProtocol::Oidc] {
        let sim = simulator(IdpSpec { amr: Some(vec!["pwd".to_owned()]), ..IdpSpec::new(protocol) }).await;
        sim.idp("okta").next_login().user("boss").amr(["pwd", "swk"]);
        sim.idp("okta").next_login().user("boss").amr(["pwd", "swk"]).fault(Fault::SignalsJoined);
        sim.idp("okta").next_login().user("boss");
        assert_eq!(sim.idp("okta").planned().len(), 3);

        for _ in 0..3 {
            Browser::new(sim.realm()).go(&start(&sim)).await;
        }

        let expected = [vec!["pwd", "swk"], vec!["pwd,swk"], vec!["pwd"]];
        assert_eq!(issued(&sim), expected, "{protocol:?}");
        assert!(sim.idp("okta").planned().is_empty());
        let signed_in = sim.journal().events().into_iter().filter_map(|event| match event {
            Event::IdpSignedIn { user, .. } => Some(user),
            _ => None,
        });
        assert_eq!(signed_in.collect::<Vec<_>>(), ["boss", "boss", "boss"]);
    }
}

#[tokio::test]
async fn the_request_that_arrived_is_taken_once() {
    let saml = IdpSpec {
        requested_context: vec![X509.to_owned()],
        max_age: Some(0),
        sign_in: SignInPage::Own,
        ..IdpSpec::new(IdpProtocol::Saml)
    };
    let sim = simulator(saml).await;
    Browser::new(sim.realm()).go(&start(&sim)).await;

    let request = sim.idp("okta").take_request().unwrap();

    let trust = sim.realm().trust("okta").unwrap();
    assert_eq!((request.protocol, &request.party), (IdpProtocol::Saml, &trust.sp_entity_id));
    assert_eq!(request.address, trust.acs_url);
    assert_eq!((request.requested_context, request.fresh, request.passive), (vec![X509.to_owned()], true, false));
    assert!(request.id.is_some());
    assert_eq!(sim.idp("okta").take_request(), None);

    let sim =
        simulator(IdpSpec { max_age: Some(300), sign_in: SignInPage::Own, ..IdpSpec::new(IdpProtocol::Oidc) }).await;
    Browser::new(sim.realm()).go(&start(&sim)).await;

    let request = sim.idp("okta").take_request().unwrap();

    let trust = sim.realm().trust("okta").unwrap();
    assert_eq!((&request.party, &request.address), (&trust.client_id, &trust.redirect_uri));
    assert_eq!((request.max_age, request.id, request.scope.is_some()), (Some(300), None, true));
}

#[tokio::test]
#[should_panic(expected = "there is no identity provider `octa`; there is: okta")]
async fn an_identity_provider_that_is_not_there_is_said_to_be_none() {
    simulator(IdpSpec::new(IdpProtocol::Saml)).await.idp("octa");
}

#[tokio::test]
async fn a_session_of_another_user_does_not_take_an_answer_that_is_meant_for_one() {
    let sim = simulator(IdpSpec::new(IdpProtocol::Saml)).await;
    let browser = Browser::new(sim.realm());
    let by = |user: &str| sim.url_on(&HostRole::Idp("okta".to_owned()), &format!("/saml/idp-initiated?user={user}"));
    browser.go(&by("rep")).await;
    sim.idp("okta").next_login().user("boss").method(MethodUsed::Push).amr(["hwk"]);

    browser.go(&start(&sim)).await;

    assert_eq!(issued(&sim), [vec![], vec!["hwk".to_owned()]]);
    assert_eq!(sim.journal().events().iter().filter(|event| matches!(event, Event::IdpSignedIn { .. })).count(), 2);
}

#[tokio::test]
async fn a_form_that_is_posted_twice_is_answered_twice_alike() {
    let spec =
        IdpSpec { sign_in: SignInPage::Own, amr: Some(vec!["pwd".to_owned()]), ..IdpSpec::new(IdpProtocol::Saml) };
    let test = TestRealm::start(spec).await;
    let planned = AnswerSpec { amr: Some(vec!["hwk".to_owned()]), ..AnswerSpec::default() };
    test.realm.answers.plan("okta", planned).unwrap();
    let browser = test.browser();
    let page = browser.go(&test.saml_start()).await;
    let mut form = page.hidden();
    form.extend(pairs(&[("username", "rep@acme.example"), ("password", PASSWORD)]));

    browser.post(&page.action(), &form).await;
    let second = browser.post(&page.action(), &form).await;
    browser.go_on(second).await;
    browser.go(&test.saml_start()).await;

    let values: Vec<_> = test.issued().iter().map(|signals| signals.last().unwrap().value.clone()).collect();
    assert_eq!(values, ["hwk", "hwk", "pwd"]);
}

#[tokio::test]
async fn one_user_is_always_answered_in_a_way_of_the_users_own() {
    let strong: AnswerSpec =
        serde_json::from_value(json!({ "amr": ["hwk"], "faults": ["signals-duplicated"] })).unwrap();
    let idp = IdpSpec {
        amr: Some(vec!["pwd".to_owned()]),
        per_user: [("boss".to_owned(), strong)].into(),
        ..IdpSpec::new(IdpProtocol::Saml)
    };
    let sim = simulator(idp).await;
    let by = |user: &str| sim.url_on(&HostRole::Idp("okta".to_owned()), &format!("/saml/idp-initiated?user={user}"));

    for user in ["boss", "rep", "boss"] {
        Browser::new(sim.realm()).go(&by(user)).await;
    }

    assert_eq!(issued(&sim), [vec!["hwk", "hwk"], vec!["pwd"], vec!["hwk", "hwk"]]);
}

/// Signals that a test names exactly are sent whatever was requested; a behaviour that it names counts.
#[tokio::test]
async fn a_planned_answer_says_how_a_requested_context_is_answered() {
    let idp = IdpSpec {
        requested_context: vec![X509.to_owned()],
        on_requested_context: OnRequestedContext::Honour,
        ..IdpSpec::new(IdpProtocol::Saml)
    };
    let sim = simulator(idp).await;
    let context = |events: Vec<Event>| {
        let last = events.into_iter().rev().find_map(|event| match event {
            Event::SsoAnswerIssued { signals, .. } => Some(signals),
            _ => None,
        });
        last.unwrap()[0].value.clone()
    };
    for (behaviour, expected) in [
        (None, "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified"),
        (Some(OnRequestedContext::Honour), X509),
        (Some(OnRequestedContext::Contradict), X509),
        (Some(OnRequestedContext::Downgrade), "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"),
    ] {
        let next = sim.idp("okta").next_login().user("rep").amr(["hwk"]);
        if let Some(behaviour) = behaviour {
            next.on_requested_context(behaviour);
        }

        Browser::new(sim.realm()).go(&start(&sim)).await;

        assert_eq!(context(sim.journal().events()), expected, "{behaviour:?}");
        let amr = if behaviour == Some(OnRequestedContext::Contradict) { "pwd" } else { "hwk" };
        assert_eq!(issued(&sim).pop().unwrap(), [amr], "{behaviour:?}");
    }
}

//! No case is toothless: each that forges a login succeeds at an org that leaves out the one check that it aims at, and at
//! that one only.

use std::collections::BTreeMap;

use vestibule_model::Weakness;
use vestibule_simulator::attacks::{Case, Expected, Family, Protocol, catalogue};

use super::sending::{Outcome, VICTIM, org, send};

#[tokio::test]
async fn every_forged_saml_answer_succeeds_at_an_org_with_the_weakness_that_it_aims_at() {
    bite(Protocol::Saml).await;
}

#[tokio::test]
async fn every_forged_oidc_answer_succeeds_at_an_org_with_the_weakness_that_it_aims_at() {
    bite(Protocol::Oidc).await;
}

async fn bite(protocol: Protocol) {
    let mut by_weakness: BTreeMap<Weakness, Vec<&Case>> = BTreeMap::new();
    for case in catalogue().iter().filter(|case| case.protocol == protocol) {
        if let Some(weakness) = case.weakness {
            by_weakness.entry(weakness).or_default().push(case);
        }
    }
    let (mut count, mut toothless) = (0, Vec::new());
    for (weakness, cases) in by_weakness {
        let test = org(protocol, Some(weakness)).await;
        for case in cases {
            assert!(matches!(case.expected, Expected::Refuse(_)), "{}", case.id);
            let outcome = send(&test, case).await;
            let Outcome::Accepted { user, .. } = &outcome else {
                toothless.push(format!("{} with {weakness}: {outcome:?}", case.id));
                continue;
            };
            // Who wraps an assertion wants to be somebody else.
            let wanted = if case.family == Family::SamlWrapping { VICTIM } else { user.as_str() };
            if user != wanted {
                toothless.push(format!("{} with {weakness}: signed in {user}", case.id));
            }
            count += 1;
        }
    }

    assert!(toothless.is_empty(), "{} toothless, {count} bite:\n{}", toothless.len(), toothless.join("\n"));
}

#[tokio::test]
async fn an_org_with_another_weakness_refuses_a_forged_answer() {
    let unsigned = catalogue().iter().find(|case| case.weakness == Some(Weakness::AcceptUnsigned)).unwrap();
    for other in [Weakness::SkipAudience, Weakness::SkipSignature, Weakness::FirstAssertionWins] {
        let test = org(Protocol::Saml, Some(other)).await;

        assert!(matches!(send(&test, unsigned).await, Outcome::Refused { .. }), "{other}");
    }
}

#[tokio::test]
async fn every_page_of_an_org_with_a_weakness_says_so() {
    let test = org(Protocol::Saml, Some(Weakness::AcceptUnsigned)).await;
    let page = test.browser().get(&test.org("/")).await;
    assert!(page.body.contains("leaves out checks on purpose: accept-unsigned"), "{}", page.body);

    let strict = org(Protocol::Saml, None).await;
    let page = strict.browser().get(&strict.org("/")).await;
    assert!(!page.body.contains("on purpose"), "{}", page.body);
}

//! Every row is complete, and none is there twice.

use std::collections::BTreeSet;

use crate::attacks::mutation::Mutation;
use strum::IntoEnumIterator as _;

use vestibule_model::{IdpProtocol, IdpSpec};

use crate::attacks::{CaseId, Delivery, Expected, Severity, Weakness, case, catalogue};

#[test]
fn the_ids_are_those_that_can_be_named_as_a_fault() {
    let ids: Vec<CaseId> = catalogue().iter().map(|case| case.id).collect();
    let named: Vec<CaseId> = CaseId::all().collect();

    let missing: Vec<_> = ids.iter().filter(|id| !named.contains(id)).map(ToString::to_string).collect();
    let unknown: Vec<_> = named.iter().filter(|id| !ids.contains(id)).map(ToString::to_string).collect();

    assert!(missing.is_empty() && unknown.is_empty(), "not in attack_ids.txt: {missing:?}; without a row: {unknown:?}");
    assert!(named.is_sorted(), "attack_ids.txt is in alphabetical order");
    assert!(ids.len() >= 250, "{}", ids.len());
    assert!(named.iter().all(|id| case(*id).is_some_and(|case| case.id == *id)));
}

#[test]
fn every_row_says_what_why_and_what_to_do() {
    for case in catalogue() {
        for text in [case.about, case.fix] {
            assert!(text.ends_with('.') && !text.contains('|'), "{}: {text}", case.id);
        }
        assert!(!case.clause.is_empty() && !case.clause.contains('|'), "{}", case.id);
        let refused = matches!(case.expected, Expected::Refuse(_));
        assert!(case.weakness.is_none() || refused, "{}: an accepted answer forges nothing", case.id);
        assert!(case.severity != Severity::Critical || case.weakness.is_some(), "{} is toothless", case.id);
        // What is replayed at the next logout names no session: it concerns that one too.
        let delivered = case.delivery != Delivery::Once && !case.protocol.is_logout();
        assert_eq!(matches!(case.mutation, Mutation::None), delivered, "{}: exactly one mutation", case.id);
    }
}

#[test]
fn no_two_rows_change_the_same() {
    let mut seen = BTreeSet::new();
    for case in catalogue().iter().filter(|case| case.delivery == Delivery::Once) {
        assert!(seen.insert(format!("{:?} {:?}", case.protocol, case.mutation)), "{} is there twice", case.id);
    }
}

#[test]
fn an_id_says_which_protocol_it_is_about() {
    for case in catalogue() {
        for protocol in [IdpProtocol::Saml, IdpProtocol::Oidc] {
            assert_eq!(case.id.is_of(protocol), case.protocol.of_provider() == Some(protocol), "{}", case.id);
        }
        let spec = IdpSpec::new(IdpProtocol::Saml).fault(case.fault());
        let misplaced = spec.misplaced_key().map(|misplaced| misplaced.key);
        assert_eq!(
            misplaced,
            (case.protocol.of_provider() != Some(IdpProtocol::Saml)).then_some("faults"),
            "{}",
            case.id
        );
    }
}

#[test]
fn every_weakness_is_aimed_at() {
    for weakness in Weakness::iter() {
        assert!(catalogue().iter().any(|case| case.weakness == Some(weakness)), "{weakness}");
    }
}

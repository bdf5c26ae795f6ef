//! The table of causes: the most specific first, `unknown` last.

use super::causes::{environment, gate, login_page, refused, session, signal_form, sso, unknown, verification};
use super::{Cause, Evidence};
use crate::outcome::{Finding, Owner};

/// The cause of a login that stopped; `None` on a healthy one. The first row of the table whose evidence is complete.
pub(crate) fn diagnose(evidence: &Evidence) -> Option<Finding> {
    if evidence.signed_in {
        return None;
    }
    let (cause, proof) = causes().into_iter().find_map(|cause| Some((cause, (cause.prove)(evidence)?)))?;
    let behind = if proof.hides_another { diagnose(&Evidence { exit: None, ..evidence.clone() }) } else { None };
    Some(cause.finding(match behind.filter(|behind| behind.owner != Owner::Unknown) {
        Some(behind) => proof.because(format!("what stopped the login is `{}`: {}", behind.cause, behind.sentence)),
        None => proof,
    }))
}

/// Every cause, in the order in which they are tried; `unknown` is the last.
pub(crate) fn causes() -> Vec<&'static Cause> {
    TOPICS.iter().flat_map(|rows| rows.iter()).collect()
}

/// First what kept the suite from the login page, then false successes and stored sessions, then the pages in the order
/// of a login.
static TOPICS: [&[Cause]; 9] = [
    environment::CAUSES,
    session::CAUSES,
    login_page::CAUSES,
    refused::CAUSES,
    signal_form::CAUSES,
    sso::CAUSES,
    verification::CAUSES,
    gate::CAUSES,
    unknown::CAUSES,
];

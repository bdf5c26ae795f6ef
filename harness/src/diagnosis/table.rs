//! The table of causes: the most specific first, `unknown` last.

use super::cause::Proof;
use super::causes::{
    environment, gate, home, login_page, no_page, refused, session, signal_form, sso, unknown, verification,
};
use super::{Cause, Evidence};
use crate::outcome::{Exit, Finding, Owner};

/// The cause of a login that stopped; `None` on a healthy one. The first row of the table whose evidence is complete. Where
/// the user is signed in and left no other sign-in unfinished, only the page behind the login is left to stop at.
pub(crate) fn diagnose(evidence: &Evidence) -> Option<Finding> {
    let tried: Vec<&Cause> = if evidence.is_home() { home::CAUSES.iter().collect() } else { causes() };
    let (cause, proof) = tried.into_iter().find_map(|cause| Some((cause, (cause.prove)(evidence)?)))?;
    let behind = if proof.hides_another { diagnose(&Evidence { exit: None, ..evidence.clone() }) } else { None };
    let ended = (evidence.exit == Some(Exit::OutOfTime)).then(|| ended_by_vestibule(evidence));
    let proof = ended.into_iter().fold(proof, Proof::because);
    Some(cause.finding(match behind.filter(|behind| behind.owner != Owner::Unknown) {
        Some(behind) => proof.because(format!("what stopped the login is `{}`: {}", behind.cause, behind.sentence)),
        None => proof,
    }))
}

/// Said of a suite that could not say how it would have ended.
fn ended_by_vestibule(evidence: &Evidence) -> String {
    let limit = evidence.time_limit.map(|limit| format!(" after {} s", limit.as_secs_f32())).unwrap_or_default();
    format!("the suite did not end by itself: Vestibule ended it{limit}, its time was over (`--timeout` gives it more)")
}

/// Every cause, in the order in which they are tried; `unknown` is the last.
pub(crate) fn causes() -> Vec<&'static Cause> {
    TOPICS.iter().flat_map(|rows| rows.iter()).collect()
}

/// First what kept the suite from the login page, then false successes and stored sessions, then the pages in the order
/// of a login.
static TOPICS: [&[Cause]; 11] = [
    environment::CAUSES,
    no_page::CAUSES,
    session::CAUSES,
    login_page::CAUSES,
    refused::CAUSES,
    signal_form::CAUSES,
    sso::CAUSES,
    verification::CAUSES,
    gate::CAUSES,
    home::CAUSES,
    unknown::CAUSES,
];

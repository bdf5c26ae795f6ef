//! The table of causes: the most specific first, `unknown` last.

use super::causes::{environment, gate, login_page, session, sso, unknown, verification};
use super::{Cause, Evidence};
use crate::outcome::Finding;

/// The cause of a login that stopped; `None` on a healthy one. The first row of the table whose evidence is complete.
pub fn diagnose(evidence: &Evidence) -> Option<Finding> {
    if evidence.signed_in {
        return None;
    }
    causes().iter().find_map(|cause| cause.find(evidence))
}

/// Every cause, in the order in which the evidence is asked; `unknown` is the last.
pub fn causes() -> Vec<&'static Cause> {
    TOPICS.iter().flat_map(|rows| rows.iter()).collect()
}

/// What keeps a suite from the login page comes first, then what took the session away, then page by page.
static TOPICS: [&[Cause]; 7] = [
    environment::CAUSES,
    session::CAUSES,
    sso::CAUSES,
    gate::CAUSES,
    verification::CAUSES,
    login_page::CAUSES,
    unknown::CAUSES,
];

//! Why a login stopped: one table of causes over what was seen. Pure.

mod evidence;

pub use evidence::{Evidence, PersonaEvidence};

use crate::outcome::Finding;

/// The cause of a login that stopped; `None` on a healthy one. The first row of the table whose evidence is complete.
pub fn diagnose(_evidence: &Evidence) -> Option<Finding> {
    None
}

//! The level of session that a page behind the login wants.

use jiff::civil::Date;

use super::calendar::enforcement;
use super::rulebook::Rulebook;
use vestibule_model::{OrgFacts, SessionLevel, UserFacts};

/// The level that Experience Builder wants of this user's session, once MFA is enforced (contract H4.2).
pub fn experience_builder_level(rulebook: &Rulebook, org: &OrgFacts, user: &UserFacts, date: Date) -> SessionLevel {
    if enforcement(rulebook, org, user, date).in_force {
        rulebook.document().sessions.experience_builder.value
    } else {
        SessionLevel::Standard
    }
}

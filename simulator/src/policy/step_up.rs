//! What a report or dashboard asks of somebody who is signed in (contract C7.1 to C7.4).

use jiff::SignedDuration;
use jiff::civil::Date;
use serde::Serialize;

use super::methods;
use super::rulebook::{Rulebook, Start};
use vestibule_model::{OrgFacts, OrgKind, UserFacts, VerificationMethod};

/// What is asked for before a report or dashboard opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepUp {
    /// Nothing.
    NotAsked,
    /// A verification with one of these registered methods.
    Verify {
        /// Methods offered, the preferred one first.
        methods: Vec<VerificationMethod>,
    },
    /// The code that is sent by email.
    EmailedCode,
    /// The user has nothing to verify with.
    Blocked,
}

/// A request for a report or dashboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportRequest {
    /// Whether it is exported, and not only opened.
    pub export: bool,
    /// How long ago the user last stepped up in this session.
    pub since_step_up: Option<SignedDuration>,
    /// Whether the user has just verified for this very export.
    pub export_verified: bool,
    /// Whether a code can be sent to the user: by email, or to a phone.
    pub can_get_code: bool,
}

/// What the org asks for. No network is exempt, and neither is a login that has just been verified.
pub fn step_up(rulebook: &Rulebook, org: &OrgFacts, user: &UserFacts, request: &ReportRequest, date: Date) -> StepUp {
    let rules = &rulebook.document().step_up;
    let reached = |sandbox: Start, production: Start| {
        (if org.kind == OrgKind::Sandbox { sandbox } else { production }).reached(date)
    };
    let unusual = request.export
        && org.step_up.unusual_exports
        && reached(rules.exports_from_sandbox.value, rules.exports_from_production.value);
    let by_date = || reached(rules.reports_from_sandbox.value, rules.reports_from_production.value);
    let required = org.step_up.required.unwrap_or_else(by_date);
    let period = org.step_up.period.unwrap_or(rules.period_minutes.value);
    let period = SignedDuration::from_mins(i64::from(period.minutes()));
    let fresh = request.since_step_up.is_some_and(|since| since < period);
    if (!unusual || request.export_verified) && (!required || fresh) {
        return StepUp::NotAsked;
    }
    let methods = methods::enabled(rulebook.document(), org, user);
    if !methods.is_empty() {
        StepUp::Verify { methods }
    } else if request.can_get_code {
        StepUp::EmailedCode
    } else {
        StepUp::Blocked
    }
}

//! The two witnesses against one another.

use vestibule_model::diagnostic::Diagnostic;

use crate::outcome::{Exit, Finding, Owner, Survival};
use crate::runner::expect::{Failure, said, survival_name};
use crate::scenario::Case;
use crate::scenario::model::{Condition, Expectation, GoodName};

/// What became of a suite: whether its users are home, by the realm, and what it says itself.
pub(super) fn survival(home: bool, exit: Exit) -> Survival {
    match (home, exit) {
        (true, Exit::Code(0) | Exit::EndedAfterVerdict) => Survival::Survived,
        (true, Exit::Code(_) | Exit::Signal(_) | Exit::OutOfTime) => Survival::FailedLater,
        (false, Exit::Code(0)) => Survival::FalseGreen,
        (false, Exit::Code(_) | Exit::Signal(_) | Exit::EndedAfterVerdict | Exit::OutOfTime) => Survival::Stopped,
    }
}

/// The failure of a suite that did not do what a good one does, where the scenario says nothing of its survival: it
/// gets home, or stops where nobody can get home, and there by a cause that the condition names.
pub(super) fn owed(case: &Case, survival: Survival, finding: Option<&Finding>) -> Option<Failure> {
    let scenario = &case.scenario;
    if scenario.expect.survival.is_some() {
        return None;
    }
    let condition = scenario.condition.as_ref();
    let good = condition.map_or(GoodName::Home, |condition| condition.good.value);
    let fine = match survival {
        Survival::Survived => true,
        Survival::Stopped => good == GoodName::Stop && condition.is_some_and(|condition| stops_by(condition, finding)),
        Survival::FalseGreen | Survival::FailedLater => false,
    };
    (!fine).then(|| {
        let name = survival_name(survival);
        let owed = if good == GoodName::Home { "survived" } else { "stopped" };
        let label = format!("expected: {owed}\nactual:   {name}");
        let mut diagnostic = Diagnostic::new("survival-differs", said(name)).at(case.place(scenario.title.span, label));
        if let Some(finding) = finding {
            diagnostic = diagnostic.note(format!("cause `{}`: {}", finding.cause, finding.sentence));
            diagnostic = diagnostic.hint(format!("{}: {}", finding.owner.word(), finding.remedy));
        }
        Failure { expectation: Expectation::Survival, diagnostic }
    })
}

/// Whether it stopped by what the condition is about, as far as anybody knows, and not before it came there.
fn stops_by(condition: &Condition, finding: Option<&Finding>) -> bool {
    let named = |finding: &Finding| condition.causes.iter().any(|cause| cause.value == finding.cause);
    condition.causes.is_empty() || finding.filter(|finding| finding.owner != Owner::Unknown).is_none_or(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_witnesses_make_four_survivals() {
        let rows = [
            (true, Exit::Code(0), Survival::Survived),
            (true, Exit::EndedAfterVerdict, Survival::Survived),
            (true, Exit::Code(1), Survival::FailedLater),
            (true, Exit::Signal(9), Survival::FailedLater),
            (true, Exit::OutOfTime, Survival::FailedLater),
            (false, Exit::Code(0), Survival::FalseGreen),
            (false, Exit::Code(1), Survival::Stopped),
            (false, Exit::Signal(11), Survival::Stopped),
            (false, Exit::EndedAfterVerdict, Survival::Stopped),
            (false, Exit::OutOfTime, Survival::Stopped),
        ];
        for (home, exit, expected) in rows {
            assert_eq!(survival(home, exit), expected, "home: {home}, {exit:?}");
        }
    }
}

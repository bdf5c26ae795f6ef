//! The two witnesses against one another.

use vestibule_simulator::diagnostic::Diagnostic;

use crate::outcome::{Exit, Finding, Survival};
use crate::runner::expect::{Failure, said, survival_name};
use crate::scenario::Case;
use crate::scenario::model::{Expectation, GoodName};

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
/// gets home, or stops where nobody can get home.
pub(super) fn owed(case: &Case, survival: Survival, finding: Option<&Finding>) -> Option<Failure> {
    let scenario = &case.scenario;
    if scenario.expect.survival.is_some() {
        return None;
    }
    let good = scenario.condition.as_ref().map_or(GoodName::Home, |condition| condition.good.value);
    let fine = match good {
        GoodName::Home => survival == Survival::Survived,
        GoodName::Stop => matches!(survival, Survival::Survived | Survival::Stopped),
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

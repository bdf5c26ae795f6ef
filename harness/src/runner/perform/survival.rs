//! What a suite owes in its condition.

use vestibule_model::diagnostic::Diagnostic;

use crate::outcome::{self, GoodEnd};
use crate::runner::judge::{Failure, in_words};
use crate::runner::observation::Observation;
use crate::scenario::Case;
use crate::scenario::model::Expectation;

/// The failure of a suite that did not do what a good suite does, if the scenario does not expect `survival`. A good
/// suite gets home; if nobody can get home, it stops by a cause that the condition names.
pub(super) fn owed(case: &Case, seen: &Observation) -> Option<Failure> {
    let scenario = &case.scenario;
    let survival = seen.survival.filter(|_| scenario.expect.survival.is_none())?;
    let finding = seen.finding.as_ref();
    let condition = scenario.condition.as_ref();
    let good = condition.map_or(GoodEnd::Home, |condition| condition.good.value);
    let causes = condition.into_iter().flat_map(|condition| &condition.causes).map(|cause| cause.value.as_str());
    if outcome::is_good_end(good, causes, survival, finding) {
        return None;
    }
    let owed = match good {
        GoodEnd::Home => "survived",
        GoodEnd::Stop => "stopped",
    };
    let label = format!("expected: {owed}\nactual:   {survival}");
    let mut diagnostic =
        Diagnostic::new("survival-differs", in_words(survival)).at(case.place(scenario.title.span, label));
    if let Some(finding) = finding {
        diagnostic = diagnostic.note(format!("cause `{}`: {}", finding.cause, finding.sentence));
        diagnostic = diagnostic.hint(format!("{}: {}", finding.owner.word(), finding.remedy));
    }
    Some(Failure { expectation: Expectation::Survival, diagnostic })
}

//! What a good end is. This is the only place that decides it.

use super::{CaseOutcome, ExitCode, Finding, GoodEnd, Owner, RunOutcome, Survival, Verdict};

/// Whether a suite did what a good suite does in a condition: it gets home, or stops if no suite can get home.
pub(crate) fn is_good_end<'a>(
    good: GoodEnd,
    causes: impl IntoIterator<Item = &'a str>,
    survival: Survival,
    finding: Option<&Finding>,
) -> bool {
    match survival {
        Survival::Survived => true,
        Survival::Stopped => stops_rightly(good, causes, finding),
        Survival::FalseGreen | Survival::FailedLater => false,
    }
}

/// Whether a suite that stopped did so because no suite can get home, as far as is known: at the condition itself, not
/// earlier for another cause.
pub(crate) fn stops_rightly<'a>(
    good: GoodEnd,
    causes: impl IntoIterator<Item = &'a str>,
    finding: Option<&Finding>,
) -> bool {
    let mut causes = causes.into_iter().peekable();
    let known = finding.filter(|finding| finding.owner != Owner::Unknown);
    let here = causes.peek().is_none() || known.is_none_or(|finding| causes.any(|cause| cause == finding.cause));
    good == GoodEnd::Stop && here
}

impl RunOutcome {
    /// The exit code of `survive`: a condition counts if it applies, stops the login, and the suite owns the fix; a false
    /// green is always the suite's. What Vestibule does not simulate says nothing about the suite: the run is broken.
    pub fn survive_exit_code(&self) -> ExitCode {
        let any = |counts: fn(&CaseOutcome) -> bool| self.cases.iter().any(counts);
        match self.exit_code() {
            ExitCode::Failed if any(CaseOutcome::counts_against_suite) => ExitCode::Failed,
            ExitCode::Failed if any(CaseOutcome::counts_against_vestibule) => ExitCode::Broken,
            ExitCode::Failed => ExitCode::Passed,
            code => code,
        }
    }
}

impl CaseOutcome {
    /// The verdict on the suite, if one ran.
    pub fn survival(&self) -> Option<Survival> {
        self.result.as_ref()?.suite.as_ref().map(|suite| suite.survival)
    }

    /// Whether this is a condition that makes the suite's run fail.
    fn counts_against_suite(&self) -> bool {
        let Some(condition) = &self.info.condition else { return false };
        let own = condition.owner == Owner::Suite || self.survival() == Some(Survival::FalseGreen);
        self.applies_and_failed() && own && !self.is_for_vestibule()
    }

    /// Whether this is a condition in which the suite met something that is not simulated.
    fn counts_against_vestibule(&self) -> bool {
        self.applies_and_failed() && self.is_for_vestibule()
    }

    fn applies_and_failed(&self) -> bool {
        let applies = self.info.condition.as_ref().is_some_and(|condition| condition.applies);
        let login_held = self.survival() == Some(Survival::FailedLater);
        applies && self.verdict() == Verdict::Failed && !login_held
    }

    /// Whether the suite met something that Vestibule does not simulate: no fault of the suite, and no verdict on it.
    pub(crate) fn is_for_vestibule(&self) -> bool {
        self.finding().is_some_and(|finding| finding.owner == Owner::Vestibule)
    }
}

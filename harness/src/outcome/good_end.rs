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
    /// green is always the suite's.
    pub fn survive_exit_code(&self) -> ExitCode {
        match self.exit_code() {
            ExitCode::Failed if !self.cases.iter().any(CaseOutcome::counts_against_suite) => ExitCode::Passed,
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
        // What Vestibule does not simulate says nothing about the suite.
        let own = own && self.finding().is_none_or(|finding| finding.owner != Owner::Vestibule);
        let login_held = self.survival() == Some(Survival::FailedLater);
        self.verdict() == Verdict::Failed && condition.applies && own && !login_held
    }
}

//! Who owns the fix of a case, and what it is: decided here for every report.

use super::{CaseOutcome, Finding, GoodEnd, Owner, Survival, Verdict, stops_rightly};

impl CaseOutcome {
    /// Who owns the fix; `None` where nothing is to be fixed or nobody is known. The owner of the cause comes before that
    /// of the condition, except where stopping is right; a false green is the suite's, wherever a suite can get home.
    pub fn owner(&self) -> Option<Owner> {
        if !self.needs_fix() {
            return None;
        }
        let Some(condition) = &self.info.condition else { return self.finding().map(|finding| finding.owner) };
        let simulated = self.finding().is_none_or(|finding| finding.owner != Owner::Vestibule);
        if simulated && self.survival() == Some(Survival::FalseGreen) && condition.good == GoodEnd::Home {
            return Some(Owner::Suite);
        }
        Some(self.telling_finding().map_or(condition.owner, |finding| finding.owner))
    }

    /// What to change, one sentence; `None` where nothing is to be fixed or nobody knows. That of the cause comes before
    /// that of the condition, except where stopping is right.
    pub fn remedy(&self) -> Option<&str> {
        if !self.needs_fix() {
            return None;
        }
        let of_condition = self.info.condition.as_ref().map(|condition| condition.remedy.as_str());
        let of_condition = of_condition.filter(|remedy| !remedy.is_empty());
        let known = self.telling_finding().map(|finding| finding.remedy.as_str()).or(of_condition);
        known.or_else(|| self.finding().map(|finding| finding.remedy.as_str()))
    }

    /// Whether anybody has something to fix in the login: it failed, or its suite stopped where stopping is all that a suite
    /// can do. Where a suite failed after its login, there is nothing.
    pub(crate) fn needs_fix(&self) -> bool {
        match self.verdict() {
            Verdict::Failed => self.survival() != Some(Survival::FailedLater),
            Verdict::Passed => self.survival() == Some(Survival::Stopped),
            Verdict::Broken | Verdict::Skipped => false,
        }
    }

    /// Whether a report shows why the login stopped, and who fixes it: where a case did not pass, and in a condition in
    /// which no suite gets home.
    pub(crate) fn shows_fix(&self) -> bool {
        self.verdict() != Verdict::Passed || (self.info.condition.is_some() && self.needs_fix())
    }

    /// Whether the suite stopped where no suite gets home, and not earlier for a reason of its own.
    pub(crate) fn stopped_rightly(&self) -> bool {
        let Some(condition) = &self.info.condition else { return false };
        let causes = condition.causes.iter().map(String::as_str);
        self.survival() == Some(Survival::Stopped) && stops_rightly(condition.good, causes, self.finding())
    }

    /// Why the login stopped.
    pub(crate) fn finding(&self) -> Option<&Finding> {
        self.result.as_ref()?.finding.as_ref()
    }

    /// The finding, where it says more than the condition.
    fn telling_finding(&self) -> Option<&Finding> {
        self.finding().filter(|finding| finding.owner != Owner::Unknown && !self.stopped_rightly())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{CaseResult, ConditionInfo, Exit, RunEvent, RunOutcome, SuiteResult};
    use vestibule_model::Confidence;

    /// A case with this verdict and survival, in a condition of the org admin with this end, where there is one, and with
    /// a finding of this owner, where there is one.
    fn case((verdict, survival): (Verdict, Survival), condition: Option<GoodEnd>, found: Option<Owner>) -> CaseOutcome {
        let mut result = CaseResult::new(verdict, 1, Vec::new());
        result.suite = Some(SuiteResult {
            survival,
            command: Vec::new(),
            exit: Exit::Code(0),
            output: String::new(),
            output_bytes: 0,
            kept_bytes: None,
            failed_at: None,
            artefacts: Vec::new(),
        });
        result.finding = found.map(|owner| Finding {
            cause: "by-the-cause".to_owned(),
            sentence: String::new(),
            evidence: Vec::new(),
            quoted: None,
            owner,
            remedy: "fix the cause".to_owned(),
            fact: String::new(),
        });
        let finished = RunEvent::CaseFinished {
            case: "a.yaml:1".to_owned(),
            attempt: 1,
            again: false,
            at_ms: 1,
            result: Box::new(result),
        };
        let mut case = RunOutcome::fold(&[finished]).cases.remove(0);
        case.info.condition = condition.map(|good| ConditionInfo {
            name: String::new(),
            good,
            owner: Owner::OrgAdmin,
            applies: true,
            since: None,
            confidence: Confidence::Official,
            fact: String::new(),
            remedy: "fix the condition".to_owned(),
            causes: vec!["by-the-cause".to_owned()],
            org: None,
            not_applied: Vec::new(),
            options: Vec::new(),
        });
        case
    }

    #[test]
    fn one_rule_says_who_fixes_what_of_a_case() {
        use GoodEnd::{Home, Stop};
        use Owner::{IdpAdmin, OrgAdmin, Suite, Unknown, Vestibule};
        use Survival::{FailedLater, FalseGreen, Stopped, Survived};
        use Verdict::{Broken, Failed, Passed};

        let (cause, condition) = (Some("fix the cause"), Some("fix the condition"));
        for (end, in_condition, found, owner, remedy) in [
            ((Failed, Stopped), Some(Home), Some(IdpAdmin), Some(IdpAdmin), cause),
            ((Failed, Stopped), Some(Home), Some(Unknown), Some(OrgAdmin), condition),
            ((Failed, Stopped), Some(Home), None, Some(OrgAdmin), condition),
            ((Failed, FalseGreen), Some(Home), Some(IdpAdmin), Some(Suite), cause),
            ((Failed, FalseGreen), Some(Home), Some(Vestibule), Some(Vestibule), cause),
            ((Failed, FailedLater), Some(Home), Some(IdpAdmin), None, None),
            ((Failed, FailedLater), None, Some(IdpAdmin), None, None),
            ((Failed, FalseGreen), Some(Stop), Some(IdpAdmin), Some(IdpAdmin), cause),
            ((Passed, Stopped), Some(Stop), Some(IdpAdmin), Some(OrgAdmin), condition),
            ((Failed, Stopped), None, Some(IdpAdmin), Some(IdpAdmin), cause),
            ((Failed, Stopped), None, Some(Unknown), Some(Unknown), cause),
            ((Failed, Stopped), None, None, None, None),
            ((Passed, Survived), Some(Home), None, None, None),
            ((Broken, Stopped), Some(Home), None, None, None),
        ] {
            let case = case(end, in_condition, found);
            assert_eq!((case.owner(), case.remedy()), (owner, remedy), "{end:?} {in_condition:?} {found:?}");
        }
    }
}

//! A suite in its conditions: rows and one headline. The matrix and the JSON lines are made from them.

mod lines;
mod matrix;
#[cfg(test)]
mod tests;

pub(crate) use lines::write_condition_lines;
pub(crate) use matrix::write_matrix;

use super::wording;
use crate::outcome::{
    CaseOutcome, ConditionInfo, Exit, Finding, Owner, RunOutcome, SuiteLocation, Survival, Verdict, runs_example,
};
use vestibule_model::OrgKind;

/// One condition and the verdict on the suite in it.
pub(super) struct Row<'a> {
    pub(super) condition: &'a ConditionInfo,
    pub(super) case: &'a CaseOutcome,
    pub(super) survival: Option<Survival>,
    pub(super) finding: Option<&'a Finding>,
}

/// The one sentence about a suite and its conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Headline {
    /// Whether the example ran, and not the user's own suite.
    pub example: bool,
    /// Conditions that apply to these users on the day of the run.
    pub applicable: usize,
    /// How many of them stop the suite.
    pub stopped: usize,
    /// In how many of these the suite reports success while nobody is signed in.
    pub false_greens: usize,
    /// How many of them have no result: broken, not finished, or not simulated.
    pub unjudged: usize,
    /// In how many of these the suite met what Vestibule does not simulate.
    pub not_simulated: usize,
    /// In how many of them the login held and the suite failed after it.
    pub failed_later: usize,
    /// The earliest date on which one of the stopping conditions came into force, and the kind of org of which it is.
    pub since: Option<(String, Option<OrgKind>)>,
    /// The kinds of org in which the conditions apply, each with its number of conditions.
    pub orgs: Vec<(OrgKind, usize)>,
    /// The owners of what is to be fixed, by the number of conditions.
    pub owners: Vec<(Owner, usize)>,
    /// The fixes; the fix for most conditions comes first.
    pub remedies: Vec<String>,
}

/// The headline of a run; `None` if no case is a condition.
pub(crate) fn headline(outcome: &RunOutcome) -> Option<Headline> {
    let rows = rows(outcome);
    if rows.is_empty() {
        return None;
    }
    let applicable: Vec<&Row<'_>> = rows.iter().filter(|row| row.condition.applies).collect();
    let bad: Vec<&&Row<'_>> = applicable.iter().filter(|row| row.is_bad()).collect();
    let not_simulated: Vec<&&Row<'_>> = applicable.iter().filter(|row| row.not_simulated()).collect();
    let to_fix = || bad.iter().chain(&not_simulated);
    Some(Headline {
        example: rows.iter().any(Row::ran_example),
        applicable: applicable.len(),
        stopped: bad.len(),
        false_greens: bad.iter().filter(|row| row.is_false_green()).count(),
        unjudged: applicable.iter().filter(|row| row.is_unjudged() || row.not_simulated()).count(),
        not_simulated: not_simulated.len(),
        failed_later: applicable.iter().filter(|row| row.failed_later()).count(),
        since: bad.iter().filter_map(|row| Some((row.condition.since.clone()?, row.condition.org))).min(),
        orgs: counted(applicable.iter().filter_map(|row| row.condition.org)),
        owners: counted(to_fix().map(|row| row.owner())),
        remedies: counted(to_fix().map(|row| row.remedy())).into_iter().map(|(text, _)| text.to_owned()).collect(),
    })
}

impl Headline {
    /// `2 false greens; 9 of 14 applicable conditions stop your suite; in force since 2026-07-06`.
    pub(crate) fn sentence(&self) -> String {
        let greens = match self.false_greens {
            0 => String::new(),
            count => format!("{}; ", wording::plural(count, "false green")),
        };
        let not_simulated = match self.not_simulated {
            0 => String::new(),
            count => format!("; in {count} the suite met what Vestibule does not simulate"),
        };
        let later = match self.failed_later {
            0 => String::new(),
            1 => "; in 1 it failed after the login".to_owned(),
            count => format!("; in {count} it failed after the login"),
        };
        let example = if self.example { "EXAMPLE, not your suite: " } else { "" };
        format!("{example}{greens}{}{not_simulated}{later}", self.about_logins())
    }

    /// Where the conditions apply, unless a date says it.
    fn place(&self) -> String {
        match self.orgs.as_slice() {
            [] => String::new(),
            [(one, _)] => format!(" in an org of the kind {one}"),
            several => {
                let kinds = several.iter().map(|(kind, count)| format!("{kind} ({count})"));
                format!(" in orgs of the kinds {}", kinds.collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// What ran.
    fn suite(&self) -> &'static str {
        if self.example { "the example" } else { "your suite" }
    }

    fn about_logins(&self) -> String {
        let unjudged = match self.unjudged {
            0 => String::new(),
            1 => "; 1 was not judged".to_owned(),
            count => format!("; {count} were not judged"),
        };
        let (suite, place) = (self.suite(), self.place());
        match (self.applicable, self.stopped) {
            (0, _) => "no condition applies to these users on this day".to_owned(),
            (1, _) if self.unjudged == 1 => "the 1 applicable condition was not judged".to_owned(),
            (all, _) if self.unjudged == all => format!("none of the {all} applicable conditions was judged"),
            (1, 0) => format!("{suite} survives the 1 applicable condition{place}"),
            (all, 0) if self.unjudged == 0 => format!("{suite} survives all {all} applicable conditions{place}"),
            (all, 0) => {
                let survived = all.saturating_sub(self.unjudged);
                format!("{suite} survives {survived} of {all} applicable conditions{place}{unjudged}")
            }
            (all, stopped) => {
                let which = match (all, stopped) {
                    (1, _) => "the 1 applicable condition stops".to_owned(),
                    (_, 1) => format!("1 of {all} applicable conditions stops"),
                    _ => format!("{stopped} of {all} applicable conditions stop"),
                };
                let since = match &self.since {
                    None => place,
                    Some((day, None)) => format!("; in force since {day}"),
                    Some((day, Some(org))) => format!("; in force since {day} ({org})"),
                };
                format!("{which} {suite}{since}{unjudged}")
            }
        }
    }
}

/// The conditions of a run, in order.
pub(super) fn rows(outcome: &RunOutcome) -> Vec<Row<'_>> {
    outcome.cases.iter().filter_map(row).collect()
}

fn row(case: &CaseOutcome) -> Option<Row<'_>> {
    let result = case.result.as_ref();
    Some(Row {
        condition: case.info.condition.as_ref()?,
        case,
        survival: case.survival(),
        finding: result.and_then(|result| result.finding.as_ref()),
    })
}

/// In how many conditions the suite could not say how it would have ended, one sentence for each limit.
pub(crate) fn ended_by_vestibule(outcome: &RunOutcome) -> Vec<String> {
    let limits = [Exit::EndedAfterVerdict, Exit::OutOfTime].into_iter().filter_map(|exit| Some((exit, exit.limit()?)));
    let sentences = limits.filter_map(|(exit, limit)| {
        let count = rows(outcome).iter().filter(|row| row.exit() == Some(exit)).count();
        (count > 0).then(|| format!("in {} Vestibule ended the suite {limit}", wording::plural(count, "condition")))
    });
    sentences.collect()
}

/// How a condition ended, for every report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The suite reports success while nobody is signed in.
    FalseGreen,
    /// The login stopped.
    Stopped,
    /// The login held, and the suite failed after it.
    FailedLater,
    /// The suite met what Vestibule does not simulate.
    NotSimulated,
    /// Nothing was learnt.
    Broken,
    /// It did not finish.
    Skipped,
    /// The suite stopped where nobody gets home.
    StoppedRightly,
    /// The suite got home.
    Survived,
}

impl Ending {
    /// The worst first.
    const ALL: [Self; 8] = [
        Self::FalseGreen,
        Self::Stopped,
        Self::FailedLater,
        Self::NotSimulated,
        Self::Broken,
        Self::Skipped,
        Self::StoppedRightly,
        Self::Survived,
    ];

    /// The word that reports print.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::FalseGreen => "false green",
            Self::Stopped => "stopped",
            Self::FailedLater => "failed later",
            Self::NotSimulated => "not simulated",
            Self::Broken => "broken",
            Self::Skipped => "skipped",
            Self::StoppedRightly => "stopped (ok)",
            Self::Survived => "survived",
        }
    }

    /// The verdict whose colour it has.
    pub(crate) fn colour(self) -> Verdict {
        match self {
            Self::FalseGreen | Self::Stopped => Verdict::Failed,
            Self::FailedLater | Self::NotSimulated | Self::Broken => Verdict::Broken,
            Self::Skipped => Verdict::Skipped,
            Self::StoppedRightly | Self::Survived => Verdict::Passed,
        }
    }
}

/// How the conditions of a run ended, each ending that occurs with its count; the worst comes first.
pub(crate) fn tally(outcome: &RunOutcome) -> Vec<(Ending, usize)> {
    let endings: Vec<_> = rows(outcome).iter().map(|row| row.ending()).collect();
    let counts = Ending::ALL.map(|ending| (ending, endings.iter().filter(|one| **one == ending).count()));
    counts.into_iter().filter(|(_, count)| *count > 0).collect()
}

/// The same as a text: `1 false green, 2 stopped`.
pub(crate) fn tally_text(outcome: &RunOutcome) -> String {
    let counts = tally(outcome).into_iter().map(|(ending, count)| format!("{count} {}", ending.word()));
    counts.collect::<Vec<_>>().join(", ")
}

/// How this condition ended; `None` where the case is no condition.
pub(crate) fn ending(case: &CaseOutcome) -> Option<Ending> {
    row(case).map(|row| row.ending())
}

/// The line that runs this condition alone, with the options of the run; `None` where the case is no condition, or its
/// command is not known.
pub(crate) fn again(case: &CaseOutcome) -> Option<String> {
    let condition = case.info.condition.as_ref()?;
    let suite = case.result.as_ref()?.suite.as_ref()?;
    let before = ["vestibule", "survive", "-c", &condition.name].into_iter();
    let options = condition.options.iter().map(String::as_str);
    let command = suite.command.iter().map(String::as_str);
    shlex::try_join(before.chain(options).chain(["--"]).chain(command)).ok()
}

impl Row<'_> {
    /// Whether the suite failed to do what a good suite does with the login.
    fn is_bad(&self) -> bool {
        self.case.verdict() == Verdict::Failed && !self.failed_later() && !self.not_simulated()
    }

    /// Whether the suite met what Vestibule does not simulate, so that nothing was learnt about it.
    fn not_simulated(&self) -> bool {
        self.case.verdict() == Verdict::Failed && !self.failed_later() && self.case.is_for_vestibule()
    }

    /// Whether the suite reports success while nobody is signed in.
    fn is_false_green(&self) -> bool {
        self.survival == Some(Survival::FalseGreen) && !self.not_simulated()
    }

    /// Whether the login held, and something after it failed: nothing to fix in the login.
    fn failed_later(&self) -> bool {
        self.survival == Some(Survival::FailedLater) && !self.is_unjudged()
    }

    /// Whether the row says nothing about the suite.
    fn is_unjudged(&self) -> bool {
        matches!(self.case.verdict(), Verdict::Broken | Verdict::Skipped)
    }

    /// How the condition ended.
    pub(super) fn ending(&self) -> Ending {
        match (self.case.verdict(), self.survival) {
            (Verdict::Broken, _) => Ending::Broken,
            (Verdict::Skipped, _) => Ending::Skipped,
            _ if self.not_simulated() => Ending::NotSimulated,
            _ if self.stopped_rightly() => Ending::StoppedRightly,
            (_, Some(Survival::Survived)) | (Verdict::Passed, None) => Ending::Survived,
            (_, Some(Survival::Stopped)) | (Verdict::Failed, None) => Ending::Stopped,
            (_, Some(Survival::FalseGreen)) => Ending::FalseGreen,
            (_, Some(Survival::FailedLater)) => Ending::FailedLater,
        }
    }

    /// The verdict on the suite alone, whatever a good suite does there.
    pub(super) fn verdict(&self) -> &'static str {
        match self.ending() {
            Ending::NotSimulated if self.survival == Some(Survival::FalseGreen) => Ending::FalseGreen.word(),
            Ending::NotSimulated | Ending::StoppedRightly => Ending::Stopped.word(),
            ending => ending.word(),
        }
    }

    /// Whether the suite was the example.
    fn ran_example(&self) -> bool {
        let suite = self.case.result.as_ref().and_then(|result| result.suite.as_ref());
        suite.is_some_and(|suite| runs_example(&suite.command))
    }

    /// How the suite's process ended.
    pub(super) fn exit(&self) -> Option<Exit> {
        Some(self.case.result.as_ref()?.suite.as_ref()?.exit)
    }

    /// Where the suite failed in its own code.
    pub(super) fn failed_at(&self) -> Option<&SuiteLocation> {
        self.case.failed_at()
    }

    /// Whether there is something to fix.
    pub(super) fn needs_fix(&self) -> bool {
        self.case.needs_fix()
    }

    /// Whether the suite stopped at a point that no suite gets past, and not earlier for its own reason.
    pub(super) fn stopped_rightly(&self) -> bool {
        self.case.stopped_rightly()
    }

    /// The owner, where there is something to fix.
    pub(super) fn owner(&self) -> Owner {
        self.case.owner().unwrap_or(Owner::Unknown)
    }

    /// The fix, where there is something to fix.
    pub(super) fn remedy(&self) -> &str {
        self.case.remedy().unwrap_or_default()
    }
}

/// Each value with its count, the most frequent first.
fn counted<T: PartialEq>(values: impl Iterator<Item = T>) -> Vec<(T, usize)> {
    let mut counts: Vec<(T, usize)> = Vec::new();
    for value in values {
        match counts.iter_mut().find(|(known, _)| *known == value) {
            Some((_, count)) => *count += 1,
            None => counts.push((value, 1)),
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

//! What changed from one run to another, case by case, and whether anything got worse.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};

use strum::{Display, EnumIter};
use vestibule_model::Strength;

use super::case_text::headline;
use super::survive::{self, Ending};
use super::wording;
use crate::outcome::{CaseOutcome, RunOutcome, Verdict};

mod document;
mod terminal;
#[cfg(test)]
mod tests;

pub(crate) use document::{ComparedRun, write_diff_json};
pub(crate) use terminal::write_diff;

/// Two runs, case by case.
#[derive(Debug)]
pub(crate) struct Comparison<'a> {
    /// In the order of the later run; then what only the earlier one has.
    pub(crate) cases: Vec<Compared<'a>>,
}

/// A case of one run or of both.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Compared<'a> {
    /// A case of both.
    Both(&'a CaseOutcome, &'a CaseOutcome),
    /// A case that only the later run has.
    New(&'a CaseOutcome),
    /// A case that only the earlier run has.
    Gone(&'a CaseOutcome),
}

/// What happened to a case; what matters most comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumIter)]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum Change {
    /// It ends worse, its end is no longer known, or its login proves less.
    Worse,
    /// Only the later run has it.
    New,
    /// Only the earlier run has it.
    Gone,
    /// It ends better, or its login proves more.
    Better,
    /// It ends as well as before, but otherwise.
    Changed,
    /// Nothing that is compared is different.
    Same,
}

/// Something that is different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference<'a> {
    /// `verdict`, `cause`, `pages` or `strength`.
    pub(super) what: &'static str,
    /// In the earlier run.
    pub(super) before: Option<Cow<'a, str>>,
    /// In the later run.
    pub(super) after: Option<Cow<'a, str>>,
}

impl<'a> Comparison<'a> {
    /// Of these runs. A case is the same if its file and its name are, wherever its line and its folder moved.
    pub(crate) fn of(before: &'a RunOutcome, after: &'a RunOutcome) -> Self {
        let (before, after) = (&before.cases, &after.cases);
        let mut open: Vec<Option<&CaseOutcome>> = before.iter().map(Some).collect();
        let mut partners: Vec<Option<&CaseOutcome>> = vec![None; after.len()];
        for key in KEYS {
            let mut places: HashMap<String, VecDeque<usize>> = HashMap::new();
            for (place, case) in open.iter().enumerate() {
                if let Some(case) = case {
                    places.entry(key(case)).or_default().push_back(place);
                }
            }
            for (case, partner) in after.iter().zip(&mut partners).filter(|(_, partner)| partner.is_none()) {
                let place = places.get_mut(&key(case)).and_then(VecDeque::pop_front);
                *partner = place.and_then(|place| open[place].take());
            }
        }
        let both = after.iter().zip(partners).map(|(case, partner)| match partner {
            Some(partner) => Compared::Both(partner, case),
            None => Compared::New(case),
        });
        Self { cases: both.chain(open.into_iter().flatten().map(Compared::Gone)).collect() }
    }

    /// Whether anything got worse: a case of both runs, or a new one that does not end well.
    pub(crate) fn got_worse(&self) -> bool {
        self.cases.iter().any(Compared::got_worse)
    }

    /// How many cases this happened to.
    pub(super) fn count(&self, change: Change) -> usize {
        self.cases.iter().filter(|compared| compared.change() == change).count()
    }
}

impl<'a> Compared<'a> {
    /// The case, as the later run has it.
    pub(super) fn case(&self) -> &'a CaseOutcome {
        match *self {
            Self::Both(_, case) | Self::New(case) | Self::Gone(case) => case,
        }
    }

    /// What happened to it.
    pub(super) fn change(&self) -> Change {
        let (before, after) = match *self {
            Self::New(_) => return Change::New,
            Self::Gone(_) => return Change::Gone,
            Self::Both(before, after) => (before, after),
        };
        let ends = (End::of(before), End::of(after));
        let strengths = (strength(before), strength(after));
        let weaker = matches!(strengths, (Some(before), Some(after)) if after < before);
        let stronger = matches!(strengths, (Some(before), Some(after)) if after > before);
        let worse = ends.1 > ends.0 || (ends.0 == ends.1 && weaker);
        // What is not known any more is not better than what was known.
        let better = ends.1 != End::Unknown && (ends.1 < ends.0 || (ends.0 == ends.1 && stronger));
        if self.differences().is_empty() {
            Change::Same
        } else if worse && applies(after) {
            Change::Worse
        } else if better {
            Change::Better
        } else {
            Change::Changed
        }
    }

    /// Whether this counts against the later run.
    pub(super) fn got_worse(&self) -> bool {
        match self {
            Self::Both(..) => self.change() == Change::Worse,
            Self::New(case) => End::of(case) != End::Good && applies(case),
            Self::Gone(_) => false,
        }
    }

    /// What is different; for a case of one run only, how it ended there.
    pub(super) fn differences(&self) -> Vec<Difference<'a>> {
        let (before, after) = match *self {
            Self::Both(before, after) => (Some(before), Some(after)),
            Self::New(after) => (None, Some(after)),
            Self::Gone(before) => (Some(before), None),
        };
        let facts = FACTS.into_iter().map(|(what, fact)| {
            let (before, after) = (before.and_then(fact), after.and_then(fact));
            Difference { what, before, after }
        });
        facts.filter(|one| one.before != one.after).collect()
    }
}

/// How well a case ended; a later value is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// As it should.
    Good,
    /// The login held, and the suite failed after it.
    FailedLater,
    /// Nothing was learnt.
    Unknown,
    /// The login stopped, or an expectation failed.
    Stopped,
    /// The suite reports success while nobody is signed in.
    FalseGreen,
}

impl End {
    fn of(case: &CaseOutcome) -> Self {
        match (survive::ending(case), case.verdict()) {
            (Some(Ending::Survived | Ending::StoppedRightly), _) | (None, Verdict::Passed) => Self::Good,
            (Some(Ending::FailedLater), _) => Self::FailedLater,
            (Some(Ending::NotSimulated | Ending::Broken | Ending::Skipped), _)
            | (None, Verdict::Broken | Verdict::Skipped) => Self::Unknown,
            (Some(Ending::Stopped), _) | (None, Verdict::Failed) => Self::Stopped,
            (Some(Ending::FalseGreen), _) => Self::FalseGreen,
        }
    }
}

/// Whether the case counts: a condition that does not apply to these users on that day does not.
fn applies(case: &CaseOutcome) -> bool {
    case.info.condition.as_ref().is_none_or(|condition| condition.applies)
}

fn strength(case: &CaseOutcome) -> Option<Strength> {
    case.result.as_ref()?.strength()?.parse().ok()
}

/// What makes two cases the same, the strictest first.
const KEYS: [fn(&CaseOutcome) -> String; 3] = [
    |case| format!("{}\n{}", case.info.id, case.info.name_of_run()),
    |case| format!("{}\n{}", case.info.file, case.info.name_of_run()),
    |case| {
        let file = case.info.file.rsplit('/').next().unwrap_or_default();
        format!("{file}\n{}", case.info.name_of_run())
    },
];

/// A fact about a case that is compared; `None` where there is none.
type Fact = fn(&CaseOutcome) -> Option<Cow<'_, str>>;

/// In the order in which they are shown.
const FACTS: [(&str, Fact); 4] = [
    ("verdict", |case| Some(survive::ending(case).map_or_else(|| wording::ending(case), Ending::word).into())),
    ("cause", |case| {
        let (result, finding) = (case.result.as_ref()?, case.finding());
        match case.verdict() {
            Verdict::Passed => finding.filter(|_| case.shows_fix()).map(|finding| finding.cause.as_str().into()),
            _ => finding
                .map(|finding| finding.cause.as_str())
                .or(headline(case, result).map(|(_, code)| code))
                .map(Cow::from),
        }
    }),
    ("pages", |case| wording::path_of_pages(case.result.as_ref()?).map(Cow::from)),
    ("strength", |case| case.result.as_ref()?.strength().map(Cow::from)),
];

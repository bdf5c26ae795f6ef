//! The top of the report: the headline, and what to do.

use std::borrow::Cow;

use vestibule_model::OrgKind;

use super::rows::CaseView;
use super::wording::{self, plural};
use crate::outcome::{CaseOutcome, Owner, RunOutcome, Survival, Verdict};
use crate::report::survive::{self, Ending};

/// The headline of the report.
pub(super) struct Headline {
    pub(super) sentence: String,
    /// Who has to fix what, in one line.
    pub(super) lead: Option<String>,
    /// In how many cases the suite reports success while nobody is signed in.
    pub(super) false_greens: usize,
}

/// How many cases have this verdict.
pub(super) struct Chip {
    pub(super) word: &'static str,
    pub(super) count: usize,
    /// The verdict whose colour it has.
    pub(super) colour: &'static str,
}

/// What one owner has to do.
pub(super) struct OwnerGroup<'a> {
    pub(super) owner: &'static str,
    pub(super) todos: Vec<Todo<'a>>,
}

/// One cause with the cases that it stopped.
pub(super) struct Todo<'a> {
    pub(super) cause: &'a str,
    pub(super) sentence: &'a str,
    pub(super) remedy: Option<&'a str>,
    pub(super) fact: Option<&'a str>,
    pub(super) since: Option<&'a str>,
    /// The kind of org whose date this is.
    pub(super) org: Option<OrgKind>,
    /// The first cases, by anchor and name.
    pub(super) cases: Vec<(String, Cow<'a, str>)>,
    pub(super) count: usize,
    owner: Owner,
    broken: bool,
}

impl Todo<'_> {
    /// How many more cases there are.
    pub(super) fn more(&self) -> usize {
        self.count - self.cases.len()
    }
}

/// The sentence at the top.
pub(super) fn headline(outcome: &RunOutcome) -> Headline {
    if let Some(conditions) = survive::headline(outcome) {
        let (sentence, false_greens) = (conditions.sentence(), conditions.false_greens);
        return Headline { sentence, lead: owners_of_stops(outcome), false_greens };
    }
    let counts = outcome.counts();
    let total = plural(outcome.cases.len(), "case");
    let sentence = match (outcome.cases.len(), counts.failed + counts.broken) {
        (0, _) => "no case was selected".to_owned(),
        (all, 0) if counts.passed == all => format!("{total} passed"),
        (_, 0) => format!("{} of {total} passed", counts.passed),
        (_, bad) => format!("{bad} of {total} did not pass"),
    };
    Headline { sentence, lead: owners_of_stops(outcome), false_greens: 0 }
}

/// The counts at the top: in a run of conditions those of the matrix, otherwise those of the verdicts.
pub(super) fn chips(outcome: &RunOutcome) -> Vec<Chip> {
    let of_conditions = survive::tally(outcome);
    if !of_conditions.is_empty() {
        let chip = |(ending, count): (Ending, usize)| Chip {
            word: ending.word(),
            count,
            colour: wording::verdict(ending.colour()),
        };
        return of_conditions.into_iter().map(chip).collect();
    }
    let mut counts = wording::counted(&outcome.counts());
    counts.sort_by_key(|(verdict, _)| match verdict {
        Verdict::Failed => 0,
        Verdict::Broken => 1,
        Verdict::Passed => 2,
        Verdict::Skipped => 3,
    });
    let chip = |(verdict, count)| Chip { word: wording::verdict(verdict), count, colour: wording::verdict(verdict) };
    counts.into_iter().map(chip).collect()
}

/// The owners of the stops: `Owner: suite (2), org admin (1).`
fn owners_of_stops(outcome: &RunOutcome) -> Option<String> {
    let owners = outcome.cases.iter().filter(|case| applies(case) && case.verdict() == Verdict::Failed);
    let owners: Vec<_> = owners.filter_map(CaseOutcome::owner).collect();
    let counted: Vec<_> = [Owner::Suite, Owner::OrgAdmin, Owner::IdpAdmin, Owner::Vestibule]
        .into_iter()
        .map(|wanted| (wanted, owners.iter().filter(|owner| **owner == wanted).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(owner, count)| format!("{} ({count})", owner.word()))
        .collect();
    (!counted.is_empty()).then(|| format!("Owner: {}.", counted.join(", ")))
}

/// Everything that applies and that somebody has to fix, by owner and then by cause.
pub(super) fn groups<'a>(outcome: &'a RunOutcome, rows: &[CaseView<'a>]) -> Vec<OwnerGroup<'a>> {
    let mut todos: Vec<Todo<'a>> = Vec::new();
    for (case, row) in outcome.cases.iter().zip(rows).filter(|(case, _)| applies(case)) {
        let Some(found) = todo(case) else { continue };
        let same = |one: &Todo<'_>| (one.owner, one.broken, one.cause) == (found.owner, found.broken, found.cause);
        let at = todos.iter().position(same).unwrap_or(todos.len());
        if at == todos.len() {
            todos.push(found);
        }
        let place = &mut todos[at];
        place.count += 1;
        if place.cases.len() < MOST_NAMED {
            place.cases.push((row.anchor.clone(), row.name.clone()));
        }
    }
    todos.sort_by_key(|todo| std::cmp::Reverse(todo.count));
    let kinds = [
        ("Suite", Owner::Suite, false),
        ("Org admin", Owner::OrgAdmin, false),
        ("IdP admin", Owner::IdpAdmin, false),
        ("Vestibule", Owner::Vestibule, false),
        ("No named cause", Owner::Unknown, false),
        ("Broken: nothing was learnt about these logins", Owner::Unknown, true),
    ];
    let mut groups = Vec::new();
    for (word, owner, broken) in kinds {
        let (mine, rest): (Vec<_>, Vec<_>) =
            todos.into_iter().partition(|todo| todo.owner == owner && todo.broken == broken);
        todos = rest;
        if !mine.is_empty() {
            groups.push(OwnerGroup { owner: word, todos: mine });
        }
    }
    groups
}

fn todo(case: &CaseOutcome) -> Option<Todo<'_>> {
    let result = case.result.as_ref()?;
    let broken = match result.verdict {
        Verdict::Failed => false,
        Verdict::Broken => true,
        // No suite gets home there, so somebody else has something to do.
        Verdict::Passed if case.shows_fix() => false,
        Verdict::Passed | Verdict::Skipped => return None,
    };
    let since = case.info.condition.as_ref().and_then(|condition| condition.since.as_deref());
    let empty = Todo {
        cause: "unknown",
        sentence: "",
        remedy: None,
        fact: None,
        since,
        org: case.info.condition.as_ref().and_then(|condition| condition.org),
        cases: Vec::new(),
        count: 0,
        owner: case.owner().unwrap_or(Owner::Unknown),
        broken,
    };
    if let Some(finding) = result.finding.as_ref().filter(|_| !broken) {
        let (remedy, fact) = (case.remedy(), Some(finding.fact.as_str()));
        return Some(Todo { cause: &finding.cause, sentence: &finding.sentence, remedy, fact, ..empty });
    }
    let failure = result.failures.first()?;
    // A condition has a fix even if the reason for the stop is unknown.
    let condition = case.info.condition.as_ref().filter(|condition| !broken && !condition.remedy.is_empty());
    let condition = condition.filter(|_| case.survival() != Some(Survival::FailedLater));
    let remedy = case.remedy().or(failure.hint.as_deref());
    let fact = condition.map(|condition| condition.fact.as_str()).filter(|fact| !fact.is_empty());
    Some(Todo { cause: &failure.code, sentence: &failure.title, remedy, fact, ..empty })
}

/// A case that is not a condition always applies.
fn applies(case: &CaseOutcome) -> bool {
    case.info.condition.as_ref().is_none_or(|condition| condition.applies)
}

/// At most this many cases are named beside a cause.
const MOST_NAMED: usize = 5;

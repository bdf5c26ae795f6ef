//! The selected conditions, and their cases with the user's command as the actor.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::Date;
use vestibule_model::UserSpec;
use vestibule_model::yaml::Spanned;

use super::applies::{self, Application};
use crate::cli::arguments::selection::{cases_beside, no_condition};
use crate::cli::output::error::CliError;
use crate::outcome::ConditionInfo;
use crate::scenario::model::Condition;
use crate::scenario::{Case, OrgChange, OrgSettings};

/// The selected conditions, in the order of their files.
pub(super) struct Conditions {
    pub(super) all: Vec<Selected>,
}

/// A condition, with what the rulebook says about it for its users.
pub(super) struct Selected {
    pub(super) case: Case,
    pub(super) condition: Condition,
    pub(super) application: Application,
    /// What is different in the user's org and not in the org of this condition, because the condition is about it.
    pub(super) kept: Vec<OrgChange>,
}

/// Where the conditions come from.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sources<'a> {
    /// Files and folders that replace the built-in conditions; empty for the built-in ones.
    pub(super) instead: &'a [PathBuf],
    /// Files and folders beside them.
    pub(super) added: &'a [PathBuf],
}

/// What is different in the user's own org.
#[derive(Debug, Clone, Default)]
pub(super) struct OwnOrg {
    /// The settings that a file gives it.
    pub(super) like: Option<OrgSettings>,
    /// What the options change.
    pub(super) changes: Vec<OrgChange>,
}

impl OwnOrg {
    /// Whether nothing is different.
    fn is_usual(&self) -> bool {
        self.like.is_none() && self.changes.is_empty()
    }
}

impl Conditions {
    /// The conditions of these sources, for these users of such an org on this day.
    ///
    /// # Errors
    /// If a file has a mistake, a name is unknown, no condition is left, or none of them takes a change of the org.
    pub(super) fn select(
        sources: &Sources<'_>,
        names: &[String],
        users: Option<&BTreeMap<String, Spanned<UserSpec>>>,
        own: &OwnOrg,
        date: Date,
    ) -> Result<Self, CliError> {
        let mut all = Vec::new();
        for case in cases_beside(sources.instead, sources.added)? {
            let Some(condition) = case.scenario.condition.as_ref().map(|condition| condition.value.clone()) else {
                continue;
            };
            let (case, kept) = case
                .in_own_org(own.like.as_ref(), &own.changes)
                .map_err(|refused| CliError::usage(refused.in_one_line()))?;
            let mut case = match users {
                Some(users) => case.with_users(users),
                None => case,
            };
            if !own.is_usual() {
                case.scenario.org.date = applies::day_in_force(&case, &condition)?;
            }
            let application = applies::application(&case, &condition, date)?;
            all.push(Selected { case, condition, application, kept });
        }
        if all.is_empty() {
            return Err(CliError::nothing_selected("there is no condition in these files")
                .hint("a condition is a scenario with the section `condition`"));
        }
        for name in names {
            if all.iter().all(|selected| selected.condition.name.value != *name) {
                let known: Vec<&str> = all.iter().map(|selected| selected.condition.name.value.as_str()).collect();
                return Err(no_condition(name, &known));
            }
        }
        if !names.is_empty() {
            all.retain(|selected| names.contains(&selected.condition.name.value));
        }
        if let Some(change) =
            own.changes.iter().find(|change| all.iter().all(|selected| selected.kept.contains(change)))
        {
            let (key, which) = (change.key(), if all.len() == 1 { "the condition sets" } else { "the conditions set" });
            return Err(CliError::usage(format!("`{change}` changes nothing: {which} `{key}`; nothing ran"))
                .hint("leave it out, or select other conditions: a condition keeps what it is about"));
        }
        Ok(Self { all })
    }

    /// What is different in the user's org and not in the org of a condition, one sentence each.
    pub(super) fn kept(&self) -> impl Iterator<Item = String> {
        self.all.iter().flat_map(|Selected { condition, kept, .. }| {
            let name = &condition.name.value;
            kept.iter().map(move |change| {
                format!("the condition {name} sets `{}` itself; {change} was not applied to it", change.key())
            })
        })
    }

    /// The details of each condition of a run with these options, by the id of its case.
    pub(super) fn infos(&self, options: &[String]) -> BTreeMap<String, ConditionInfo> {
        let info = |selected| ConditionInfo { options: options.to_vec(), ..info(selected) };
        self.all.iter().map(|selected| (selected.case.id.clone(), info(selected))).collect()
    }

    /// The cases, with this command as the actor.
    pub(super) fn with_command(&self, command: &[String]) -> Vec<Case> {
        self.all.iter().map(|selected| selected.case.with_command(command)).collect()
    }
}

pub(super) fn info(selected: &Selected) -> ConditionInfo {
    let Selected { case, condition, application, kept } = selected;
    ConditionInfo {
        name: condition.name.value.clone(),
        good: condition.good.value,
        owner: condition.owner.value,
        applies: application.applies,
        since: application.begins.filter(|_| application.applies).map(|day| day.to_string()),
        confidence: condition.confidence,
        fact: condition.fact.value.clone(),
        remedy: condition.remedy.value.clone(),
        causes: condition.causes.iter().map(|cause| cause.value.clone()).collect(),
        org: Some(case.scenario.org.kind),
        not_applied: kept.iter().map(OrgChange::to_string).collect(),
        options: Vec::new(),
    }
}

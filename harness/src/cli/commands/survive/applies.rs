//! On which days a condition applies to its users, according to the rulebook.

use jiff::civil::Date;
use vestibule_model::{LoginPage, StaggerDay, Waiver};
use vestibule_simulator::policy::{Audience, OrgFacts, Rulebook, enforcement, login_page, login_page_begins};

use crate::cli::output::error::CliError;
use crate::scenario::Case;
use crate::scenario::model::{Applies, Condition, Enforced};

/// Whether a condition applies on a day, and from which day on it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Application {
    pub(super) applies: bool,
    /// `None` if it always applied or never will.
    pub(super) begins: Option<Date>,
    /// Whether it will never apply to these users.
    pub(super) never: bool,
}

/// Asks the condition's rulebook, or the newest one.
pub(super) fn application(case: &Case, condition: &Condition, date: Date) -> Result<Application, CliError> {
    let rulebook = rulebook(case, condition)?;
    Ok(match &condition.applies {
        Applies::Always => Application { applies: true, begins: None, never: false },
        Applies::From(day) => Application { applies: date >= day.0, begins: Some(day.0), never: false },
        Applies::LoginPage(page) => by_login_page(&rulebook, case, *page, date),
        Applies::Enforcement(who) => by_enforcement(&rulebook, case, *who, date),
        Applies::Unenforced => while_unenforced(&rulebook, case, date),
    })
}

/// The day on which the org of a case shows its condition: its own day, or the first on which enforcement has reached every
/// org of its kind, if that comes later.
pub(super) fn day_in_force(case: &Case, condition: &Condition) -> Result<Date, CliError> {
    let own = case.scenario.org.date;
    let Applies::Enforcement(who) = condition.applies else { return Ok(own) };
    let begins = enforcement_begins(&rulebook(case, condition)?, case, who, StaggerDay::LAST, own);
    Ok(begins.map_or(own, |day| day.max(own)))
}

/// The condition's rulebook, or the newest one.
fn rulebook(case: &Case, condition: &Condition) -> Result<Rulebook, CliError> {
    Rulebook::resolve(&case.scenario.rulebook_choice()).map_err(|error| {
        CliError::usage(format!("failed to apply the rulebook of the condition `{}`: {error}", condition.name.value))
    })
}

/// The first day on which enforcement reaches one of the users.
fn by_enforcement(rulebook: &Rulebook, case: &Case, who: Enforced, date: Date) -> Application {
    // The first day of a wave: from then on it may reach any org.
    let begins = enforcement_begins(rulebook, case, who, StaggerDay::default(), date);
    Application { applies: begins.is_some_and(|day| date >= day), begins, never: begins.is_none() }
}

/// The same for an org on this day of the wave, if the case does not say on which one it is.
fn enforcement_begins(
    rulebook: &Rulebook,
    case: &Case,
    who: Enforced,
    stagger_day: StaggerDay,
    date: Date,
) -> Option<Date> {
    let spec = &case.scenario.org;
    let stagger_day = Some(spec.stagger_day.unwrap_or(stagger_day));
    let org = OrgFacts { stagger_day, ..spec.facts("", !case.scenario.idps.is_empty()) };
    let reached = case.scenario.users.values().map(|user| enforcement(rulebook, &org, &user.facts(), date));
    let meant = reached.filter(|reach| match who {
        Enforced::Anyone => true,
        Enforced::Employee => reach.audience == Audience::Employee,
        Enforced::Privileged => reach.audience == Audience::Privileged,
    });
    meant.filter_map(|reach| reach.begins).min()
}

/// Until the last day of a wave, which may be that of the org.
fn while_unenforced(rulebook: &Rulebook, case: &Case, date: Date) -> Application {
    let spec = &case.scenario.org;
    let stagger_day = Some(spec.stagger_day.unwrap_or(StaggerDay::LAST));
    let org = OrgFacts { stagger_day, ..spec.facts("", !case.scenario.idps.is_empty()) };
    let applies = case.scenario.users.values().any(|user| {
        user.waiver == Waiver::ApprovedBySupport || !enforcement(rulebook, &org, &user.facts(), date).in_force
    });
    Application { applies, begins: None, never: !applies }
}

fn by_login_page(rulebook: &Rulebook, case: &Case, page: LoginPage, date: Date) -> Application {
    let kind = case.scenario.org.kind;
    let begins = login_page_begins(rulebook, kind, page);
    let applies = login_page(rulebook, kind, date) == page;
    Application { applies, begins, never: !applies && begins.is_none_or(|day| day <= date) }
}

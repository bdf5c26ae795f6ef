//! On which days a condition applies to its users, asked of the rulebook.

use jiff::civil::Date;
use vestibule_model::LoginPage;
use vestibule_simulator::policy::{Audience, OrgFacts, Rulebook, UserFacts, enforcement, login_page};

use crate::cli::output::error::CliError;
use crate::scenario::Case;
use crate::scenario::model::{Applies, Condition, Enforced, User};

/// Whether a condition applies on a day, and from which day on it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Application {
    pub(super) applies: bool,
    /// `None` where it always did, or never will.
    pub(super) begins: Option<Date>,
    /// Whether it will never apply to these users.
    pub(super) never: bool,
}

/// Asks the rulebook of the condition, or the newest.
pub(super) fn application(case: &Case, condition: &Condition, date: Date) -> Result<Application, CliError> {
    let rulebook = match &case.scenario.rulebook {
        None => Rulebook::newest(),
        Some(choice) => Rulebook::embedded(&choice.name.value)
            .ok_or_else(|| CliError::usage(format!("there is no rulebook `{}`", choice.name.value)))?,
    };
    Ok(match &condition.applies {
        Applies::Always => Application { applies: true, begins: None, never: false },
        Applies::From(day) => Application { applies: date >= day.0, begins: Some(day.0), never: false },
        Applies::LoginPage(page) => by_login_page(&rulebook, case, *page, date),
        Applies::Enforcement(who) => by_enforcement(&rulebook, case, *who, date),
    })
}

/// The first day on which one of the users is reached.
fn by_enforcement(rulebook: &Rulebook, case: &Case, who: Enforced, date: Date) -> Application {
    let org = org_facts(case);
    let reached = case.scenario.users.values().map(|user| enforcement(rulebook, &org, &user_facts(user), date));
    let meant = reached.filter(|reach| match who {
        Enforced::Anyone => true,
        Enforced::Employee => reach.audience == Audience::Employee,
        Enforced::Privileged => reach.audience == Audience::Privileged,
    });
    let begins = meant.filter_map(|reach| reach.begins).min();
    Application { applies: begins.is_some_and(|day| date >= day), begins, never: begins.is_none() }
}

fn by_login_page(rulebook: &Rulebook, case: &Case, page: LoginPage, date: Date) -> Application {
    let kind = case.scenario.org.kind.value;
    let changes = rulebook.document().login_pages.iter().filter(|change| change.orgs.contains(&kind));
    let begins = changes.filter(|change| change.page.value == page).filter_map(|change| change.from.value.date()).min();
    let applies = login_page(rulebook, kind, date) == page;
    Application { applies, begins, never: !applies && begins.is_none_or(|day| day <= date) }
}

fn org_facts(case: &Case) -> OrgFacts {
    let org = &case.scenario.org;
    OrgFacts {
        id: String::new(),
        kind: org.kind.value,
        mfa_setting: org.mfa_setting.unwrap_or_default(),
        methods: org.methods.clone().unwrap_or_default().into_iter().collect(),
        passwordless: org.passwordless.unwrap_or_default(),
        sso_configured: !case.scenario.idps.is_empty(),
        // The first day of a wave: from then on it may reach any org.
        stagger_day: Some(org.stagger_day.unwrap_or(0)),
        converted_on: None,
    }
}

fn user_facts(user: &User) -> UserFacts {
    UserFacts {
        user_type: user.user_type,
        profile: user.profile.clone(),
        permissions: user.permissions.iter().copied().collect(),
        mfa_for_ui_logins: user.mfa_for_ui_logins,
        waiver: user.waiver,
        verifiers: user.verifiers.iter().copied().collect(),
    }
}

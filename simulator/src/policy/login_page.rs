//! Which login page an org shows on a date, and since when.

use jiff::civil::Date;

use super::rulebook::Rulebook;
use vestibule_model::{LoginPage, OrgKind};

/// The login page that an org of this kind shows on this day: the latest change so far, or classic.
pub fn login_page(rulebook: &Rulebook, kind: OrgKind, date: Date) -> LoginPage {
    let changes = rulebook.document().login_pages.iter();
    changes
        .filter(|change| change.orgs.contains(&kind) && change.from.value.reached(date))
        .max_by_key(|change| change.from.value.date())
        .map_or(LoginPage::Classic, |change| change.page.value)
}

/// The first day on which an org of this kind shows this login page, if it ever does.
pub fn login_page_begins(rulebook: &Rulebook, kind: OrgKind, page: LoginPage) -> Option<Date> {
    let changes = rulebook.document().login_pages.iter();
    let to_it = changes.filter(|change| change.orgs.contains(&kind) && change.page.value == page);
    to_it.filter_map(|change| change.from.value.date()).min()
}

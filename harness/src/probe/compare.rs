//! Compares two logins. Pure.

use std::collections::{BTreeMap, BTreeSet};

use vestibule_model::{EnrolmentGate, LoginPage, PageName};

use super::change::Change;
use super::kept::{KeptElement, KeptPage};

/// A login as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeptLogin {
    /// The pages in order.
    pub(super) pages: Vec<KeptPage>,
    /// The gate, if it was met.
    pub(super) gate: Option<EnrolmentGate>,
}

/// How the login that was found differs from the simulated one.
pub(super) fn compare(simulated: &KeptLogin, found: &KeptLogin) -> Vec<Change> {
    let mut changes = Vec::new();
    let pages = (login_page(simulated), login_page(found));
    if let (Some(of_simulated), Some(own)) = pages
        && of_simulated != own
    {
        changes.push(Change::login_page(of_simulated, own));
    }
    if simulated.gate != found.gate {
        changes.push(Change::gate(simulated.gate, found.gate));
    }
    changes.extend(order(simulated, found));
    for page in first_of_each(&simulated.pages).values() {
        if let Some(own) = found.pages.iter().find(|own| own.name == page.name) {
            changes.extend(markup(page, own));
        }
    }
    changes
}

/// The ids that the login that was found has and the contract does not know, by page.
pub(super) fn unknown_ids(simulated: &KeptLogin, found: &KeptLogin) -> BTreeMap<PageName, BTreeSet<String>> {
    let known = first_of_each(&simulated.pages);
    let pages = first_of_each(&found.pages).into_iter().filter(|(name, _)| !is_behind_login(*name));
    let unknown = pages.map(|(name, page)| {
        let of_contract = known.get(&name).map(|page| &page.elements);
        let ids = page.elements.keys().filter(|id| of_contract.is_none_or(|known| !known.contains_key(*id)));
        (name, ids.cloned().collect::<BTreeSet<_>>())
    });
    unknown.filter(|(_, ids)| !ids.is_empty()).collect()
}

fn login_page(login: &KeptLogin) -> Option<LoginPage> {
    let shows = |name: PageName| login.pages.iter().any(|page| page.name == name);
    if shows(PageName::Login) {
        Some(LoginPage::Classic)
    } else if shows(PageName::LoginPasskey) {
        Some(LoginPage::PasskeyFirst)
    } else if shows(PageName::Username) {
        Some(LoginPage::TwoStep)
    } else {
        None
    }
}

/// The pages that one of them shows and the other does not, or the order if only that differs. The pages that follow from
/// the kind of login page and from the gate are told with these.
fn order(simulated: &KeptLogin, found: &KeptLogin) -> Vec<Change> {
    let same_login = login_page(simulated) == login_page(found);
    let names = |login: &KeptLogin| {
        let mut names: Vec<PageName> = login.pages.iter().map(|page| page.name).collect();
        names.retain(|name| *name != PageName::CreatePasskey && (same_login || !is_login_page(*name)));
        // Home follows a gate that can be left.
        names.retain(|name| *name != PageName::Home || simulated.gate == found.gate);
        names.dedup();
        names
    };
    let (simulated, found) = (names(simulated), names(found));
    let added = found.iter().filter(|page| !simulated.contains(page)).map(|page| Change::PageAdded { page: *page });
    let missing = simulated.iter().filter(|page| !found.contains(page)).map(|page| Change::PageMissing { page: *page });
    let changes: BTreeSet<Change> = added.chain(missing).collect();
    if changes.is_empty() && simulated != found {
        return vec![Change::Order { simulated, found }];
    }
    changes.into_iter().collect()
}

fn is_login_page(name: PageName) -> bool {
    matches!(name, PageName::Login | PageName::Username | PageName::Password | PageName::LoginPasskey)
}

fn is_behind_login(name: PageName) -> bool {
    name.info().needs_session
}

fn first_of_each(pages: &[KeptPage]) -> BTreeMap<PageName, &KeptPage> {
    let mut first = BTreeMap::new();
    for page in pages {
        first.entry(page.name).or_insert(page);
    }
    first
}

/// How the markup of a page differs. The pages behind the login are applications of their own.
fn markup(simulated: &KeptPage, found: &KeptPage) -> Vec<Change> {
    let page = simulated.name;
    if is_behind_login(page) {
        return Vec::new();
    }
    let mut changes = Vec::new();
    let title = simulated.title.clone().unwrap_or_default();
    if found.title.as_ref() != Some(&title) {
        changes.push(Change::Title { page, simulated: title, found: found.title.clone() });
    }
    let others = other_ids(simulated, found);
    for (id, element) in &simulated.elements {
        let own_id = others.get(id).unwrap_or(id);
        let Some(own) = found.elements.get(own_id) else {
            changes.push(Change::NoId { page, id: id.clone() });
            continue;
        };
        if own_id != id {
            changes.push(Change::OtherId { page, id: id.clone(), found: own_id.clone() });
        }
        changes.extend(differences(page, own_id, element, own));
    }
    let texts = simulated.texts.difference(&found.texts);
    changes.extend(texts.map(|text| Change::NoText { page, text: text.clone() }));
    changes
}

fn differences(page: PageName, id: &str, simulated: &KeptElement, found: &KeptElement) -> Vec<Change> {
    let mut changes = Vec::new();
    if simulated.name != found.name && is_control(simulated) {
        let (simulated, found) = (simulated.name.clone(), found.name.clone());
        changes.push(Change::Name { page, id: id.to_owned(), simulated, found });
    }
    let described =
        |element: &KeptElement| format!("{} {}", if element.shown { "visible" } else { "hidden" }, element.described());
    let (simulated, found) = (described(simulated), described(found));
    if simulated != found {
        changes.push(Change::Kind { page, id: id.to_owned(), simulated, found });
    }
    changes
}

/// The ids that controls have in place of those of the contract: that of the only control that is new, of the same kind and,
/// if several are, of the same name.
fn other_ids(simulated: &KeptPage, found: &KeptPage) -> BTreeMap<String, String> {
    let only = |elements: &BTreeMap<String, KeptElement>, others: &BTreeMap<String, KeptElement>| {
        let own = elements.iter().filter(|(id, element)| !others.contains_key(*id) && is_control(element));
        own.map(|(id, element)| (id.clone(), element.clone())).collect::<Vec<_>>()
    };
    let mut missing = only(&simulated.elements, &found.elements);
    let mut new = only(&found.elements, &simulated.elements);
    let mut others = BTreeMap::new();
    for by_name in [true, false] {
        let key = |element: &KeptElement| {
            let name = if by_name { element.name.clone() } else { String::new() };
            (element.described(), element.shown, name)
        };
        let alone = |elements: &[(String, KeptElement)], wanted: &KeptElement| {
            elements.iter().filter(|(_, element)| key(element) == key(wanted)).count() == 1
        };
        let pairs: Vec<(String, String)> = missing
            .iter()
            .filter(|(_, element)| alone(&missing, element))
            .filter(|(_, element)| !by_name || !element.name.is_empty())
            .filter_map(|(id, element)| {
                let mut same = new.iter().filter(|(_, other)| key(other) == key(element));
                let (own, _) = same.next().filter(|_| same.next().is_none())?;
                Some((id.clone(), own.clone()))
            })
            .collect();
        missing.retain(|(id, _)| pairs.iter().all(|(known, _)| known != id));
        new.retain(|(id, _)| pairs.iter().all(|(_, own)| own != id));
        others.extend(pairs);
    }
    others
}

/// Whether a suite types into it or clicks it.
fn is_control(element: &KeptElement) -> bool {
    matches!(element.tag.as_str(), "input" | "button" | "select" | "textarea" | "a")
}

#[cfg(test)]
mod tests;

//! The markup of a page where `org.pages` says that it differs from the contract: another title, other ids, elements without
//! an id.
//!
//! The scripts of the simulated org still find each element, by the attribute `data-contract-id`.

use vestibule_model::PageSettings;

/// The page with this markup.
pub(super) fn with_markup(text: String, settings: &PageSettings) -> String {
    if !settings.has_other_markup() {
        return text;
    }
    let titled = match &settings.title {
        Some(title) => with_title(&text, title),
        None => text,
    };
    let changes = settings.ids.iter().map(|(id, other)| (id.as_str(), Some(other.as_str())));
    let lost = settings.without.iter().map(|id| (id.as_str(), None));
    let changes: Vec<(&str, Option<&str>)> = changes.chain(lost).collect();
    with_ids(&titled, &changes)
}

fn with_title(text: &str, title: &str) -> String {
    let between = text.split_once(TITLE).and_then(|(before, rest)| Some((before, rest.split_once(TITLE_END)?.1)));
    match between {
        Some((before, after)) => format!("{before}{TITLE}{}{TITLE_END}{after}", escaped(title)),
        None => text.to_owned(),
    }
}

/// Changes each attribute that is or names an id, in one pass. A template writes ids in double quotes, and what a user typed
/// has none.
fn with_ids(text: &str, changes: &[(&str, Option<&str>)]) -> String {
    let mut changed = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, attribute)) = next_attribute(rest) {
        let (before, from) = rest.split_at(at);
        changed.push_str(before);
        let value = &from[attribute.len()..];
        let Some((id, after)) = value.split_once('"') else { break };
        match changes.iter().find(|(known, _)| *known == id) {
            Some((_, other)) => changed.push_str(&written(attribute, id, *other)),
            None => {
                changed.push_str(attribute);
                changed.push_str(id);
                changed.push('"');
            }
        }
        rest = after;
    }
    changed.push_str(rest);
    changed
}

fn written(attribute: &str, id: &str, other: Option<&str>) -> String {
    let reference = other.map(|other| format!("{attribute}{other}\"")).unwrap_or_default();
    if attribute == ID { format!(" data-contract-id=\"{id}\"{reference}") } else { reference }
}

/// The first of the attributes that hold an id, and where it begins.
fn next_attribute(text: &str) -> Option<(usize, &'static str)> {
    ATTRIBUTES.iter().filter_map(|attribute| Some((text.find(attribute)?, *attribute))).min()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

const TITLE: &str = "<title>";
const TITLE_END: &str = "</title>";
const ID: &str = " id=\"";
const ATTRIBUTES: [&str; 3] = [ID, " for=\"", " aria-describedby=\""];

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    const PAGE: &str = "<title>Login | Salesforce</title><label for=\"password\">Password</label>\
                        <input id=\"password\" name=\"pw\" aria-describedby=\"error\"><input id=\"Login\" value=\"Log In\">";

    fn page(title: Option<&str>, ids: &[(&str, &str)], without: &[&str]) -> String {
        let settings = PageSettings {
            title: title.map(str::to_owned),
            ids: ids.iter().map(|(id, other)| ((*id).to_owned(), (*other).to_owned())).collect::<BTreeMap<_, _>>(),
            without: without.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>(),
            ..PageSettings::default()
        };
        with_markup(PAGE.to_owned(), &settings)
    }

    #[test]
    fn a_title_an_id_and_its_label_are_other_ones_and_the_rest_stays() {
        assert_eq!(page(None, &[], &[]), PAGE);
        assert_eq!(
            page(Some("A & <b>"), &[("password", "pwd")], &["Login"]),
            "<title>A &amp; &lt;b&gt;</title><label for=\"pwd\">Password</label>\
             <input data-contract-id=\"password\" id=\"pwd\" name=\"pw\" aria-describedby=\"error\">\
             <input data-contract-id=\"Login\" value=\"Log In\">"
        );
    }

    #[test]
    fn two_ids_can_change_places() {
        let swapped = page(None, &[("password", "Login"), ("Login", "password")], &[]);

        assert!(swapped.contains("data-contract-id=\"password\" id=\"Login\" name=\"pw\""), "{swapped}");
        assert!(swapped.contains("data-contract-id=\"Login\" id=\"password\" value=\"Log In\""), "{swapped}");
    }
}

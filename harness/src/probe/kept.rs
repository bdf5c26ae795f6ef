//! What is kept of a page: its structure. Whatever could name a user is dropped and only counted.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use vestibule_model::{PageName, Secret, is_element_id};

use crate::actor::VisitedPage;
use crate::browser::Element;

/// A page without anything that could name a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct KeptPage {
    /// What it is.
    pub(crate) name: PageName,
    /// Its title, unless that could name a user.
    pub(crate) title: Option<String>,
    /// Its elements by id.
    pub(crate) elements: BTreeMap<String, KeptElement>,
    /// What is written on its labels, headings and controls, as far as the contract knows it.
    pub(crate) texts: BTreeSet<String>,
    /// How many ids and texts were dropped.
    pub(crate) dropped: usize,
}

/// An element with an id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct KeptElement {
    /// Its tag.
    pub(crate) tag: String,
    /// The type of a field or button.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) kind: String,
    /// Its name, or nothing.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) name: String,
    /// Whether it is visible.
    pub(crate) shown: bool,
}

impl KeptElement {
    /// Its tag and its type in one word: `input:password`.
    pub(crate) fn described(&self) -> String {
        if self.kind.is_empty() { self.tag.clone() } else { format!("{}:{}", self.tag, self.kind) }
    }
}

/// What the contract knows, and what would name the user.
#[derive(Debug, Default)]
pub(crate) struct Known {
    ids: BTreeSet<String>,
    texts: BTreeSet<String>,
    titles: BTreeSet<String>,
    /// In lower case.
    personal: Vec<String>,
}

impl Known {
    /// Everything on these pages, which were made here for a user who does not exist.
    pub(crate) fn of(pages: &[VisitedPage], made_up_user: &str) -> Self {
        let elements = || pages.iter().flat_map(|page| &page.outline.elements);
        let is_text = |text: &&String| !text.is_empty() && !text.contains(made_up_user);
        Self {
            ids: elements().map(|element| element.id.clone()).filter(|id| !id.is_empty()).collect(),
            texts: elements().map(|element| &element.text).filter(is_text).cloned().collect(),
            titles: pages.iter().map(|page| page.outline.title.clone()).collect(),
            personal: Vec::new(),
        }
    }

    /// Adds what other pages have.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.ids.extend(other.ids);
        self.texts.extend(other.texts);
        self.titles.extend(other.titles);
        self
    }

    /// Adds the words that would name this user.
    pub(crate) fn without_user(mut self, username: &str, password: Option<&Secret>) -> Self {
        let username = username.to_lowercase();
        let local = username.split('@').next().unwrap_or_default().to_owned();
        let parts = local.split(|c: char| !c.is_alphanumeric()).filter(|part| part.chars().count() >= SHORTEST_PART);
        self.personal.extend(parts.map(str::to_owned));
        self.personal.extend(password.map(|password| password.reveal().to_lowercase()));
        self.personal.extend([local, username]);
        self.personal.retain(|word| word.chars().count() >= SHORTEST_WORD);
        self
    }

    /// The page without what could name the user. Of a page behind the login, which is about users, only its name is kept.
    pub(crate) fn keep(&self, page: &VisitedPage) -> KeptPage {
        let name = page.name;
        let mut kept = KeptPage { name, title: None, elements: BTreeMap::new(), texts: BTreeSet::new(), dropped: 0 };
        if name.info().needs_session {
            return kept;
        }
        let title = &page.outline.title;
        kept.title = Some(title.clone()).filter(|title| self.titles.contains(title) || self.is_plain_title(title));
        for element in &page.outline.elements {
            self.keep_element(element, &mut kept);
        }
        kept
    }

    fn keep_element(&self, element: &Element, kept: &mut KeptPage) {
        if !element.text.is_empty() {
            if self.texts.contains(&element.text) {
                kept.texts.insert(element.text.clone());
            } else {
                kept.dropped += 1;
            }
        }
        if element.id.is_empty() {
            return;
        }
        if !self.is_plain_id(&element.id) {
            kept.dropped += 1;
            return;
        }
        let name = Some(element.name.clone()).filter(|name| self.is_plain_id(name)).unwrap_or_default();
        // Of elements with one id, scripts and suites find the first.
        kept.elements.entry(element.id.clone()).or_insert_with(|| KeptElement {
            tag: element.tag.clone(),
            kind: element.kind.clone(),
            name,
            shown: element.shown,
        });
    }

    fn is_plain_id(&self, id: &str) -> bool {
        let record_id = matches!(id.len(), 15 | 18)
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && id.bytes().any(|byte| byte.is_ascii_digit());
        self.ids.contains(id)
            || is_element_id(id) && id.len() <= LONGEST_ID && !record_id && !has_number(id) && !self.names_user(id)
    }

    fn is_plain_title(&self, title: &str) -> bool {
        let length = title.chars().count();
        let one_line = !title.contains(char::is_control) && !title.contains('@');
        (1..=LONGEST_TITLE).contains(&length) && one_line && !has_number(title) && !self.names_user(title)
    }

    fn names_user(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.personal.iter().any(|word| text.contains(word.as_str()))
    }
}

/// Whether a text has a number that could be that of a record, a phone or a code.
fn has_number(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() >= SHORTEST_NUMBER)
}

/// Of a part of a username that may stand alone, in characters.
const SHORTEST_PART: usize = 4;
/// Of a word that names a user.
const SHORTEST_WORD: usize = 3;
const SHORTEST_NUMBER: usize = 4;
const LONGEST_ID: usize = 60;
const LONGEST_TITLE: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::PageOutline;

    fn page(title: &str, elements: &[(&str, &str, &str)]) -> VisitedPage {
        let elements = elements.iter().map(|(tag, id, text)| Element {
            tag: (*tag).to_owned(),
            id: (*id).to_owned(),
            text: (*text).to_owned(),
            shown: true,
            ..Element::default()
        });
        let outline = PageOutline { title: title.to_owned(), elements: elements.collect(), ..PageOutline::default() };
        VisitedPage { name: PageName::Password, outline }
    }

    fn known() -> Known {
        let contract = page("Login | Salesforce", &[("input", "Login", "Log In"), ("label", "", "Password")]);
        let user = Secret::new("hunter-2-Horse");
        Known::of(&[contract], "nobody@example").without_user("ada.login@acme.example", Some(&user))
    }

    #[test]
    fn what_could_name_the_user_is_dropped_and_counted() {
        let met = page(
            "Hello Ada.Login",
            &[
                ("input", "Login", "Log In"),
                ("span", "user-ada.login", "Ada Lovelace"),
                ("div", "0055g00000ABCDEAA0", ""),
                ("div", "row-20391", ""),
                ("input", "hunter-2-horse", ""),
                ("div", "pwcaps", "Welcome back, Ada"),
                ("label", "", "Password"),
            ],
        );

        let kept = known().keep(&met);

        assert_eq!(kept.title, None);
        assert_eq!(kept.elements.keys().collect::<Vec<_>>(), ["Login", "pwcaps"], "an id of the contract names nobody");
        assert_eq!(kept.texts.iter().collect::<Vec<_>>(), ["Log In", "Password"]);
        assert_eq!(kept.dropped, 6);
    }

    #[test]
    fn of_a_page_behind_the_login_only_the_name_is_kept() {
        let home = VisitedPage { name: PageName::Home, ..page("Home", &[("div", "board", "Open Deals of Ada")]) };

        let kept = known().keep(&home);

        assert_eq!((kept.name, kept.title, kept.elements.len(), kept.dropped), (PageName::Home, None, 0, 0));
    }

    #[test]
    fn a_title_is_kept_if_it_is_that_of_the_contract_or_plain() {
        let title = |text: &str| known().keep(&page(text, &[])).title;

        assert_eq!(title("Login | Salesforce").as_deref(), Some("Login | Salesforce"));
        assert_eq!(title("Anmelden | Acme").as_deref(), Some("Anmelden | Acme"));
        for text in ["", "Hi ada@acme.example", "Code 482913", "ADA.LOGIN", &"x".repeat(101)] {
            assert_eq!(title(text), None, "{text}");
        }
    }
}

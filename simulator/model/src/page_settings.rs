//! How a page of the org behaves in a browser, and where its markup is another one.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use schemars::JsonSchema;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::PageName;
use crate::text::{left_empty, milliseconds, milliseconds_if_any};

/// `org.pages.<page>`: how this page behaves in a browser, and where its markup differs from the contract. Missing keys leave
/// it as it is; without the page, `site-login` has `re-render-after: 100`.
///
/// Source: the vendor's own UI tests (contract B1.10, B1.14); for the markup, what `vestibule probe` met at an org.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "PageSettings")]
pub struct PageSettings {
    /// Milliseconds for which the org holds the page back; default: 0.
    #[serde(default, deserialize_with = "milliseconds")]
    #[schemars(with = "u64")]
    pub delay: Duration,
    /// Milliseconds after the last keystroke when the page makes the fields of its filled form anew, once; they lose what was
    /// typed. A click on its button before that comes to nothing. Default: never.
    #[serde(default, deserialize_with = "milliseconds_if_any")]
    #[schemars(with = "Option<u64>")]
    pub re_render_after: Option<Duration>,
    /// Whether the first click on a button of the page is lost.
    #[serde(default, deserialize_with = "left_empty")]
    pub swallow_click: bool,
    /// The title of the window; default: that of the contract.
    #[serde(default, deserialize_with = "title_if_any")]
    pub title: Option<String>,
    /// Elements that have another id here, by their ids in the contract: `ids: { password: pwd }`.
    #[serde(default, deserialize_with = "other_ids")]
    pub ids: BTreeMap<String, String>,
    /// Elements that have no id here, by their ids in the contract: `without: [Login]`.
    #[serde(default, deserialize_with = "lost_ids")]
    pub without: BTreeSet<String>,
}

impl PageSettings {
    /// What a page does if nothing is set: only the login page of an Experience Cloud site makes its form anew.
    pub(crate) fn usual(page: PageName) -> Self {
        // Contract B1.10.
        let re_render_after = (page == PageName::SiteLogin).then(|| Duration::from_millis(100));
        Self { re_render_after, ..Self::default() }
    }

    /// Whether the page needs a script for what it does.
    pub fn in_browser(&self) -> bool {
        self.re_render_after.is_some() || self.swallow_click
    }

    /// Whether the markup of the page is another one than that of the contract.
    pub fn has_other_markup(&self) -> bool {
        self.title.is_some() || !self.ids.is_empty() || !self.without.is_empty()
    }
}

/// Whether a text can be the id of an element and stand in an attribute as it is.
pub fn is_element_id(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    (1..=MOST_CHARACTERS).contains(&text.len()) && text.chars().all(plain)
}

fn title_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let title = Option::<String>::deserialize(deserializer)?;
    match &title {
        Some(text) if text.is_empty() || text.chars().count() > MOST_CHARACTERS || text.contains(char::is_control) => {
            Err(D::Error::custom(format!("a title is one line of 1 to {MOST_CHARACTERS} characters")))
        }
        _ => Ok(title),
    }
}

fn other_ids<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let ids: BTreeMap<String, String> = left_empty(deserializer)?;
    let wrong = ids.iter().flat_map(|(id, other)| [id, other]).find(|id| !is_element_id(id));
    let wrong = wrong.map(|id| no_element_id(id));
    wrong.map_or(Ok(ids), |why| Err(D::Error::custom(why)))
}

fn lost_ids<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<String>, D::Error> {
    let ids: BTreeSet<String> = left_empty(deserializer)?;
    let wrong = ids.iter().find(|id| !is_element_id(id)).map(|id| no_element_id(id));
    wrong.map_or(Ok(ids), |why| Err(D::Error::custom(why)))
}

fn no_element_id(text: &str) -> String {
    format!("`{text}` is not an id: write it in letters, digits, `-`, `_`, `.` and `:`")
}

/// The longest title or id.
const MOST_CHARACTERS: usize = 200;

/// Settings by page, of pages that the org serves.
pub(crate) fn pages_of_the_org<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<PageName, PageSettings>, D::Error> {
    let pages: BTreeMap<PageName, PageSettings> = left_empty(deserializer)?;
    match pages.keys().find(|page| !page.is_of_org()) {
        Some(page) => Err(D::Error::custom(format!("`{page}` is not a page of the org, so it has no settings here"))),
        None => Ok(pages),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::civil::date;
    use serde_json::json;

    use super::PageSettings;
    use crate::{OrgSpec, PageName};

    fn org(pages: &serde_json::Value) -> Result<OrgSpec, serde_json::Error> {
        serde_json::from_value(json!({ "kind": "sandbox", "date": "2026-09-01", "pages": pages }))
    }

    #[test]
    fn a_page_has_its_settings_and_another_none() {
        let org =
            org(&json!({ "login": { "delay": 30, "re-render-after": 100 }, "verify-totp": { "swallow-click": true } }));
        let org = org.unwrap();

        let login = org.page(PageName::Login);
        assert_eq!((login.delay, login.re_render_after), (Duration::from_millis(30), Some(Duration::from_millis(100))));
        assert!(!login.swallow_click && org.page(PageName::VerifyTotp).swallow_click);
        assert_eq!(org.page(PageName::Home), PageSettings::default());
        let none = OrgSpec::sandbox("acme", date(2026, 9, 1));
        assert_eq!(none.page(PageName::Login), PageSettings::default());
        assert!(!none.page(PageName::Login).in_browser() && none.page(PageName::SiteLogin).in_browser());
    }

    #[test]
    fn a_page_that_the_org_does_not_serve_has_none() {
        for page in ["idp-sign-in", "idp-error", "browser-error", "unknown"] {
            let refused = org(&json!({ page: { "delay": 1 } })).unwrap_err().to_string();
            assert!(refused.contains(&format!("`{page}` is not a page of the org")), "{refused}");
        }
        assert!(org(&json!({ "create-paskey": {} })).is_err());
        assert!(org(&json!({ "login": { "delay": -1 } })).is_err());
        assert!(org(&json!(null)).unwrap().pages.is_empty());
        assert!(!org(&json!({ "site-login": {} })).unwrap().page(PageName::SiteLogin).in_browser());
    }

    #[test]
    fn a_page_may_have_another_title_and_other_ids_but_no_markup_in_them() {
        let other = json!({ "title": "Anmelden | <Acme>", "ids": { "password": "pwd" }, "without": ["Login"] });
        let other = org(&json!({ "password": other })).unwrap().page(PageName::Password);

        assert!(other.has_other_markup() && !other.in_browser());
        assert_eq!(other.title.as_deref(), Some("Anmelden | <Acme>"));
        assert_eq!(other.ids["password"], "pwd");
        assert!(other.without.contains("Login"));
        for wrong in [
            json!({ "title": "" }),
            json!({ "title": "two\nlines" }),
            json!({ "ids": { "password": "p\" onclick=\"x" } }),
            json!({ "ids": { "pass word": "pwd" } }),
            json!({ "without": [""] }),
        ] {
            assert!(org(&json!({ "password": wrong })).is_err(), "{wrong}");
        }
        assert!(
            !org(&json!({ "password": { "title": null, "ids": null, "without": null } }))
                .unwrap()
                .page(PageName::Password)
                .has_other_markup()
        );
    }
}

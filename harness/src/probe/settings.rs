//! The settings with which the simulated org looks like the one that was met: `org.yaml`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

use serde::Serialize;
use vestibule_model::{EnrolmentGate, LoginPage, OrgSpec, PageName};

use super::change::Change;

/// What the simulated org has to be set to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct FoundSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    login_page: Option<LoginPage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gate: Option<EnrolmentGate>,
    #[serde(skip_serializing_if = "is_false")]
    mfa_setting: bool,
    #[serde(skip_serializing_if = "is_false")]
    device_activation: bool,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pages: BTreeMap<PageName, FoundMarkup>,
}

/// The markup of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
struct FoundMarkup {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    ids: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    without: BTreeSet<String>,
}

impl FoundSettings {
    /// Takes a change over. Returns the key that says it, or `None` if no setting can.
    pub(super) fn take(&mut self, change: &Change) -> Option<String> {
        match change {
            Change::LoginPage { found, .. } => {
                self.login_page = Some(found.parse().ok()?);
                Some("login-page".to_owned())
            }
            // Whether there is a gate follows from the date and the user.
            Change::Gate { simulated: Some(_), found: Some(found) } => {
                self.gate = Some(found.parse().ok()?);
                Some("gate".to_owned())
            }
            Change::PageAdded { page: PageName::VerifyTotp | PageName::VerifyPasskey } if !self.mfa_setting => {
                self.mfa_setting = true;
                Some("mfa-setting".to_owned())
            }
            Change::PageAdded { page: PageName::VerifyEmail } if !self.device_activation => {
                self.device_activation = true;
                Some("device-activation".to_owned())
            }
            Change::Title { page, found: Some(found), .. } if page.is_of_org() => {
                self.pages.entry(*page).or_default().title = Some(found.clone());
                Some(format!("pages.{page}.title"))
            }
            Change::OtherId { page, id, found } if page.is_of_org() => {
                self.pages.entry(*page).or_default().ids.insert(id.clone(), found.clone());
                Some(format!("pages.{page}.ids"))
            }
            Change::NoId { page, id } if page.is_of_org() => {
                self.pages.entry(*page).or_default().without.insert(id.clone());
                Some(format!("pages.{page}.without"))
            }
            _ => None,
        }
    }

    /// Whether nothing has to be set.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The simulated org with these settings.
    pub(super) fn given_to(&self, mut org: OrgSpec) -> OrgSpec {
        org.login_page = self.login_page.or(org.login_page);
        org.gate = self.gate.or(org.gate);
        org.mfa_setting |= self.mfa_setting;
        org.device_activation |= self.device_activation;
        for (page, markup) in &self.pages {
            let mut settings = org.page(*page);
            settings.title = markup.title.clone().or(settings.title);
            settings.ids.extend(markup.ids.clone());
            settings.without.extend(markup.without.iter().cloned());
            org.pages.insert(*page, settings);
        }
        org
    }
}

/// The file.
impl fmt::Display for FoundSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(page) = self.login_page {
            writeln!(f, "login-page: {page}")?;
        }
        if let Some(gate) = self.gate {
            writeln!(f, "gate: {gate}")?;
        }
        for (name, on) in [("mfa-setting", self.mfa_setting), ("device-activation", self.device_activation)] {
            if on {
                writeln!(f, "{name}: true")?;
            }
        }
        if !self.pages.is_empty() {
            writeln!(f, "pages:")?;
        }
        for (page, markup) in &self.pages {
            writeln!(f, "  {page}:")?;
            if let Some(title) = &markup.title {
                writeln!(f, "    title: {}", quoted(title))?;
            }
            if !markup.ids.is_empty() {
                writeln!(f, "    ids:")?;
            }
            for (id, other) in &markup.ids {
                writeln!(f, "      {}: {}", quoted(id), quoted(other))?;
            }
            if !markup.without.is_empty() {
                let ids: Vec<String> = markup.without.iter().map(|id| quoted(id)).collect();
                writeln!(f, "    without: [{}]", ids.join(", "))?;
            }
        }
        Ok(())
    }
}

/// A text in double quotes (YAML 1.2, 7.3.1).
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(c);
            }
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                // Writing to a text does not fail.
                let _written = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::scenario::{SourceFile, load_org_settings};

    #[test]
    fn the_file_sets_what_the_settings_set() {
        let mut found = FoundSettings::default();
        let page = PageName::Password;
        for (change, key) in [
            (Change::login_page(LoginPage::Classic, LoginPage::TwoStep), Some("login-page")),
            (Change::gate(Some(EnrolmentGate::Hard), Some(EnrolmentGate::Leavable)), Some("gate")),
            (Change::gate(None, Some(EnrolmentGate::Leavable)), None),
            (Change::PageAdded { page: PageName::VerifyTotp }, Some("mfa-setting")),
            (Change::PageAdded { page: PageName::VerifyEmail }, Some("device-activation")),
            (Change::PageAdded { page: PageName::RegisterPhone }, None),
            (
                Change::Title { page, simulated: "Login".into(), found: Some("a: \"b\" # {c} ü".into()) },
                Some("pages.password.title"),
            ),
            (Change::Title { page, simulated: "Login".into(), found: None }, None),
            (Change::OtherId { page, id: "password".into(), found: "no".into() }, Some("pages.password.ids")),
            (Change::NoId { page, id: "Login".into() }, Some("pages.password.without")),
            (Change::NoText { page, text: "Password".into() }, None),
        ] {
            assert_eq!(found.take(&change).as_deref(), key, "{change:?}");
        }
        let org = OrgSpec::sandbox("acme--uat", date(2026, 9, 1));
        let name = "org.yaml".to_owned();

        let file = SourceFile { id: name.clone(), name, bytes: found.to_string().into_bytes() };
        let read = load_org_settings(file).unwrap_or_else(|wrong| panic!("{wrong:?}\n{found}"));
        let of_file = read.completing(&[("kind", "sandbox"), ("date", "2026-09-01"), ("my-domain", "acme--uat")]);

        assert_eq!(of_file.unwrap(), found.given_to(org));
        assert!(!found.is_empty() && FoundSettings::default().is_empty());
    }
}

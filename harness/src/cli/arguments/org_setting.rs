//! A setting of the org, `NAME=VALUE`, by its key under `org` of a scenario.

use vestibule_model::OrgSpec;

use crate::scenario::{OrgChange, OrgSettings, read_short_form};

/// A setting of the org, by its key in a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OrgSetting {
    name: String,
    value: String,
}

impl OrgSetting {
    /// Reads it. `options` are the keys that have an option of their own in this command, besides those that always have
    /// one.
    ///
    /// # Errors
    /// If there is no such key, its value is not valid, or the key has an option of its own.
    pub(crate) fn read(text: &str, options: &[(&str, &str)]) -> Result<Self, String> {
        let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
        let setting = Self { name: name.trim().to_owned(), value: value.trim().to_owned() };
        if let Some((_, option)) = OPTIONS.iter().chain(options).find(|(known, _)| *known == setting.name) {
            return Err(format!("`{}` has its own option: {option}", setting.name));
        }
        org_with(std::slice::from_ref(&setting))?;
        Ok(setting)
    }

    /// The setting as a change of the org of a case.
    pub(crate) fn change(&self) -> OrgChange {
        OrgChange::Setting { name: self.name.clone(), value: self.value.clone() }
    }
}

/// An org with these settings; its kind and its date are set later.
///
/// # Errors
/// If one is set twice.
pub(crate) fn org_with(settings: &[OrgSetting]) -> Result<OrgSpec, String> {
    read_short_form(&with_placeholders(settings)).map_err(|refused| refused.in_one_line())
}

/// The same; what none of them sets is as in the settings of `like`.
///
/// # Errors
/// If one is set twice.
pub(crate) fn org_like(like: &OrgSettings, settings: &[OrgSetting]) -> Result<OrgSpec, String> {
    like.completing(&with_placeholders(settings)).map_err(|refused| refused.in_one_line())
}

fn with_placeholders(settings: &[OrgSetting]) -> Vec<(&str, &str)> {
    let own = settings.iter().map(|setting| (setting.name.as_str(), setting.value.as_str()));
    [("kind", "sandbox"), ("date", "2026-01-01")].into_iter().chain(own).collect()
}

/// The settings that have an option of their own wherever there is `--set`.
const OPTIONS: [(&str, &str); 4] =
    [("kind", "--org-kind"), ("date", "--date"), ("like", "--like"), ("my-domain", "--my-domain")];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_a_key_of_the_org_without_an_option_of_its_own() {
        let read = |text: &str| OrgSetting::read(text, &[("login-page", "--login-page")]);

        assert_eq!(read(" gate = leavable ").unwrap().change().to_string(), "gate=leavable");
        for (wrong, said) in [
            ("gate", "write NAME=VALUE"),
            ("kind=sandbox", "`kind` has its own option: --org-kind"),
            ("date=2026-09-01", "`date` has its own option: --date"),
            ("my-domain=acme", "`my-domain` has its own option: --my-domain"),
            ("like=org.yaml", "`like` has its own option: --like"),
            ("login-page=classic", "`login-page` has its own option: --login-page"),
        ] {
            assert_eq!(read(wrong), Err(said.to_owned()), "{wrong}");
        }
        for (wrong, said) in [("gate=lockd", "valid: hard, leavable"), ("gaet=hard", "did you mean `gate`?")] {
            let refused = read(wrong).unwrap_err();
            assert!(refused.contains(said), "{wrong}: {refused}");
        }
        assert_eq!(OrgSetting::read("login-page=classic", &[]).unwrap().change().to_string(), "login-page=classic");
    }
}

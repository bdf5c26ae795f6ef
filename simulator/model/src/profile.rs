//! The name of a profile.

use serde::de::{Deserialize, Deserializer, Error};

/// Reads the name of a profile, which an org may choose freely. One that is nearly the name of the privileged standard
/// profile is refused: the user would silently be an ordinary employee.
///
/// # Errors
/// If the name is empty or such a near miss.
pub fn profile_name(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err(format!("a profile has a name, such as `Standard User` or `{ADMINISTRATOR}`"));
    }
    if text != ADMINISTRATOR && means_administrator(text) {
        return Err(format!("`{text}` is not the name of the privileged profile: did you mean `{ADMINISTRATOR}`?"));
    }
    Ok(text.to_owned())
}

pub(crate) fn profile<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    profile_name(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

fn means_administrator(text: &str) -> bool {
    let words: Vec<&str> = text.split([' ', '-', '_']).filter(|word| !word.is_empty()).collect();
    let (text, known) = (words.join(" ").to_lowercase(), ADMINISTRATOR.to_lowercase());
    let begins = text.len() >= "system".len() && known.starts_with(&text);
    // A copy of the profile, `System Administrator 2`, has a right to its name.
    let is_copy = text.chars().any(|c| c.is_ascii_digit());
    let near = !is_copy && strsim::damerau_levenshtein(&text, &known) <= TYPOS;
    begins || near || OTHER_NAMES.contains(&text.as_str())
}

/// Source: help 005321561, "Who's Affected".
pub(crate) const ADMINISTRATOR: &str = "System Administrator";

/// What the profile is called in the Metadata API, and by people.
const OTHER_NAMES: [&str; 4] = ["admin", "administrator", "sys admin", "sysadmin"];

/// More wrong letters are another word.
const TYPOS: usize = 2;

#[cfg(test)]
mod tests {
    use super::profile_name;
    use crate::UserSpec;

    #[test]
    fn a_near_miss_of_the_privileged_profile_is_refused() {
        for near in [
            "System Administratr",
            "system administrator",
            "System  Administrator",
            "SystemAdministrator",
            "system-administrator",
            "Sytsem Administrator",
            "System Admin",
            "Administrator",
            "Admin",
            "sysadmin",
        ] {
            let said =
                format!("`{near}` is not the name of the privileged profile: did you mean `System Administrator`?");
            assert_eq!(profile_name(near), Err(said.clone()));
            let read = serde_json::from_value::<UserSpec>(serde_json::json!({ "profile": near }));
            assert_eq!(read.unwrap_err().to_string(), said);
        }
        assert!(profile_name(" ").unwrap_err().contains("a profile has a name"));
    }

    #[test]
    fn a_profile_of_the_orgs_own_keeps_its_name() {
        for own in [
            "System Administrator",
            "System Administrator 2",
            "System Administrator (read only)",
            "Sales Administrator",
            "Standard User",
            "Admins of Sales",
            "Sys",
        ] {
            assert_eq!(profile_name(own), Ok(own.to_owned()));
        }
        assert_eq!(serde_json::from_value::<UserSpec>(serde_json::json!({})).unwrap().profile, "Standard User");
    }
}

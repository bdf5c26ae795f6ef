//! The tiers of the org's own verification methods.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use vestibule_model::{SdkVersion, Strength, VerificationMethod};

use super::sourced::Sourced;
use super::value::Start;

/// The tiers of the org's own verification methods.
#[derive(Debug, Clone)]
pub(crate) struct VerifierRules {
    /// A login without a verification.
    pub(crate) none: Sourced<Strength>,
    /// Each method that a user can register, under its own name.
    pub(crate) registered: BTreeMap<VerificationMethod, Sourced<Strength>>,
    /// An admin's temporary code, for users who are not privileged.
    pub(crate) temporary_code: Sourced<Strength>,
    /// An admin's temporary code, for privileged users.
    pub(crate) temporary_code_privileged: Sourced<Strength>,
    /// The last Mobile SDK whose WebView cannot run a passkey ceremony.
    pub(crate) webview_without_passkeys_up_to: Sourced<SdkVersion>,
    /// The first Mobile SDK whose apps open the system browser instead of the WebView.
    pub(crate) system_browser_from: Sourced<SdkVersion>,
    /// The day from which a user can log in with a passkey and no password, if the org allows it.
    pub(crate) passwordless_from: Sourced<Start>,
}

impl VerifierRules {
    /// The tier of a method for a user who is privileged or not.
    pub(crate) fn tier(&self, method: VerificationMethod, privileged: bool) -> &Sourced<Strength> {
        match method {
            VerificationMethod::TemporaryCode if privileged => &self.temporary_code_privileged,
            VerificationMethod::TemporaryCode => &self.temporary_code,
            _ => self.registered.get(&method).unwrap_or(&self.none),
        }
    }
}

/// `#[serde(flatten)]` would do the same but lose the places of errors.
impl<'de> Deserialize<'de> for VerifierRules {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Section)
    }
}

struct Section;

impl<'de> Visitor<'de> for Section {
    type Value = VerifierRules;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the tier of each verification method")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<VerifierRules, A::Error> {
        let (mut none, mut temporary_code, mut temporary_code_privileged) = (None, None, None);
        let (mut webview_without_passkeys_up_to, mut system_browser_from) = (None, None);
        let mut passwordless_from = None;
        let mut registered = BTreeMap::new();
        while let Some(key) = map.next_key()? {
            match key {
                Key::None => none = Some(map.next_value()?),
                Key::TemporaryCode => temporary_code = Some(map.next_value()?),
                Key::TemporaryCodePrivileged => temporary_code_privileged = Some(map.next_value()?),
                Key::WebviewWithoutPasskeysUpTo => webview_without_passkeys_up_to = Some(map.next_value()?),
                Key::SystemBrowserFrom => system_browser_from = Some(map.next_value()?),
                Key::PasswordlessFrom => passwordless_from = Some(map.next_value()?),
                Key::Method(method, name) => {
                    if registered.insert(method, map.next_value()?).is_some() {
                        let title = format!("`{name}` gives the {method} a second tier, under its other name");
                        return Err(A::Error::custom(title));
                    }
                }
            }
        }
        let missing = A::Error::missing_field;
        Ok(VerifierRules {
            none: none.ok_or_else(|| missing("none"))?,
            registered,
            temporary_code: temporary_code.ok_or_else(|| missing("temporary-code"))?,
            temporary_code_privileged: temporary_code_privileged.ok_or_else(|| missing("temporary-code-privileged"))?,
            webview_without_passkeys_up_to: webview_without_passkeys_up_to
                .ok_or_else(|| missing("webview-without-passkeys-up-to"))?,
            system_browser_from: system_browser_from.ok_or_else(|| missing("system-browser-from"))?,
            passwordless_from: passwordless_from.ok_or_else(|| missing("passwordless-from"))?,
        })
    }
}

/// A key of the section. What is no method is refused while the key is read, so the error stands at it.
enum Key {
    None,
    TemporaryCode,
    TemporaryCodePrivileged,
    WebviewWithoutPasskeysUpTo,
    SystemBrowserFrom,
    PasswordlessFrom,
    /// A method, and its name in the file: one of two for some.
    Method(VerificationMethod, String),
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Ok(match name.as_str() {
            "none" => Self::None,
            "temporary-code" => Self::TemporaryCode,
            "temporary-code-privileged" => Self::TemporaryCodePrivileged,
            "webview-without-passkeys-up-to" => Self::WebviewWithoutPasskeysUpTo,
            "system-browser-from" => Self::SystemBrowserFrom,
            "passwordless-from" => Self::PasswordlessFrom,
            method => Self::Method(VerificationMethod::deserialize(method.into_deserializer())?, name),
        })
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;
    use vestibule_model::VerificationMethod;

    use crate::policy::Rulebook;

    #[test]
    fn the_newest_rulebook_says_what_each_method_is_worth() {
        let book = Rulebook::newest();
        for method in VerificationMethod::iter().filter(|method| *method != VerificationMethod::TemporaryCode) {
            assert!(book.document().verifiers.registered.contains_key(&method), "{method}");
        }
    }
}

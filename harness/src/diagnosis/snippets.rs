//! Code that fixes a cause, by client: the files of `harness/snippets/`, one folder for each cause.

use include_dir::{Dir, include_dir};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, IntoEnumIterator as _};

#[cfg(test)]
mod tests;

/// A client, and where it has several, its language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Display, EnumIter)]
#[serde(rename = "client", rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum Language {
    /// Playwright in TypeScript.
    PlaywrightTs,
    /// Playwright in Python.
    PlaywrightPython,
    /// Selenium in Java.
    SeleniumJava,
    /// Selenium in Python.
    SeleniumPython,
    /// Selenium in JavaScript.
    SeleniumJs,
    /// WebdriverIO.
    Wdio,
    /// Robot Framework with SeleniumLibrary.
    Robot,
    /// Cypress.
    Cypress,
    /// Puppeteer.
    Puppeteer,
}

impl Language {
    /// Whether tests run its snippets: a suite that stops by a cause gets home with them.
    pub(crate) fn is_tested(self) -> bool {
        matches!(self, Self::PlaywrightTs | Self::SeleniumJava | Self::SeleniumPython | Self::Wdio)
    }

    /// What begins a comment.
    pub(crate) fn comment(self) -> &'static str {
        match self.extension() {
            "py" | "robot" => "#",
            _ => "//",
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::PlaywrightTs => "ts",
            Self::PlaywrightPython | Self::SeleniumPython => "py",
            Self::SeleniumJava => "java",
            Self::SeleniumJs | Self::Wdio | Self::Cypress | Self::Puppeteer => "js",
            Self::Robot => "robot",
        }
    }
}

/// The code that fixes this cause in a suite of this client; `None` where nobody has written it.
pub(crate) fn snippet(cause: &str, language: Language) -> Option<&'static str> {
    let file = format!("{}/{language}.{}", written_for(cause), language.extension());
    SNIPPETS.get_file(file)?.contents_utf8()
}

/// The clients for which there is code that fixes this cause.
pub(crate) fn languages(cause: &str) -> Vec<Language> {
    Language::iter().filter(|language| snippet(cause, *language).is_some()).collect()
}

/// The cause for which the code was written that fixes this one too, and by which it is tested.
pub(crate) fn written_for(cause: &str) -> &str {
    SHARED.iter().find(|(of, _)| *of == cause).map_or(cause, |(_, written_for)| *written_for)
}

/// Why there is no code for this cause of the suite.
pub(crate) fn why_no_code(cause: &str) -> Option<&'static str> {
    WITHOUT.iter().find(|(of, _)| *of == cause).map(|(_, why)| *why)
}

static SNIPPETS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/snippets");

/// Causes that the code for another one fixes.
const SHARED: &[(&str, &str)] = &[
    ("login-page-never-opened", "real-host"),
    ("password-in-username-field", "password-before-field"),
    ("page-one-posted-again", "password-before-field"),
    ("password-left-empty", "password-before-field"),
    ("username-left-empty", "password-before-field"),
    ("login-page-not-sent", "password-before-field"),
    ("wrong-password", "password-before-field"),
    ("totp-stale", "totp-missing"),
    ("totp-wrong", "totp-missing"),
    ("totp-ahead", "totp-missing"),
    ("temporary-code-wrong", "temporary-code-missing"),
    ("totp-at-the-edge", "totp-missing"),
    ("passkey-lost", "gate-not-handled"),
    ("passkey-not-in-browser", "ceremony-without-authenticator"),
    ("ceremony-not-finished", "ceremony-without-authenticator"),
    ("wrong-page-taken-for-home", "home-not-recognised"),
];

/// Causes of the suite without code, and why.
const WITHOUT: &[(&str, &str)] = &[
    ("ceremony-refused-by-browser", "it is a setting of the runner, and the fix names it"),
    ("certificate-refused", "what trusts a certificate is a setting of each HTTP client, and not code of the login"),
    ("own-webdriver-server", "it is one address in the settings of the suite"),
    ("simulated-host-not-found", "the proxy is a setting of each HTTP client"),
    ("variable-without-value", "it is a variable of the run, and not code"),
    ("suite-broke-before-login", "something is missing on the machine"),
    ("second-authenticator", "the fix takes code away: that which adds an authenticator"),
    ("passkey-refused", "the fix is the credential that your org registered: data, and not code"),
    ("strict-locator", "the locator is the suite's own, and the fix names the one to use"),
    ("username-typed-twice", "it is one call before the suite types, and the fix names it"),
    ("locked-out", "the fix takes code away: that which tries again"),
    ("user-never-signed-in", "it is the choice of tests and users, and not code"),
    ("stale-session", "how the suite gets its session is its own"),
    ("login-route-retired", "the fix is another way to a token, and each client library has its own"),
    ("step-up-not-answered", "the fix calls the suite's own helper for the verification in one more place"),
    ("session-level-too-low", "how the suite gets its session is its own"),
    ("idp-sign-in-not-handled", "the field ids are those of your identity provider's page"),
    ("device-cookie-missing", "where a suite keeps cookies from one run to the next is its own"),
    ("maintenance-in-the-way", "it is one click, and the fix names its link"),
    ("app-approval-in-the-way", "it is one click, and the fix names its button"),
    ("email-code-wrong", "it needs the mailbox of the test user"),
    ("email-code-expected", "it needs the mailbox of the test user"),
];

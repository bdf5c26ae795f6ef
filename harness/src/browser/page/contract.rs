//! Which page a browser stands on: an ordered table of signs from the contract, never a private marker.

use std::collections::BTreeSet;

use serde::Deserialize;
use vestibule_model::PageName;

/// What one script read off the page.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Reading {
    /// `location.href`.
    pub(super) url: String,
    /// `location.pathname`.
    pub(super) path: String,
    /// `document.title`.
    pub(super) title: String,
    /// Time origin: another one for every document.
    pub(super) document: String,
    /// Whether `document.readyState` is `complete`.
    pub(super) complete: bool,
    /// Whether the page says that it is at work and will change by itself (WAI-ARIA 1.2, `aria-busy`).
    pub(super) busy: bool,
    /// Every id in the document, hidden fields aside.
    pub(super) ids: BTreeSet<String>,
    /// The ids of visible elements.
    pub(super) shown: BTreeSet<String>,
    /// Texts of the headings.
    pub(super) headings: Vec<String>,
    /// Texts of visible buttons and links.
    pub(super) controls: Vec<String>,
    /// Texts of visible labels.
    pub(super) choices: Vec<String>,
    /// Whether a visible password field is in the document.
    pub(super) password_field: bool,
    /// Text of the first visible error box.
    pub(super) error: Option<String>,
    /// Visible text, at most 20 000 characters.
    pub(super) text: String,
}

/// A sign by which a page is known.
#[derive(Debug, Clone, Copy)]
enum Sign {
    /// The path is exactly this.
    Path(&'static str),
    /// The path starts with this.
    PathUnder(&'static str),
    /// The URL starts with this.
    Url(&'static str),
    /// An element with this id is in the document, visible or not; a hidden field is none.
    Id(&'static str),
    /// No element with this id is in the document.
    NoId(&'static str),
    /// A visible element has this id.
    Shown(&'static str),
    /// No visible element has this id.
    NotShown(&'static str),
    /// The title contains this.
    Title(&'static str),
    /// A heading or the title contains this, without regard to case.
    Heading(&'static str),
    /// A visible button or link contains this, without regard to case.
    Control(&'static str),
    /// There is a visible button or link.
    AnyControl,
    /// The visible text contains this, without regard to case.
    Text(&'static str),
    /// A visible password field is in the document.
    PasswordField,
}

use Sign::{AnyControl, Control, Heading, Id, NoId, NotShown, PasswordField, Path, PathUnder, Shown, Text, Title, Url};

/// The first row whose signs all hold names the page.
const RULES: &[(PageName, &[Sign])] = &[
    // Chromium's own pages.
    (PageName::BrowserError, &[Url("chrome-error://")]),
    (PageName::BrowserError, &[Title("Privacy error")]),
    (PageName::BrowserError, &[Id("main-frame-error")]),
    // The gate and the ways on from it: contract C5.1, C5.6, C5.7.
    (PageName::ChooseVerificationMethod, &[Heading("Choose a Verification Method")]),
    (PageName::ConnectAuthenticatorApp, &[Heading("Connect an Authenticator App")]),
    (PageName::CreatePasskey, &[PathUnder("/_ui/identity/webauthn/"), Control("create passkey")]),
    (PageName::CreatePasskey, &[Heading("Create a Passkey")]),
    // Verification: contract C1.4, C1.6, C3.1, C3.4.
    (PageName::VerifyPasskey, &[PathUnder("/_ui/identity/verification/method/UnifiedPasskeyVerificationUi")]),
    (PageName::VerifyPush, &[PathUnder("/_ui/identity/verification/method/ToopherVerificationFinishUi")]),
    (PageName::VerifyPush, &[Title("Check Your Mobile Device")]),
    (PageName::VerifyEmail, &[Shown("emc")]),
    (PageName::VerifyTemporaryCode, &[Shown("tc"), Text("temporary")]),
    (PageName::VerifyTotp, &[Shown("tc")]),
    // Between a login and its destination: contract C1.9, C1.10.
    (PageName::ChangePassword, &[PathUnder("/_ui/system/security/ChangePassword")]),
    (PageName::RegisterPhone, &[PathUnder("/_ui/identity/phone/AddPhoneNumber")]),
    (PageName::RegisterPhone, &[Heading("Register Your Mobile Phone")]),
    // The login pages: contract A1.3, A1.4, B1.2. A remembered username hides its field, which stays in the document.
    (PageName::LoggedOut, &[Path("/secur/logout.jsp")]),
    (PageName::Login, &[Id("username"), Shown("password"), Shown("Login")]),
    (PageName::Username, &[Id("username"), NoId("password"), Shown("Login")]),
    (PageName::Password, &[NoId("username"), Shown("password"), Shown("Login")]),
    (PageName::LoginPasskey, &[NoId("username"), NoId("password"), Shown("Login")]),
    // After the login: contract A6.1.
    (PageName::LoginHistory, &[Heading("Login History")]),
    (PageName::Home, &[PathUnder("/lightning/")]),
    (PageName::Home, &[Path("/one/one.app")]),
    (PageName::Inbox, &[Path("/vestibule/inbox")]),
    // The identity provider. Its fields bear any ids, so the path or the password field tells.
    (PageName::IdpError, &[Heading("Sign-on refused")]),
    // The page that carries the answer to the org has the same path, and nothing to click.
    (PageName::IdpSignIn, &[Path("/sign-in"), AnyControl]),
    (PageName::IdpSignIn, &[PasswordField]),
    (PageName::LoginRefused, &[Shown("error"), NotShown("Login")]),
];

/// Names the page.
pub(super) fn name(reading: &Reading) -> PageName {
    let fits = |signs: &[Sign]| signs.iter().all(|sign| holds(*sign, reading));
    RULES.iter().find(|(_, signs)| fits(signs)).map_or(PageName::Unknown, |(page, _)| *page)
}

fn holds(sign: Sign, reading: &Reading) -> bool {
    let any = |texts: &[String], wanted: &str| texts.iter().any(|text| contains(text, wanted));
    match sign {
        Path(path) => reading.path == path,
        PathUnder(prefix) => reading.path.starts_with(prefix),
        Url(prefix) => reading.url.starts_with(prefix),
        Id(id) => reading.ids.contains(id),
        Shown(id) => reading.shown.contains(id),
        NoId(id) => !reading.ids.contains(id),
        NotShown(id) => !reading.shown.contains(id),
        Title(text) => reading.title.contains(text),
        Heading(text) => contains(&reading.title, text) || any(&reading.headings, text),
        Control(text) => any(&reading.controls, text),
        AnyControl => !reading.controls.is_empty(),
        Text(text) => contains(&reading.text, text),
        PasswordField => reading.password_field,
    }
}

fn contains(text: &str, wanted: &str) -> bool {
    text.to_lowercase().contains(&wanted.to_lowercase())
}

#[cfg(test)]
mod tests;

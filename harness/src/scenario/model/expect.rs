//! What a scenario expects. Every expectation keeps its place, so that a failure can point at it with a caret.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use strum::Display;
use vestibule_model::yaml::{Span, Spanned};
use vestibule_model::{HostKind, LoginStatus, OutcomeKind, PageName, Strength, Survival};

/// What must be true after the steps. Each key is checked by itself.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Expect {
    /// The page that the browser is on.
    pub page: Option<Spanned<PageName>>,
    /// Whether the realm has an open session at the org, with no gate before it.
    pub signed_in: Option<Spanned<bool>>,
    /// Text that the URL contains.
    pub url: Option<Spanned<String>>,
    /// A cookie that the browser has or does not have.
    pub cookie: Option<Spanned<CookieExpectation>>,
    /// Text that the page shows.
    pub text: Option<Spanned<String>>,
    /// Events of the journal that happened in this order; other events may come between them.
    pub journal: Option<Spanned<Vec<Spanned<EventPattern>>>>,
    /// All rows of Login History, oldest first, each with the fields named here.
    pub login_history: Option<Spanned<Vec<Spanned<LoginRow>>>>,
    /// Tier of the last decision.
    pub strength: Option<Spanned<Strength>>,
    /// Outcome of the last decision.
    pub outcome: Option<Spanned<OutcomeKind>>,
    /// Ids of rules that fired in the last decision; others may have fired too.
    pub rules: Option<Spanned<Vec<Spanned<String>>>>,
    /// Values of the signals that reached the org in the last single sign-on: exactly these, in any order.
    pub signals: Option<Spanned<Vec<String>>>,
    /// The verdict on your own suite.
    pub survival: Option<Spanned<Survival>>,
    /// Id of the cause that stopped the login (`vestibule causes`), or `none` if the login must not stop.
    pub cause: Option<Spanned<String>>,
    /// What is compared with a recorded snapshot.
    pub snapshot: Option<Spanned<SnapshotPlan>>,
}

impl Expect {
    /// The expectations that are set, each with its place.
    pub(crate) fn entries(&self) -> Vec<(Expectation, Span)> {
        let all = [
            (Expectation::Page, self.page.as_ref().map(|e| e.span)),
            (Expectation::SignedIn, self.signed_in.as_ref().map(|e| e.span)),
            (Expectation::Url, self.url.as_ref().map(|e| e.span)),
            (Expectation::Cookie, self.cookie.as_ref().map(|e| e.span)),
            (Expectation::Text, self.text.as_ref().map(|e| e.span)),
            (Expectation::Journal, self.journal.as_ref().map(|e| e.span)),
            (Expectation::LoginHistory, self.login_history.as_ref().map(|e| e.span)),
            (Expectation::Strength, self.strength.as_ref().map(|e| e.span)),
            (Expectation::Outcome, self.outcome.as_ref().map(|e| e.span)),
            (Expectation::Rules, self.rules.as_ref().map(|e| e.span)),
            (Expectation::Signals, self.signals.as_ref().map(|e| e.span)),
            (Expectation::Survival, self.survival.as_ref().map(|e| e.span)),
            (Expectation::Cause, self.cause.as_ref().map(|e| e.span)),
            (Expectation::Snapshot, self.snapshot.as_ref().map(|e| e.span)),
        ];
        all.into_iter().filter_map(|(name, span)| span.map(|span| (name, span))).collect()
    }
}

/// The name of an expectation, as `must-fail.because` gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema, Display)]
#[serde(rename = "expectation", rename_all = "kebab-case")]
#[schemars(rename = "Expectation")]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum Expectation {
    /// The page at the end.
    Page,
    /// Whether a session is open.
    SignedIn,
    /// Text in the URL.
    Url,
    /// A cookie of the browser.
    Cookie,
    /// Text on the page.
    Text,
    /// Events of the journal.
    Journal,
    /// The rows of Login History.
    LoginHistory,
    /// The tier of the login.
    Strength,
    /// What the org decided.
    Outcome,
    /// The rules that fired.
    Rules,
    /// The signals that reached the org.
    Signals,
    /// The verdict on a suite.
    Survival,
    /// Why the login stopped.
    Cause,
    /// What was recorded before.
    Snapshot,
}

/// `cookie: { name: sid, host: lightning, present: false }`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct CookieExpectation {
    /// Name of the cookie.
    pub name: String,
    /// The host of the cookie; default: `my-domain`.
    #[serde(default)]
    pub host: HostKind,
    /// Whether the browser has it; default: `true`.
    #[serde(default = "yes")]
    pub present: bool,
}

/// An item of `journal`: the name of an event, or the name with fields that it must have:
/// `verifier-enrolled: { method: totp-app }`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EventPattern {
    /// Name of the event, kebab-case: `verifier-enrolled`.
    pub event: String,
    /// Fields of the event, by name; fields not named here may have any value.
    pub fields: BTreeMap<String, serde_json::Value>,
}

impl<'de> Deserialize<'de> for EventPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EventPatternVisitor)
    }
}

struct EventPatternVisitor;

impl<'de> Visitor<'de> for EventPatternVisitor {
    type Value = EventPattern;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of an event, or one name with the fields it must have")
    }

    fn visit_str<E>(self, event: &str) -> Result<EventPattern, E> {
        Ok(EventPattern { event: event.to_owned(), fields: BTreeMap::new() })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<EventPattern, A::Error> {
        let error = || serde::de::Error::custom("expected one name of an event with the fields it must have");
        let (event, fields) = map.next_entry()?.ok_or_else(error)?;
        if map.next_key::<String>()?.is_some() {
            return Err(error());
        }
        Ok(EventPattern { event, fields })
    }
}

/// An item of `login-history`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct LoginRow {
    /// Key of the user.
    pub user: Option<String>,
    /// `Status`: `Success`, `Invalid Password`.
    pub status: Option<LoginStatus>,
    /// `LoginType`: `Application`, `SAML Sfdc Initiated SSO`.
    pub login_type: Option<String>,
    /// `AuthMethodReference`: the OIDC `amr`; an empty text means none.
    pub amr: Option<String>,
}

/// `snapshot: { record: [pages, journal], mask: [user] }`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct SnapshotPlan {
    /// What is recorded.
    pub record: Vec<Recorded>,
    /// Fields whose values are replaced, by name.
    #[serde(default)]
    pub mask: Vec<String>,
}

/// What a snapshot can record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename = "recorded part", rename_all = "kebab-case")]
#[schemars(rename = "Recorded")]
pub(crate) enum Recorded {
    /// The names of the pages, in the order in which they appeared.
    Pages,
    /// The journal.
    Journal,
    /// Login History.
    LoginHistory,
    /// The last decision with its rules.
    Decision,
    /// The text of the last page.
    Text,
}

fn yes() -> bool {
    true
}

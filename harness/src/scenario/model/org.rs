//! The org, the rulebook and the clock of a scenario.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use vestibule_model::{EnrolmentGate, LoginPage, OrgKind, VerificationMethod};

use crate::scenario::spanned::Spanned;

/// `org`: the simulated org. Keys left out take the defaults of the realm.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Org {
    /// Kind of org: `production`, `sandbox`, `trial` …
    pub kind: Spanned<OrgKind>,
    /// The calendar date: decides which enforcement applies. `2026-07-20`.
    #[serde(deserialize_with = "date")]
    #[schemars(with = "String", pattern(r"^\d{4}-\d{2}-\d{2}$"))]
    pub date: Spanned<Date>,
    /// My Domain name; left out: `acme`, and `acme--uat` for a sandbox.
    pub my_domain: Option<Spanned<String>>,
    /// Which login page is shown; left out: `two-step`.
    pub login_page: Option<Spanned<LoginPage>>,
    /// "Require MFA for all direct UI logins" as the admin left it.
    pub mfa_setting: Option<bool>,
    /// Verification methods enabled in the org.
    pub methods: Option<Vec<VerificationMethod>>,
    /// "Allow passwordless login with passkeys".
    pub passwordless: Option<bool>,
    /// Day of the stagger on which enforcement reaches this org, from 0; left out: from the org id.
    pub stagger_day: Option<u16>,
    /// Whether the enrolment gate can be left: `hard`, `leavable`; left out: as the rulebook says.
    pub gate: Option<EnrolmentGate>,
    /// Whether the gate starts its ceremony without a click.
    pub gate_autostart: Option<bool>,
    /// Whether a login from an unrecognised browser is asked for a code sent by email.
    pub device_activation: Option<bool>,
    /// Whether error texts carry the prefix `Error: `.
    pub error_prefix: Option<bool>,
    /// Milliseconds for which the username page stays usable after "Log In" was clicked; left out: 0.
    pub second_page_delay: Option<u64>,
    /// How many wrong passwords in a row lock a user out, 0 never; left out: 10.
    pub lockout_after: Option<u32>,
}

/// `rulebook: salesforce-2026-05-05`, or with settings: `rulebook: { name: …, settings: { … } }`.
#[derive(Debug, Clone, PartialEq)]
pub struct RulebookChoice {
    /// Name of the rulebook.
    pub name: Spanned<String>,
    /// Settings of the rulebook that this scenario changes, by name.
    pub settings: BTreeMap<String, Spanned<serde_json::Value>>,
}

/// `clock`: the protocol clock (assertion lifetimes, TOTP steps). The calendar date is `org.date`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ClockPart {
    /// Stand still at this instant: `2026-08-03T10:00:00Z`.
    #[serde(default, deserialize_with = "instant")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub frozen_at: Option<Spanned<Timestamp>>,
    /// Offset in seconds of a component from the realm's clock.
    #[serde(default)]
    pub skew: BTreeMap<ClockComponent, i64>,
}

/// Who can have a clock that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClockComponent {
    /// The simulated org.
    Org,
    /// The identity providers.
    Idp,
    /// The virtual authenticator.
    Authenticator,
}

fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Spanned<Date>, D::Error> {
    Spanned::<DateText>::deserialize(deserializer).map(|date| Spanned::new(date.value.0, date.span))
}

fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Spanned<Timestamp>>, D::Error> {
    let instant = Option::<Spanned<InstantText>>::deserialize(deserializer)?;
    Ok(instant.map(|instant| Spanned::new(instant.value.0, instant.span)))
}

#[derive(Deserialize)]
#[serde(try_from = "String")]
pub(super) struct DateText(pub(super) Date);

impl TryFrom<String> for DateText {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let strict = text.len() == "2026-07-20".len();
        let date = text.parse().ok().filter(|_| strict);
        date.map(Self).ok_or_else(|| format!("`{text}` is not a date of the calendar: write it as `2026-07-20`"))
    }
}

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct InstantText(Timestamp);

impl TryFrom<String> for InstantText {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let instant = text.parse().map(Self);
        instant.map_err(|_| format!("`{text}` is not an instant: write it as `2026-08-03T10:00:00Z`"))
    }
}

impl<'de> Deserialize<'de> for RulebookChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let choice = Spanned::<Choice>::deserialize(deserializer)?;
        Ok(match choice.value {
            Choice::Name(name) => Self { name: Spanned::new(name, choice.span), settings: BTreeMap::new() },
            Choice::Full(full) => Self { name: full.name, settings: full.settings },
        })
    }
}

enum Choice {
    Name(String),
    Full(FullChoice),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct FullChoice {
    name: Spanned<String>,
    #[serde(default)]
    settings: BTreeMap<String, Spanned<serde_json::Value>>,
}

impl<'de> Deserialize<'de> for Choice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ChoiceVisitor;

        impl<'de> Visitor<'de> for ChoiceVisitor {
            type Value = Choice;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a rulebook, or its name and settings")
            }

            fn visit_str<E>(self, name: &str) -> Result<Choice, E> {
                Ok(Choice::Name(name.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Choice, A::Error> {
                FullChoice::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(Choice::Full)
            }
        }

        deserializer.deserialize_any(ChoiceVisitor)
    }
}

//! What `vestibule audit` says of an org: whose logins stop, on which day and by which rule, and what could not be read.

use jiff::civil::Date;
use serde::Serialize;
use vestibule_model::confidence::mark;
use vestibule_model::{Confidence, LoginKind, OrgKind};

use super::ExitCode;

/// The forecast for one org.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct AuditOutcome {
    /// The form of this document.
    pub(crate) schema: u32,
    /// The version of this program.
    pub(crate) vestibule: String,
    /// The day of the audit.
    pub(crate) date: Date,
    /// The day by which a login that stops is a failure; `None` stands for every day that the rulebook knows.
    pub(crate) by: Option<Date>,
    /// Where the facts come from: the address of the org, or the name of a file.
    pub(crate) source: String,
    /// The org.
    pub(crate) org: AuditedOrg,
    /// Name of the rulebook.
    pub(crate) rulebook: String,
    /// One row for each way in which a user, or an integration in its name, logs in.
    pub(crate) rows: Vec<ForecastRow>,
    /// What holds for the whole org.
    pub(crate) notes: Vec<OrgNote>,
    /// What could not be read.
    pub(crate) unknown: Vec<Gap>,
    /// What is different from an earlier audit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) changes: Option<Changes>,
}

/// The org of an audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct AuditedOrg {
    /// Its id, if it is known.
    pub(crate) id: Option<String>,
    /// Its name, if it is known.
    pub(crate) name: Option<String>,
    /// Its kind, which decides its calendar.
    pub(crate) kind: OrgKind,
}

/// What becomes of one way to log in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct ForecastRow {
    /// The username.
    pub(crate) user: String,
    /// The app that logs in for the user, as Login History names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) app: Option<String>,
    /// How.
    pub(crate) login: LoginKind,
    /// What becomes of it.
    pub(crate) forecast: Forecast,
    /// The first day on which it stops; `None` if it goes on, or if it stops whatever the day.
    pub(crate) from: Option<Date>,
    /// The last day of a staggered wave, where nobody outside knows the day of one org.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<Date>,
    /// The rule that decides, by its id.
    pub(crate) rule: String,
    /// What the rule saw, in one sentence.
    pub(crate) why: String,
    /// The source of the rule.
    pub(crate) source: String,
    /// The source of the day, if it is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dated_by: Option<String>,
    /// How certain rule and day are: the less certain of both.
    #[serde(serialize_with = "mark::serialize")]
    pub(crate) confidence: Confidence,
    /// What would settle it, where the forecast is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) open: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fix: Option<Fix>,
}

/// What becomes of a way to log in. The order is that of the reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Forecast {
    /// It ends without a session, or at a page that wants something registered.
    Stops,
    /// What could not be read decides it.
    Unknown,
    /// It gets a session, at most after a verification with a method that the user has.
    GoesOn,
}

/// What to do, and who does it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Fix {
    /// Who.
    pub(crate) owner: FixOwner,
    /// What.
    pub(crate) text: String,
}

/// Who does something about a login that stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FixOwner {
    /// The user.
    User,
    /// The administrator of the org.
    OrgAdmin,
    /// The administrator of the identity provider.
    IdpAdmin,
    /// The maintainer of the integration.
    Integration,
}

/// Something that holds for the whole org.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct OrgNote {
    /// Its name: `step-up`, `waivers`.
    pub(crate) name: &'static str,
    /// What holds, in one sentence or two.
    pub(crate) text: String,
    /// The source, where a rule says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) source: Option<String>,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Gap {
    /// What: an object, a field of one, a column of a file.
    pub(crate) what: String,
    /// Why it could not.
    pub(crate) why: String,
    /// What is not known for that reason.
    pub(crate) unknown: String,
}

/// What is different from an earlier audit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Changes {
    /// The day of the earlier audit.
    pub(crate) since: Option<Date>,
    /// One for each login that is new, gone or judged otherwise.
    pub(crate) logins: Vec<Change>,
}

/// A login that is new, gone or judged otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Change {
    /// The username.
    pub(crate) user: String,
    /// The app.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) app: Option<String>,
    /// How it logs in.
    pub(crate) login: String,
    /// What was said of it, unless it is new.
    pub(crate) before: Option<String>,
    /// What is said of it now, unless it is gone.
    pub(crate) now: Option<String>,
}

impl AuditOutcome {
    /// The form of this document.
    pub(crate) const SCHEMA: u32 = 1;

    /// Whether a login stops by the day that was asked for.
    pub(crate) fn fails(&self, row: &ForecastRow) -> bool {
        let in_time = row.from.is_none_or(|from| self.by.is_none_or(|by| from <= by));
        row.forecast == Forecast::Stops && in_time
    }

    /// How many rows fail, stop later, are not known and go on.
    pub(crate) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for row in &self.rows {
            let place = match row.forecast {
                Forecast::Stops if self.fails(row) => &mut counts.stop,
                Forecast::Stops => &mut counts.later,
                Forecast::Unknown => &mut counts.unknown,
                Forecast::GoesOn => &mut counts.go_on,
            };
            *place = place.saturating_add(1);
        }
        counts
    }

    /// The exit code.
    pub(crate) fn exit_code(&self) -> ExitCode {
        if self.rows.is_empty() {
            ExitCode::NothingSelected
        } else if self.counts().stop > 0 {
            ExitCode::Failed
        } else {
            ExitCode::Passed
        }
    }
}

/// How many rows have each forecast.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Those that stop by the day that was asked for.
    pub(crate) stop: usize,
    /// Those that stop later.
    pub(crate) later: usize,
    /// Those of which it is not known.
    pub(crate) unknown: usize,
    /// The others.
    pub(crate) go_on: usize,
}

impl ForecastRow {
    /// The route as files and options write it: `password-ui`.
    pub(crate) fn login_word(&self) -> String {
        login_word(&self.login)
    }
}

impl Forecast {
    /// The word that reports print.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Stops => "stops",
            Self::Unknown => "unknown",
            Self::GoesOn => "goes on",
        }
    }
}

impl FixOwner {
    /// The word that reports print.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::OrgAdmin => "org admin",
            Self::IdpAdmin => "IdP admin",
            Self::Integration => "maintainer of the integration",
        }
    }
}

/// A route as files and options write it: `password-ui`.
fn login_word(login: &LoginKind) -> String {
    let value = serde_json::to_value(login).ok();
    value.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_else(|| "mobile-web-view".to_owned())
}

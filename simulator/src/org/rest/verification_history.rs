//! `VerificationHistory` (contract H2.1): one row for each answer to a verification, taken from the journal. What the words
//! stand for in a step-up is inferred.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;

use super::login_history;
use super::table::{Row, Table, date_time};
use crate::org::Org;
use crate::realm::{Entry, Event, VerificationResult};
use vestibule_model::VerificationMethod;

pub(super) fn table(org: &Org) -> Table {
    let entries = org.realm.journal.all();
    let logins = entries.iter().filter(|entry| matches!(entry.event, Event::LoginRecorded(_))).count();
    let mut reader = Reader {
        org,
        ids: org.realm.users.all().into_iter().map(|user| (user.key, user.id)).collect(),
        next_login: org.realm.login_history.length().saturating_sub(u64::try_from(logins).unwrap_or(u64::MAX)),
        doing: BTreeMap::new(),
        rows: Vec::new(),
    };
    entries.iter().for_each(|entry| reader.read(entry));
    Table {
        object: OBJECT,
        fields: &FIELDS,
        filterable: &FIELDS,
        time: Some("VerificationTime"),
        key: "Id",
        rows: reader.rows,
    }
}

struct Reader<'a> {
    org: &'a Org,
    /// Ids of the users, by their key.
    ids: BTreeMap<String, String>,
    /// Position of the next row of Login History.
    next_login: u64,
    /// What each user is doing, by key.
    doing: BTreeMap<String, Doing>,
    rows: Vec<Row>,
}

/// What a user is doing, as far as the journal has it.
#[derive(Clone, Copy)]
struct Doing {
    /// Position of the entry with which it began.
    group: u64,
    /// Position of its row in Login History.
    login: Option<u64>,
    activity: &'static str,
    policy: &'static str,
    remarks: &'static str,
}

impl Doing {
    fn login(group: u64, login: Option<u64>) -> Self {
        Self { group, login, activity: "Login", policy: "TwoFactorAuthentication", remarks: LOG_IN }
    }

    fn report(group: u64, export: bool) -> Self {
        let activity = if export { "ExportPrintReports" } else { "AccessReports" };
        Self { group, login: None, activity, policy: "PageAccess", remarks: OPEN_REPORT }
    }
}

impl Reader<'_> {
    fn read(&mut self, entry: &Entry) {
        match &entry.event {
            Event::LoginFormPosted { user: Some(user), .. }
            | Event::PasswordChecked { user: Some(user), .. }
            | Event::LoginStarted { user: Some(user), .. } => {
                self.doing.insert(user.clone(), Doing::login(entry.seq, None));
            }
            Event::LoginRecorded(row) => {
                if let Some(user) = &row.user {
                    self.doing.insert(user.clone(), Doing::login(entry.seq, Some(self.next_login)));
                }
                self.next_login = self.next_login.saturating_add(1);
            }
            Event::StepUpRequired { user, export, .. } => {
                self.doing.insert(user.clone(), Doing::report(entry.seq, *export));
            }
            Event::VerificationChecked { user, method, result } => {
                let doing = self.doing_of(user, entry.seq);
                self.add(entry, user, doing, name_of(*method), status_of(*result));
            }
            Event::DeviceActivationChecked { user, accepted } => {
                let doing = Doing { policy: "DeviceActivation", ..self.doing_of(user, entry.seq) };
                self.add(entry, user, doing, "Email", status_of_code(*accepted));
            }
            Event::StepUpCodeChecked { user, accepted } => {
                let doing = self.doing_of(user, entry.seq);
                self.add(entry, user, doing, "Email", status_of_code(*accepted));
            }
            _ => {}
        }
    }

    fn doing_of(&self, user: &str, seq: u64) -> Doing {
        self.doing.get(user).copied().unwrap_or_else(|| Doing::login(seq, None))
    }

    fn add(&mut self, entry: &Entry, user: &str, doing: Doing, method: &'static str, status: &'static str) {
        let time: Timestamp = self.org.realm.shown(entry.at);
        let mut values = BTreeMap::from([
            // No public source shows how an id begins.
            ("Id", json!(format!("0Vh{:012}AAA", entry.seq))),
            ("Activity", json!(doing.activity)),
            ("EventGroup", json!(doing.group.to_string())),
            ("Policy", json!(doing.policy)),
            ("Remarks", json!(doing.remarks)),
            ("SourceIp", json!(self.org.settings().source_ip)),
            ("Status", json!(status)),
            ("VerificationMethod", json!(method)),
            ("VerificationTime", date_time(time)),
        ]);
        if let Some(position) = doing.login {
            values.insert("LoginHistoryId", json!(login_history::id(position)));
        }
        if let Some(id) = self.ids.get(user) {
            values.insert("UserId", json!(id));
        }
        self.rows.push(Row { time, values });
    }
}

fn name_of(method: VerificationMethod) -> &'static str {
    match method {
        VerificationMethod::BuiltInAuthenticator => "BuiltInAuthenticator",
        VerificationMethod::SecurityKey => "WebAuthnRoamingAuthenticator",
        VerificationMethod::TotpApp => "Totp",
        VerificationMethod::SalesforceAuthenticator => "SalesforceAuthenticator",
        VerificationMethod::TemporaryCode => "TempCode",
    }
}

fn status_of(result: VerificationResult) -> &'static str {
    match result {
        VerificationResult::Accepted => "Succeeded",
        VerificationResult::Wrong | VerificationResult::Replayed | VerificationResult::Stale => "FailedInvalidCode",
        VerificationResult::LockedOut => "FailedTooManyAttempts",
    }
}

fn status_of_code(accepted: bool) -> &'static str {
    status_of(if accepted { VerificationResult::Accepted } else { VerificationResult::Wrong })
}

pub(super) const OBJECT: &str = "VerificationHistory";

const FIELDS: [&str; 13] = [
    "Id",
    "Activity",
    "EventGroup",
    "LoginGeoId",
    "LoginHistoryId",
    "Policy",
    "Remarks",
    "ResourceId",
    "SourceIp",
    "Status",
    "UserId",
    "VerificationMethod",
    "VerificationTime",
];

const LOG_IN: &str = "You're trying to Log In to Salesforce";
const OPEN_REPORT: &str = "You're trying to Access Reports and Dashboards";

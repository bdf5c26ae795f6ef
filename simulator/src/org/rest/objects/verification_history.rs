//! `VerificationHistory` (contract H2.1): one row for each answer to a verification, taken from the journal. What the words
//! stand for in a step-up is inferred.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::login_history;
use super::object::{Caller, Field, Kind, Object, Row, everybody, field};
use crate::org::Org;
use crate::realm::{Entry, Event, VerificationResult};
use vestibule_model::VerificationMethod;

pub(super) static VERIFICATION_HISTORY: Object = Object {
    name: "VerificationHistory",
    label: "Verification History",
    key_prefix: Some("0Vh"),
    fields: &FIELDS,
    parents: &[],
    children: &[],
    visible: everybody,
    rows,
};

fn rows(org: &Org, _: &Caller<'_>) -> Vec<Row> {
    let entries = org.realm.journal.all();
    let logins = entries.iter().filter(|entry| matches!(entry.event, Event::LoginRecorded(_))).count();
    let mut reader = Reader {
        org,
        ids: org.realm.users.all().into_iter().map(|user| (user.key, user.id)).collect(),
        next_login: org.realm.login_history.length().saturating_sub(u64::try_from(logins).unwrap_or(u64::MAX)),
        doing: BTreeMap::new(),
        sent_by: BTreeMap::new(),
        rows: Vec::new(),
    };
    entries.iter().for_each(|entry| reader.read(entry));
    reader.rows
}

struct Reader<'a> {
    org: &'a Org,
    /// Ids of the users, by their key.
    ids: BTreeMap<String, String>,
    /// Position of the next row of Login History.
    next_login: u64,
    /// What each user is doing, by key.
    doing: BTreeMap<String, Doing>,
    /// How the last code was sent to each address.
    sent_by: BTreeMap<String, &'static str>,
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
            Event::EmailSent { to, .. } => {
                self.sent_by.insert(to.clone(), "Email");
            }
            Event::TextMessageSent { to } => {
                self.sent_by.insert(to.clone(), "Sms");
            }
            Event::VerificationChecked { user, method, result } => {
                let doing = self.doing_of(user, entry.seq);
                self.add(entry, user, doing, name_of(*method), status_of(*result));
            }
            Event::DeviceActivationChecked { user, accepted } => {
                let doing = Doing { policy: "DeviceActivation", ..self.doing_of(user, entry.seq) };
                self.add(entry, user, doing, self.code_of(user), status_of_code(*accepted));
            }
            Event::StepUpCodeChecked { user, accepted } => {
                let doing = self.doing_of(user, entry.seq);
                self.add(entry, user, doing, self.code_of(user), status_of_code(*accepted));
            }
            _ => {}
        }
    }

    /// How codes are sent to a user.
    fn code_of(&self, user: &str) -> &'static str {
        let user = self.org.realm.users.get(user);
        let sent = user.as_ref().and_then(|user| user.addresses().find_map(|address| self.sent_by.get(address)));
        sent.copied().unwrap_or("Email")
    }

    fn doing_of(&self, user: &str, seq: u64) -> Doing {
        self.doing.get(user).copied().unwrap_or_else(|| Doing::login(seq, None))
    }

    fn add(&mut self, entry: &Entry, user: &str, doing: Doing, method: &'static str, status: &'static str) {
        let time: Timestamp = self.org.realm.shown(entry.at);
        let login = doing.login.map(login_history::id);
        self.rows.push(Row::new([
            // No public source shows how an id begins.
            ("Id", format!("0Vh{:012}AAA", entry.seq).into()),
            ("Activity", doing.activity.into()),
            ("EventGroup", doing.group.to_string().into()),
            ("LoginHistoryId", login.into()),
            ("Policy", doing.policy.into()),
            ("Remarks", doing.remarks.into()),
            ("SourceIp", self.org.settings().source_ip.to_string().into()),
            ("Status", status.into()),
            ("UserId", self.ids.get(user).cloned().into()),
            ("VerificationMethod", method.into()),
            ("VerificationTime", time.into()),
        ]));
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
        // Contract C4.2.
        VerificationResult::Denied => "Denied",
        VerificationResult::ReportedDenied => "ReportedDenied",
        VerificationResult::TimedOut => "RecoverableError",
    }
}

fn status_of_code(accepted: bool) -> &'static str {
    status_of(if accepted { VerificationResult::Accepted } else { VerificationResult::Wrong })
}

const FIELDS: [Field; 13] = [
    field("Id", Kind::Id),
    field("Activity", Kind::Text),
    field("EventGroup", Kind::Text),
    field("LoginGeoId", Kind::Id),
    field("LoginHistoryId", Kind::Id),
    field("Policy", Kind::Text),
    field("Remarks", Kind::Text),
    field("ResourceId", Kind::Id),
    field("SourceIp", Kind::Text),
    field("Status", Kind::Text),
    field("UserId", Kind::Id),
    field("VerificationMethod", Kind::Text),
    field("VerificationTime", Kind::Time),
];

const LOG_IN: &str = "You're trying to Log In to Salesforce";
const OPEN_REPORT: &str = "You're trying to Access Reports and Dashboards";

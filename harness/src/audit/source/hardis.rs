//! What `sf hardis:org:diagnose:mfa` found, as JSON: the rows of its report, wherever they stand in the document. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use vestibule_model::{LoginKind, OrgKind, Permission, UserType, VerificationMethod};

use super::row::{shown, text};
use crate::audit::facts::{Facts, Org, Settings, Use, User, Verifiers};
use crate::outcome::Gap;

/// Whether a document is one of that command.
pub(crate) fn is_hardis(document: &Value) -> bool {
    rows(document).is_some() || document.pointer("/result/metrics/OrgMfaOptedIn").is_some()
}

/// The rows of the report that the command writes as CSV, as the document that it would be; `None` for another CSV.
pub(crate) fn hardis_of_csv(text: &str) -> Option<Value> {
    let text = text.trim_start_matches('\u{feff}');
    if !text.lines().next()?.contains("CheckKey") {
        return None;
    }
    let separator = if text.lines().next()?.contains(';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(text.as_bytes());
    let rows = reader.deserialize::<BTreeMap<String, String>>().filter_map(Result::ok);
    Some(rows.map(|row| row.into_iter().map(|(key, value)| (key, Value::from(value))).collect::<Value>()).collect())
}

/// What the rows say of users. They are about privileged users and holders of the waiver, and about nobody else.
pub(crate) fn read_hardis(file: &str, document: &Value, kind: OrgKind) -> Facts {
    let mut users: BTreeMap<String, User> = BTreeMap::new();
    let mut settings = Settings::default();
    for row in rows(document).unwrap_or_default() {
        let (check, item) = (text(row, "CheckKey").unwrap_or_default(), text(row, "Item").unwrap_or_default());
        let good = text(row, "Severity") == Some("success");
        match (check, item) {
            ("orgEnforcement", "enableMFADirectUILoginOptIn") => settings.mfa = Some(good),
            (_, item) if !item.contains('@') => {}
            ("phishingResistantReadiness", username) => {
                let user = user(&mut users, username);
                privileged(user);
                if good {
                    user.verifiers = Verifiers::AtLeast(BTreeSet::from([VerificationMethod::BuiltInAuthenticator]));
                }
            }
            ("privilegedUsersAudit", username) => privileged(user(&mut users, username)),
            ("mfaBypassUsers", username) => {
                user(&mut users, username).waiver.insert("its report".to_owned());
            }
            ("nonMfaLogins", username) => {
                user(&mut users, username);
            }
            _ => {}
        }
    }
    Facts {
        source: file.to_owned(),
        org: Org {
            id: document.pointer("/result/orgId").and_then(Value::as_str).map(str::to_owned),
            name: None,
            kind,
            settings,
        },
        users,
        providers: Vec::new(),
        apps: Vec::new(),
        gaps: BTreeSet::from([
            Gap {
                what: "users that the report does not name".to_owned(),
                why: "it names privileged users and holders of the waiver".to_owned(),
                unknown: "everybody else: audit the org itself".to_owned(),
            },
            Gap {
                what: "logins".to_owned(),
                why: "the report has no routes, apps and flows".to_owned(),
                unknown: "integrations, and whether users sign on through an identity provider".to_owned(),
            },
        ]),
    }
}

fn user<'a>(users: &'a mut BTreeMap<String, User>, username: &str) -> &'a mut User {
    users.entry(shown(username)).or_insert_with(|| {
        let mut user = User::new(UserType::Employee, "");
        user.uses.push(Use::of(LoginKind::PasswordUi));
        user
    })
}

/// The report does not say by which permission; each has the same effect.
fn privileged(user: &mut User) {
    user.privileges.entry(Permission::ModifyAllData).or_default().insert("its report".to_owned());
}

/// The rows of the report.
fn rows(document: &Value) -> Option<&[Value]> {
    let places = ["/result/reportRows", "/reportRows", "/logElements", "/_logElements", "/data/_logElements", ""];
    let found = places.iter().filter_map(|place| document.pointer(place)).filter_map(Value::as_array);
    let mut found = found.filter(|rows| rows.first().is_some_and(|row| row.get("CheckKey").is_some()));
    found.next().map(Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_rows_of_the_report_become_users_wherever_they_stand() {
        let rows = json!([
            { "CheckKey": "orgEnforcement", "Severity": "error", "Item": "enableMFADirectUILoginOptIn" },
            { "CheckKey": "phishingResistantReadiness", "Severity": "success", "Item": "ready@acme.example" },
            { "CheckKey": "phishingResistantReadiness", "Severity": "error", "Item": "late@acme.example" },
            { "CheckKey": "phishingResistantReadiness", "Severity": "success", "Item": "enableBuiltInAuthenticator / enableU2F" },
            { "CheckKey": "mfaBypassUsers", "Severity": "warning", "Item": "waived@acme.example" },
            { "CheckKey": "privilegedUsersAudit", "Severity": "warning", "Item": "late@acme.example" },
        ]);
        for document in
            [rows.clone(), json!({ "result": { "orgId": "00D1", "reportRows": rows } }), json!({ "logElements": rows })]
        {
            assert!(is_hardis(&document));
            let facts = read_hardis("mfa.json", &document, OrgKind::Sandbox);

            assert_eq!(
                facts.users.keys().collect::<Vec<_>>(),
                ["late@acme.example", "ready@acme.example", "waived@acme.example"]
            );
            assert_eq!(facts.org.settings.mfa, Some(false));
            let late = &facts.users["late@acme.example"];
            assert!(late.verifiers.known().is_empty() && !late.privileges.is_empty());
            let ready = &facts.users["ready@acme.example"];
            assert_eq!(ready.verifiers.known(), &BTreeSet::from([VerificationMethod::BuiltInAuthenticator]));
            let waived = &facts.users["waived@acme.example"];
            assert!(!waived.waiver.is_empty() && waived.privileges.is_empty());
        }
    }

    #[test]
    fn the_report_is_read_as_csv_too() {
        let csv = "Check,CheckKey,Severity,Item,Details,Recommendation\n\
                   Passkeys,phishingResistantReadiness,error,late@acme.example,\"none, so far\",Register one\n";

        let facts = read_hardis("mfa.csv", &hardis_of_csv(csv).unwrap(), OrgKind::Sandbox);

        assert_eq!(facts.users.keys().collect::<Vec<_>>(), ["late@acme.example"]);
        assert_eq!(hardis_of_csv("Username,Profile\nann,x\n"), None);
    }

    #[test]
    fn other_json_is_not_taken_for_such_a_report() {
        assert!(!is_hardis(&json!([{ "Item": "x" }])) && !is_hardis(&json!({ "status": 0, "result": {} })));
        assert!(is_hardis(&json!({ "result": { "metrics": { "OrgMfaOptedIn": 1 } } })), "without rows it has no users");
    }
}

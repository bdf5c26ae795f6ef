use jiff::civil::{Date, date};
use vestibule_model::{Confidence, LoginKind, OrgKind};

use super::*;
use crate::outcome::{AuditedOrg, Change, Changes, Fix, FixOwner, Forecast, Gap, OrgNote};
use crate::report::terminal::{Progress, TerminalOptions};

fn row(user: &str, forecast: Forecast, from: Option<Date>) -> ForecastRow {
    ForecastRow {
        user: user.to_owned(),
        app: None,
        login: LoginKind::PasswordUi,
        forecast,
        from,
        until: None,
        rule: "employee-needs-mfa".to_owned(),
        why: "an employee needs standard MFA".to_owned(),
        source: "help 005321561".to_owned(),
        dated_by: Some("a notice".to_owned()),
        confidence: Confidence::Seen,
        open: (forecast == Forecast::Unknown).then(|| "what the user has registered".to_owned()),
        fix: (forecast != Forecast::GoesOn)
            .then(|| Fix { owner: FixOwner::User, text: "register a passkey".to_owned() }),
    }
}

fn outcome(by: Option<Date>) -> AuditOutcome {
    AuditOutcome {
        schema: AuditOutcome::SCHEMA,
        vestibule: "0.1.0".to_owned(),
        date: date(2026, 11, 30),
        by,
        source: "https://acme--uat.sandbox.my.salesforce.com".to_owned(),
        org: AuditedOrg { id: Some("00D1".to_owned()), name: Some("Acme <UAT>".to_owned()), kind: OrgKind::Sandbox },
        rulebook: "salesforce-2026-07-02".to_owned(),
        rows: vec![
            row("=cmd@acme.example", Forecast::Stops, Some(date(2026, 7, 6))),
            ForecastRow {
                app: Some("Loader & Co".to_owned()),
                login: LoginKind::SoapLogin,
                ..row("sync@acme.example", Forecast::Stops, Some(date(2027, 6, 1)))
            },
            row("saml@acme.example", Forecast::Unknown, Some(date(2026, 7, 6))),
            row("good@acme.example", Forecast::GoesOn, None),
        ],
        notes: vec![OrgNote { name: "passkeys", text: "Built-in authenticators are on.".to_owned(), source: None }],
        unknown: vec![Gap {
            what: "UserLogin".to_owned(),
            why: "not readable: the org answered 403".to_owned(),
            unknown: "who is frozen".to_owned(),
        }],
        changes: Some(Changes {
            since: Some(date(2026, 11, 1)),
            logins: vec![Change {
                user: "new@acme.example".to_owned(),
                app: None,
                login: "password-ui".to_owned(),
                before: None,
                now: Some("goes on".to_owned()),
            }],
        }),
    }
}

fn terminal(outcome: &AuditOutcome) -> String {
    let mut out = Vec::new();
    write_audit(&mut out, outcome, TerminalOptions { width: 100, color: false, progress: Progress::Quiet }).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_person_reads_what_stops_what_is_open_and_what_was_not_readable() {
    let text = terminal(&outcome(Some(date(2026, 12, 31))));

    for part in [
        "Acme <UAT>, a sandbox, on 2026-11-30",
        "=cmd@acme.example  password-ui  since 2026-07-06\n    employee-needs-mfa: an employee needs standard MFA",
        "V: help 005321561; the day: a notice",
        "fix (user): register a passkey",
        "sync@acme.example, Loader & Co  soap-login  from 2027-06-01",
        "open: what the user has registered",
        "UserLogin: not readable: the org answered 403, so unknown: who is frozen",
        "new@acme.example  password-ui: not there -> goes on",
        "\n1 of 4 logins stops by 2026-12-31, 1 later, 1 is not known\n",
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
}

#[test]
fn a_failure_is_what_stops_by_the_day_and_what_is_not_known_is_skipped() {
    for (by, failures) in
        [(Some(date(2026, 7, 5)), 0), (Some(date(2026, 12, 31)), 1), (Some(date(2027, 6, 1)), 2), (None, 2)]
    {
        let outcome = outcome(by);
        let xml = junit::junit(&outcome).unwrap();

        assert_eq!(xml.matches("<failure").count(), failures, "{by:?}: {xml}");
        assert_eq!(xml.matches("<skipped").count(), 1, "{by:?}");
        assert_eq!(xml.matches("<testcase").count(), 4, "{by:?}");
        let code = if failures > 0 { 1 } else { 0 };
        assert_eq!(u8::from(outcome.exit_code()), code, "{by:?}");
    }
}

#[test]
fn no_cell_of_the_table_is_a_formula() {
    let text = table::table(&outcome(None)).unwrap();

    assert!(text.starts_with("User,App,Login,Forecast,From,Until,Rule"), "{text}");
    assert!(text.contains("\n'=cmd@acme.example,,password-ui,stops,2026-07-06,"), "{text}");
    assert_eq!(text.lines().count(), 5);
}

#[test]
fn the_page_is_self_contained_and_escapes_what_the_org_says() {
    let page = html::html(&outcome(None)).unwrap();

    assert!(page.contains("Acme &#60;UAT&#62;") || page.contains("Acme &lt;UAT&gt;"), "{page}");
    for foreign in ["<script", "http-equiv=\"refresh\"", "src=", "<link"] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    assert!(page.contains("default-src 'none'"));
    assert_eq!(page.matches("<details").count(), 4);
    assert_eq!(page.matches("open=\"open\"").count(), 2, "what fails is open");
}

#[test]
fn every_format_has_a_file_of_its_own() {
    let outcome = outcome(None);
    let mut files: Vec<&str> = AUDIT_FORMATS.iter().map(|format| format.file).collect();
    for format in AUDIT_FORMATS {
        assert!(!format.render(&outcome).unwrap().is_empty(), "{}", format.name);
    }
    files.sort_unstable();
    files.dedup();
    assert_eq!(files.len(), AUDIT_FORMATS.len());
}

use jiff::civil::date;
use vestibule_model::{Confidence, LoginKind};

use super::*;

fn row(user: &str, forecast: Forecast, from: Option<Date>) -> ForecastRow {
    ForecastRow {
        user: user.to_owned(),
        app: None,
        login: LoginKind::PasswordUi,
        forecast,
        from,
        until: None,
        rule: "employee-needs-mfa".to_owned(),
        why: String::new(),
        source: String::new(),
        dated_by: None,
        confidence: Confidence::Official,
        open: None,
        fix: None,
    }
}

fn former(rows: &str) -> Former {
    Former::read(&format!(r#"{{"schema":1,"date":"2026-11-01","source":"x","rows":[{rows}]}}"#)).unwrap()
}

#[test]
fn a_login_that_is_new_gone_or_judged_otherwise_is_a_change_and_no_other_is() {
    let before = former(
        r#"{"user":"ann","login":"password-ui","forecast":"stops","from":"2026-07-06","rule":"employee-needs-mfa"},
           {"user":"bob","login":"password-ui","forecast":"goes-on","from":null,"rule":"verify-registered"},
           {"user":"cid","login":"password-ui","forecast":"stops","from":null,"rule":"employee-needs-mfa"},
           {"user":"eve","login":"password-ui","forecast":"unknown","from":"2026-07-06","rule":"employee-needs-mfa"}"#,
    );
    let now = [
        row("ann", Forecast::GoesOn, None),
        row("bob", Forecast::GoesOn, None),
        row("dan", Forecast::Stops, Some(date(2026, 7, 6))),
        row("eve", Forecast::Unknown, Some(date(2026, 7, 6))),
    ];

    let changes = changes(&before, &now);

    assert_eq!(changes.since, Some(date(2026, 11, 1)));
    let shape: Vec<_> =
        changes.logins.iter().map(|one| (one.user.as_str(), one.before.as_deref(), one.now.as_deref())).collect();
    assert_eq!(
        shape,
        [
            ("ann", Some("stops from 2026-07-06 (employee-needs-mfa)"), Some("goes on")),
            ("cid", Some("stops (employee-needs-mfa)"), None),
            ("dan", None, Some("stops from 2026-07-06 (employee-needs-mfa)")),
        ]
    );
}

#[test]
fn what_is_no_audit_is_refused() {
    for text in ["", "[]", r#"{"schema":1}"#] {
        assert!(Former::read(text).unwrap_err().to_string().starts_with("read the earlier audit"), "{text}");
    }
    let newer = r#"{"schema":9,"date":"2026-11-01","source":"x","rows":[]}"#;
    assert_eq!(
        Former::read(newer).unwrap_err().to_string(),
        "read the earlier audit: its schema is 9, and this version reads 1"
    );
}

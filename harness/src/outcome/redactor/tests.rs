use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::*;
use crate::outcome::{Action, CaseResult, Verdict};

#[test]
fn a_secret_is_found_in_every_form() {
    let secret = r#"p&ss "wörd"/<+>\x'"#;
    let redactor = Redactor::new(vec![secret.to_owned()]).unwrap();
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let twice: String = url::form_urlencoded::byte_serialize(form.replace('+', "%20").as_bytes()).collect();
    let html = secret.replace('&', "&amp;").replace('"', "&#34;").replace('<', "&lt;").replace('>', "&gt;");
    let hex_html = html.replace('\'', "&#x27;");

    for hidden in [
        secret.to_owned(),
        form,
        twice,
        secret.replace('&', "%26").replace(' ', "%20").replace('ö', "%c3%b6"),
        html,
        hex_html,
        serde_json::to_string(secret).unwrap().trim_matches('"').to_owned(),
    ] {
        let text = format!("before {hidden} after");
        let redacted = redactor.redact(&text);
        assert!(redacted.starts_with("before [redacted]"), "{text} became {redacted}");
        assert!(redacted.ends_with(" after"), "{text} became {redacted}");
    }
}

#[test]
fn a_secret_inside_a_basic_header_is_found_at_every_alignment() {
    let redactor = Redactor::new(vec!["correct horse".to_owned()]).unwrap();

    for user in ["a", "ab", "abc", "abcd"] {
        let header = STANDARD.encode(format!("{user}:correct horse"));
        let redacted = redactor.redact(&header);
        assert!(redacted.contains(REPLACEMENT), "{header} became {redacted}");
    }
}

#[test]
fn the_longer_of_two_secrets_wins() {
    let redactor = Redactor::new(vec!["hunter2".to_owned(), "hunter2-and-more".to_owned()]).unwrap();

    assert_eq!(redactor.redact("hunter2-and-more, hunter2"), "[redacted], [redacted]");
}

#[test]
fn short_secrets_and_no_secrets_change_nothing() {
    for redactor in [Redactor::new(vec!["abc".to_owned(), String::new()]).unwrap(), Redactor::default()] {
        assert_eq!(redactor.redact("abc and the rest"), "abc and the rest");
    }
}

#[test]
fn every_text_of_an_event_is_redacted_and_the_rest_is_kept() {
    let secret = "JBSWY3DPEHPK3PXP";
    let redactor = Redactor::new(vec![secret.to_owned()]).unwrap();
    let event = RunEvent::CaseFinished {
        case: "a.yaml:1".to_owned(),
        attempt: 1,
        again: false,
        at_ms: 7,
        result: Box::new(CaseResult {
            actions: vec![Action {
                at_ms: 1,
                what: format!("type {secret}"),
                page: "home".to_owned(),
                url: format!("https://x.localhost/?key={secret}"),
            }],
            journal: vec![serde_json::json!({ "nested": [{ "deep": format!("otpauth://totp/x?secret={secret}") }] })],
            login_history: vec![serde_json::json!({ "status": secret })],
            ..CaseResult::new(Verdict::Failed, 7, Vec::new())
        }),
    };

    let redacted = redactor.redact_event(&event).unwrap();

    let line = serde_json::to_string(&redacted).unwrap();
    assert!(!line.contains(secret));
    assert_eq!(line.matches(REPLACEMENT).count(), 4);
    let RunEvent::CaseFinished { at_ms: 7, result, .. } = redacted else { panic!("another event: {line}") };
    assert_eq!(result.verdict, Verdict::Failed);
}

#[test]
fn an_event_whose_format_is_the_secret_is_an_error_not_a_leak() {
    let redactor = Redactor::new(vec!["failed".to_owned()]).unwrap();
    let result = CaseResult::new(Verdict::Failed, 0, Vec::new());
    let event =
        RunEvent::CaseFinished { case: "a".to_owned(), attempt: 1, again: false, at_ms: 0, result: Box::new(result) };

    assert!(matches!(redactor.redact_event(&event), Err(RedactorError::Event(_))));
}

proptest! {
    #[test]
    fn no_form_of_any_secret_survives(secret in "[ -~äß€😀]{6,30}", before in "[a-z]{0,5}") {
        let redactor = Redactor::new(vec![secret.clone()]).unwrap();
        let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        for hidden in [secret.clone(), form, serde_json::to_string(&secret).unwrap(), STANDARD.encode(format!("{before}{secret}"))] {
            let redacted = redactor.redact(&format!("{before} {hidden}"));
            prop_assert!(redacted.contains(REPLACEMENT), "{hidden} became {redacted}");
            prop_assert!(!redacted.contains(&secret) || REPLACEMENT.contains(&secret));
        }
    }
}

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use vestibule_model::diagnostic::Diagnostic;
use vestibule_redactor::REPLACEMENT;

use super::*;
use crate::outcome::{Action, CaseResult, Exit, Shot, SuiteResult, Survival, Verdict};

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

    let redacted = redact_event(&redactor, &event).unwrap();

    let line = serde_json::to_string(&redacted).unwrap();
    assert!(!line.contains(secret));
    assert_eq!(line.matches(REPLACEMENT).count(), 4);
    let RunEvent::CaseFinished { at_ms: 7, result, .. } = redacted else { panic!("another event: {line}") };
    assert_eq!(result.verdict, Verdict::Failed);
}

#[test]
fn an_event_whose_format_is_the_secret_is_an_error_not_a_leak() {
    let redactor = Redactor::new(vec!["failed".to_owned()]).unwrap();
    let event = finished(CaseResult::new(Verdict::Failed, 0, Vec::new()));

    assert!(redact_event(&redactor, &event).is_err());
}

#[test]
fn keys_of_objects_are_redacted_and_none_is_lost() {
    let redactor = Redactor::new(vec!["hunter22".to_owned(), "verdict".to_owned()]).unwrap();
    let journal = vec![serde_json::json!({ "hunter22": 1, "user-hunter22": 2, "HUNTER22": 3, "68756e7465723232": 4 })];
    let event = finished(CaseResult { journal, ..CaseResult::new(Verdict::Passed, 0, Vec::new()) });

    let RunEvent::CaseFinished { result, .. } = redact_event(&redactor, &event).unwrap() else {
        panic!("another event")
    };

    let expected = serde_json::json!({ "[redacted]": 1, "user-[redacted]": 2, "HUNTER22": 3, "[redacted] 2": 4 });
    assert_eq!(result.journal, [expected]);
    assert_eq!(result.verdict, Verdict::Passed, "the names of the format are no secret");
}

#[test]
fn the_output_of_a_suite_is_redacted_as_such_and_pictures_are_left_alone() {
    let image = STANDARD.encode("hunter22 in a picture");
    let suite = SuiteResult {
        survival: Survival::Survived,
        command: vec!["sh".to_owned(), "hunter22".to_owned()],
        exit: Exit::Code(0),
        output: "hunter22 <Assertion>".to_owned(),
        output_bytes: 20,
        kept_bytes: Some(20),
        failed_at: None,
        artefacts: Vec::new(),
    };
    let failure = Diagnostic::new("broken", "typed hunter22");
    let mut result = CaseResult { suite: Some(suite), ..CaseResult::new(Verdict::Failed, 0, vec![failure]) };
    result.screenshot = Some(image.clone());
    result.details.shots.push(Shot { at_ms: 1, page: "home".to_owned(), image: image.clone() });
    let redactor = Redactor::new(vec!["hunter22".to_owned()]).unwrap();

    let RunEvent::CaseFinished { result, .. } = redact_event(&redactor, &finished(result)).unwrap() else {
        panic!("another event");
    };

    assert!(!serde_json::to_string(&result.failures).unwrap().contains("hunter22"));
    let suite = result.suite.unwrap();
    assert_eq!((suite.output.as_str(), &suite.command[1]), ("[redacted] [redacted]", &REPLACEMENT.to_owned()));
    assert_eq!((result.screenshot.as_ref(), &result.details.shots[0].image), (Some(&image), &image));
}

fn finished(result: CaseResult) -> RunEvent {
    RunEvent::CaseFinished { case: "a".to_owned(), attempt: 1, again: false, at_ms: 0, result: Box::new(result) }
}

use super::*;
use crate::cli::output::console::TerminalTraits;

#[test]
fn every_cause_is_listed_once_under_its_owner() {
    let text = said(&CausesArgs { cause: None, lang: None, json: false }).unwrap();

    for cause in diagnosis::causes() {
        let lines = text.lines().filter(|line| line.trim_start().split(' ').next() == Some(cause.id));
        assert_eq!(lines.count(), 1, "{}", cause.id);
    }
    let _settings = vestibule_snapshots::settings("cli").bind_to_scope();
    insta::assert_snapshot!("causes", text);
}

#[test]
fn one_cause_is_shown_in_full() {
    let text = said(&of("gate-not-handled", None)).unwrap();

    for label in ["what:", "owner: suite", "fix:", "code: --lang playwright-ts,", "evidence:", "fact: https://"] {
        assert!(text.contains(label), "{text}");
    }
}

#[test]
fn json_says_the_same_one_object_per_line() {
    let text = said(&CausesArgs { cause: None, lang: None, json: true }).unwrap();
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();

    assert_eq!(lines.len(), diagnosis::causes().len());
    assert!(lines.iter().all(|line| line["remedy"].is_string() && line["owner"].is_string()));
}

#[test]
fn a_cause_that_does_not_exist_is_refused_with_the_nearest_one() {
    let error = said(&of("gate-not-handeld", None)).unwrap_err();

    assert_eq!(error.code(), ExitCode::Usage);
    assert!(format!("{error:?}").contains("gate-not-handled"), "{error:?}");
}

#[test]
fn the_code_for_a_cause_is_printed_with_comments_that_say_whether_it_is_tested() {
    let tested = said(&of("passkey-lost", Some(Language::SeleniumPython))).unwrap();
    let untested = said(&of("totp-missing", Some(Language::Robot))).unwrap();
    let json = CausesArgs { json: true, ..of("totp-missing", Some(Language::Wdio)) };
    let json: serde_json::Value = serde_json::from_str(&said(&json).unwrap()).unwrap();

    let (comments, code) = tested.split_once("\n\n").unwrap();
    assert!(comments.lines().all(|line| line.starts_with("# ")), "{tested}");
    assert!(comments.contains("Tested: a suite that stops by `gate-not-handled` gets home"), "{tested}");
    assert!(code.contains("add_virtual_authenticator") && code.ends_with(".click()\n"), "{tested}");
    assert!(untested.contains("# NOT TESTED by Vestibule"), "{untested}");
    assert_eq!((json["language"].as_str(), json["tested"].as_bool()), (Some("wdio"), Some(true)));
    assert!(json["code"].as_str().unwrap().contains("otpauth"), "{json}");
}

#[test]
fn code_that_is_missing_is_said_to_be_missing() {
    for (cause, language, what, hint) in [
        ("totp-reused", Language::Cypress, "there is no code for `totp-reused` in cypress yet", "playwright-ts"),
        ("suite-broke-before-login", Language::Wdio, "something is missing on the machine", "npm ci"),
        ("signal-weak", Language::Wdio, "its owner is the IdP admin", "Require MFA"),
    ] {
        let error = said(&of(cause, Some(language))).unwrap_err();

        assert_eq!(error.code(), ExitCode::NothingSelected);
        let text = format!("{error:?}");
        assert!(text.contains(what) && text.contains(hint), "{text}");
    }
    let row = |cause| said(&of(cause, None)).unwrap();
    assert!(row("totp-reused").contains("none yet for"), "{}", row("totp-reused"));
    assert!(row("suite-broke-before-login").contains("code: none: something"), "{}", row("suite-broke-before-login"));
    assert!(!row("signal-weak").contains("code:"), "{}", row("signal-weak"));
}

fn of(cause: &str, lang: Option<Language>) -> CausesArgs {
    CausesArgs { cause: Some(cause.to_owned()), lang, json: false }
}

fn said(args: &CausesArgs) -> Result<String, CliError> {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let terminal =
        TerminalTraits { color_out: false, color_err: false, err_is_terminal: false, interactive: false, width: 120 };
    causes(args, &mut Console::new(&mut out, &mut err, terminal))?;
    Ok(String::from_utf8(out).unwrap())
}

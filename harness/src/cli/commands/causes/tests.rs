use super::*;
use crate::cli::output::console::TerminalTraits;

#[test]
fn every_cause_is_listed_once_under_its_owner() {
    let text = said(&CausesArgs { cause: None, json: false }).unwrap();

    for cause in diagnosis::causes() {
        let lines = text.lines().filter(|line| line.trim_start().split(' ').next() == Some(cause.id));
        assert_eq!(lines.count(), 1, "{}", cause.id);
    }
    let _settings = vestibule_snapshots::settings("cli").bind_to_scope();
    insta::assert_snapshot!("causes", text);
}

#[test]
fn one_cause_is_shown_in_full() {
    let text = said(&CausesArgs { cause: Some("gate-not-handled".to_owned()), json: false }).unwrap();

    for label in ["what:", "owner: suite", "fix:", "evidence:", "fact: https://"] {
        assert!(text.contains(label), "{text}");
    }
}

#[test]
fn json_says_the_same_one_object_per_line() {
    let text = said(&CausesArgs { cause: None, json: true }).unwrap();
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();

    assert_eq!(lines.len(), diagnosis::causes().len());
    assert!(lines.iter().all(|line| line["remedy"].is_string() && line["owner"].is_string()));
}

#[test]
fn a_cause_that_does_not_exist_is_refused_with_the_nearest_one() {
    let error = said(&CausesArgs { cause: Some("gate-not-handeld".to_owned()), json: false }).unwrap_err();

    assert_eq!(error.code(), ExitCode::Usage);
    assert!(format!("{error:?}").contains("gate-not-handled"), "{error:?}");
}

fn said(args: &CausesArgs) -> Result<String, CliError> {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let terminal =
        TerminalTraits { color_out: false, color_err: false, err_is_terminal: false, interactive: false, width: 120 };
    causes(args, &mut Console::new(&mut out, &mut err, terminal))?;
    Ok(String::from_utf8(out).unwrap())
}

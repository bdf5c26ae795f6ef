//! The list of presets, and files of the user.

use jiff::civil::date;
use serde_json::Value;

use super::*;
use crate::cli::arguments::parse_one::parse;
use crate::cli::output::console::TerminalTraits;

#[test]
fn every_built_in_preset_is_listed_with_what_it_sends_and_its_tier() {
    let rows = json(&["--json"]);

    for name in presets::names() {
        assert!(rows.iter().any(|row| row["preset"] == name), "{name}");
    }
    let row = |preset: &str, method: &str, protocol: &str| {
        let is = |row: &&Value| row["preset"] == preset && row["method"] == method && row["protocol"] == protocol;
        rows.iter().find(is).cloned().unwrap()
    };
    let push = row("okta", "push", "saml");
    assert_eq!(push["amr"], serde_json::json!(["pwd", "mfa", "swk"]));
    assert_eq!(
        (&push["strength"], &push["mark"], &push["fix"]),
        (&"phishing-resistant".into(), &"OFF".into(), &Value::Null)
    );
    assert_eq!(push["carriage"], "attribute amr");
    assert!(push["addresses"][0].as_str().unwrap().starts_with("https://support.okta.com/"), "{push}");
    let entra = row("entra", "passkey", "saml");
    assert_eq!((&entra["strength"], &entra["cause"]), (&"standard".into(), &"signal-not-phishing-resistant".into()));
    let unconfigured = row("okta-unconfigured", "push", "saml");
    assert_eq!(unconfigured["strength"], "weak");
    assert!(unconfigured["fix"].as_str().unwrap().contains("session.amr"), "{unconfigured}");
}

#[test]
fn the_day_decides_what_a_product_sends() {
    let strength = |day: &str| {
        let rows = json(&["okta-oin", "--json", "--date", day]);
        rows.iter().find(|row| row["method"] == "push").unwrap()["strength"].clone()
    };

    assert_eq!((strength("2026-03-25"), strength("2026-03-26")), ("weak".into(), "phishing-resistant".into()));
    let shown = shown(&["okta-oin"]).unwrap();
    assert!(shown.contains("since 2026-03-26, before that as `okta-unconfigured`"), "{shown}");
}

#[test]
fn methods_after_which_the_same_is_sent_share_a_line() {
    let shown = shown(&["entra"]).unwrap();

    assert!(shown.contains("SAML (attribute http://schemas.microsoft.com/claims/authnmethodsreferences)"), "{shown}");
    assert!(shown.contains("push, totp, sms, email\n"), "{shown}");
    assert!(shown.contains("fix: ") && shown.contains("source: https://itpro-tips.com/"), "{shown}");
    assert!(!shown.contains("okta"), "{shown}");
}

#[test]
fn presets_of_the_user_are_listed_beside_the_others_or_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("corp.yaml");
    let own = "describe: ours\nlike: okta\nsaml:\n  methods:\n    push: { amr: [mfa], mark: V, source: a trace }\n";
    std::fs::write(&file, own).unwrap();
    let (file, folder) = (file.to_str().unwrap(), folder.path().to_str().unwrap());

    for words in
        [&["--presets", folder, "corp", "--json"][..], &["--presets", file, "corp", "--json"], &[file, "--json"]]
    {
        let rows = json(words);
        let push = rows.iter().find(|row| row["method"] == "push" && row["protocol"] == "saml").unwrap();
        assert_eq!((&push["preset"], &push["strength"]), (&"corp".into(), &"weak".into()), "{words:?}");
        assert_eq!(rows.len(), 16, "those of okta too");
    }
    assert!(json(&["--presets", folder, "--json"]).len() > 200);
}

#[test]
fn what_is_no_preset_is_refused_with_what_is() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = folder.path().join("wrong.yaml");
    std::fs::write(&wrong, "describe: ours\nsamll: {}\n").unwrap();
    let empty = tempfile::tempdir().unwrap();
    for (words, expected) in [
        (&["octa"][..], "did you mean `okta`?"),
        (&["no-such.yaml"], "failed to read the preset no-such.yaml"),
        (&[wrong.to_str().unwrap()], "did you mean `saml`?"),
        (&["--presets", empty.path().to_str().unwrap()], "there is no preset file in"),
    ] {
        let error = shown(words).unwrap_err();
        assert_eq!(error.code(), ExitCode::Usage, "{words:?}");
        let (mut out, mut err) = (Vec::new(), Vec::new());
        error.write(&mut Console::new(&mut out, &mut err, PLAIN)).unwrap();
        let text = String::from_utf8(err).unwrap();
        assert!(text.contains(expected), "{words:?}: {text}");
    }
}

fn json(words: &[&str]) -> Vec<Value> {
    shown(words).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn shown(words: &[&str]) -> Result<String, CliError> {
    let args: PresetsArgs = parse(words).unwrap_or_else(|error| panic!("{error}"));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    presets(&args, date(2026, 12, 1), &mut Console::new(&mut out, &mut err, PLAIN))?;
    Ok(String::from_utf8(out).unwrap())
}

const PLAIN: TerminalTraits =
    TerminalTraits { color_out: false, color_err: false, err_is_terminal: false, interactive: false, width: 100 };

//! The command on example logins.

use clap::Parser;
use jiff::civil::{Date, date};

use super::{ExplainArgs, explain};
use crate::cli::output::console::{Console, TerminalTraits};
use crate::cli::output::error::CliError;

#[derive(Parser)]
struct Program {
    #[command(flatten)]
    args: ExplainArgs,
}

#[test]
fn an_administrator_without_a_passkey_is_sent_to_enrol() {
    snapshot("administrator", &explained(&["--profile", "System Administrator", "--date", "2026-08-20"]));
}

#[test]
fn okta_push_reaches_the_org_as_phishing_resistant() {
    snapshot("okta-push", &explained(&["--attribute", "amr=pwd", "--attribute", "amr=mfa", "--attribute", "amr=swk"]));
}

#[test]
fn what_is_copied_out_of_a_decoded_token_is_read_as_the_token_has_it() {
    let plain = explained(&["--amr", "pwd,swk"]);
    for array in [r#"["pwd","swk"]"#, r#" [ "pwd", "swk" ] "#, "[pwd, swk]", "[pwd,swk]", r#""pwd","swk""#] {
        assert_eq!(explained(&["--amr", array]), plain, "{array}");
    }
    assert_eq!(explained(&["--amr", r#"["pwd"]"#, "--amr", "swk"]), plain);
    assert_eq!(explained(&["--amr", "[]"]), explained(&["--login", "oidc"]));
    assert_eq!(explained(&["--acr", r#""urn:x""#]), explained(&["--acr", "urn:x"]));

    for (option, wrong, said) in [
        ("--amr", r#"["pwd","swk""#, r#"write pwd,swk or a whole JSON array: ["pwd","swk"]"#),
        ("--acr", r#"["urn:x"]"#, "the claim acr has one value, without brackets"),
        ("--acr", r#""urn:x"#, "write the value without quotes"),
    ] {
        let error = Program::try_parse_from(["explain", option, wrong]).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
    }
}

#[test]
fn a_preset_sends_what_its_row_says_over_the_protocol_of_the_login() {
    for (arguments, login, strength) in [
        (&["--preset", "okta", "--method", "push"][..], "saml, `urn:", "phishing-resistant"),
        (
            &["--preset", "okta", "--method", "push", "--login", "oidc"],
            "`urn:okta:loa:2fa:any` in the ID token's acr",
            "phishing-resistant",
        ),
        (&["--preset", "okta"], "`pwd` in the SAML attribute amr", "weak"),
        (&["--preset", "entra", "--method", "totp"], "multipleauthn` in the SAML attribute", "standard"),
        (&["--preset", "entra-v2", "--method", "totp"], "oidc", "weak"),
    ] {
        let shown = explained(arguments);

        let line = |name: &str| shown.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
        assert!(line("Login").contains(login), "{arguments:?}: {shown}");
        assert!(line("Strength").ends_with(strength), "{arguments:?}: {shown}");
        assert!(
            line("Preset").contains("contract ") || line("Preset").contains("background"),
            "{arguments:?}: {shown}"
        );
    }
}

#[test]
fn a_preset_or_a_method_that_does_not_exist_is_answered_with_the_nearest() {
    let preset = written(&run(&["--preset", "okat"]).unwrap_err());
    let method = ["explain", "--preset", "okta", "--method", "pusch"];
    let method = Program::try_parse_from(method).map(|_| ()).unwrap_err();

    assert!(preset.contains("did you mean `okta`?"), "{preset}");
    assert!(method.to_string().contains("`push`"), "{method}");
    for alone in [&["--method", "push"][..], &["--preset", "okta", "--amr", "swk"]] {
        assert!(Program::try_parse_from([&["explain"], alone].concat()).is_err(), "{alone:?}");
    }
}

#[test]
fn a_chosen_value_is_marked_as_such() {
    snapshot("chosen-value", &explained(&["--amr", "mfa", "--set", "signals.unlisted=standard"]));
}

#[test]
fn before_enforcement_the_day_and_the_banners_are_shown() {
    snapshot("before-enforcement", &explained(&["--date", "2026-06-02", "--waiver", "assigned", "--stagger-day", "3"]));
}

#[test]
fn the_answer_is_given_as_json() {
    let shown = explained(&["--login", "frontdoor", "--verifiers", "totp,passkey", "--json"]);

    let value: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(value["decision"]["outcome"]["allow"]["session_level"], "standard");
    snapshot("json", &shown);
}

#[test]
fn settings_are_listed_with_what_other_sources_say() {
    let shown = explained(&["--settings"]);

    assert!(shown.contains("calendar.privileged.sandbox.start = 2026-06-22"), "{shown}");
    assert!(shown.contains("but  2026-07-10: sfdx-hardis PR 2007"), "{shown}");
}

#[test]
fn the_day_is_today_unless_another_is_named() {
    assert!(explained(&[]).contains("production, 2026-09-01"));
    assert!(explained(&["--date", "2026-06-01"]).contains("production, 2026-06-01"));
}

#[test]
fn an_old_web_view_is_named_with_its_version() {
    let old = explained(&["--login", "mobile-web-view", "--verifiers", "security-key"]);
    let new = explained(&["--login", "mobile-web-view", "--sdk", "14.0.0", "--verifiers", "security-key"]);

    assert!(old.contains("block: web-view-cannot-use-passkey"), "{old}");
    assert!(new.contains("verify with security key"), "{new}");
}

#[test]
fn a_rulebook_file_of_the_user_is_read_and_a_bad_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.yaml");
    let path = file.to_str().unwrap();
    let good = include_str!("../../../../../simulator/rulebooks/salesforce-2022.yaml");

    std::fs::write(&file, good.replace("name: salesforce-2022", "name: mine")).unwrap();
    let shown = explained(&["--rulebook", path]);
    std::fs::write(&file, good.replace("signals:", "signal:")).unwrap();
    let refused = run(&["--rulebook", path]).unwrap_err();

    assert!(shown.contains("Rulebook     mine"), "{shown}");
    assert!(written(&refused).contains("did you mean `signals`?"), "{}", written(&refused));
}

#[test]
fn a_rulebook_that_does_not_exist_is_suggested() {
    let error = run(&["--rulebook", "salesforce-2026-05-06"]).unwrap_err();

    assert!(written(&error).contains("did you mean `salesforce-2026-05-05`?"), "{}", written(&error));
}

#[test]
fn an_unknown_setting_is_refused_with_the_remedy() {
    let error = run(&["--set", "signals.unlistd=weak"]).unwrap_err();

    let text = written(&error);
    assert!(text.contains("did you mean `signals.unlisted`?") && text.contains("--settings"), "{text}");
}

#[test]
fn a_wrong_word_is_answered_with_the_valid_ones() {
    let error = Program::try_parse_from(["explain", "--org-kind", "prod"]).map(|_| ()).unwrap_err();

    assert!(error.to_string().contains("`production`"), "{error}");
}

fn explained(args: &[&str]) -> String {
    run(args).unwrap_or_else(|error| panic!("{}", written(&error)))
}

fn run(args: &[&str]) -> Result<String, CliError> {
    let program = Program::try_parse_from(std::iter::once(&"explain").chain(args)).unwrap();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut console = Console::new(&mut out, &mut err, PLAIN);
    explain(&program.args, TODAY, &mut console)?;
    Ok(String::from_utf8(out).unwrap())
}

fn written(error: &CliError) -> String {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    error.write(&mut Console::new(&mut out, &mut err, PLAIN)).unwrap();
    String::from_utf8(err).unwrap()
}

fn snapshot(name: &str, text: &str) {
    vestibule_snapshots::settings("explain").bind(|| insta::assert_snapshot!(name, text));
}

const TODAY: Date = date(2026, 9, 1);

const PLAIN: TerminalTraits =
    TerminalTraits { color_out: false, color_err: false, err_is_terminal: false, interactive: false, width: 100 };

use clap::CommandFactory as _;
use serde_json::json;
use vestibule_model::diagnostic::render;

use super::*;
use crate::cli::program::Cli;

fn read(text: &str) -> Result<SettingsFile, Vec<Diagnostic>> {
    SettingsFile::parse(&Source::new("vestibule.toml", text), &Cli::command())
}

/// What a command line means with this file: the values of the option, as they would be typed.
fn with(text: &str, words: &[&str], option: &str) -> Vec<String> {
    let program = read(text).unwrap().applied_to(Cli::command());
    let words = ["vestibule"].iter().chain(words);
    let matches = program.try_get_matches_from(words).unwrap();
    let (_, of_command) = matches.subcommand().unwrap();
    let raw = of_command.get_raw(option).into_iter().flatten();
    raw.map(|value| value.to_string_lossy().into_owned()).collect()
}

#[test]
fn a_flag_comes_before_the_file_and_the_file_before_the_default() {
    let file =
        "workers = 3\ntimeout = \"45s\"\n\n[survive]\nworkers = 2\nenv = [\"URL={login-url}\", \"USER={user}\"]\n";

    assert_eq!(with(file, &["run"], "workers"), ["3"]);
    assert_eq!(with(file, &["run", "--workers", "1"], "workers"), ["1"]);
    assert_eq!(with(file, &["run"], "timeout"), ["45s"]);
    assert_eq!(with("", &["run"], "timeout"), ["30s"]);
    assert_eq!(with(file, &["survive", "--", "true"], "workers"), ["2"], "that of the command comes first");
    assert_eq!(with(file, &["survive", "--", "true"], "env"), ["URL={login-url}", "USER={user}"]);
    assert_eq!(with(file, &["survive", "--env", "A={user}", "--", "true"], "env"), ["A={user}"]);
}

#[test]
fn values_are_written_as_toml_has_them() {
    assert_eq!(with("survive.date = 2026-07-06", &["survive", "--list"], "date"), ["2026-07-06"]);
    assert_eq!(with("headed = true", &["run"], "headed"), ["true"]);
    assert_eq!(with("run.retries = 1_0", &["run"], "retries"), ["10"]);
    assert_eq!(with("isolation = \"context\"", &["run"], "isolation"), ["context"]);
    assert_eq!(with("survive.set = \"gate=hard\"", &["survive", "--list"], "settings"), ["gate=hard"]);
}

#[test]
fn an_option_of_the_program_is_one_of_every_command() {
    let program = read("color = \"never\"").unwrap().applied_to(Cli::command());

    let matches = program.try_get_matches_from(["vestibule", "doctor"]).unwrap();

    let raw: Vec<_> = matches.get_raw("color").unwrap().collect();
    assert_eq!(raw, ["never"]);
}

#[test]
fn the_program_stays_consistent_with_every_option_in_a_file() {
    let program = Cli::command();
    let mut file = SettingsFile { name: "all".to_owned(), settings: Vec::new() };
    let examples = ["1", "a", "30s", "2026-07-06", "a=b", "http://localhost/", "13.2.0", "00D5g00000AbCdEEAV"];
    for command in commands(&program) {
        for arg in settable(command) {
            let option = arg.get_long().unwrap();
            let possible: Vec<String> = arg.get_possible_values().iter().map(|one| one.get_name().to_owned()).collect();
            let mut values = possible.iter().map(String::as_str).chain(examples);
            let value = match arg.get_action().takes_values() {
                true => values.find(|value| refused(arg, option, value).is_none()),
                false => Some("true"),
            };
            let Some(value) = value else { continue };
            file.settings.push(Setting {
                command: (command.get_name() != program.get_name()).then(|| command.get_name().to_owned()),
                option: option.to_owned(),
                values: vec![value.to_owned()],
                line: 1,
            });
        }
    }
    assert!(file.settings.len() > 60, "{}", file.settings.len());

    file.applied_to(program).debug_assert();
}

#[test]
fn a_mistake_has_its_place_and_the_nearest_valid_word() {
    for (text, code, line, column, said) in [
        ("\nworker = 3\n", "unknown-key", 2, 1, "did you mean `workers`?"),
        ("[rnu]\nworkers = 3\n", "unknown-key", 1, 2, "did you mean `run`?"),
        ("[run]\nretrys = 3\n", "unknown-key", 2, 1, "did you mean `retries`?"),
        ("[report]\nretries = 3\n", "unknown-key", 2, 1, "`retries` is not a valid key here"),
        ("json = true\n", "not-a-setting", 1, 1, "type `--json` where you want it"),
        ("attack.target = \"app.example\"\n", "not-a-setting", 1, 8, "`target` is for one command line"),
        ("headed = \"yes\"\n", "wrong-type", 1, 10, "`headed` is true or false"),
        ("workers = [1, 2]\n", "wrong-type", 1, 11, "`workers` is one value, not a list"),
        ("workers = 0x10\n", "wrong-type", 1, 11, "`workers` is a text, a number or a date"),
        ("run.workers = 0\n", "invalid-value", 1, 15, "`0` is not a valid value of `workers`: "),
        ("isolation = \"contxt\"\n", "invalid-value", 1, 13, "did you mean `context`?"),
        ("workers = \n", "invalid-toml", 1, 11, "here"),
        ("workers = 1\nworkers = 2\n", "invalid-toml", 2, 1, "here"),
    ] {
        let mistakes = read(text).unwrap_err();

        assert_eq!(mistakes.len(), 1, "{text}: {mistakes:?}");
        let place = mistakes[0].place.as_ref().unwrap();
        assert_eq!((mistakes[0].code.as_str(), place.line), (code, line), "{text}: {mistakes:?}");
        assert!(code == "invalid-toml" || place.column == column, "{text}: {place:?}");
        let shown = render(&mistakes[0], false, 300);
        assert!(shown.contains(said), "{text}: {shown}");
    }
    let several = read("[run]\nretrys = 1\n[survive]\nworkers = 0\n").unwrap_err();
    assert_eq!(several.iter().map(|one| one.code.as_str()).collect::<Vec<_>>(), ["unknown-key", "invalid-value"]);
}

#[test]
fn the_schema_allows_what_is_read_and_refuses_what_is_not() {
    let validator = jsonschema::validator_for(&schema(&Cli::command())).unwrap();
    for good in [
        json!({}),
        json!({ "workers": 3, "report-dir": "out", "headed": true }),
        json!({ "run": { "isolation": "context" }, "survive": { "env": ["A={user}"], "set": "gate=hard" } }),
    ] {
        assert!(validator.is_valid(&good), "{good}");
    }
    for bad in [
        json!({ "worker": 3 }),
        json!({ "json": true }),
        json!({ "run": { "isolation": "contxt" } }),
        json!({ "run": { "env-file": "x" } }),
        json!({ "workers": [3] }),
        json!({ "headed": "yes" }),
    ] {
        assert!(!validator.is_valid(&bad), "{bad}");
    }
}

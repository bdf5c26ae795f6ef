use clap::CommandFactory as _;
use serde_json::Value;

use super::*;
use crate::cli::arguments::parse_one::parse;
use crate::cli::output::console::TerminalTraits;
use crate::cli::program::Cli;

/// What the command prints, or the text of its error.
fn printed(words: &[&str]) -> String {
    let args: ConfigArgs = parse(words).unwrap();
    let terminal =
        TerminalTraits { color_out: false, color_err: false, err_is_terminal: false, interactive: false, width: 100 };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut console = Console::new(&mut out, &mut err, terminal);
    if let Err(error) = config(&args, &Cli::command(), &mut console) {
        assert_eq!(error.code(), ExitCode::Usage);
        error.write(&mut console).unwrap();
        return String::from_utf8(err).unwrap();
    }
    String::from_utf8(out).unwrap()
}

#[test]
fn without_a_file_the_defaults_are_printed() {
    let document: Value = serde_json::from_str(&printed(&["run", "--json"])).unwrap();

    assert_eq!(document["file"], Value::Null);
    let options = document["options"].as_array().unwrap();
    let isolation = options.iter().find(|one| one["option"] == "isolation").unwrap();
    assert_eq!(
        *isolation,
        json!({ "command": "run", "option": "isolation", "values": ["reset"], "source": "default", "from": null })
    );
    assert!(options.iter().all(|one| one["command"].is_null() || one["command"] == "run"), "{options:?}");
    assert!(printed(&["run"]).contains("  isolation "));
}

#[test]
fn a_variable_comes_before_the_file_and_the_file_before_the_default() {
    let program = Cli::command();
    let run = program.find_subcommand("run").unwrap();
    let workers = settable(run).find(|arg| arg.get_long() == Some("workers")).unwrap();
    let timeout = settable(run).find(|arg| arg.get_long() == Some("timeout")).unwrap();
    let set = |name: &OsStr| (name == "VESTIBULE_WORKERS").then(|| "4".to_owned());
    let unset = |_: &OsStr| None;

    let line = |arg, variable: &dyn Fn(&OsStr) -> Option<String>| {
        line(Some("run"), arg, None, variable).map(|line| (line.values.join(","), line.source, line.from))
    };

    assert_eq!(line(workers, &set), Some(("4".to_owned(), Origin::Variable, Some("VESTIBULE_WORKERS".to_owned()))));
    assert_eq!(line(workers, &unset), None, "the run chooses");
    assert_eq!(line(timeout, &set), Some(("30s".to_owned(), Origin::Default, None)));
}

#[test]
fn what_may_be_a_secret_is_not_printed() {
    for (option, value, expected) in [
        ("env", "SF_PASSWORD=canary-1", "SF_PASSWORD=…"),
        ("env", "SF_PASSWORD={password}", "SF_PASSWORD={password}"),
        ("token", "canary-2", "…"),
        ("report-dir", "out", "out"),
        ("webdriver", "http://bob:canary-3@grid:4444", "http://bob:…@grid:4444/"),
        ("webdriver", "http://grid:4444", "http://grid:4444"),
    ] {
        assert_eq!(shown(option, value), expected);
    }
}

#[test]
fn a_command_that_does_not_exist_is_named_with_the_nearest_one() {
    assert_eq!(printed(&["surviv"]), "error: there is no command `surviv`\n\nhint: did you mean `survive`?\n");
}

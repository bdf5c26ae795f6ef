mod messages;
mod reference;

use clap::CommandFactory;

use super::output::console::{Console, TerminalTraits};
use super::output::error::CliError;
use super::output::output_error::OutputError;
use super::program::{Cli, parse};
use crate::outcome::ExitCode;

#[test]
fn the_command_line_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn the_help_of_every_command_teaches_by_example_and_lists_exit_codes() {
    let _settings = vestibule_snapshots::settings("cli").bind_to_scope();

    let mut root = Cli::command().term_width(100);
    root.build();
    insta::assert_snapshot!("help", root.render_long_help());
    let listed: Vec<String> = root
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
        .map(|command| command.get_name().to_owned())
        .filter(|name| name != "help")
        .collect();
    assert_eq!(listed, COMMANDS);
    for name in COMMANDS {
        let help = root.find_subcommand_mut(name).unwrap().render_long_help().to_string();
        assert!(help.contains("Examples:"), "{name} has no example");
        assert!(help.contains("Exit codes:"), "{name} lists no exit codes");
        insta::assert_snapshot!(format!("help-{name}"), help);
    }
}

#[test]
fn usage_errors_suggest_what_was_meant() {
    let _settings = vestibule_snapshots::settings("cli").bind_to_scope();
    let mistakes: &[&[&str]] = &[
        &["snapshto"],
        &["run", "--head"],
        &["run", "--headfull"],
        &["run", "--timeout", "30"],
        &["run", "--pause-on-failure"],
        &["run", "--webdriver", "not a url"],
        &["snapshots", "accept"],
        &["--color", "sometimes", "run"],
    ];

    let mut said = String::new();
    for words in mistakes {
        let error = parse(["vestibule"].iter().chain(*words).map(Into::into)).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        said.push_str(&format!("$ vestibule {}\n{error}\n", words.join(" ")));
    }

    insta::assert_snapshot!("usage-errors", said);
}

#[test]
fn a_closed_pipe_is_success_and_any_other_write_error_is_not() {
    let closed = CliError::from(OutputError::of(std::io::ErrorKind::BrokenPipe.into()));
    let full = CliError::from(OutputError::of(std::io::ErrorKind::StorageFull.into()));

    assert_eq!(closed.code(), ExitCode::Passed);
    assert_eq!(full.code(), ExitCode::Broken);
}

#[test]
fn an_error_names_every_cause() {
    let error = crate::snapshot::SnapshotError::Read {
        path: "snapshots".into(),
        source: std::io::Error::other("the disk is gone"),
    };

    let written = written(&CliError::failed_to(&error, ExitCode::Broken));

    assert_eq!(written, "error: failed to read snapshots: the disk is gone\n");
}

fn written(error: &CliError) -> String {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    error.write(&mut Console::new(&mut out, &mut err, PLAIN)).unwrap();
    String::from_utf8(err).unwrap()
}

const PLAIN: TerminalTraits =
    TerminalTraits { color_out: false, color_err: false, err_is_terminal: false, interactive: false, width: 100 };

/// In the order of the help.
const COMMANDS: [&str; 27] = [
    "run",
    "survive",
    "with",
    "report",
    "merge",
    "diff",
    "check",
    "list",
    "serve",
    "idp",
    "authenticator",
    "env",
    "explain",
    "inspect",
    "presets",
    "attack",
    "audit",
    "probe",
    "vault",
    "code",
    "causes",
    "snapshots",
    "init",
    "doctor",
    "config",
    "schema",
    "completions",
];

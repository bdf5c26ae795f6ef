use std::path::Path;

use super::*;
use crate::cli::output::console::TerminalTraits;
use crate::snapshot::{About, SnapshotMode, record};

fn folder_with_changes() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let about = About { source: "a.yaml".to_owned(), description: None };
    for (name, text, mode) in [
        ("first", "old", SnapshotMode::Accept),
        ("first", "new", SnapshotMode::Record),
        ("second", "text", SnapshotMode::Record),
        ("third", "text", SnapshotMode::Record),
    ] {
        record(folder.path(), name, text, &about, mode).unwrap();
    }
    folder
}

fn with_console<T>(act: impl FnOnce(&mut Console<'_>) -> T) -> (T, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let terminal =
        TerminalTraits { color_out: false, color_err: false, err_is_terminal: false, interactive: false, width: 80 };
    let result = act(&mut Console::new(&mut out, &mut err, terminal));
    (result, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

fn accept_args(folder: &Path, names: &[&str], all: bool) -> SnapshotsArgs {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    SnapshotsArgs { command: SnapshotsCommand::Accept { names, all, folder: folder.to_path_buf() } }
}

#[test]
fn each_key_does_what_it_says_and_the_end_of_input_leaves_the_rest() {
    let folder = folder_with_changes();
    let found = pending(folder.path()).unwrap();

    let (left_over, shown, _) = with_console(|console| review(&found, console, &mut &b"x\na\nr\n"[..]).unwrap());

    assert_eq!(left_over, ExitCode::Failed);
    assert!(shown.contains("  - old\n  + new\n"), "{shown}");
    assert_eq!(shown.matches("(a)ccept, (r)eject, (s)kip? ").count(), 4);
    let names: Vec<String> = pending(folder.path()).unwrap().iter().map(Pending::name).collect();
    assert_eq!(names, ["third"]);
    assert!(std::fs::read_to_string(folder.path().join("first.snap")).unwrap().contains("new"));
    assert!(!folder.path().join("second.snap").exists());
}

#[test]
fn without_a_terminal_review_lists_and_changes_nothing() {
    let folder = folder_with_changes();
    let args = SnapshotsArgs { command: SnapshotsCommand::Review { folders: vec![folder.path().to_path_buf()] } };

    let (result, out, err) = with_console(|console| snapshots(&args, console).unwrap());

    assert_eq!(result, ExitCode::Failed);
    assert_eq!(out.matches(".snap\n").count(), 3);
    assert_eq!(err, "");
    assert_eq!(pending(folder.path()).unwrap().len(), 3);
}

#[test]
fn one_is_accepted_by_name_or_all_at_once() {
    let folder = folder_with_changes();

    let (one, ..) =
        with_console(|console| snapshots(&accept_args(folder.path(), &["second"], false), console).unwrap());
    assert_eq!(one, ExitCode::Passed);
    assert_eq!(pending(folder.path()).unwrap().len(), 2);
    let (all, _, said) = with_console(|console| snapshots(&accept_args(folder.path(), &[], true), console).unwrap());

    assert_eq!(all, ExitCode::Passed);
    assert_eq!(said.matches("accepted ").count(), 2);
    assert!(pending(folder.path()).unwrap().is_empty());
}

#[test]
fn an_unknown_name_lists_the_pending_ones_and_accepts_nothing() {
    let folder = folder_with_changes();
    let args = accept_args(folder.path(), &["second", "secnod"], false);

    let (error, ..) = with_console(|console| snapshots(&args, console).unwrap_err());

    assert_eq!(error.code(), ExitCode::NothingSelected);
    let (_, _, said) = with_console(|console| error.write(console).unwrap());
    assert_eq!(
        said,
        "error: no pending snapshot is called `secnod`\n\nhint: pending snapshots: first, second, third\n"
    );
    assert_eq!(pending(folder.path()).unwrap().len(), 3);
}

#[test]
fn prune_keeps_what_a_scenario_records_and_stops_at_one_that_it_cannot_read() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = "\
title: An admin's home
org: { kind: production, date: 2026-08-03 }
users:
  admin: { profile: System Administrator, verifiers: [] }
steps:
  - sign-in: { user: admin, via: password, actor: adaptive }
expect:
  snapshot: { record: [pages] }
";
    let file = folder.path().join("home.yaml");
    std::fs::write(&file, scenario).unwrap();
    let (steps, expect) = scenario.split_once("expect:\n").unwrap();
    let between = format!("{steps}  - expect: {{{}}}\n  - sign-out\nexpect: {{ signed-in: false }}\n", expect.trim());
    std::fs::write(folder.path().join("step.yaml"), between.replace("An admin's home", "At a step")).unwrap();
    let recorded = folder.path().join("snapshots");
    let about = About { source: "home.yaml".to_owned(), description: None };
    for name in ["an-admin-s-home", "at-a-step", "an-old-title"] {
        record(&recorded, name, "text", &about, SnapshotMode::Accept).unwrap();
    }
    let args = |dry_run| SnapshotsArgs {
        command: SnapshotsCommand::Prune { folders: vec![folder.path().to_path_buf()], dry_run },
    };

    let (_, _, would) = with_console(|console| snapshots(&args(true), console).unwrap());
    assert!(recorded.join("an-old-title.snap").exists());
    std::fs::write(&file, scenario.replace("steps:", "stpes:")).unwrap();
    let (error, ..) = with_console(|console| snapshots(&args(false), console).unwrap_err());
    assert_eq!(error.code(), ExitCode::Usage);
    std::fs::write(&file, scenario).unwrap();
    let (_, _, removed) = with_console(|console| snapshots(&args(false), console).unwrap());

    assert!(would.starts_with("would remove ") && removed.starts_with("removed "), "{would}{removed}");
    assert_eq!((would.lines().count(), removed.lines().count()), (1, 1));
    assert!(recorded.join("an-admin-s-home.snap").exists() && recorded.join("at-a-step.snap").exists());
    assert!(!recorded.join("an-old-title.snap").exists());
}

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tempfile::TempDir;

use super::*;

#[tokio::test]
async fn the_exit_of_a_suite_is_reported_unchanged() {
    for (script, expected) in [
        ("exit 0", Exit::Code(0)),
        ("exit 3", Exit::Code(3)),
        ("kill -9 $$", Exit::Signal(9)),
        ("kill $$", Exit::Signal(15)),
    ] {
        let mut suite = SuiteProcess::start(&sh(script)).unwrap();

        assert_eq!(suite.wait().await, expected, "{script}");
        assert_eq!(suite.wait().await, expected, "{script}: asked again");
        assert_eq!(suite.end(Exit::OutOfTime, LONG).await.exit, expected, "{script}: kept");
    }
}

#[tokio::test]
async fn its_output_is_kept_in_order_whatever_the_bytes() {
    let suite =
        SuiteProcess::start(&sh("echo one; echo two >&2; printf 'three \\377\\n'; read line || echo end")).unwrap();

    let ended = finish(suite).await;

    assert_eq!(ended.output, "one\ntwo\nthree \\xff\nend\n");
    assert_eq!((ended.output_bytes, ended.kept_bytes), (20, 20));
}

#[tokio::test]
async fn a_suite_that_hangs_and_ignores_the_request_is_killed() {
    let suite = SuiteProcess::start(&sh("trap '' TERM; echo up; while :; do sleep 1; done")).unwrap();
    until(|| suite.tail.lock().text() == "up\n").await;
    let tree = tree_of(&suite);

    let ended = suite.end(Exit::OutOfTime, Duration::from_millis(50)).await;

    assert_eq!((ended.exit, ended.output.as_str()), (Exit::OutOfTime, "up\n"));
    tree.gone().await;
}

#[tokio::test]
async fn a_suite_is_asked_to_end_before_it_is_killed() {
    let suite =
        SuiteProcess::start(&sh("trap 'echo cleaned up; exit 0' TERM; echo up; while :; do sleep 0.05; done")).unwrap();
    until(|| suite.tail.lock().text() == "up\n").await;

    let ended = suite.end(Exit::EndedAfterVerdict, LONG).await;

    assert_eq!(ended.exit, Exit::EndedAfterVerdict);
    assert_eq!(ended.output.matches("cleaned up\n").count(), 1, "{}", ended.output);
}

#[tokio::test]
async fn children_that_outlive_the_suite_end_with_it() {
    for outliving in [
        "sleep 1000 &",
        "(sleep 1000 &)",
        "setsid sleep 1000 &",
        "setsid sh -c '(trap \"\" TERM; sleep 1000; sleep 1000) & exit 0'",
        "env -i setsid sleep 1000 & sleep 1000",
    ] {
        let mut suite = SuiteProcess::start(&sh(&format!("{outliving}\necho done"))).unwrap();
        let tree = tree_of(&suite);
        if !outliving.ends_with("1000 & sleep 1000") {
            suite.wait().await;
        }
        until(|| has_sleeper(&tree)).await;

        suite.end(Exit::OutOfTime, Duration::from_millis(200)).await;

        assert_eq!(tree.members(), [], "{outliving}");
    }
}

#[tokio::test]
async fn dropping_a_suite_kills_what_it_started() {
    let suite = SuiteProcess::start(&sh("setsid sleep 1000 & sleep 1000")).unwrap();
    let tree = tree_of(&suite);
    until(|| has_sleeper(&tree)).await;

    drop(suite);

    timeout(LONG, tree.gone()).await.unwrap();
}

#[tokio::test]
async fn a_gigabyte_of_output_fills_nothing_and_stops_nobody() {
    let suite =
        SuiteProcess::start(&sh("echo first; head -c 1G /dev/zero | tr '\\0' '\\n'; echo last; exit 7")).unwrap();

    let ended = finish(suite).await;

    assert_eq!((ended.exit, ended.output_bytes), (Exit::Code(7), (1 << 30) + 11));
    assert!(ended.output.starts_with("first\n\n") && ended.output.ends_with("\n\nlast\n"));
    assert!(ended.output.len() < 70_000, "{}", ended.output.len());
    let between = format!("[... {} bytes left out ...]\n", ended.output_bytes - ended.kept_bytes);
    assert_eq!(u64::try_from(ended.output.replace(&between, "").len()), Ok(ended.kept_bytes));
}

#[test]
fn lines_cut_in_two_are_left_out_whole() {
    let limit = OutputLimit { first: 10, last: 10 };
    for (pieces, expected) in [
        (&["short"][..], "short"),
        (&["0123456789", "0123456789"], "01234567890123456789"),
        (&["one\nsecret", "-secret-secret\ntwo\n"], "one\n[... 21 bytes left out ...]\ntwo\n"),
        (&["one long line without an end at all"], "[... 35 bytes left out ...]\n"),
        (
            &["10 %\r", "20 %\r", "30 %\r", "40 %\r", "50 %\r", "60 %\r"],
            "10 %\r20 %\r[... 15 bytes left out ...]\n60 %\r",
        ),
    ] {
        let mut tail = OutputTail::new(limit);
        pieces.iter().for_each(|piece| tail.push(piece.as_bytes()));

        assert_eq!(tail.text(), expected, "{pieces:?}");
    }
}

#[test]
fn a_wrapped_value_that_is_cut_is_left_out_whole() {
    let line = format!("{}\n", "MIGHAgEA".repeat(4));
    let mut tail = OutputTail::new(OutputLimit { first: 80, last: 80 });
    tail.push(format!("key:\n{}\nend\n", line.repeat(20)).as_bytes());

    assert_eq!(tail.text(), "key:\n[... 660 bytes left out ...]\n\nend\n");
}

#[test]
fn bytes_that_are_no_text_can_still_be_read() {
    let mut tail = OutputTail::new(OutputLimit::default());
    tail.push(b"p\xe4ss \xf0\x9f");
    tail.push(b"\x98\x80 \xc3");

    assert_eq!(tail.text(), "p\\xe4ss \u{1f600} \\xc3");
}

#[tokio::test]
async fn the_environment_is_ours_with_the_variables_and_without_the_removed_ones() {
    let mut launch = sh("echo \"$GIVEN-${HOME-gone}-$PYTHONUNBUFFERED-${VESTIBULE_CASE%%-*}\"; pwd");
    launch.variables.set("GIVEN", vestibule_model::Secret::new("yes"));
    launch.variables.remove("HOME");
    launch.folder = Some("/".into());

    let ended = finish(SuiteProcess::start(&launch).unwrap()).await;

    assert_eq!(ended.output, format!("yes-gone-1-{}\n/\n", std::process::id()));
}

#[tokio::test]
async fn a_command_that_cannot_start_says_why() {
    let folder = tempfile::tempdir().unwrap();
    script(&folder, "suite.sh", "#!/bin/sh\n", 0o644);
    script(&folder, "run-tests", "#!/bin/sh\n", 0o755);
    script(&folder, "old.py", "#!/no/such/python\n", 0o755);
    script(&folder, "damaged", "\u{7f}ELF and nothing else", 0o755);
    for (command, says, remedy) in [
        (&[][..], "start the suite: the command is empty", "name the command"),
        (&["bsah"], "find the command `bsah`; did you mean `bash`?", "write `bash`"),
        (&["no-such-program-at-all"], "find the command `no-such-program-at-all`", "install it"),
        (&["sh -c true"], "find the command `sh -c true`", "separate words"),
        (&["./run-test"], "find the command `./run-test`; did you mean `./run-tests`?", "write `./run-tests`"),
        (&["./nothing-like-it"], "find the command `./nothing-like-it`", "working folder"),
        (&["./suite.sh"], "start `FOLDER/./suite.sh`: the file is not executable", "chmod +x"),
        (&["./old.py"], "start `FOLDER/./old.py`: its first line names `/no/such/python`", "first line"),
        (&["./damaged"], "start the command `./damaged`", "start it by hand"),
    ] {
        let launch = Launch { folder: Some(folder.path().into()), ..launch(command) };

        let error = SuiteProcess::start(&launch).unwrap_err();

        let said = error.to_string().replace(folder.path().to_str().unwrap(), "FOLDER");
        assert!(said.starts_with(says), "{command:?}: {said}");
        assert!(error.remedy().contains(remedy), "{command:?}: {}", error.remedy());
    }

    let nowhere = Launch { folder: Some(folder.path().join("nowhere")), ..sh("true") };
    let said = SuiteProcess::start(&nowhere).unwrap_err().to_string();
    assert!(said.ends_with("nowhere`: there is no such folder"), "{said}");
}

#[tokio::test]
async fn the_path_that_the_suite_is_given_is_searched() {
    let folder = tempfile::tempdir().unwrap();
    script(&folder, "only-here", "#!/bin/sh\necho found\n", 0o755);
    let mut launch = launch(&["only-here"]);
    launch.variables.set("PATH", vestibule_model::Secret::new(folder.path().to_str().unwrap()));

    let ended = finish(SuiteProcess::start(&launch).unwrap()).await;
    assert_eq!(ended.output, "found\n");

    launch.command = vec!["onyl-here".into()];
    let said = SuiteProcess::start(&launch).unwrap_err().to_string();
    assert!(said.ends_with("did you mean `only-here`?"), "{said}");
}

fn sh(script: &str) -> Launch {
    launch(&["sh", "-c", script])
}

fn launch(command: &[&str]) -> Launch {
    let command = command.iter().map(|word| (*word).to_owned()).collect();
    Launch { command, variables: Variables::default(), folder: None, output: OutputLimit::default() }
}

async fn finish(mut suite: SuiteProcess) -> Ended {
    suite.wait().await;
    suite.end(Exit::OutOfTime, LONG).await
}

/// The processes of a suite, to look at after its end.
fn tree_of(suite: &SuiteProcess) -> ProcessTree {
    suite.tree.clone()
}

fn has_sleeper(tree: &ProcessTree) -> bool {
    let name = |pid: i32| std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    tree.members().iter().any(|pid| name(pid.as_raw()) == "sleep\n")
}

async fn until(mut holds: impl FnMut() -> bool) {
    let waited = timeout(LONG, async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    waited.await.expect("it holds in time");
}

fn script(folder: &TempDir, name: &str, text: &str, mode: u32) {
    let path: &Path = &folder.path().join(name);
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

const LONG: Duration = Duration::from_secs(60);

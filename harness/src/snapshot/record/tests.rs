use std::fs;

use super::*;

fn about() -> About {
    About { source: "suite/login.yaml".to_owned(), description: Some("An admin: \"home\" # no comment".to_owned()) }
}

#[test]
fn a_missing_snapshot_is_written_for_review_and_reads_back() {
    let folder = tempfile::tempdir().unwrap();
    let snapshots = folder.path().join("snapshots");

    let compared = record(&snapshots, "home", "line 1\r\nline 2\n\n", &about(), SnapshotMode::Record).unwrap();

    let new = snapshots.join("home.snap.new");
    assert_eq!(compared, Compared::Missing { pending: Some(new.clone()) });
    assert_eq!(
        fs::read_to_string(&new).unwrap(),
        "---\nsource: \"suite/login.yaml\"\ndescription: \"An admin: \\\"home\\\" # no comment\"\n---\nline 1\nline 2\n"
    );
    let read = insta::Snapshot::from_file(&new).unwrap();
    assert_eq!(read.as_text().unwrap().to_string(), "line 1\nline 2");
    assert_eq!(read.metadata().source(), Some("suite/login.yaml"));
    assert_eq!(read.metadata().description(), about().description.as_deref());
}

#[test]
fn an_accepted_snapshot_is_the_same_next_time_whatever_ends_its_last_line() {
    let folder = tempfile::tempdir().unwrap();

    let accepted = record(folder.path(), "home", "text", &about(), SnapshotMode::Accept).unwrap();

    assert_eq!(accepted, Compared::Accepted { path: folder.path().join("home.snap") });
    for text in ["text", "text\n", "text\r\n\n"] {
        let mode = SnapshotMode::Verify;
        assert_eq!(record(folder.path(), "home", text, &about(), mode).unwrap(), Compared::Same);
    }
}

#[test]
fn a_different_snapshot_keeps_the_recorded_one_and_shows_the_difference() {
    let folder = tempfile::tempdir().unwrap();
    record(folder.path(), "home", "a\nb\nc", &about(), SnapshotMode::Accept).unwrap();

    let compared = record(folder.path(), "home", "a\nB\nc", &about(), SnapshotMode::Record).unwrap();

    let Compared::Different { diff, pending: Some(new) } = compared else { panic!("{compared:?}") };
    assert_eq!(diff.to_string(), "  a\n- b\n+ B\n  c\n");
    assert!(fs::read_to_string(folder.path().join("home.snap")).unwrap().ends_with("a\nb\nc\n"));
    assert!(new.exists());
}

#[test]
fn under_ci_nothing_is_written_at_all() {
    let folder = tempfile::tempdir().unwrap();

    let compared = record(folder.path(), "home", "text", &about(), SnapshotMode::Verify).unwrap();

    assert_eq!(compared, Compared::Missing { pending: None });
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_pending_file_disappears_once_the_text_agrees_again_or_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("home.snap.new");
    record(folder.path(), "home", "old", &about(), SnapshotMode::Accept).unwrap();

    record(folder.path(), "home", "new", &about(), SnapshotMode::Record).unwrap();
    assert!(new.exists());
    record(folder.path(), "home", "old", &about(), SnapshotMode::Record).unwrap();
    assert!(!new.exists());
    record(folder.path(), "home", "new", &about(), SnapshotMode::Record).unwrap();
    record(folder.path(), "home", "new", &about(), SnapshotMode::Accept).unwrap();
    assert!(!new.exists());
}

#[test]
fn a_name_cannot_leave_its_folder() {
    let folder = tempfile::tempdir().unwrap();

    for name in ["", "../up", "a/b", "a\\b", ".hidden", "a b", "a\u{0}"] {
        let result = record(folder.path(), name, "text", &about(), SnapshotMode::Accept);
        assert!(matches!(result, Err(SnapshotError::Name(_))), "{name:?} was taken");
    }
}

#[test]
fn a_file_that_is_no_snapshot_is_an_error_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("home.snap");

    for bad in [&b"no front matter"[..], b"---\n- a list\n---\ntext\n", b"---\nsource: x\n---\n\xff\xfe\n"] {
        fs::write(&path, bad).unwrap();
        let result = record(folder.path(), "home", "text", &about(), SnapshotMode::Accept);
        assert!(matches!(result, Err(SnapshotError::Format { .. })), "{result:?}");
        assert_eq!(fs::read(&path).unwrap(), bad);
    }
}

use super::*;
use crate::snapshot::{About, SnapshotMode, record};

fn write(folder: &Path, name: &str, text: &str, mode: SnapshotMode) {
    let about = About { source: "a.yaml".to_owned(), description: None };
    record(folder, name, text, &about, mode).unwrap();
}

#[test]
fn pending_snapshots_are_found_below_and_accepted_or_rejected() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("suite/snapshots");
    write(&folder, "changed", "old", SnapshotMode::Accept);
    write(&folder, "changed", "new", SnapshotMode::Record);
    write(&folder, "added", "text", SnapshotMode::Record);
    write(&root.path().join(".git"), "hidden", "text", SnapshotMode::Record);

    let found = pending(root.path()).unwrap();

    let [added, changed] = &found[..] else { panic!("{found:?}") };
    assert_eq!((added.name().as_str(), changed.name().as_str()), ("added", "changed"));
    assert_eq!(added.diff().unwrap().to_string(), "+ text\n");
    assert_eq!(changed.diff().unwrap().to_string(), "- old\n+ new\n");
    changed.accept().unwrap();
    added.reject().unwrap();
    assert!(pending(root.path()).unwrap().is_empty());
    assert_eq!(file::read(&changed.snap).unwrap().as_deref(), Some("new"));
    assert!(!added.snap.exists());
}

#[test]
fn a_pending_file_that_is_no_snapshot_cannot_be_accepted() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("bad.snap.new"), "not a snapshot").unwrap();

    let found = pending(root.path()).unwrap();

    assert!(matches!(found[0].accept(), Err(SnapshotError::Format { .. })));
    assert!(!found[0].snap.exists());
}

#[test]
fn only_unused_files_in_snapshots_folders_are_pruned() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("suite/snapshots");
    write(&folder, "used", "text", SnapshotMode::Accept);
    write(&folder, "stale", "text", SnapshotMode::Accept);
    write(&folder, "stale", "other", SnapshotMode::Record);
    write(&root.path().join("elsewhere"), "foreign", "text", SnapshotMode::Accept);
    let in_use = BTreeSet::from([folder.join("used.snap")]);

    let would = prune(root.path(), &in_use, true).unwrap();
    assert!(folder.join("stale.snap").exists());
    let removed = prune(root.path(), &in_use, false).unwrap();

    assert_eq!(would, [folder.join("stale.snap")]);
    assert_eq!(removed, would);
    assert!(folder.join("used.snap").exists());
    assert!(root.path().join("elsewhere/foreign.snap").exists());
    assert!(!folder.join("stale.snap.new").exists());
}

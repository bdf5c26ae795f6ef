use super::*;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for path in ["b/two.yml", "a.yaml", "b/one.yaml", "notes.txt", ".git/x.yaml", "b/snapshots/y.yaml"] {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "title: x\n").unwrap();
    }
    folder
}

#[test]
fn a_folder_gives_its_yaml_files_sorted_with_ids_below_it() {
    let folder = folder();

    let files = discover(&[folder.path().to_owned()]).unwrap();

    let ids: Vec<_> = files.iter().map(|file| file.id.as_str()).collect();
    assert_eq!(ids, ["a.yaml", "b/one.yaml", "b/two.yml"]);
    assert!(files[1].name.ends_with("/b/one.yaml") && files[1].name.starts_with('/'), "{}", files[1].name);
}

#[test]
fn a_file_named_twice_is_taken_once() {
    let folder = folder();
    let file = folder.path().join("a.yaml");

    let files = discover(&[file.clone(), folder.path().to_owned(), file]).unwrap();

    assert_eq!(files.len(), 3);
}

#[test]
fn what_is_missing_or_empty_is_said() {
    let folder = tempfile::tempdir().unwrap();

    let missing = discover(&[folder.path().join("none.yaml")]).unwrap_err();
    let empty = discover(&[folder.path().to_owned()]).unwrap_err();

    assert!(matches!(missing, DiscoverError::NotFound(_)));
    assert!(matches!(empty, DiscoverError::Empty(_)));
}

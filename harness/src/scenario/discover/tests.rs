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
    assert_eq!(missing.remedy(), None);
    assert!(matches!(empty, DiscoverError::Empty(_)));
}

#[test]
fn a_name_that_is_near_and_the_id_of_a_case_are_answered_with_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("login.yaml");
    std::fs::write(&file, "").unwrap();
    let shown = file.display();

    let by_id = |id: &str| Some(format!("name the file, and choose the case by its ID: {shown} -g '{shown}{id}'"));
    for (name, remedy) in [
        ("login.yml", Some(format!("did you mean `{shown}`?"))),
        ("lgoin.yaml", Some(format!("did you mean `{shown}`?"))),
        ("login.yaml:12", by_id(":12")),
        ("login.yaml:3[2]", by_id(":3[2]")),
        ("login.yaml:x", Some(format!("did you mean `{shown}`?"))),
        ("other.yaml:1", None),
        ("none.yaml", None),
    ] {
        let error = discover(&[folder.path().join(name)]).unwrap_err();

        assert_eq!(error.remedy(), remedy, "{name}");
    }
}

use std::collections::BTreeSet;

use super::*;
use crate::diagnosis::causes;
use crate::outcome::Owner;

#[test]
fn each_cause_of_the_suite_has_code_or_a_reason_why_not() {
    for cause in causes().into_iter().filter(|cause| cause.owner == Owner::Suite) {
        let (has_code, why) = (!languages(cause.id).is_empty(), why_no_code(cause.id));
        assert_eq!(has_code, why.is_none(), "{}: {why:?}", cause.id);
    }
}

#[test]
fn what_is_listed_exists_and_every_file_is_that_of_a_cause_and_a_client() {
    let ids: BTreeSet<&str> = causes().into_iter().map(|cause| cause.id).collect();
    let names = |entry: &Dir<'_>| entry.path().display().to_string();
    let folders: BTreeSet<String> = SNIPPETS.dirs().map(names).collect();

    for name in SHARED.iter().map(|(cause, _)| *cause).chain(WITHOUT.iter().map(|(cause, _)| *cause)) {
        assert!(ids.contains(name), "{name} is no cause");
        assert!(!folders.contains(name), "{name} has a folder of its own");
    }
    for (_, written_for) in SHARED {
        assert!(folders.contains(*written_for), "there is no folder {written_for}");
    }
    for folder in SNIPPETS.dirs() {
        let cause = names(folder);
        assert!(ids.contains(cause.as_str()), "{cause} is no cause");
        assert_eq!(folder.files().count(), languages(&cause).len(), "a file of {cause} is that of no client");
    }
}

#[test]
fn the_tested_clients_have_every_snippet() {
    let missing = SNIPPETS.dirs().flat_map(|folder| {
        let cause = folder.path().display().to_string();
        let tested = Language::iter().filter(|language| language.is_tested());
        let without = tested.filter(|language| snippet(&cause, *language).is_none()).collect::<Vec<_>>();
        without.into_iter().map(move |language| format!("{cause}: {language}"))
    });

    assert_eq!(missing.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn a_snippet_is_short_and_clean() {
    for folder in SNIPPETS.dirs() {
        for file in folder.files() {
            let (name, text) = (file.path().display(), file.contents_utf8().unwrap());
            let code = text.lines().filter(|line| !line.is_empty() && !line.starts_with("import "));
            assert!(code.count() <= 30, "{name}");
            assert!(text.ends_with('\n') && !text.ends_with("\n\n") && !text.contains('\t'), "{name}");
            assert!(text.lines().all(|line| line.trim_end() == line && line.chars().count() <= 140), "{name}");
        }
    }
}

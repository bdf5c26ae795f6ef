//! CONTRIBUTING lists the files with code that only Linux has use for.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{read, root};
use crate::files::files_below;

#[test]
fn contributing_lists_every_file_with_linux_only_code() {
    let text = read("CONTRIBUTING.md".into()).text;
    let (_, section) = text.split_once("\n## Linux\n").unwrap();
    let section = section.split_once("\n## ").map_or(section, |(section, _)| section);
    let listed: BTreeSet<String> = section
        .lines()
        .filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_owned()))
        .filter(|name| Path::new(name).extension().is_some())
        .collect();

    assert_eq!(linux_only(), listed, "on the left what the code has, on the right the list");
}

fn linux_only() -> BTreeSet<String> {
    let folders = ["certs/src", "simulator/src", "simulator/model/src", "harness/redactor/src", "harness/src"];
    let files = folders.iter().flat_map(|folder| files_below(&root().join(folder)));
    let sources = files.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let names = sources.filter_map(|path| {
        let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split_once("#[cfg(test)]").map_or(text.as_str(), |(code, _)| code);
        let is_test = name.contains("/tests/") || name.ends_with("tests.rs");
        (!is_test && SIGNS.iter().any(|sign| code.contains(sign))).then_some(name)
    });
    names.collect()
}

/// What no other system has: its files, its programs, and what is compiled for it alone.
const SIGNS: [&str; 6] = ["\"/proc", "\"/sys", "\"/dev/shm", "\"unshare\"", "target_os = \"linux\"", "nix::sched"];

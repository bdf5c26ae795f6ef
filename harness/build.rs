//! Rebuilds the program if a file was added to the built-in scenarios or the snippets: `include_dir` notices only changed
//! files. Tells a release which commit it is built from, where that can be known.

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=../scenarios");
    println!("cargo::rerun-if-changed=snippets");
    println!("cargo::rerun-if-env-changed=VESTIBULE_COMMIT");
    if let Some(commit) = named_commit().or_else(commit_of_release) {
        println!("cargo::rustc-env=VESTIBULE_COMMIT={commit}");
    }
}

/// Named by whoever builds without a repository: a package or an image.
fn named_commit() -> Option<String> {
    env::var("VESTIBULE_COMMIT").ok().filter(|commit| !commit.is_empty())
}

/// A debug build does not ask, so a commit does not make it stale.
fn commit_of_release() -> Option<String> {
    if env::var("PROFILE").ok()? != "release" {
        return None;
    }
    // In an unpacked archive, git would speak of a repository that happens to be around it.
    git(&["ls-files", "--error-unmatch", "build.rs"])?;
    let log = git(&["rev-parse", "--git-path", "logs/HEAD"])?;
    if Path::new(&log).exists() {
        println!("cargo::rerun-if-changed={log}");
    }
    git(&["rev-parse", "--short=12", "HEAD"])
}

/// What git answers; nothing where there is no git.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok().map(|text| text.trim().to_owned())
}

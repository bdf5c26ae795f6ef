//! Rebuilds the program if a file was added to the built-in scenarios or the snippets: `include_dir` notices only changed
//! files. Tells a release which commit it is built from, where that can be known, and puts the functions that run when a
//! server starts side by side.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=../scenarios");
    println!("cargo::rerun-if-changed=snippets");
    println!("cargo::rerun-if-env-changed=VESTIBULE_COMMIT");
    if let Some(commit) = named_commit().or_else(commit_of_release) {
        println!("cargo::rustc-env=VESTIBULE_COMMIT={commit}");
    }
    println!("cargo::rerun-if-changed={START_ORDER}");
    if is_release() && has_the_linker_of_the_toolchain() {
        println!("cargo::rustc-link-arg-bin=vestibule=-T{}", write_linker_script().display());
    }
}

/// The functions that run when a server starts, one a line, with `*` for what differs between compilers. `make start-order`
/// writes it. A function that is renamed only loses its place.
const START_ORDER: &str = "start-order.txt";

/// Linux maps the 64 kB around each page that is touched, and a start touches a twelfth of the program: scattered over it,
/// these functions hold 7 MiB more in memory.
fn write_linker_script() -> PathBuf {
    let functions = fs::read_to_string(START_ORDER).expect("the list of functions is beside build.rs");
    // What is marked as cold has a section of its own.
    let sections: String =
        functions.lines().map(|name| format!("    *(.text.{name} .text.unlikely.{name})\n")).collect();
    let script = Path::new(&env::var_os("OUT_DIR").expect("cargo sets it")).join("start-order.ld");
    fs::write(&script, format!("SECTIONS {{\n  .text.start : {{\n{sections}  }}\n}} INSERT BEFORE .text\n"))
        .expect("OUT_DIR can be written");
    script
}

/// Another linker, or one that is told more, may not read the script.
fn has_the_linker_of_the_toolchain() -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    env::var("TARGET").is_ok_and(|target| target == "x86_64-unknown-linux-gnu")
        && !is_set("RUSTC_LINKER")
        && !is_set("CARGO_ENCODED_RUSTFLAGS")
}

fn is_release() -> bool {
    env::var("PROFILE").is_ok_and(|profile| profile == "release")
}

/// Named by whoever builds without a repository: a package or an image.
fn named_commit() -> Option<String> {
    env::var("VESTIBULE_COMMIT").ok().filter(|commit| !commit.is_empty())
}

/// A debug build does not ask, so a commit does not make it stale.
fn commit_of_release() -> Option<String> {
    if !is_release() {
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

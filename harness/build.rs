//! Rebuilds the program if a file was added to the built-in suites: `include_dir` notices only changed files.

fn main() {
    println!("cargo::rerun-if-changed=../scenarios");
}

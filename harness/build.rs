//! Builds the program again where a file of the built-in suites is new: `include_dir` notices changed files only.

fn main() {
    println!("cargo::rerun-if-changed=../scenarios");
}

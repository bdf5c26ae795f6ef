//! Builds the program again where a file of the built-in suites is new: `include_dir` notices changed files only.

#[expect(clippy::print_stdout, reason = "build scripts talk to cargo on stdout")]
fn main() {
    println!("cargo::rerun-if-changed=../scenarios");
}

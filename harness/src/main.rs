//! The `vestibule` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    // Two libraries would each pick a provider otherwise, and disagree.
    let _already_installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
    ExitCode::from(vestibule::cli::main(std::env::args_os()))
}

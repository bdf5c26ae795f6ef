//! The `vestibule` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    vestibule_certs::install_tls_provider();
    ExitCode::from(vestibule::main(std::env::args_os()))
}

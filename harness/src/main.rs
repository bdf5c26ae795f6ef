//! The `vestibule` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(vestibule::main(std::env::args_os()))
}

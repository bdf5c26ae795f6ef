//! The files that `init` writes.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;

/// A file to write.
pub(super) struct File {
    name: &'static str,
    about: &'static str,
    text: String,
    mode: u32,
}

impl File {
    pub(super) fn text(name: &'static str, about: &'static str, text: String) -> Self {
        Self { name, about, text, mode: 0o644 }
    }

    /// One that can be executed.
    pub(super) fn program(name: &'static str, about: &'static str, text: String) -> Self {
        Self { mode: 0o755, ..Self::text(name, about, text) }
    }
}

/// # Errors
/// If one of the files is there, and may not be overwritten.
pub(super) fn check_free(folder: &Path, names: &[&str], force: bool) -> Result<(), CliError> {
    // Also a link that leads nowhere is there.
    let mut there = names.iter().map(|name| folder.join(name)).filter(|path| path.symlink_metadata().is_ok());
    match there.next() {
        Some(first) if !force => {
            Err(CliError::usage(format!("`{}` exists already; nothing was written", first.display()))
                .hint("`--force` overwrites it; `vestibule check` checks a scenario that you edited"))
        }
        _ => Ok(()),
    }
}

/// Writes the files, and says so.
///
/// # Errors
/// If one cannot be written.
pub(super) fn write(folder: &Path, files: &[File], force: bool, console: &mut Console<'_>) -> Result<(), CliError> {
    fs::create_dir_all(folder).map_err(|error| not_written(folder, &error))?;
    for file in files {
        let path = folder.join(file.name);
        write_one(&path, file, force).map_err(|error| not_written(&path, &error))?;
        writeln!(console.out, "wrote {}: {}", path.display(), file.about)?;
    }
    Ok(())
}

fn write_one(path: &Path, file: &File, force: bool) -> io::Result<()> {
    if force && path.symlink_metadata().is_ok() {
        // A link is replaced, and not what it leads to.
        fs::remove_file(path)?;
    }
    // `create_new`: a file that was created in the meantime is not overwritten.
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(file.mode);
    options.open(path)?.write_all(file.text.as_bytes())
}

fn not_written(path: &Path, error: &io::Error) -> CliError {
    CliError::broken(format!("failed to write `{}`: {error}", path.display()))
}

//! A line for the reports in `.gitignore`.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

/// Adds the line; false if the file speaks of the reports already.
///
/// # Errors
/// If the file cannot be read or written.
pub(super) fn add(file: &Path) -> io::Result<bool> {
    let before = match fs::read(file) {
        Ok(before) => before,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    if before.split(|byte| *byte == b'\n').any(is_about_reports) {
        return Ok(false);
    }
    let end = if before.windows(2).any(|pair| pair == b"\r\n") { "\r\n" } else { "\n" };
    let begin = if before.is_empty() || before.ends_with(b"\n") { "" } else { end };
    let mut file = OpenOptions::new().append(true).create(true).open(file)?;
    file.write_all(format!("{begin}{REPORTS}{end}").as_bytes())?;
    Ok(true)
}

/// Whether a line ignores the reports, or says that they are not to be ignored.
fn is_about_reports(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let line = line.strip_prefix(b"!").unwrap_or(line);
    let line = line.strip_prefix(b"**/").or_else(|| line.strip_prefix(b"/")).unwrap_or(line);
    let line = line.strip_suffix(b"*").unwrap_or(line);
    line.strip_suffix(b"/").unwrap_or(line) == b"vestibule-report"
}

pub(super) const FILE: &str = ".gitignore";
pub(super) const REPORTS: &str = "vestibule-report/";

#[cfg(test)]
mod tests {
    use super::{FILE, add};

    #[test]
    fn the_reports_are_ignored_once_and_nothing_else_changes() {
        let rows = [
            (None, "vestibule-report/\n"),
            (Some(""), "vestibule-report/\n"),
            (Some("node_modules\n"), "node_modules\nvestibule-report/\n"),
            (Some("node_modules"), "node_modules\nvestibule-report/\n"),
            (Some("a\r\nb\r\n"), "a\r\nb\r\nvestibule-report/\r\n"),
            (Some("a\r\nb"), "a\r\nb\r\nvestibule-report/\r\n"),
            (Some("my-vestibule-report\n"), "my-vestibule-report\nvestibule-report/\n"),
            (Some("# vestibule-report\n"), "# vestibule-report\nvestibule-report/\n"),
            (Some("/vestibule-report\n"), "/vestibule-report\n"),
            (Some("**/vestibule-report/*\r\n"), "**/vestibule-report/*\r\n"),
            (Some("!vestibule-report/\n"), "!vestibule-report/\n"),
        ];
        for (before, expected) in rows {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join(FILE);
            if let Some(before) = before {
                std::fs::write(&file, before).unwrap();
            }

            let added = add(&file).unwrap();

            assert_eq!(added, before.unwrap_or_default() != expected, "{before:?}");
            assert_eq!(std::fs::read_to_string(&file).unwrap(), expected, "{before:?}");
            assert!(!add(&file).unwrap(), "{before:?}");
        }
    }
}

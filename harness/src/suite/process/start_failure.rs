//! Finds out why a program did not start: the system's error says little.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::Path;

use super::program_search::{ProgramSearch, is_executable};
use super::{Launch, ProcessError};

/// The error of a failed start, with its cause as far as it can be found out.
pub(super) fn explain(launch: &Launch, program: &str, source: io::Error) -> ProcessError {
    if let Some(path) = launch.folder.as_ref().filter(|folder| !folder.is_dir()) {
        return ProcessError::NoFolder { path: path.clone() };
    }
    let search = search(launch);
    match (source.kind(), search.find_file(program)) {
        (io::ErrorKind::NotFound, None) => {
            ProcessError::NotFound { program: program.to_owned(), nearest: search.nearest(program) }
        }
        (io::ErrorKind::PermissionDenied, Some(path)) if !is_executable(&path) => ProcessError::NotExecutable { path },
        (io::ErrorKind::NotFound, Some(path)) => match interpreter(&path) {
            Some(interpreter) => ProcessError::NoInterpreter { path, interpreter },
            None => ProcessError::Start { program: program.to_owned(), source },
        },
        _ => ProcessError::Start { program: program.to_owned(), source },
    }
}

fn search(launch: &Launch) -> ProgramSearch {
    let path = launch.variables.get("PATH").map(|path| path.reveal().into());
    let path = path.or_else(|| std::env::var_os("PATH")).unwrap_or_default();
    ProgramSearch::new(path, launch.folder.clone().unwrap_or_default())
}

/// The interpreter in a script's first line, if it does not exist.
fn interpreter(path: &Path) -> Option<String> {
    let mut line = Vec::new();
    BufReader::new(fs::File::open(path).ok()?.take(LONGEST_FIRST_LINE_BYTES)).read_until(b'\n', &mut line).ok()?;
    let line = String::from_utf8_lossy(&line).into_owned();
    let named = line.strip_prefix("#!")?.split_ascii_whitespace().next()?.to_owned();
    (!Path::new(&named).exists()).then_some(named)
}

/// The kernel reads no further (execve(2)).
const LONGEST_FIRST_LINE_BYTES: u64 = 256;

//! Why a program was not started: the system's error says little.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use vestibule_model::diagnostic::suggest;

use super::{Launch, ProcessError};

/// The error of a start, with what can be found out about it.
pub(super) fn explain(launch: &Launch, program: &str, source: io::Error) -> ProcessError {
    if let Some(path) = launch.folder.as_ref().filter(|folder| !folder.is_dir()) {
        return ProcessError::NoFolder { path: path.clone() };
    }
    let found = candidates(launch, program).into_iter().find(|path| path.is_file());
    match (source.kind(), found) {
        (io::ErrorKind::NotFound, None) => {
            ProcessError::NotFound { program: program.to_owned(), nearest: nearest(launch, program) }
        }
        (io::ErrorKind::PermissionDenied, Some(path)) if !is_executable(&path) => ProcessError::NotExecutable { path },
        (io::ErrorKind::NotFound, Some(path)) => match interpreter(&path) {
            Some(interpreter) => ProcessError::NoInterpreter { path, interpreter },
            None => ProcessError::Start { program: program.to_owned(), source },
        },
        _ => ProcessError::Start { program: program.to_owned(), source },
    }
}

/// Where the program may be: one path, or one in each folder of `PATH`.
fn candidates(launch: &Launch, program: &str) -> Vec<PathBuf> {
    if program.contains('/') {
        return vec![inside(launch, Path::new(program))];
    }
    folders(launch).into_iter().map(|folder| folder.join(program)).collect()
}

/// A program like it: in `PATH`, or beside where it was looked for.
fn nearest(launch: &Launch, program: &str) -> Option<String> {
    let path = Path::new(program);
    let (folders, name) = match path.parent().filter(|_| program.contains('/')) {
        Some(parent) => (vec![inside(launch, parent)], path.file_name()?.to_str()?),
        None => (folders(launch), program),
    };
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten());
    let programs = files.filter(|file| file.path().is_file() && is_executable(&file.path()));
    let names: Vec<String> = programs.filter_map(|file| file.file_name().into_string().ok()).collect();
    let near = suggest(name, names.iter().map(String::as_str))?;
    let near = if program.contains('/') { path.with_file_name(near).display().to_string() } else { near.to_owned() };
    Some(near)
}

fn folders(launch: &Launch) -> Vec<PathBuf> {
    let told = launch.variables.get("PATH").map(|path| path.reveal().into());
    std::env::split_paths(&told.or_else(|| std::env::var_os("PATH")).unwrap_or_default()).collect()
}

fn inside(launch: &Launch, path: &Path) -> PathBuf {
    launch.folder.as_deref().unwrap_or(Path::new("")).join(path)
}

fn is_executable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o111 != 0)
}

/// The program in a script's first line, where it is not there.
fn interpreter(path: &Path) -> Option<String> {
    let mut line = Vec::new();
    BufReader::new(fs::File::open(path).ok()?.take(LONGEST_FIRST_LINE_BYTES)).read_until(b'\n', &mut line).ok()?;
    let line = String::from_utf8_lossy(&line).into_owned();
    let named = line.strip_prefix("#!")?.split_ascii_whitespace().next()?.to_owned();
    (!Path::new(&named).exists()).then_some(named)
}

/// The kernel reads no further (execve(2)).
const LONGEST_FIRST_LINE_BYTES: u64 = 256;

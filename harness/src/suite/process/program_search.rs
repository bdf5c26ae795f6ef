//! Finds the program that a command names, as the system does.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use vestibule_model::diagnostic::suggest;

/// Where to look for a program: a path is relative to the working folder, a name is searched for in `PATH`.
#[derive(Debug, Clone)]
pub(crate) struct ProgramSearch {
    path: OsString,
    folder: PathBuf,
}

impl ProgramSearch {
    /// Searches these folders, in the format of `PATH`, and this working folder.
    pub(crate) fn new(path: OsString, folder: PathBuf) -> Self {
        Self { path, folder }
    }

    /// Searches as for a command of this process.
    pub(crate) fn from_environment() -> Self {
        Self::new(std::env::var_os("PATH").unwrap_or_default(), PathBuf::new())
    }

    /// The file that would be started.
    pub(crate) fn find(&self, program: &str) -> Option<PathBuf> {
        which::which_in(program, Some(&self.path), &self.folder).ok()
    }

    /// A program with a similar name: in `PATH`, or beside the named path.
    pub(crate) fn nearest(&self, program: &str) -> Option<String> {
        let path = Path::new(program);
        let (folders, name) = match path.parent().filter(|_| is_path(program)) {
            Some(parent) => (vec![self.folder.join(parent)], path.file_name()?.to_str()?),
            None => (self.folders(), program),
        };
        let here = |folder: &PathBuf| if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.clone() };
        let files = folders.iter().flat_map(|folder| fs::read_dir(here(folder)).into_iter().flatten().flatten());
        let programs = files.filter(|file| file.path().is_file() && is_executable(&file.path()));
        let names: Vec<String> = programs.filter_map(|file| file.file_name().into_string().ok()).collect();
        let near = suggest(name, names.iter().map(String::as_str))?;
        Some(if is_path(program) { path.with_file_name(near).display().to_string() } else { near.to_owned() })
    }

    /// The first file of that name, even if it cannot be executed.
    pub(super) fn find_file(&self, program: &str) -> Option<PathBuf> {
        let candidates = if is_path(program) {
            vec![self.folder.join(program)]
        } else {
            self.folders().into_iter().map(|folder| folder.join(program)).collect()
        };
        candidates.into_iter().find(|path| path.is_file())
    }

    fn folders(&self) -> Vec<PathBuf> {
        std::env::split_paths(AsRef::<OsStr>::as_ref(&self.path)).collect()
    }
}

pub(super) fn is_executable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o111 != 0)
}

fn is_path(program: &str) -> bool {
    program.contains('/')
}

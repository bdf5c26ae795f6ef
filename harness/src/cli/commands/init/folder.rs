//! The files of a folder, by their folders. A link to a folder is not followed, and what others wrote is left out.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// The files below a folder.
#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
    /// Paths below the root, those at the top first.
    files: Vec<PathBuf>,
    /// The names of the files in each folder.
    names: BTreeMap<PathBuf, Vec<String>>,
}

impl Folder {
    /// Lists a folder and those below it; no more than [`MOST_FILES`].
    pub(super) fn list(root: &Path) -> Self {
        let mut folder = Self { root: root.to_owned(), files: Vec::new(), names: BTreeMap::new() };
        let mut waiting = VecDeque::from([PathBuf::new()]);
        while let Some(below) = waiting.pop_front() {
            let Ok(entries) = fs::read_dir(root.join(&below)) else { continue };
            let mut entries: Vec<_> = entries.filter_map(Result::ok).take(MOST_FILES).collect();
            entries.sort_by_key(fs::DirEntry::file_name);
            for entry in entries {
                let (Ok(name), Ok(kind)) = (entry.file_name().into_string(), entry.file_type()) else { continue };
                let path = below.join(&name);
                if kind.is_file() || (kind.is_symlink() && root.join(&path).is_file()) {
                    folder.names.entry(below.clone()).or_default().push(name);
                    folder.files.push(path);
                } else if kind.is_dir() && !is_left_out(&name, &root.join(&path)) {
                    waiting.push_back(path);
                }
                if folder.files.len() >= MOST_FILES {
                    return folder;
                }
            }
        }
        folder
    }

    /// Every file, those at the top first.
    pub(super) fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// The names of the files in a folder, in alphabetical order.
    pub(super) fn names_in(&self, folder: &Path) -> &[String] {
        self.names.get(folder).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a file of this name is in a folder.
    pub(super) fn has(&self, folder: &Path, name: &str) -> bool {
        self.names_in(folder).iter().any(|known| known == name)
    }

    /// The first file in a folder with a name like this.
    pub(super) fn like(&self, folder: &Path, pattern: &str) -> Option<PathBuf> {
        self.names_in(folder).iter().find(|name| is_like(name, pattern)).map(|name| folder.join(name))
    }

    /// The text of a file with `\n` as its line ends; `None` if it is large or cannot be read.
    pub(super) fn text(&self, file: &Path) -> Option<String> {
        let path = self.root.join(file);
        let small = path.metadata().is_ok_and(|file| file.is_file() && file.len() <= MOST_BYTES);
        let bytes = small.then(|| fs::read(&path).ok()).flatten()?;
        Some(decoded(&bytes).replace("\r\n", "\n"))
    }

    /// Whether something is at a path that the list does not have: in a folder that is left out.
    pub(super) fn holds(&self, path: &Path) -> bool {
        self.root.join(path).exists()
    }

    /// Whether a file can be executed.
    pub(super) fn is_executable(&self, file: &Path) -> bool {
        self.root.join(file).metadata().is_ok_and(|file| file.permissions().mode() & 0o111 != 0)
    }
}

/// Whether a name is like a pattern, in which `*` stands for anything.
pub(super) fn is_like(name: &str, pattern: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return name == pattern };
    let Some(after) = name.strip_prefix(start) else { return false };
    after.char_indices().map(|(at, _)| &after[at..]).chain([""]).any(|end| is_like(end, rest))
}

/// Folders that hold what others wrote.
fn is_left_out(name: &str, path: &Path) -> bool {
    name.starts_with('.') || LEFT_OUT.contains(&name) || path.join("pyvenv.cfg").exists()
}

/// UTF-8, or UTF-16 where the file begins with its mark, as editors on Windows write it.
fn decoded(bytes: &[u8]) -> String {
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        bytes => String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

const LEFT_OUT: [&str; 16] = [
    "__pycache__",
    "allure-report",
    "allure-results",
    "bower_components",
    "build",
    "coverage",
    "dist",
    "node_modules",
    "obj",
    "playwright-report",
    "target",
    "test-results",
    "venv",
    "vendor",
    "vestibule",
    "vestibule-report",
];
const MOST_FILES: usize = 20_000;
const MOST_BYTES: u64 = 512 << 10;

#[cfg(test)]
mod tests {
    use super::{decoded, is_like};

    #[test]
    fn a_star_stands_for_anything() {
        for (name, pattern, expected) in [
            ("pom.xml", "pom.xml", true),
            ("pom.xml.bak", "pom.xml", false),
            ("wdio.conf.ts", "wdio.conf.*", true),
            ("wdio.sf.conf.ts", "wdio.*.conf.*", true),
            ("wdio.conf.ts", "wdio.*.conf.*", false),
            ("requirements-dev.txt", "*requirements*.txt", true),
            ("dev-requirements.txt", "*requirements*.txt", true),
            ("requirements.in", "*requirements*.txt", false),
            ("test_.py", "test_*.py", true),
            ("test.py", "test_*.py", false),
        ] {
            assert_eq!(is_like(name, pattern), expected, "{name} {pattern}");
        }
    }

    #[test]
    fn texts_of_windows_are_read() {
        let little: Vec<u8> = "\u{feff}SF_URL=é".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "\u{feff}SF_URL=é".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [little.as_slice(), big.as_slice(), "\u{feff}SF_URL=é".as_bytes(), "SF_URL=é".as_bytes()] {
            assert_eq!(decoded(bytes), "SF_URL=é");
        }
        assert_eq!(decoded(b"a\xffb"), "a\u{fffd}b");
    }
}

//! What the suite's own tools wrote about its run, found where they write it by default, and kept.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::own_folders::roots;
use crate::outcome::{Artefact, ArtefactKind};

/// Where artefacts are kept.
#[derive(Debug, Clone)]
pub(crate) struct Keep {
    /// The folder of the reports.
    pub(crate) reports: PathBuf,
    /// The folder of the case, from there. What an earlier attempt left in it is removed.
    pub(crate) case: PathBuf,
    /// How many bytes are kept at most.
    pub(crate) most_bytes: u64,
}

impl Keep {
    /// For a case with this id.
    pub(crate) fn of_case(reports: &Path, id: &str) -> Self {
        let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
        let name: String = id.chars().map(plain).collect();
        Self { reports: reports.to_owned(), case: Path::new(FOLDER).join(name), most_bytes: MOST_BYTES }
    }
}

/// Copies what was written in this folder since then. What cannot be read or copied is left out: it breaks no case.
pub(crate) fn keep(written_in: &Path, since: SystemTime, keep: &Keep) -> Vec<Artefact> {
    let _none_before = fs::remove_dir_all(keep.reports.join(&keep.case));
    let mut left = keep.most_bytes;
    let mut kept = Vec::new();
    for root in roots(written_in) {
        for (kind, place) in KNOWN {
            for (path, files) in place.found(&root, since) {
                let bytes = bytes_of(&files);
                let Ok(inner) = path.strip_prefix(written_in) else { continue };
                let fits = bytes <= left;
                let to = keep.case.join(inner);
                if fits && copy(&files, written_in, &keep.reports.join(&keep.case)).is_err() {
                    continue;
                }
                left -= if fits { bytes } else { 0 };
                let path = to.to_str().filter(|_| fits).map(str::to_owned);
                kept.push(Artefact { kind, path, bytes });
            }
        }
    }
    kept
}

/// The traces that Playwright wrote in this folder since then.
pub(super) fn playwright_traces(written_in: &Path, since: SystemTime) -> Vec<PathBuf> {
    let traces = KNOWN.into_iter().filter(|(kind, _)| *kind == ArtefactKind::PlaywrightTrace);
    let found = traces.flat_map(|(_, place)| roots(written_in).into_iter().map(move |root| (root, place)));
    let found = found.flat_map(|(root, place)| place.found(&root, since)).map(|(path, files)| (path, bytes_of(&files)));
    found.filter(|(_, bytes)| *bytes <= MOST_BYTES).map(|(path, _)| path).collect()
}

/// A file that was written.
struct Written {
    path: PathBuf,
    bytes: u64,
}

fn bytes_of(files: &[Written]) -> u64 {
    files.iter().map(|file| file.bytes).sum()
}

fn copy(files: &[Written], from: &Path, to: &Path) -> io::Result<()> {
    for file in files {
        let inner = file.path.strip_prefix(from).map_err(io::Error::other)?;
        let to = to.join(inner);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(&file.path, to)?;
    }
    Ok(())
}

/// Where a tool writes, below a folder of the suite.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// One artefact for each file of this name somewhere below the folder.
    EachFile(&'static str, &'static str),
    /// One artefact for each folder in the folder, such as one for each task.
    EachFolder(&'static str),
    /// The folder is one artefact.
    Folder(&'static str),
    /// The files are one artefact, if all of them are there.
    Files(&'static [&'static str]),
}

impl Place {
    /// The artefacts in this place, each with its files.
    fn found(self, root: &Path, since: SystemTime) -> Vec<(PathBuf, Vec<Written>)> {
        match self {
            Self::EachFile(folder, name) => {
                let all = written_below(&root.join(folder), since).into_iter();
                let named = all.filter(|file| file.path.file_name().is_some_and(|own| own == name));
                named.map(|file| (file.path.clone(), vec![file])).collect()
            }
            Self::EachFolder(folder) => {
                let entries = fs::read_dir(root.join(folder)).into_iter().flatten().flatten();
                let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
                folders.sort();
                let each = folders.into_iter().map(|folder| (written_below(&folder, since), folder));
                each.filter(|(files, _)| !files.is_empty()).map(|(files, folder)| (folder, files)).collect()
            }
            Self::Folder(folder) => {
                let files = written_below(&root.join(folder), since);
                if files.is_empty() { Vec::new() } else { vec![(root.join(folder), files)] }
            }
            Self::Files(names) => {
                let all = names.iter().map(|name| written(root.join(name), since));
                let Some(files) = all.collect::<Option<Vec<_>>>() else { return Vec::new() };
                if files.is_empty() { Vec::new() } else { vec![(root.to_owned(), files)] }
            }
        }
    }
}

/// The file, if it was written since then. A link is none: it may lead out of the folder.
fn written(path: PathBuf, since: SystemTime) -> Option<Written> {
    let seen = fs::symlink_metadata(&path).ok().filter(fs::Metadata::is_file)?;
    (seen.modified().ok()? >= since).then_some(Written { path, bytes: seen.len() })
}

/// Every file below this folder that was written since then, in order.
fn written_below(folder: &Path, since: SystemTime) -> Vec<Written> {
    let mut files = Vec::new();
    let mut open = Vec::new();
    // A link to a folder is none.
    if fs::symlink_metadata(folder).is_ok_and(|seen| seen.is_dir()) {
        open.push(folder.to_owned());
    }
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => open.push(entry.path()),
                Ok(_) if files.len() < MOST_FILES => files.extend(written(entry.path(), since)),
                _ => {}
            }
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

/// What the tools write by default.
const KNOWN: [(ArtefactKind, Place); 8] = [
    (ArtefactKind::PlaywrightTrace, Place::EachFile("test-results", "trace.zip")),
    (ArtefactKind::PlaywrightReport, Place::Folder("playwright-report")),
    (ArtefactKind::AllureResults, Place::Folder("allure-results")),
    (ArtefactKind::AllureResults, Place::Folder("target/allure-results")),
    (ArtefactKind::SurefireReports, Place::Folder("target/surefire-reports")),
    (ArtefactKind::SurefireReports, Place::Folder("target/failsafe-reports")),
    (ArtefactKind::GradleReport, Place::EachFolder("build/reports/tests")),
    (ArtefactKind::RobotLog, Place::Files(&["log.html", "report.html", "output.xml"])),
];

/// Below the folder of the reports.
const FOLDER: &str = "artefacts";

/// For each case: a few traces with pictures.
const MOST_BYTES: u64 = 64 << 20;
const MOST_FILES: usize = 5_000;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn suite(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file).unwrap();
        }
        folder
    }

    fn kept(
        suite: &Path,
        since: SystemTime,
        most_bytes: u64,
    ) -> (Vec<(ArtefactKind, Option<String>)>, tempfile::TempDir) {
        let reports = tempfile::tempdir().unwrap();
        let keep = Keep { most_bytes, ..Keep::of_case(reports.path(), "conditions/gate.yaml:3") };
        let kept = super::keep(suite, since, &keep).into_iter().map(|one| (one.kind, one.path)).collect();
        (kept, reports)
    }

    #[test]
    fn what_tools_write_by_default_is_kept_and_named() {
        let files = [
            "test-results/login-chromium/trace.zip",
            "test-results/login-chromium/video.webm",
            "playwright-report/index.html",
            "playwright-report/data/a.zip",
            "ui/target/surefire-reports/TEST-com.acme.LoginTest.xml",
            "log.html",
            "report.html",
            "output.xml",
            "build/reports/tests/uiTest/index.html",
            "apps/e2e/test-results/a/trace.zip",
            "node_modules/x/playwright-report/index.html",
        ];
        let suite = suite(&files);

        let (kept, reports) = kept(suite.path(), SystemTime::UNIX_EPOCH, MOST_BYTES);

        let case = "artefacts/conditions-gate-yaml-3";
        let path = |inner: &str| Some(format!("{case}/{inner}"));
        assert_eq!(
            kept,
            [
                (ArtefactKind::PlaywrightTrace, path("test-results/login-chromium/trace.zip")),
                (ArtefactKind::PlaywrightReport, path("playwright-report")),
                (ArtefactKind::GradleReport, path("build/reports/tests/uiTest")),
                (ArtefactKind::RobotLog, path("")),
                (ArtefactKind::SurefireReports, path("ui/target/surefire-reports")),
                (ArtefactKind::PlaywrightTrace, path("apps/e2e/test-results/a/trace.zip")),
            ]
        );
        let there = |inner: &str| fs::read_to_string(reports.path().join(case).join(inner)).ok();
        for file in files {
            let expected = !file.ends_with("video.webm") && !file.starts_with("node_modules");
            assert_eq!(there(file).is_some(), expected, "{file}");
        }
    }

    #[test]
    fn what_was_there_before_the_suite_began_is_not_its_own() {
        let suite = suite(&["test-results/a/trace.zip", "log.html", "report.html", "output.xml"]);
        let written = fs::metadata(suite.path().join("log.html")).unwrap().modified().unwrap();

        assert!(kept(suite.path(), written + Duration::from_secs(60), MOST_BYTES).0.is_empty());
    }

    #[test]
    fn what_is_too_large_is_named_and_not_kept() {
        let suite = suite(&["test-results/a/trace.zip", "test-results/b/trace.zip"]);
        let bytes = u64::try_from("test-results/a/trace.zip".len()).unwrap();

        let (kept, _reports) = kept(suite.path(), SystemTime::UNIX_EPOCH, bytes);

        let paths: Vec<_> = kept.iter().map(|(_, path)| path.is_some()).collect();
        assert_eq!(paths, [true, false]);
    }

    #[test]
    fn a_link_that_leads_out_of_the_folder_is_not_followed() {
        let (suite, elsewhere) = (suite(&["playwright-report/index.html"]), suite(&["secret"]));
        let link = suite.path().join("playwright-report/secret");
        std::os::unix::fs::symlink(elsewhere.path().join("secret"), link).unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), suite.path().join("allure-results")).unwrap();

        let (kept, reports) = kept(suite.path(), SystemTime::UNIX_EPOCH, MOST_BYTES);

        assert_eq!(kept.len(), 1);
        assert!(!reports.path().join("artefacts/conditions-gate-yaml-3/playwright-report/secret").exists());
    }
}

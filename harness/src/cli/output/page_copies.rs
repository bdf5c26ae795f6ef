//! The screenshots beside the reports, for readers of JUnit files that show attachments.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::cli::output::error::{CliError, unwritable};
use crate::outcome::{CaseOutcome, RunOutcome, Verdict};

/// The screenshots that were written, by id of their case.
pub(crate) struct Shots {
    paths: BTreeMap<String, PathBuf>,
    trouble: Option<CliError>,
}

impl Shots {
    /// The screenshot of a case.
    pub(crate) fn path(&self, case: &CaseOutcome) -> Option<String> {
        self.paths.get(&case.info.id).map(|path| path.display().to_string())
    }

    /// Whether every screenshot could be written.
    pub(crate) fn written(self) -> Result<(), CliError> {
        self.trouble.map_or(Ok(()), Err)
    }
}

/// Writes the last page of each case that did not pass into this folder. Creates the folder only if there is a page to
/// write.
pub(crate) fn write(folder: &Path, outcome: &RunOutcome) -> Shots {
    let mut shots = Shots { paths: BTreeMap::new(), trouble: None };
    for (number, case) in (1..).zip(&outcome.cases) {
        let Some(image) = image(case) else { continue };
        let extension = if image.starts_with(b"\x89PNG") { "png" } else { "jpg" };
        let path = folder.join(format!("{}-{number}.{extension}", file_name(&case.info.id)));
        match fs::create_dir_all(folder).and_then(|()| fs::write(&path, image)) {
            Ok(()) => drop(shots.paths.insert(case.info.id.clone(), path)),
            Err(error) => drop(shots.trouble.get_or_insert_with(|| unwritable(&path, &error))),
        }
    }
    shots
}

/// Removes the pictures of an earlier run, which would look like this run's.
pub(crate) fn clear(folder: &Path) {
    let pictures = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    for picture in pictures.filter(|path| path.extension().is_some_and(|end| end == "png" || end == "jpg")) {
        // A picture that cannot be removed does no harm: the new reports do not name it.
        let _removed = fs::remove_file(picture);
    }
}

fn image(case: &CaseOutcome) -> Option<Vec<u8>> {
    let result = case.result.as_ref().filter(|result| result.verdict != Verdict::Passed)?;
    let last = result.details.shots.last().map(|shot| &shot.image);
    STANDARD.decode(result.screenshot.as_ref().or(last)?).ok()
}

fn file_name(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' }).collect()
}

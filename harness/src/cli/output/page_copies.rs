//! The screenshots beside the reports, for readers of JUnit files that show attachments.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::cli::output::error::{CliError, unwritable};
use crate::outcome::{CaseOutcome, RunOutcome, Verdict};

/// The screenshots that were written, by id of their case.
pub(crate) struct WrittenScreenshots {
    paths: BTreeMap<String, PathBuf>,
    trouble: Option<CliError>,
}

impl WrittenScreenshots {
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
pub(crate) fn write(folder: &Path, outcome: &RunOutcome) -> WrittenScreenshots {
    let mut shots = WrittenScreenshots { paths: BTreeMap::new(), trouble: None };
    for (number, case) in (1..).zip(&outcome.cases) {
        let Some((image, extension)) = image(case) else { continue };
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
    let is_picture =
        |path: &PathBuf| path.extension().is_some_and(|end| FORMATS.iter().any(|(known, _)| end == *known));
    for picture in pictures.filter(is_picture) {
        // A picture that cannot be removed does no harm: the new reports do not name it.
        let _removed = fs::remove_file(picture);
    }
}

/// The last page and the extension of its format; `None` too where that is no format of a picture.
fn image(case: &CaseOutcome) -> Option<(Vec<u8>, &'static str)> {
    let result = case.result.as_ref().filter(|result| result.verdict != Verdict::Passed)?;
    let last = result.details.shots.last().map(|shot| &shot.image);
    let image = STANDARD.decode(result.screenshot.as_ref().or(last)?).ok()?;
    let (extension, _) = FORMATS.iter().find(|(_, signature)| signature.fits(&image))?;
    Some((image, *extension))
}

/// The bytes by which a format is known.
struct Signature {
    start: &'static [u8],
    /// After the first eight bytes.
    eighth: &'static [u8],
}

impl Signature {
    fn fits(&self, image: &[u8]) -> bool {
        image.starts_with(self.start) && image.get(8..).is_some_and(|rest| rest.starts_with(self.eighth))
    }
}

/// Extension and signature of each format that a picture may have (MIME Sniffing, 6.1).
const FORMATS: [(&str, Signature); 3] = [
    ("png", Signature { start: b"\x89PNG\r\n\x1a\n", eighth: b"" }),
    ("jpg", Signature { start: b"\xff\xd8\xff", eighth: b"" }),
    ("webp", Signature { start: b"RIFF", eighth: b"WEBPVP" }),
];

fn file_name(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{CaseInfo, CaseResult, RunEvent, SCHEMA, Shot};

    #[test]
    fn a_picture_is_called_by_its_format_and_removed_before_the_next_run() {
        let folder = tempfile::tempdir().unwrap();
        let images: [&[u8]; 4] =
            [b"\x89PNG\r\n\x1a\n....", b"\xff\xd8\xff\xe0........", b"RIFF\x24\0\0\0WEBPVP8 ....", b"<html>no picture"];
        let outcome = outcome(&images);

        let written = write(folder.path(), &outcome);

        let names = |case: &CaseOutcome| written.path(case).map(|path| path.rsplit('/').next().unwrap().to_owned());
        let names: Vec<_> = outcome.cases.iter().map(names).collect();
        let expected = [Some("case-0-1.png"), Some("case-1-2.jpg"), Some("case-2-3.webp"), None];
        assert_eq!(names, expected.map(|name| name.map(str::to_owned)));

        fs::write(folder.path().join("notes.txt"), "").unwrap();
        clear(folder.path());
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["notes.txt"]);
    }

    /// A run whose cases failed on these last pages.
    fn outcome(images: &[&[u8]]) -> RunOutcome {
        let info = |number: usize| CaseInfo {
            id: format!("case:{number}"),
            title: String::new(),
            file: String::new(),
            line: 1,
            tags: Vec::new(),
            condition: None,
            repeat: None,
        };
        let mut outcome = RunOutcome::fold(&[RunEvent::RunStarted {
            schema: SCHEMA,
            version: String::new(),
            started_at: String::new(),
            browser: None,
            workers: 1,
            cases: (0..images.len()).map(info).collect(),
            suite: String::new(),
            shard: None,
            copies: None,
        }]);
        for (case, image) in outcome.cases.iter_mut().zip(images) {
            let mut result = CaseResult::new(Verdict::Failed, 1, Vec::new());
            result.details.shots.push(Shot { at_ms: 0, page: String::new(), image: STANDARD.encode(image) });
            case.result = Some(result);
        }
        outcome
    }
}

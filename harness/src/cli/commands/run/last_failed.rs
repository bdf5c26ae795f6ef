//! Which cases did not pass when they last ran, for `--last-failed`. File and title identify a case, because titles
//! stay the same when lines move.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::{RunOutcome, Verdict};
use crate::scenario::Case;

/// The file that lists these cases.
#[derive(Debug)]
pub(crate) struct LastFailed {
    path: PathBuf,
}

/// Titles of cases by the absolute path of their file.
type Known = BTreeMap<String, BTreeSet<String>>;

impl LastFailed {
    /// The list in this folder.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self { path: folder.join("last-failed.json") }
    }

    /// Keeps the cases that did not pass when they last ran. If there are none, keeps all of them and says so.
    ///
    /// # Errors
    /// If stderr cannot be written to.
    pub(crate) fn choose(&self, cases: Vec<Case>, console: &mut Console<'_>) -> Result<Vec<Case>, CliError> {
        let known = self.read();
        let failed = |case: &Case| known.get(&absolute(&case.file)).is_some_and(|titles| titles.contains(&case.title));
        if cases.iter().any(failed) {
            return Ok(cases.into_iter().filter(failed).collect());
        }
        let told = writeln!(console.err, "none of these cases failed last time; running all {}", cases.len());
        CliError::unless_reader_gone(told)?;
        Ok(cases)
    }

    /// Remembers the cases that did not pass and forgets those that did. Skipped cases stay as they were.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub(crate) fn remember(&self, outcome: &RunOutcome) -> io::Result<()> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        // Two runs that end at the same time take turns.
        let lock = File::create(self.path.with_extension("lock"))?;
        lock.lock()?;
        let mut known = self.read();
        for passed in [true, false] {
            // A repeated case counts as failed if any of its runs failed.
            let ended = outcome.cases.iter().filter(|case| match case.verdict() {
                Verdict::Passed => passed,
                Verdict::Failed | Verdict::Broken => !passed,
                Verdict::Skipped => false,
            });
            for case in ended {
                let titles = known.entry(absolute(&case.info.file)).or_default();
                if passed {
                    titles.remove(&case.info.title);
                } else {
                    titles.insert(case.info.title.clone());
                }
            }
        }
        known.retain(|_, titles| !titles.is_empty());
        let fresh = self.path.with_extension("new");
        fs::write(&fresh, serde_json::to_vec(&known)?)?;
        fs::rename(fresh, &self.path)
    }

    /// The recorded cases; none if the file is missing or damaged.
    fn read(&self) -> Known {
        fs::read(&self.path).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
    }
}

fn absolute(file: &str) -> String {
    std::path::absolute(file).map_or_else(|_| file.to_owned(), |path| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{CaseInfo, CaseResult, Repeat, RunEvent, SCHEMA};

    fn outcome(verdicts: &[(&str, Verdict)]) -> RunOutcome {
        let mut outcome = RunOutcome::fold(&[RunEvent::RunStarted {
            schema: SCHEMA,
            version: String::new(),
            started_at: String::new(),
            browser: None,
            workers: 1,
            cases: verdicts.iter().map(|(title, _)| info(title)).collect(),
            suite: String::new(),
            shard: None,
            copies: None,
        }]);
        for (case, (_, verdict)) in outcome.cases.iter_mut().zip(verdicts) {
            case.result = Some(CaseResult::new(*verdict, 1, Vec::new()));
        }
        outcome
    }

    fn info(title: &str) -> CaseInfo {
        CaseInfo {
            id: title.to_owned(),
            title: title.to_owned(),
            file: "a.yaml".to_owned(),
            line: 1,
            tags: Vec::new(),
            condition: None,
            repeat: None,
        }
    }

    fn titles(memory: &LastFailed) -> Vec<String> {
        memory.read().into_values().flatten().collect()
    }

    #[test]
    fn what_did_not_pass_is_remembered_until_it_passes() {
        let folder = tempfile::tempdir().unwrap();
        let memory = LastFailed::in_folder(&folder.path().join("new"));

        memory.remember(&outcome(&[("a", Verdict::Failed), ("b", Verdict::Broken), ("c", Verdict::Passed)])).unwrap();
        assert_eq!(titles(&memory), ["a", "b"]);
        memory.remember(&outcome(&[("a", Verdict::Skipped), ("c", Verdict::Failed)])).unwrap();
        assert_eq!(titles(&memory), ["a", "b", "c"], "what did not run stays as it was");
        memory.remember(&outcome(&[("a", Verdict::Passed), ("b", Verdict::Passed)])).unwrap();
        assert_eq!(titles(&memory), ["c"]);
        memory.remember(&outcome(&[("c", Verdict::Passed)])).unwrap();
        assert!(titles(&memory).is_empty());
    }

    #[test]
    fn a_repeated_case_that_failed_once_is_remembered_by_its_own_title() {
        let folder = tempfile::tempdir().unwrap();
        let memory = LastFailed::in_folder(folder.path());
        // A title of a user's own may look like ours.
        let title = "try (run 1 of 2)";
        let mut outcome = outcome(&[(title, Verdict::Failed), (title, Verdict::Passed)]);
        for (number, case) in (1..).zip(&mut outcome.cases) {
            case.info.repeat = Some(Repeat { case: "a".to_owned(), number, of: 2 });
        }

        memory.remember(&outcome).unwrap();

        assert_eq!(titles(&memory), [title]);
    }

    #[test]
    fn a_damaged_memory_is_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        let memory = LastFailed::in_folder(folder.path());
        fs::write(&memory.path, "{\"a.yaml\": [").unwrap();

        assert!(titles(&memory).is_empty());
        memory.remember(&outcome(&[("a", Verdict::Failed)])).unwrap();
        assert_eq!(titles(&memory), ["a"]);
    }
}

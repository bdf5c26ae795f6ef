//! `--watch`: does the same again whenever a scenario file has changed.
//!
//! The system tells that something happened in a folder; whether a scenario has changed is seen in the files.
//! So an editor may save as it likes, and a report that is written beside the scenarios starts nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::{ErrorKind, Event, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::Notify;

use super::interrupt::StopSignals;
use super::output::console::Console;
use super::output::error::CliError;
use super::runtime;
use crate::outcome::ExitCode;
use crate::scenario::{SourceFile, discover};

/// Does a round, and another one after each change of a scenario in these files and folders, until a signal comes. Returns the
/// exit code of the last round. What is wrong in a round is told, and mended files begin the next one.
///
/// # Errors
/// If the files cannot be watched, or the output cannot be written.
pub(crate) fn again_on_change(
    paths: &[PathBuf],
    console: &mut Console<'_>,
    mut round: impl FnMut(&mut Console<'_>) -> Result<ExitCode, CliError>,
) -> Result<ExitCode, CliError> {
    let runtime = runtime::start()?;
    loop {
        let before = scenarios(paths);
        let last = match round(console) {
            Ok(code) => code,
            Err(CliError::ReaderGone) => return Err(CliError::ReaderGone),
            Err(error) => {
                CliError::unless_reader_gone(error.write(console))?;
                error.code()
            }
        };
        CliError::unless_reader_gone(console.out.flush())?;
        if last == ExitCode::Interrupted {
            return Ok(last);
        }
        CliError::unless_reader_gone(writeln!(console.err, "\nwaiting for a change of a scenario; Ctrl-C ends"))?;
        let goes_on = runtime.block_on(async {
            let mut stop = StopSignals::listen()?;
            tokio::select! {
                changed = changed(paths, before.as_deref()) => changed.map(|()| true),
                () = stop.wait() => Ok(false),
            }
        });
        if !goes_on? {
            return Ok(last);
        }
        if console.terminal.err_is_terminal {
            CliError::unless_reader_gone(write!(console.err, "{CLEAR}"))?;
        }
    }
}

/// Waits until the scenarios are others than these.
async fn changed(paths: &[PathBuf], before: Option<&[SourceFile]>) -> Result<(), CliError> {
    loop {
        // Watched anew each time: a folder may have been added. What happens before the files are read is seen in them.
        let happened = Arc::new(Notify::new());
        let _watcher = watch(paths, Arc::clone(&happened))?;
        if scenarios(paths).as_deref() != before {
            return Ok(());
        }
        happened.notified().await;
        tokio::time::sleep(SETTLING).await;
    }
}

/// The scenario files as they are now; `None` where there are none, or one cannot be read.
fn scenarios(paths: &[PathBuf]) -> Option<Vec<SourceFile>> {
    discover(paths).ok()
}

/// Tells that something happened in the folders of these files and folders, for as long as the watcher lives.
fn watch(paths: &[PathBuf], happened: Arc<Notify>) -> Result<RecommendedWatcher, CliError> {
    let failed = |error: &notify::Error| {
        CliError::broken(format!("failed to watch the scenarios: {error}"))
            .hint("the limits are in /proc/sys/fs/inotify; without `--watch`, the command needs none")
    };
    // To read the scenarios is no reason to read them again. An error is one: events may be lost.
    let tell = move |event: notify::Result<Event>| {
        if !event.is_ok_and(|event| event.kind.is_access()) {
            happened.notify_one();
        }
    };
    let mut watcher = notify::recommended_watcher(tell).map_err(|error| failed(&error))?;
    for folder in paths.iter().flat_map(|path| folders_of(path)) {
        match watcher.watch(&folder, RecursiveMode::NonRecursive) {
            // What happened to one that is gone already was told by the folder around it.
            Err(error) if !matches!(error.kind, ErrorKind::PathNotFound) => return Err(failed(&error)),
            _ => {}
        }
    }
    Ok(watcher)
}

/// A folder with those below it in which scenarios are looked for; the folder around a file, which an editor may replace, and
/// around what is gone and may come back.
fn folders_of(path: &Path) -> Vec<PathBuf> {
    let around = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut folders = if path.is_dir() { Vec::new() } else { vec![around.to_owned()] };
    let mut open = vec![path.to_owned()];
    while let Some(folder) = open.pop() {
        let Ok(entries) = folder.read_dir() else { continue };
        let inner = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        open.extend(inner.map(|entry| entry.path()).filter(|path| is_searched(path)));
        folders.push(folder);
    }
    folders
}

fn is_searched(folder: &Path) -> bool {
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    !name.starts_with('.') && name != "node_modules"
}

/// An editor that saves by several steps is done with them after this.
const SETTLING: Duration = Duration::from_millis(100);

/// Clears the screen, and goes to its top (ECMA-48, ED and CUP).
const CLEAR: &str = "\u{1b}[2J\u{1b}[H";

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::cli::output::console::TerminalTraits;

    #[tokio::test]
    async fn every_way_to_change_a_scenario_is_noticed() {
        type Change = fn(&Path);
        let changes: [(&str, Change); 5] = [
            ("written", |folder| fs::write(folder.join("a.yaml"), "title: b").unwrap()),
            ("replaced", |folder| {
                fs::write(folder.join("a.yaml~"), "title: c").unwrap();
                fs::rename(folder.join("a.yaml~"), folder.join("a.yaml")).unwrap();
            }),
            ("added", |folder| fs::write(folder.join("b.yml"), "title: d").unwrap()),
            ("added in a new folder", |folder| {
                fs::create_dir(folder.join("new")).unwrap();
                fs::write(folder.join("new/c.yaml"), "title: e").unwrap();
            }),
            ("removed", |folder| fs::remove_file(folder.join("a.yaml")).unwrap()),
        ];
        for (name, change) in changes {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("a.yaml"), "title: a").unwrap();
            let paths = [folder.path().to_owned()];
            let before = scenarios(&paths);

            let (noticed, ()) = tokio::join!(changed(&paths, before.as_deref()), async {
                tokio::task::yield_now().await;
                change(folder.path());
            });

            noticed.unwrap();
            assert_ne!(scenarios(&paths), before, "{name}");
        }
    }

    #[tokio::test]
    async fn what_is_no_scenario_and_what_stays_the_same_begin_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.yaml");
        fs::write(&file, "title: a").unwrap();
        let paths = [file.clone()];
        let before = scenarios(&paths);
        let waiting = changed(&paths, before.as_deref());

        let ended = tokio::time::timeout(3 * SETTLING, async {
            tokio::join!(waiting, async {
                tokio::task::yield_now().await;
                fs::write(&file, "title: a").unwrap();
                fs::write(folder.path().join("notes.txt"), "x").unwrap();
                fs::create_dir(folder.path().join("vestibule-report")).unwrap();
            })
        });

        assert!(ended.await.is_err());
    }

    #[test]
    fn a_change_begins_a_round_and_an_interrupted_round_is_the_last() {
        for (err_is_terminal, clears) in [(true, 1), (false, 0)] {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("a.yaml");
            fs::write(&file, "title: a").unwrap();
            let (mut out, mut err) = (Vec::new(), Vec::new());
            let terminal =
                TerminalTraits { color_out: false, color_err: false, err_is_terminal, interactive: false, width: 100 };
            let mut console = Console::new(&mut out, &mut err, terminal);
            let mut rounds = 0;

            let last = again_on_change(std::slice::from_ref(&file), &mut console, |_| {
                rounds += 1;
                fs::write(&file, format!("title: {rounds}")).unwrap();
                if rounds == 1 { Err(CliError::usage("a mistake in it")) } else { Ok(ExitCode::Interrupted) }
            });

            let err = String::from_utf8(err).unwrap();
            assert_eq!((last.unwrap(), rounds), (ExitCode::Interrupted, 2));
            assert!(err.contains("error: a mistake in it") && err.contains("waiting for a change"), "{err}");
            assert_eq!(err.matches(CLEAR).count(), clears, "a log is not cleared");
        }
    }
}

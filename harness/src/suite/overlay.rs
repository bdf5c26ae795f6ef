//! An overlay of the working folder for each copy of a suite, so that copies at the same time do not share files.
//!
//! The suite starts in a mount namespace of its own, in which its folder is an overlay (overlayfs): it finds everything under
//! the usual paths, and what it writes goes into a folder of its case.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use super::process::ProgramSearch;

/// What is needed to give a suite an overlay of its folder.
#[derive(Debug, Clone)]
pub(crate) struct Overlay {
    /// `unshare` of util-linux, which starts a program in a new mount namespace.
    unshare: PathBuf,
    shell: PathBuf,
    folder: PathBuf,
}

/// Why copies of a suite cannot have a folder each. Completes "because …".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoOverlay {
    /// The working folder is gone or cannot be read.
    #[error("the working folder cannot be read")]
    NoFolder,
    /// Mounting is for root.
    #[error("only root can mount an overlay of the folder")]
    NotRoot,
    /// A program is missing.
    #[error("there is no program `{0}`, which mounts an overlay of the folder")]
    NoProgram(&'static str),
    /// The path cannot be written into mount options.
    #[error("the path of the folder holds one of `,` `:` `\\`, which an overlay does not take")]
    Path,
    /// The temporary folder of the run would be hidden.
    #[error("the folder holds the temporary folder of the run")]
    HoldsTemporary,
    /// An overlay does not show what is mounted below its folder.
    #[error("`{}` is mounted in the folder", .0.display())]
    HoldsMount(PathBuf),
    /// The system refuses.
    #[error("an overlay of the folder cannot be mounted here ({0})")]
    Refused(String),
}

impl Overlay {
    /// Tries out an overlay of the working folder; `temporary` is the temporary folder of the run.
    pub(crate) async fn of_working_folder(temporary: &Path) -> Result<Self, NoOverlay> {
        if !nix::unistd::geteuid().is_root() {
            return Err(NoOverlay::NotRoot);
        }
        let folder =
            std::env::current_dir().and_then(|folder| folder.canonicalize()).map_err(|_| NoOverlay::NoFolder)?;
        let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        check(&folder, temporary, &mounts)?;
        let search = ProgramSearch::from_environment();
        let program = |name| search.find(name).ok_or(NoOverlay::NoProgram(name));
        program("mount")?;
        let overlay = Self { unshare: program("unshare")?, shell: program("sh")?, folder };
        overlay.try_out(&temporary.join("overlay")).await?;
        Ok(overlay)
    }

    /// The command that runs this one in an overlay; what it writes goes below the folder of its case.
    pub(crate) fn command(&self, command: &[String], case_folder: &Path) -> Vec<String> {
        let shown = |path: &Path| path.display().to_string();
        let own = case_folder.join("overlay");
        let before = [shown(&self.unshare), "--mount".to_owned(), "--".to_owned(), shown(&self.shell), "-c".to_owned()];
        let arguments = [MOUNT.to_owned(), "vestibule".to_owned(), shown(&self.folder), shown(&own)];
        before.into_iter().chain(arguments).chain(command.iter().cloned()).collect()
    }

    /// What a suite wrote into its overlay, by the folder of its case: a folder with the same paths. It is empty where the
    /// overlay was in memory, which is gone with the suite.
    pub(crate) fn changes(case_folder: &Path) -> PathBuf {
        case_folder.join("overlay").join("changes")
    }

    async fn try_out(&self, case_folder: &Path) -> Result<(), NoOverlay> {
        let command = self.command(&["true".to_owned()], case_folder);
        let refused =
            |why: String| NoOverlay::Refused(why.lines().last().unwrap_or("no reason given").trim().to_owned());
        let (program, arguments) = command.split_first().ok_or_else(|| refused(String::new()))?;
        let ended = Command::new(program).args(arguments).stdin(Stdio::null()).output().await;
        let ended = ended.map_err(|error| refused(error.to_string()))?;
        if ended.status.success() { Ok(()) } else { Err(refused(String::from_utf8_lossy(&ended.stderr).into_owned())) }
    }
}

/// Checks what the system would not refuse, but what a suite would miss.
fn check(folder: &Path, temporary: &Path, mountinfo: &str) -> Result<(), NoOverlay> {
    if folder.to_str().is_none_or(|path| path.contains([',', ':', '\\'])) {
        return Err(NoOverlay::Path);
    }
    if temporary.starts_with(folder) {
        return Err(NoOverlay::HoldsTemporary);
    }
    // The mount point is the fifth field (proc_pid_mountinfo(5)).
    let points = mountinfo.lines().filter_map(|line| line.split(' ').nth(4)).map(Path::new);
    let below = points.filter(|point| point.starts_with(folder) && *point != folder);
    match below.max() {
        Some(point) => Err(NoOverlay::HoldsMount(point.to_owned())),
        None => Ok(()),
    }
}

/// Mounts an overlay of the folder `$1` over it and runs the rest in it. The folder `$2` takes what is written; where its
/// file system cannot, as an overlay itself in a container, memory does.
const MOUNT: &str = r#"
folder=$1 own=$2
shift 2
overlay() {
    mkdir -p "$own/changes" "$own/work" &&
        mount -t overlay overlay -o "lowerdir=$folder,upperdir=$own/changes,workdir=$own/work" "$folder"
}
overlay 2>/dev/null || { mount -t tmpfs tmpfs "$own" && overlay; } || exit 125
cd -- "$folder" && exec "$@"
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_an_overlay_would_change_is_refused() {
        let mounts = "22 1 0:20 / /proc rw - proc proc rw\n30 1 8:1 / /home/qa/suite rw - ext4 /dev/sda1 rw\n\
                      31 30 0:30 / /home/qa/suite/node_modules rw - tmpfs tmpfs rw\n";
        let with = |folder: &str| check(Path::new(folder), Path::new("/tmp/vestibule-1"), mounts);

        assert_eq!(with("/home/qa/other"), Ok(()));
        assert_eq!(with("/home/qa/suite/node_modules"), Ok(()), "its own mount is what an overlay shows");
        let hidden = PathBuf::from("/home/qa/suite/node_modules");
        assert_eq!(with("/home/qa/suite"), Err(NoOverlay::HoldsMount(hidden)));
        assert_eq!(with("/tmp"), Err(NoOverlay::HoldsTemporary));
        assert_eq!(with("/home/qa/a,b"), Err(NoOverlay::Path));
    }

    #[tokio::test]
    async fn what_a_suite_writes_into_its_overlay_is_seen_by_nobody_else() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("kept"), "as it was").unwrap();
        let find = |name: &str| ProgramSearch::from_environment().find(name).unwrap();
        let folder_path = folder.path().canonicalize().unwrap();
        let overlay = Overlay { unshare: find("unshare"), shell: find("sh"), folder: folder_path };
        if let Err(refused) = overlay.try_out(&temporary.path().join("trial")).await {
            eprintln!("skipped: {refused}");
            return;
        }

        let script = "test $(pwd) = \"$0\" && rm kept && echo new > made && cat made";
        let script = ["sh", "-c", script, &overlay.folder.display().to_string()].map(str::to_owned);
        let command = overlay.command(&script, &temporary.path().join("case"));
        let ended = Command::new(&command[0]).args(&command[1..]).output().await.unwrap();

        assert_eq!(String::from_utf8_lossy(&ended.stdout), "new\n", "{}", String::from_utf8_lossy(&ended.stderr));
        assert_eq!(std::fs::read_to_string(folder.path().join("kept")).unwrap(), "as it was");
        assert!(!folder.path().join("made").exists());
    }
}

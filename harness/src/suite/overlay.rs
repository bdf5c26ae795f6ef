//! An overlay of the working folder for each copy of a suite, so that copies at the same time do not share files.
//!
//! The suite starts in a mount namespace of its own, in which the repository that holds its folder, or else that folder
//! alone, is an overlay (overlayfs): it finds everything under the usual paths, and what it writes goes into a folder of its
//! case.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use nix::unistd::{Uid, User};
use tokio::process::Command;

use super::process::ProgramSearch;

/// What is needed to give a suite an overlay of its files.
#[derive(Debug, Clone)]
pub(crate) struct Overlay {
    /// `unshare` of util-linux, which starts a program in a new mount namespace.
    unshare: PathBuf,
    shell: PathBuf,
    /// What the overlay covers.
    folder: PathBuf,
    /// The folder in it in which the suite starts.
    working: PathBuf,
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
        let working =
            std::env::current_dir().and_then(|folder| folder.canonicalize()).map_err(|_| NoOverlay::NoFolder)?;
        if let Some(repository) = repository_of(&working, &homes(&working))
            && let Ok(overlay) = Self::of(repository, &working, temporary, "overlay-of-repository").await
        {
            return Ok(overlay);
        }
        Self::of(working.clone(), &working, temporary, "overlay").await
    }

    /// Tries out an overlay of this folder, below a folder of this name.
    async fn of(folder: PathBuf, working: &Path, temporary: &Path, name: &str) -> Result<Self, NoOverlay> {
        let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        check(&folder, temporary, &mounts)?;
        let search = ProgramSearch::from_environment();
        let program = |name| search.find(name).ok_or(NoOverlay::NoProgram(name));
        program("mount")?;
        let overlay = Self { unshare: program("unshare")?, shell: program("sh")?, folder, working: working.to_owned() };
        overlay.try_out(&temporary.join(name)).await?;
        Ok(overlay)
    }

    /// The command that runs this one in an overlay; what it writes goes below the folder of its case.
    pub(crate) fn command(&self, command: &[String], case_folder: &Path) -> Vec<String> {
        let shown = |path: &Path| path.display().to_string();
        let own = case_folder.join("overlay");
        let before = [shown(&self.unshare), "--mount".to_owned(), "--".to_owned(), shown(&self.shell), "-c".to_owned()];
        let folders = [&self.folder, &self.working].map(|folder| shown(folder));
        let arguments = [MOUNT.to_owned(), "vestibule".to_owned()].into_iter().chain(folders).chain([shown(&own)]);
        before.into_iter().chain(arguments).chain(command.iter().cloned()).collect()
    }

    /// What a suite wrote into its working folder, by the folder of its case: a folder with the same paths. It is missing
    /// where nothing was written, or the overlay was in memory, which is gone with the suite.
    pub(crate) fn changes(&self, case_folder: &Path) -> PathBuf {
        let inner = self.working.strip_prefix(&self.folder).unwrap_or(Path::new(""));
        case_folder.join("overlay").join("changes").join(inner)
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

/// The root of the git repository that holds this folder, where it is no home folder and holds none: what else is there is
/// not the suite's.
fn repository_of(working: &Path, homes: &[PathBuf]) -> Option<PathBuf> {
    // In a worktree and in a submodule it is a file.
    let root = working.ancestors().find(|folder| folder.join(".git").exists())?;
    let is_shared = root.parent().is_none() || homes.iter().any(|home| home.starts_with(root));
    (root != working && !is_shared).then(|| root.to_owned())
}

/// The home folders of whoever runs the suite and of the owner of this folder.
fn homes(folder: &Path) -> Vec<PathBuf> {
    let named = std::env::var_os("HOME").map(PathBuf::from);
    let owner = folder.metadata().ok().and_then(|about| User::from_uid(Uid::from_raw(about.uid())).ok().flatten());
    let homes = named.into_iter().chain(owner.map(|owner| owner.dir));
    homes.filter_map(|home| home.canonicalize().ok()).collect()
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

/// Mounts an overlay of the folder `$1` over it and runs the rest in the folder `$2` in it. The folder `$3` takes what is
/// written; where its file system cannot, as an overlay itself in a container, memory does.
const MOUNT: &str = r#"
folder=$1 working=$2 own=$3
shift 3
overlay() {
    mkdir -p "$own/changes" "$own/work" &&
        mount -t overlay overlay -o "lowerdir=$folder,upperdir=$own/changes,workdir=$own/work" "$folder"
}
overlay 2>/dev/null || { mount -t tmpfs tmpfs "$own" && overlay; } || exit 125
cd -- "$working" && exec "$@"
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

    #[test]
    fn an_overlay_covers_the_repository_unless_it_is_or_holds_a_home_folder() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let (suite, other) = (root.join("qa/team/repo/e2e/login"), root.join("qa/other"));
        std::fs::create_dir_all(&suite).unwrap();
        std::fs::create_dir_all(&other).unwrap();
        let home = root.join("qa");
        let repository_of = |folder: &Path| repository_of(folder, std::slice::from_ref(&home));

        std::fs::create_dir(root.join("qa/team/repo/.git")).unwrap();
        let repository = root.join("qa/team/repo");
        assert_eq!(repository_of(&suite), Some(repository.clone()));
        assert_eq!(repository_of(&repository), None, "it is the working folder itself");
        // The files of a person, kept in git.
        std::fs::create_dir(root.join("qa/.git")).unwrap();
        assert_eq!(repository_of(&other), None);
        assert_eq!(repository_of(&suite), Some(repository), "the nearest one counts");
        // All homes.
        std::fs::rename(root.join("qa/.git"), root.join(".git")).unwrap();
        assert_eq!(repository_of(&other), None);
        // A worktree, or a submodule.
        std::fs::write(root.join("qa/team/repo/e2e/.git"), "gitdir: elsewhere\n").unwrap();
        assert_eq!(repository_of(&suite), Some(root.join("qa/team/repo/e2e")));
    }

    #[test]
    fn the_owner_of_a_folder_has_a_home_folder_too() {
        let folder = tempfile::tempdir().unwrap();
        let own = User::from_uid(nix::unistd::geteuid()).unwrap().and_then(|user| user.dir.canonicalize().ok());

        assert!(own.is_none_or(|own| homes(folder.path()).contains(&own)));
    }

    #[tokio::test]
    async fn what_a_suite_writes_into_its_overlay_is_seen_by_nobody_else() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("kept"), "as it was").unwrap();
        std::fs::create_dir(folder.path().join("suite")).unwrap();
        let find = |name: &str| ProgramSearch::from_environment().find(name).unwrap();
        let folder_path = folder.path().canonicalize().unwrap();
        let working = folder_path.join("suite");
        let overlay = Overlay { unshare: find("unshare"), shell: find("sh"), folder: folder_path, working };
        if let Err(refused) = overlay.try_out(&temporary.path().join("trial")).await {
            eprintln!("skipped: {refused}");
            return;
        }

        let script = "test $(pwd) = \"$0\" && rm ../kept && echo new > made && echo beside > ../beside && cat made";
        let script = ["sh", "-c", script, &overlay.working.display().to_string()].map(str::to_owned);
        let case = temporary.path().join("case");
        let command = overlay.command(&script, &case);
        let ended = Command::new(&command[0]).args(&command[1..]).output().await.unwrap();

        assert_eq!(String::from_utf8_lossy(&ended.stdout), "new\n", "{}", String::from_utf8_lossy(&ended.stderr));
        assert_eq!(std::fs::read_to_string(folder.path().join("kept")).unwrap(), "as it was");
        assert!(!folder.path().join("suite/made").exists() && !folder.path().join("beside").exists());
        assert!(overlay.changes(&case).ends_with("case/overlay/changes/suite"));
    }
}

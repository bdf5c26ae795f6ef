//! Why a suite was not started.

use std::io;
use std::path::PathBuf;

/// Completes "failed to ...".
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProcessError {
    /// No program was named.
    #[error("start the suite: the command is empty")]
    NoCommand,
    /// There is no such program.
    #[error("find the command `{program}`{}", .nearest.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
    NotFound {
        /// The program.
        program: String,
        /// The nearest program in `PATH`, where one is near.
        nearest: Option<String>,
    },
    /// The file is there, and may not be executed.
    #[error("start `{}`: the file is not executable", path.display())]
    NotExecutable {
        /// The file.
        path: PathBuf,
    },
    /// A script whose first line names an interpreter that does not exist.
    #[error("start `{}`: its first line names `{interpreter}`, which is not there", path.display())]
    NoInterpreter {
        /// The script.
        path: PathBuf,
        /// What its first line names.
        interpreter: String,
    },
    /// The working folder is not there.
    #[error("use the working folder `{}`: there is no such folder", path.display())]
    NoFolder {
        /// The folder.
        path: PathBuf,
    },
    /// It cannot be started.
    #[error("start the command `{program}`")]
    Start {
        /// The program.
        program: String,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

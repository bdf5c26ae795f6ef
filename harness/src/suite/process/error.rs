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
        /// The nearest program in `PATH`, if there is a similar one.
        nearest: Option<String>,
    },
    /// The file exists but may not be executed.
    #[error("start `{}`: the file is not executable", path.display())]
    NotExecutable {
        /// The file.
        path: PathBuf,
    },
    /// A script whose first line names an interpreter that does not exist.
    #[error("start `{}`: its first line names `{interpreter}`, which does not exist", path.display())]
    NoInterpreter {
        /// The script.
        path: PathBuf,
        /// What its first line names.
        interpreter: String,
    },
    /// The working folder does not exist.
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

impl ProcessError {
    /// What to do, in one sentence.
    pub(crate) fn remedy(&self) -> String {
        match self {
            Self::NoCommand => "name the command that starts the suite, each argument as a separate word".to_owned(),
            Self::NotFound { program, .. } if program.contains(char::is_whitespace) => {
                "write the program and its arguments as separate words, since no shell splits them; or run `sh -c '...'`"
                    .to_owned()
            }
            Self::NotFound { nearest: Some(near), .. } => format!("write `{near}`, or the path of the program"),
            Self::NotFound { program, .. } if program.contains('/') => {
                "check the path, which is relative to the working folder".to_owned()
            }
            Self::NotFound { .. } => "install it, or write its path; it was searched for in PATH".to_owned(),
            Self::NotExecutable { path } => {
                format!("run `chmod +x {0}`, or start it with its interpreter: `sh {0}`, `python3 {0}`", path.display())
            }
            Self::NoInterpreter { .. } => "install that program, or correct the first line of the script".to_owned(),
            Self::NoFolder { .. } => "name a folder that exists".to_owned(),
            Self::Start { source, .. } if source.kind() == io::ErrorKind::ArgumentListTooLong => {
                "give the suite fewer or shorter arguments and variables".to_owned()
            }
            Self::Start { .. } => {
                "start it by hand once; a script needs a first line such as `#!/bin/sh`, a program must be built for this \
                 machine"
                    .to_owned()
            }
        }
    }
}

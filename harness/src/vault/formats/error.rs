//! Why a file of another program cannot be read or written.

use std::fmt;

/// Why a file cannot be read: where, what was found, and what is valid. Completes "failed to ...".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FormatError {
    /// The file, as the user named it.
    pub(crate) file: String,
    /// Line and column in characters, from 1, if the fault has a place.
    pub(crate) at: Option<(u64, u64)>,
    /// What is wrong. No value is repeated.
    pub(crate) what: String,
    /// What is valid, or what to do.
    pub(crate) valid: String,
}

/// Why accounts cannot be written in a format. Completes "failed to ...".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ExportError {
    /// No account holds anything that the format holds.
    #[error("export: none of the accounts has {0}")]
    Nothing(&'static str),
    /// The format holds one passkey, and there are several.
    #[error("export: the format holds one passkey, and the accounts have {0}")]
    SeveralPasskeys(usize),
    /// A key that the format also needs in another form cannot be read.
    #[error("export: the private key of the passkey at {0} cannot be read")]
    UnreadableKey(String),
    /// The writer failed.
    #[error("export: {0}")]
    Writer(String),
}

impl ExportError {
    /// What to do.
    pub(crate) fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::Nothing(_) => Some("see `vestibule vault list` for what each account has"),
            Self::SeveralPasskeys(_) => Some("choose one with `--user` and `--host`"),
            Self::UnreadableKey(_) | Self::Writer(_) => None,
        }
    }
}

impl FormatError {
    /// A fault of the file as a whole.
    pub(super) fn of_file(file: &str, what: impl Into<String>, valid: impl Into<String>) -> Self {
        Self { file: file.to_owned(), at: None, what: what.into(), valid: valid.into() }
    }

    /// A fault at a place.
    pub(super) fn at(file: &str, at: (u64, u64), what: impl Into<String>, valid: impl Into<String>) -> Self {
        Self { at: Some(at), ..Self::of_file(file, what, valid) }
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "read {}", self.file)?;
        if let Some((line, column)) = self.at {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.what)
    }
}

impl std::error::Error for FormatError {}

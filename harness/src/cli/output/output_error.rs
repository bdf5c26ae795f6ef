//! Why stdout or stderr cannot be written to.

use std::io;

/// Why stdout or stderr cannot be written to. Made where a stream is written, and nowhere else.
#[derive(Debug)]
pub(crate) enum OutputError {
    /// The reader went away.
    ReaderGone,
    /// Anything else: the disk behind it is full.
    Failed(io::Error),
}

impl OutputError {
    /// Of what a stream says.
    pub(crate) fn of(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::ReaderGone } else { Self::Failed(error) }
    }
}

//! `run.jsonl` while a run goes on.

use std::fs::File;
use std::io::{self, Write};

use crate::outcome::RunEvent;
use crate::report::event_line;

/// Appends events, one write each. Bytes that a full disk refuses are kept and written before the next event, so that
/// no line is split by another and nothing is lost if space is freed in time.
#[derive(Debug)]
pub(crate) struct EventLog<W = File> {
    file: W,
    unwritten: Vec<u8>,
}

impl<W: Write> EventLog<W> {
    pub(crate) fn new(file: W) -> Self {
        Self { file, unwritten: Vec::new() }
    }

    /// Appends an event.
    ///
    /// # Errors
    /// If it cannot be written. It is kept for the next write.
    pub(crate) fn append(&mut self, event: &RunEvent) -> io::Result<()> {
        self.unwritten.extend(event_line(event)?);
        self.catch_up()
    }

    /// Writes what earlier writes could not.
    ///
    /// # Errors
    /// If it still cannot be written.
    pub(crate) fn catch_up(&mut self) -> io::Result<()> {
        while !self.unwritten.is_empty() {
            match self.file.write(&self.unwritten) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => drop(self.unwritten.drain(..written)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disk with this many bytes left.
    struct Disk {
        left: usize,
        file: Vec<u8>,
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let taken = bytes.len().min(self.left);
            if taken == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.left -= taken;
            self.file.extend(&bytes[..taken]);
            Ok(taken)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_disk_that_was_full_for_a_while_leaves_no_torn_line() {
        let event = |at_ms| RunEvent::RunFinished { at_ms, interrupted: false };
        let mut log = EventLog::new(Disk { left: 60, file: Vec::new() });

        let refused: Vec<bool> = (0..3).map(|at_ms| log.append(&event(at_ms)).is_err()).collect();
        let torn = log.file.file.clone();
        log.file.left = 1_000;
        log.append(&event(3)).unwrap();

        assert_eq!(refused, [false, true, true]);
        assert!(!torn.ends_with(b"\n"), "the disk was full in the middle of a line");
        let read = crate::report::read_events(&log.file.file).unwrap();
        assert_eq!(read.events, (0..4).map(event).collect::<Vec<_>>());
    }
}

//! `run.jsonl`: one event a line, written as it happens, readable after a run that was killed.

use std::io::{self, BufRead, Write};

use crate::outcome::{RunEvent, SCHEMA};

#[cfg(test)]
mod tests;

/// Appends one event and flushes, so that nothing is lost with the process.
///
/// # Errors
/// Where the line cannot be written.
pub fn write_event(out: &mut (impl Write + ?Sized), event: &RunEvent) -> io::Result<()> {
    let mut line = serde_json::to_vec(event)?;
    line.push(b'\n');
    out.write_all(&line)?;
    out.flush()
}

/// Reads the events back. A last line that was cut while it was written is left out; the outcome then says that the run
/// did not finish.
///
/// # Errors
/// Where the text cannot be read, another line is no event, or the file was written in another format.
pub fn read_events(input: impl BufRead) -> Result<Vec<RunEvent>, ReadError> {
    let mut events = Vec::new();
    for (index, line) in input.split(b'\n').enumerate().map(|(index, line)| (index + 1, line)) {
        let line = line.map_err(ReadError::Read)?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice(&line) {
            Ok(RunEvent::RunStarted { schema, .. }) if schema != SCHEMA => {
                return Err(ReadError::Schema { found: schema });
            }
            Ok(event) => events.push((index, Ok(event))),
            Err(source) => events.push((index, Err(source))),
        }
    }
    if events.last().is_some_and(|(_, last)| matches!(last, Err(error) if error.is_eof())) {
        events.pop();
    }
    events.into_iter().map(|(line, event)| event.map_err(|source| ReadError::Line { line, source })).collect()
}

/// Completes "failed to ...".
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The text cannot be read.
    #[error("read the events of a run")]
    Read(#[source] io::Error),
    /// A line is no event.
    #[error("read line {line} as an event")]
    Line {
        /// Line, from 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// Another version of the program wrote it.
    #[error("read events in format {found}: this version reads format {SCHEMA}")]
    Schema {
        /// The format of the file.
        found: u32,
    },
}

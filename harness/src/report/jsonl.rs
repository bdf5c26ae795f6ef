//! `run.jsonl`: one event per line, written as it happens, readable even after the run was killed.
//!
//! Each line is one JSON object with one key, the kind of the event in kebab-case: `run-started`, `case-started`,
//! `case-finished`, `run-finished`. `run-started` is the first line and carries `schema`, the version of the format;
//! `run-finished` is the last one, and a file without it comes from a run that was killed.
//!
//! What a reader may rely on:
//!
//! - A new field does not raise `schema`; a reader skips fields that it does not know.
//! - `schema` rises when a field is removed or changes its meaning or type, or when a new kind of event or a new word in an
//!   enumeration appears. A file with a higher `schema` is refused; those from [`OLDEST_SCHEMA`] on are read.
//! - If a case has several lines `case-finished`, the last one counts; `again` says that another attempt follows.
//! - Times that end in `-ms` are milliseconds: `at-ms` of an event counts from the start of the run, inside a
//!   result from the start of its case.
//! - Secrets of the realm were replaced by `[redacted]` before a line was written.

use std::io::{self, Write};

use crate::outcome::{RunEvent, SCHEMA};

#[cfg(test)]
mod tests;

/// Appends one event in one write, and flushes, so that nothing is lost if the process ends.
///
/// # Errors
/// If the line cannot be written.
pub(crate) fn write_event(out: &mut (impl Write + ?Sized), event: &RunEvent) -> io::Result<()> {
    out.write_all(&event_line(event)?)?;
    out.flush()
}

/// The line of an event, with its end.
///
/// # Errors
/// If the event has no JSON.
pub(crate) fn event_line(event: &RunEvent) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(event)?;
    line.push(b'\n');
    Ok(line)
}

/// What was read from a `run.jsonl`.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Recording {
    /// The events of every line that can be read, oldest first.
    pub events: Vec<RunEvent>,
    /// The lines that cannot be read, except the last one.
    pub damaged: Vec<DamagedLine>,
    /// The number of the last line, if it was cut off while it was written.
    pub cut: Option<usize>,
}

/// A line that is not an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DamagedLine {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

/// Reads the events back, and lists the lines that cannot be read.
///
/// # Errors
/// If no line is an event, or the file was written in a format that this version does not know.
pub(crate) fn read_events(text: &[u8]) -> Result<Recording, ReadError> {
    let mut recording = Recording::default();
    for (line, bytes) in (1..).zip(text.split_inclusive(|byte| *byte == b'\n')) {
        let whole = bytes.ends_with(b"\n");
        let bytes = bytes.trim_ascii();
        if bytes.is_empty() {
            continue;
        }
        if let Some(found) = schema(bytes).filter(|schema| !(OLDEST_SCHEMA..=SCHEMA).contains(schema)) {
            return Err(ReadError::Schema { found });
        }
        match serde_json::from_slice(bytes) {
            Ok(event) => recording.events.push(event),
            Err(_) if !whole => recording.cut = Some(line),
            Err(error) => recording.damaged.push(DamagedLine { line, why: error.to_string() }),
        }
    }
    if recording.events.is_empty() { Err(ReadError::NoEvent) } else { Ok(recording) }
}

/// The version of the format, if this is the line that states it. It is read first, because a line in another format
/// need not be an event of this format.
fn schema(line: &[u8]) -> Option<u32> {
    if !line.starts_with(FIRST_KEY) {
        return None;
    }
    let first: serde_json::Value = serde_json::from_slice(line).ok()?;
    first["run-started"]["schema"].as_u64().map(|schema| u32::try_from(schema).unwrap_or(u32::MAX))
}

/// Why a `run.jsonl` cannot be read. Completes "failed to ...".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ReadError {
    /// It contains no event of a run.
    #[error("read the events of a run: no line is an event")]
    NoEvent,
    /// Another version of the program wrote it.
    #[error("read events in format {found}: this version of vestibule reads formats {OLDEST_SCHEMA} to {SCHEMA}")]
    Schema {
        /// The format of the file.
        found: u32,
    },
}

impl ReadError {
    /// What to do, in one sentence.
    pub(crate) fn remedy(&self) -> &'static str {
        match self {
            Self::NoEvent => "name the `run.jsonl` of a report folder",
            Self::Schema { found } if *found > SCHEMA => "use the version of vestibule that wrote it, or a newer one",
            Self::Schema { .. } => "use the version of vestibule that wrote it",
        }
    }
}

/// The oldest format that is read: formats 1 and 2 differ in fields that were added.
pub(crate) const OLDEST_SCHEMA: u32 = 1;

const FIRST_KEY: &[u8] = br#"{"run-started":"#;

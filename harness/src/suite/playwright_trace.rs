//! What a Playwright suite did, read from the trace that it wrote: a zip archive whose `*.trace` files hold one JSON object a
//! line. Nothing that was typed is read.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use flate2::read::DeflateDecoder;
use rawzip::{CompressionMethod, ZipArchive};
use serde_json::Value;

use super::artefacts::playwright_traces;
use crate::outcome::{Command, WebDriverCommand};
use crate::trace::redact_url;

#[cfg(test)]
mod tests;

/// What a trace tells.
#[derive(Debug, Default)]
pub(crate) struct Traced {
    /// The commands, oldest first.
    pub(crate) commands: Vec<Command>,
    /// What the pages wrote on their consoles: `LEVEL text`, as that of our own browser.
    pub(crate) console: Vec<String>,
}

/// What the traces tell that were written in this folder since then. `case_began` is when the case began, in seconds since the
/// Unix epoch. A trace that cannot be read is left out: it breaks no case.
pub(crate) fn traced(written_in: &Path, since: SystemTime, case_began: f64) -> Traced {
    let archives = playwright_traces(written_in, since).into_iter().filter_map(|path| fs::read(path).ok());
    let traces = archives.flat_map(|archive| traces_in(&archive).unwrap_or_default());
    let mut traced = Traced::default();
    for (session, trace) in (0..).zip(traces) {
        let of_context = of_context(&trace, session, case_began);
        traced.commands.extend(of_context.commands);
        traced.console.extend(of_context.console);
    }
    traced.commands.sort_by_key(|command| command.at_ms);
    traced.commands.truncate(MOST_COMMANDS);
    traced.console.truncate(MOST_LINES);
    traced
}

/// The texts of the traces of browser contexts. That of the test runner repeats them, so it is not among them.
fn traces_in(archive: &[u8]) -> Result<Vec<String>, rawzip::Error> {
    let archive = ZipArchive::from_slice(archive)?;
    let mut traces = Vec::new();
    for entry in archive.entries() {
        let entry = entry?;
        let path = entry.file_path();
        let name: &[u8] = path.as_ref();
        if !name.ends_with(b".trace") || name.ends_with(b"test.trace") {
            continue;
        }
        let found = archive.get_entry(entry.wayfinder())?;
        let mut bytes = Vec::new();
        let read = match entry.compression_method() {
            CompressionMethod::STORE => found.data().take(MOST_BYTES).read_to_end(&mut bytes),
            CompressionMethod::DEFLATE => DeflateDecoder::new(found.data()).take(MOST_BYTES).read_to_end(&mut bytes),
            _ => continue,
        };
        // What came before an error is still what happened.
        let _until_an_error = read;
        traces.push(String::from_utf8_lossy(&bytes).into_owned());
    }
    Ok(traces)
}

fn of_context(trace: &str, session: u32, case_began: f64) -> Traced {
    let mut began = 0.0;
    let mut commands: Vec<(String, Command)> = Vec::new();
    let mut console = Vec::new();
    for event in trace.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        let call = || event["callId"].as_str().unwrap_or_default().to_owned();
        match event["type"].as_str() {
            // The times of a trace have a zero of their own, which this event gives in milliseconds of both clocks.
            Some("context-options") => {
                let [wall, own] = ["wallTime", "monotonicTime"].map(|clock| event[clock].as_f64().unwrap_or_default());
                began = case_began - (wall - own) / 1000.0;
            }
            Some("before") if event["class"] != "Test" => {
                let seconds = event["startTime"].as_f64().unwrap_or_default() / 1000.0 - began;
                commands.extend(command(&event, session, seconds).map(|command| (call(), command)));
            }
            Some("after") => {
                let (call, error) = (call(), error(&event));
                if let Some((_, command)) = commands.iter_mut().rev().find(|(known, _)| *known == call) {
                    command.error = error;
                }
            }
            Some("console") => console.extend(console_line(&event)),
            _ => {}
        }
    }
    Traced { commands: commands.into_iter().map(|(_, command)| command).collect(), console }
}

fn console_line(event: &Value) -> Option<String> {
    let level = match event["messageType"].as_str()? {
        "error" | "assert" => "SEVERE",
        "warning" => "WARNING",
        "debug" => "DEBUG",
        _ => "INFO",
    };
    let place = event["location"]["url"].as_str().filter(|url| !url.is_empty());
    let place = place.map(|url| format!("{} ", redact_url(url))).unwrap_or_default();
    Some(format!("{level} {place}{}", event["text"].as_str()?))
}

fn command(event: &Value, session: u32, seconds: f64) -> Option<Command> {
    let what = what(event["method"].as_str()?);
    let params = &event["params"];
    let selector = params["selector"].as_str().map(str::to_owned);
    let target = selector.or_else(|| params["url"].as_str().map(redact_url));
    let at = Duration::try_from_secs_f64(seconds).unwrap_or_default();
    let at_ms = u64::try_from(at.as_millis()).unwrap_or(u64::MAX);
    Some(Command { at_ms, session, what, target, page: None, error: None, repeated: 0 })
}

/// A method of Playwright's protocol in the words of WebDriver, or in its own: `waitForSelector`, `wait for selector`.
fn what(method: &str) -> WebDriverCommand {
    match method {
        "goto" => WebDriverCommand::Open,
        "click" | "dblclick" | "tap" => WebDriverCommand::Click,
        "fill" | "type" | "press" | "keyboardType" | "keyboardPress" | "keyboardInsertText" => WebDriverCommand::Type,
        "goBack" => WebDriverCommand::Back,
        "goForward" => WebDriverCommand::Forward,
        "reload" => WebDriverCommand::Refresh,
        other => {
            let spaced =
                other.chars().flat_map(|c| c.is_uppercase().then_some(' ').into_iter().chain(c.to_lowercase()));
            WebDriverCommand::Other(spaced.collect())
        }
    }
}

/// The first line of the message. The others describe the page.
fn error(event: &Value) -> Option<String> {
    let error = &event["error"];
    let message = error["message"].as_str().or_else(|| error["error"]["message"].as_str())?;
    let plain = anstream::adapter::strip_str(message).to_string();
    plain.lines().next().map(str::to_owned)
}

/// What one trace may hold once it is unpacked.
const MOST_BYTES: u64 = 32 << 20;
const MOST_COMMANDS: usize = 1_000;
const MOST_LINES: usize = 500;

//! What an opened case shows: JSON, deflated, in base64, and never more than [`LIMIT`] bytes of it.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::{Map, Value, json};

use super::trim;
use crate::outcome::{Artefact, CaseOutcome, CaseResult, Finding, Owner, SuiteResult, Verdict};

/// The most bytes of the details of one case, deflated and before base64.
pub(super) const LIMIT: usize = 20_000;
/// The most bytes of the details of an attempt that was not the last one, deflated.
const LIMIT_OF_EARLIER: usize = 6_000;

/// The details of a case; `None` if there are none. `whole` adds the failures and the finding, for rows that have no
/// room for them.
pub(super) fn of(case: &CaseOutcome, whole: bool) -> Option<String> {
    let result = case.result.as_ref()?;
    let mut details = attempt(result);
    if whole {
        details.insert("failures".to_owned(), json!(result.failures));
        details.insert("finding".to_owned(), json!(finding(case)));
    }
    let earlier: Vec<_> = case.earlier.iter().map(earlier).collect();
    details.insert("earlier".to_owned(), json!(earlier));
    details.retain(|_, value| !is_empty(value));
    if details.is_empty() {
        return None;
    }
    trim::to_fit(&mut details, |details| deflated(details).len() <= LIMIT);
    Some(STANDARD.encode(deflated(&details)))
}

/// The finding, with the owner and the fix of the case: those of its condition may come before those of the cause.
fn finding(case: &CaseOutcome) -> Option<Finding> {
    let finding = case.finding().filter(|_| case.shows_fix())?.clone();
    let (owner, remedy) = (case.owner().unwrap_or(Owner::Unknown), case.remedy().unwrap_or_default().to_owned());
    Some(Finding { owner, remedy, ..finding })
}

fn attempt(result: &CaseResult) -> Map<String, Value> {
    let mut details = match json!(result.details) {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    details.insert("actions".to_owned(), json!(result.actions));
    details.insert("journal".to_owned(), json!(result.journal));
    details.insert("login-history".to_owned(), json!(result.login_history));
    details.insert("external".to_owned(), json!(result.suite.as_ref().map(without_colours)));
    let artefacts = result.suite.iter().flat_map(|suite| &suite.artefacts);
    details.insert("artefacts".to_owned(), Value::Array(artefacts.map(artefact).collect()));
    if let Some(Value::Array(shots)) = details.get_mut("shots")
        && shots.is_empty()
        && let Some(png) = &result.screenshot
    {
        let page = result.actions.last().map_or("", |action| action.page.as_str());
        shots.push(json!({ "at-ms": result.duration_ms, "page": page, "image": png }));
    }
    details
}

/// A page shows the codes by which a terminal changes its colours as text. The artefacts have a part of their own.
fn without_colours(suite: &SuiteResult) -> SuiteResult {
    let output = anstream::adapter::strip_str(&suite.output).to_string();
    SuiteResult { output, artefacts: Vec::new(), ..suite.clone() }
}

/// Its name and size, the link to it, and the command that opens it.
fn artefact(artefact: &Artefact) -> Value {
    let (kind, path) = (artefact.kind, artefact.path.as_deref().map(|path| path.trim_end_matches('/')));
    let link = path.map(|path| kind.page().map_or_else(|| path.to_owned(), |page| format!("{path}/{page}")));
    let command = path.zip(kind.opened_by());
    let command = command.and_then(|(path, program)| Some(format!("{program} {}", shlex::try_quote(path).ok()?)));
    json!({ "name": kind.name(), "bytes": artefact.bytes, "link": link, "command": command })
}

/// An earlier attempt, as the last one, but with less room.
fn earlier(result: &CaseResult) -> Value {
    let mut details = attempt(result);
    details.insert("failures".to_owned(), json!(result.failures));
    let finding = result.finding.as_ref().filter(|_| result.verdict != Verdict::Passed);
    details.insert("finding".to_owned(), json!(finding));
    details.retain(|_, value| !is_empty(value));
    trim::to_fit(&mut details, |details| deflated(details).len() <= LIMIT_OF_EARLIER);
    details.insert("verdict".to_owned(), json!(result.verdict));
    details.insert("duration-ms".to_owned(), json!(result.duration_ms));
    Value::Object(details)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn deflated(details: &Map<String, Value>) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    let written = serde_json::to_vec(details).map(|text| encoder.write_all(&text));
    match (written, encoder.finish()) {
        (Ok(Ok(())), Ok(bytes)) => bytes,
        // Writing to memory does not fail, and values that were JSON before are JSON again.
        _ => Vec::new(),
    }
}

//! The form of a SARIF log (SARIF 2.1.0, with errata 01), for every report that is one: rules, results, and how the run
//! of the tool went.

use serde_json::{Value, json};

/// A log with one run of the tool.
pub(in crate::report) struct Log<'a> {
    /// What people call the tool.
    pub(in crate::report) tool: &'static str,
    /// Its version.
    pub(in crate::report) version: &'a str,
    /// When it started, RFC 3339, UTC.
    pub(in crate::report) started_at: &'a str,
    /// Whether it did what it was asked to do, whatever it found.
    pub(in crate::report) successful: bool,
    /// What went wrong in the tool or around it.
    pub(in crate::report) trouble: Vec<String>,
    /// What it looks for. A result names its rule, which is one of these.
    pub(in crate::report) rules: Vec<Rule>,
    /// What it found.
    pub(in crate::report) results: Vec<Found>,
    /// What else is known; `Null` if nothing is.
    pub(in crate::report) properties: Value,
}

/// What the tool looks for (3.49 `reportingDescriptor`).
pub(in crate::report) struct Rule {
    pub(in crate::report) id: String,
    /// What it is, in one sentence.
    pub(in crate::report) about: String,
    /// What to do about it.
    pub(in crate::report) help: String,
    pub(in crate::report) level: Level,
    pub(in crate::report) properties: Value,
}

/// What the tool found (3.27 `result`).
pub(in crate::report) struct Found {
    /// The id of its rule.
    pub(in crate::report) rule: String,
    pub(in crate::report) level: Level,
    pub(in crate::report) message: String,
    pub(in crate::report) place: At,
    /// The same for the same finding of another run.
    pub(in crate::report) fingerprint: String,
    pub(in crate::report) properties: Value,
}

/// Where it was found.
pub(in crate::report) struct At {
    /// An address, or a file as [`file_uri`] writes it.
    pub(in crate::report) uri: String,
    /// Line, from 1.
    pub(in crate::report) line: Option<u32>,
    /// Column, from 1.
    pub(in crate::report) column: Option<u32>,
}

/// How much it matters (3.27.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Level {
    /// It must be fixed.
    Error,
    /// It should be looked at.
    Warning,
    /// It is good to know.
    Note,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl Log<'_> {
    /// The text of the log.
    ///
    /// # Errors
    /// Never in practice: every value can be written.
    pub(in crate::report) fn to_text(&self) -> serde_json::Result<String> {
        let place = |found: &Found| self.rules.iter().position(|rule| rule.id == found.rule);
        let results: Vec<Value> = self.results.iter().map(|found| result(found, place(found))).collect();
        let mut invocation = json!({ "executionSuccessful": self.successful, "startTimeUtc": self.started_at });
        if !self.trouble.is_empty() {
            let notice = |text: &String| json!({ "level": "error", "message": { "text": text } });
            invocation["toolExecutionNotifications"] = self.trouble.iter().map(notice).collect();
        }
        let mut run = json!({
            "tool": { "driver": {
                "name": self.tool,
                "version": self.version,
                "rules": self.rules.iter().map(rule).collect::<Vec<_>>(),
            } },
            "invocations": [invocation],
            "columnKind": "utf16CodeUnits",
            "results": results,
        });
        if !self.properties.is_null() {
            run["properties"] = self.properties.clone();
        }
        serde_json::to_string_pretty(&json!({ "$schema": SCHEMA_URI, "version": "2.1.0", "runs": [run] }))
    }
}

fn rule(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.about },
        "help": { "text": rule.help },
        "defaultConfiguration": { "level": rule.level.word() },
        "properties": rule.properties,
    })
}

fn result(found: &Found, index: Option<usize>) -> Value {
    let At { uri, line, column } = &found.place;
    let mut place = json!({ "artifactLocation": { "uri": uri } });
    if let Some(line) = line {
        place["region"] = json!({ "startLine": line });
        if let Some(column) = column {
            place["region"]["startColumn"] = json!(column);
        }
    }
    json!({
        "ruleId": found.rule,
        "ruleIndex": index,
        "level": found.level.word(),
        "message": { "text": found.message },
        "locations": [{ "physicalLocation": place }],
        "partialFingerprints": { "case/v1": found.fingerprint },
        "properties": found.properties,
    })
}

/// A path as a URI reference (RFC 3986, 4.2): relative stays relative.
pub(in crate::report) fn file_uri(path: &str) -> String {
    let joined = path.split('/').map(segment).collect::<Vec<_>>().join("/");
    match joined.split('/').next() {
        Some("") if path.starts_with('/') => format!("file://{joined}"),
        // Else it would be read as a scheme.
        Some(first) if first.contains(':') => format!("./{joined}"),
        _ => joined,
    }
}

fn segment(text: &str) -> String {
    let mut url = url::Url::parse("https://localhost/").ok();
    let encoded = url.as_mut().filter(|_| !matches!(text, "" | "." | "..")).map(|url| {
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.clear().push(text);
        }
        url.path().trim_start_matches('/').to_owned()
    });
    encoded.unwrap_or_else(|| text.to_owned())
}

const SCHEMA_URI: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

#[cfg(test)]
mod tests {
    use super::file_uri;

    #[test]
    fn a_path_is_a_uri_reference() {
        for (path, expected) in [
            ("tests/login.spec.ts", "tests/login.spec.ts"),
            ("../e2e/my login.py", "../e2e/my%20login.py"),
            ("./a/./b", "./a/./b"),
            ("/srv/e2e/a#1?.py", "file:///srv/e2e/a%231%3F.py"),
            ("c:x.py", "./c:x.py"),
            ("größe.yaml", "gr%C3%B6%C3%9Fe.yaml"),
            ("50%.yaml", "50%25.yaml"),
        ] {
            assert_eq!(file_uri(path), expected, "{path}");
        }
    }
}

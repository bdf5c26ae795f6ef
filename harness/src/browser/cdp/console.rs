//! Console messages of a page, in the format of ChromeDriver's log.

use serde_json::Value;

/// The line for a DevTools event, `LEVEL text`; `None` if the event is not a message.
pub(super) fn line(method: &str, params: &Value) -> Option<String> {
    let (level, text) = match method {
        "Log.entryAdded" => {
            let entry = &params["entry"];
            (level(&entry["level"]), placed(entry["url"].as_str(), entry["text"].as_str()?))
        }
        "Runtime.consoleAPICalled" => {
            let url = params["stackTrace"]["callFrames"][0]["url"].as_str();
            let words: Vec<_> = params["args"].as_array()?.iter().map(word).collect();
            (level(&params["type"]), placed(url, &words.join(" ")))
        }
        "Runtime.exceptionThrown" => {
            let details = &params["exceptionDetails"];
            let text = details["exception"]["description"].as_str().or(details["text"].as_str())?;
            ("SEVERE", placed(details["url"].as_str(), text))
        }
        _ => return None,
    };
    Some(format!("{level} {text}"))
}

fn level(name: &Value) -> &'static str {
    match name.as_str() {
        Some("error" | "assert") => "SEVERE",
        Some("warning") => "WARNING",
        Some("verbose" | "debug") => "DEBUG",
        _ => "INFO",
    }
}

fn placed(url: Option<&str>, text: &str) -> String {
    match url {
        Some(url) if !url.is_empty() => format!("{url} {text}"),
        _ => text.to_owned(),
    }
}

fn word(argument: &Value) -> String {
    match &argument["value"] {
        Value::String(text) => text.clone(),
        Value::Null => argument["description"].as_str().unwrap_or("null").to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::line;

    #[test]
    fn messages_errors_and_refused_requests_are_told_by_level() {
        let rows = [
            (
                "Runtime.consoleAPICalled",
                json!({ "type": "error", "args": [{ "type": "string", "value": "no" }, { "type": "number", "value": 3 }] }),
                Some("SEVERE no 3"),
            ),
            (
                "Log.entryAdded",
                json!({ "entry": { "level": "warning", "text": "slow", "url": "https://a.localhost/x" } }),
                Some("WARNING https://a.localhost/x slow"),
            ),
            (
                "Runtime.exceptionThrown",
                json!({ "exceptionDetails": { "text": "Uncaught", "exception": { "description": "Error: gone" } } }),
                Some("SEVERE Error: gone"),
            ),
            ("Page.loadEventFired", json!({ "timestamp": 1 }), None),
        ];
        for (method, params, expected) in rows {
            assert_eq!(line(method, &params).as_deref(), expected, "{method}");
        }
    }
}

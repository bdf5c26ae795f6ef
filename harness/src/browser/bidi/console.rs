//! Console messages of a page, in the format of ChromeDriver's log.

use serde_json::Value;

/// The line of an event `log.entryAdded`, `LEVEL text`; `None` if it has no text.
pub(super) fn line(params: &Value) -> Option<String> {
    let level = match params["level"].as_str() {
        Some("error") => "SEVERE",
        Some("warn") => "WARNING",
        Some("debug") => "DEBUG",
        _ => "INFO",
    };
    let text = params["text"].as_str()?;
    Some(match params["stackTrace"]["callFrames"][0]["url"].as_str() {
        Some(url) if !url.is_empty() => format!("{level} {url} {text}"),
        _ => format!("{level} {text}"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::line;

    #[test]
    fn a_line_has_the_level_and_the_place_of_chromedrivers_log() {
        let frame = json!({ "callFrames": [{ "url": "https://acme.localhost/" }] });
        let rows = [
            (
                json!({ "level": "error", "text": "gone", "stackTrace": frame }),
                Some("SEVERE https://acme.localhost/ gone"),
            ),
            (json!({ "level": "warn", "text": "late" }), Some("WARNING late")),
            (json!({ "level": "info", "text": "one two" }), Some("INFO one two")),
            (json!({ "level": "info", "text": null }), None),
        ];
        for (params, expected) in rows {
            assert_eq!(line(&params).as_deref(), expected, "{params}");
        }
    }
}

//! What happens to the tabs of a browser that a suite drives.

use serde_json::Value;

/// What happens to a tab.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TabEvent {
    /// It exists, and this DevTools session reaches it.
    Opened { target: String, session: String },
    /// It shows another page, or the same page with another title.
    Changed { target: String },
}

impl TabEvent {
    /// Reads a DevTools event. Ignores empty pages.
    pub(super) fn of(method: &str, params: &Value) -> Option<Self> {
        let target = params["targetInfo"]["targetId"].as_str()?.to_owned();
        match method {
            "Target.attachedToTarget" => {
                Some(Self::Opened { target, session: params["sessionId"].as_str()?.to_owned() })
            }
            "Target.targetInfoChanged" => {
                let shown = params["targetInfo"]["url"].as_str()?;
                shown.starts_with("http").then_some(Self::Changed { target })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::TabEvent;

    #[test]
    fn tabs_are_told_when_they_are_there_and_when_they_show_a_page() {
        let info =
            |url: &str| json!({ "sessionId": "S", "targetInfo": { "targetId": "T", "type": "page", "url": url } });
        let opened = TabEvent::Opened { target: "T".to_owned(), session: "S".to_owned() };
        let changed = TabEvent::Changed { target: "T".to_owned() };

        assert_eq!(TabEvent::of("Target.attachedToTarget", &info("about:blank")), Some(opened));
        assert_eq!(TabEvent::of("Target.targetInfoChanged", &info("https://acme.localhost/")), Some(changed));
        assert_eq!(TabEvent::of("Target.targetInfoChanged", &info("about:blank")), None);
        assert_eq!(TabEvent::of("Target.targetDestroyed", &info("https://acme.localhost/")), None);
    }
}

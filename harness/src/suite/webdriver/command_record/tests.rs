use http::Method;

use super::{CommandRecord, SessionPath};

#[test]
fn commands_are_recorded_in_words_without_typed_text() {
    let rows = [
        ("POST", "url", r#"{"url":"https://a.localhost/?sid=SECRET"}"#, "open", "https://a.localhost/?sid=…"),
        ("POST", "element", r##"{"using":"css selector","value":"#pw"}"##, "find element", "css #pw"),
        ("POST", "elements", r#"{"using":"xpath","value":"//a"}"#, "find elements", "xpath //a"),
        ("POST", "element/e1/element", r#"{"using":"xpath","value":"b"}"#, "find element in", "xpath b"),
        ("POST", "element/e1/value", r#"{"text":"SECRET","value":["S"]}"#, "type", ""),
        ("POST", "element/e1/click", "{}", "click", ""),
        ("POST", "element/e1/clear", "{}", "clear", ""),
        ("GET", "element/e1/text", "", "read text", ""),
        ("GET", "element/e1/attribute/href", "", "read href", ""),
        ("GET", "element/e1/displayed", "", "is displayed", ""),
        ("POST", "execute/sync", r#"{"script":"SECRET","args":["SECRET"]}"#, "script sync", ""),
        ("POST", "actions", r#"{"actions":[{"value":"SECRET"}]}"#, "set actions", ""),
        ("POST", "cookie", r#"{"cookie":{"name":"sid","value":"SECRET"}}"#, "set cookie", "sid"),
        ("DELETE", "cookie/sid", "", "delete cookie", "sid"),
        ("GET", "cookie", "", "read cookie", ""),
        ("POST", "alert/text", r#"{"text":"SECRET"}"#, "set alert text", ""),
        ("POST", "webauthn/authenticator", "{}", "add authenticator", ""),
        (
            "POST",
            "webauthn/authenticator/a1/credential",
            r#"{"privateKey":"SECRET"}"#,
            "set authenticator credential",
            "",
        ),
        ("DELETE", "webauthn/authenticator/a1", "", "remove authenticator", ""),
        ("POST", "goog/cdp/execute", r#"{"cmd":"Page.enable","params":{"x":"SECRET"}}"#, "cdp", "Page.enable"),
        ("POST", "url", "not JSON with SECRET", "open", ""),
        ("POST", "refresh", "{}", "refresh", ""),
        ("GET", "window/handles", "", "read window handles", ""),
        ("DELETE", "", "", "end session", ""),
    ];
    for (method, path, body, what, target) in rows {
        let path = if path.is_empty() { "/session/S1".to_owned() } else { format!("/session/S1/{path}") };
        let route = SessionPath::of(&path).unwrap();
        let method: Method = method.parse().unwrap();

        let record = CommandRecord::of(&method, &route.below, body.as_bytes());

        assert_eq!((record.what.as_str(), record.target.as_deref().unwrap_or_default()), (what, target), "{path}");
        assert_eq!(route.session, "S1");
        assert!(!format!("{} {:?}", record.what, record.target).contains("SECRET"));
    }
}

#[test]
fn an_empty_list_is_recorded_as_found_none() {
    let told = |path: &str, answer: serde_json::Value| {
        let record = CommandRecord::of(&Method::POST, &[path], br#"{"using":"id","value":"password"}"#);
        record.found_none(|| answer)
    };

    assert_eq!(told("elements", serde_json::json!([])).as_deref(), Some("found none"));
    assert_eq!(told("elements", serde_json::json!([{ "element-6066": "e1" }])), None);
    assert_eq!(told("elements", serde_json::json!({ "error": "stale element reference" })), None);
    assert_eq!(told("element", serde_json::json!([])), None);
}

#[test]
fn paths_without_a_session_are_not_commands() {
    assert_eq!(SessionPath::of("/session"), None);
    assert_eq!(SessionPath::of("/session/"), None);
    assert_eq!(SessionPath::of("/status"), None);
    assert_eq!(SessionPath::of("/session/s/url?x=1").unwrap().below, ["url"]);
}

//! URLs without secrets.

use url::Url;

/// A URL as a report may show it: every query value is replaced unless its name is known to hold no secret, fragments
/// and user information are dropped, and URLs inside safe values (`retURL`, `startURL`) are redacted in turn.
pub(crate) fn redact_url(url: &str) -> String {
    let Ok(parsed) = Url::parse(url) else {
        return redact_relative(url);
    };
    if !matches!(parsed.scheme(), "http" | "https") {
        return format!("{}:…", parsed.scheme());
    }
    let query = query(parsed.query_pairs());
    format!("{}{}{query}", parsed.origin().ascii_serialization(), parsed.path())
}

fn redact_relative(text: &str) -> String {
    let without_fragment = text.split('#').next().unwrap_or_default();
    match without_fragment.split_once('?') {
        None => without_fragment.to_owned(),
        Some((path, rest)) => format!("{path}{}", query(url::form_urlencoded::parse(rest.as_bytes()))),
    }
}

fn query<'a>(pairs: impl Iterator<Item = (std::borrow::Cow<'a, str>, std::borrow::Cow<'a, str>)>) -> String {
    let redacted = pairs.map(|(name, value)| {
        if URLS.contains(&name.as_ref()) {
            format!("{name}={}", redact_url(&value))
        } else if SAFE.contains(&name.as_ref()) {
            format!("{name}={value}")
        } else {
            format!("{name}=…")
        }
    });
    let redacted: Vec<_> = redacted.collect();
    if redacted.is_empty() { String::new() } else { format!("?{}", redacted.join("&")) }
}

/// Parameters that hold a URL or a path.
const URLS: [&str; 4] = ["retURL", "startURL", "cancelURL", "redirect_uri"];

/// Parameters that hold no secret (contract C1.13, D1.4, E1.1).
const SAFE: [&str; 13] = [
    "ec",
    "locale",
    "d",
    "display",
    "so",
    "saml_binding_type",
    "samlSsoConfig",
    "response_type",
    "client_id",
    "scope",
    "acr_values",
    "error",
    "vir",
];

#[cfg(test)]
mod tests {
    use super::redact_url;

    #[test]
    fn only_values_known_to_be_harmless_are_shown() {
        let rows = [
            ("https://a.localhost:8443/?ec=302&startURL=%2Fhome", "https://a.localhost:8443/?ec=302&startURL=/home"),
            (
                "https://a.localhost/secur/frontdoor.jsp?sid=00Dx!AQ&otp=1",
                "https://a.localhost/secur/frontdoor.jsp?sid=…&otp=…",
            ),
            (
                "https://a.localhost/secur/frontdoor.jsp?sid=00D!x&retURL=%2Fhome",
                "https://a.localhost/secur/frontdoor.jsp?sid=…&retURL=/home",
            ),
            ("https://u:p@a.localhost/x#access_token=abc", "https://a.localhost/x"),
            (
                "https://a.localhost/g?retURL=%2Fsecur%2Ffrontdoor.jsp%3Fsid%3D00Dx%21AQ%23t",
                "https://a.localhost/g?retURL=/secur/frontdoor.jsp?sid=…",
            ),
            (
                "https://a.localhost/g?startURL=https%3A%2F%2Fb.localhost%2F%3Fsid%3Dx",
                "https://a.localhost/g?startURL=https://b.localhost/?sid=…",
            ),
            ("data:text/html,secret", "data:…"),
            ("about:blank", "about:…"),
            ("https://a.localhost/plain", "https://a.localhost/plain"),
        ];
        for (url, expected) in rows {
            assert_eq!(redact_url(url), expected, "{url}");
        }
    }
}

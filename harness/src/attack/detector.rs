//! Whether somebody is signed in, decided by what a page shows or by a cookie, and never by a status code alone.

use std::fmt;
use std::str::FromStr;

use scraper::{Html, Node, Selector};
use url::Url;

/// The sign of a session at an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Detector {
    /// An element of the page matches this CSS selector.
    Selector(String),
    /// The page stays at this address.
    Address(AddressPattern),
    /// A browser would send a cookie of this name to the page.
    Cookie(String),
    /// The page is answered with this status and has this text.
    Text {
        /// HTTP status.
        status: u16,
        /// A part of the visible text, or of the body where that is no HTML. Blanks are as one blank.
        text: String,
    },
}

/// A path, or an address with a host. Query and fragment do not matter; `*` at the end stands for anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AddressPattern(String);

/// A page as it was seen, in whatever way it was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Where it stayed.
    pub(crate) url: Url,
    /// HTTP status.
    pub(crate) status: u16,
    /// HTML, or whatever else it is.
    pub(crate) body: String,
    /// Names of the cookies that a browser would send there.
    pub(crate) cookies: Vec<String>,
}

impl Detector {
    /// Whether this page says that somebody is signed in.
    pub(crate) fn holds(&self, seen: &Seen) -> bool {
        match self {
            Self::Selector(selector) => Selector::parse(selector)
                .is_ok_and(|selector| Html::parse_document(&seen.body).select(&selector).next().is_some()),
            Self::Address(pattern) => pattern.matches(&seen.url),
            Self::Cookie(name) => seen.cookies.iter().any(|cookie| cookie == name),
            Self::Text { status, text } => seen.status == *status && shown_text(&seen.body).contains(text.as_str()),
        }
    }
}

impl fmt::Display for Detector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Selector(selector) => f.write_str(selector),
            Self::Address(AddressPattern(address)) => write!(f, "url:{address}"),
            Self::Cookie(name) => write!(f, "cookie:{name}"),
            Self::Text { status, text } => write!(f, "{status}+{text}"),
        }
    }
}

impl FromStr for Detector {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err(
                "say what shows that somebody is signed in: '#logout', url:/home, cookie:NAME or 200+TEXT".to_owned()
            );
        }
        if let Some(address) = text.strip_prefix("url:") {
            return address.parse().map(Self::Address);
        }
        if let Some(name) = text.strip_prefix("cookie:") {
            let is_name =
                !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() && !b"=;,\"".contains(&byte));
            return if is_name {
                Ok(Self::Cookie(name.to_owned()))
            } else {
                Err("write the name of a cookie: cookie:sid".to_owned())
            };
        }
        if text.starts_with(|first: char| first.is_ascii_digit()) {
            return status_and_text(text);
        }
        match Selector::parse(text) {
            Ok(_) => Ok(Self::Selector(text.to_owned())),
            Err(_) => Err(format!("`{text}` is not a CSS selector, such as '#logout' or 'a[href=\"/logout\"]'")),
        }
    }
}

/// `200+Signed in as`.
fn status_and_text(given: &str) -> Result<Detector, String> {
    let (status, text) = given.split_once('+').unwrap_or((given, ""));
    let status = status.parse().ok().filter(|status| (100..=599).contains(status));
    let status = status.ok_or("write a status and a text of the page: 200+Signed in as")?;
    let text = one_blank(text);
    if text.is_empty() {
        let why = "a status alone says nothing about a session";
        return Err(format!("{why}: add a text that only the page of a signed-in user has: {status}+Signed in as"));
    }
    Ok(Detector::Text { status, text })
}

impl AddressPattern {
    fn matches(&self, url: &Url) -> bool {
        let seen = if self.0.starts_with('/') {
            url.path().to_owned()
        } else {
            format!("{}{}", url.origin().ascii_serialization(), url.path())
        };
        match self.0.strip_suffix('*') {
            Some(start) => seen.starts_with(start),
            None => seen == self.0,
        }
    }
}

impl FromStr for AddressPattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let whole = || Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if text.contains(['?', '#']) {
            return Err("leave out the query: only the path is compared, as in url:/home".to_owned());
        }
        if text.starts_with('/') {
            return Ok(Self(text.to_owned()));
        }
        match whole() {
            // An address without a path has the path `/`.
            Some(url) => Ok(Self(format!("{}{}", url.origin().ascii_serialization(), url.path()))),
            None => {
                Err("write a path or an address: url:/home, url:/account/*, url:http://localhost:3000/home".to_owned())
            }
        }
    }
}

/// The text that a page shows, with single blanks; the body itself where that is no HTML.
pub(super) fn shown_text(body: &str) -> String {
    if !body.trim_start().starts_with('<') {
        return one_blank(body);
    }
    let html = Html::parse_document(body);
    let mut text = String::new();
    for node in html.tree.nodes() {
        let Node::Text(part) = node.value() else { continue };
        let around =
            node.parent().and_then(|parent| parent.value().as_element().map(|element| element.name().to_owned()));
        if !around.is_some_and(|name| matches!(name.as_str(), "script" | "style" | "noscript" | "template")) {
            text.push_str(part);
            text.push(' ');
        }
    }
    one_blank(&text)
}

fn one_blank(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(url: &str, status: u16, body: &str, cookies: &[&str]) -> Seen {
        let cookies = cookies.iter().map(|name| (*name).to_owned()).collect();
        Seen { url: url.parse().unwrap(), status, body: body.to_owned(), cookies }
    }

    #[test]
    fn each_kind_of_sign_is_looked_for_where_it_is() {
        let home = seen(
            "http://localhost:3000/home?x=1",
            200,
            "<title>Home</title><p>Signed in\n  as <b>rep</b></p><a id=logout>bye</a><script>Signed out</script>",
            &["sid"],
        );
        for (sign, holds) in [
            ("#logout", true),
            ("p > b", true),
            ("#login", false),
            ("url:/home", true),
            ("url:/h*", true),
            ("url:/", false),
            ("url:http://localhost:3000/home", true),
            ("url:http://localhost:3001/home", false),
            ("cookie:sid", true),
            ("cookie:si", false),
            ("200+Signed in as rep", true),
            ("302+Signed in as rep", false),
            ("200+Signed out", false),
        ] {
            assert_eq!(sign.parse::<Detector>().unwrap().holds(&home), holds, "{sign}");
        }
        let json = seen("http://localhost/me", 200, r#"{ "user":  "rep" }"#, &[]);
        assert!(r#"200+"user": "rep""#.parse::<Detector>().unwrap().holds(&json));
    }

    #[test]
    fn what_is_no_sign_is_refused_with_what_to_write() {
        for (wrong, said) in [
            ("", "say what shows"),
            ("200", "a status alone says nothing about a session"),
            ("200+ ", "a status alone says nothing"),
            ("99+x", "write a status and a text"),
            ("2000+x", "write a status and a text"),
            ("cookie:", "write the name of a cookie"),
            ("cookie:a=b", "write the name of a cookie"),
            ("url:", "write a path or an address"),
            ("url:home", "write a path or an address"),
            ("url:/home?a=b", "leave out the query"),
            ("p[", "is not a CSS selector"),
        ] {
            let refused = wrong.parse::<Detector>().unwrap_err();
            assert!(refused.contains(said), "{wrong}: {refused}");
        }
    }

    #[test]
    fn a_sign_is_shown_as_it_was_written() {
        for sign in ["#logout", "url:/home", "cookie:sid", "200+Signed in"] {
            assert_eq!(sign.parse::<Detector>().unwrap().to_string(), sign);
        }
    }
}

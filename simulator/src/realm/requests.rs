//! The HTTP requests that a realm answered. No query value, header or body is kept.

use std::time::Duration;

use parking_lot::Mutex;
use serde::Serialize;
use url::form_urlencoded;

use super::newest::Newest;

/// One answered request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnsweredRequest {
    /// Real time from the start of the realm to the request.
    pub after: Duration,
    /// `GET`, `POST`.
    pub method: String,
    /// Host without port.
    pub host: String,
    /// Path, with the names of the query parameters and `…` for each of their values.
    pub path: String,
    /// HTTP status.
    pub status: u16,
    /// Real time to the answer.
    pub took: Duration,
    /// Size of the body of the answer, where it was known when the answer began.
    pub bytes: Option<u64>,
}

/// The last requests of a realm, oldest first.
#[derive(Debug)]
pub struct RequestLog {
    entries: Mutex<Newest<AnsweredRequest>>,
}

impl RequestLog {
    /// One that keeps so many at most.
    pub(super) fn keeping(most: usize) -> Self {
        Self { entries: Mutex::new(Newest::new(CAPACITY.min(most))) }
    }

    pub(crate) fn record(&self, mut request: AnsweredRequest) {
        if let Some(end) = end_of_beginning(&request.method) {
            request.method.truncate(end);
        }
        self.entries.lock().push(request);
    }

    /// Every request that is kept, oldest first.
    pub fn all(&self) -> Vec<AnsweredRequest> {
        self.entries.lock().all()
    }
}

impl Default for RequestLog {
    fn default() -> Self {
        Self::keeping(usize::MAX)
    }
}

/// A path with the names of its query parameters, each value replaced by `…`.
pub(crate) fn without_values(path: &str, query: Option<&str>) -> String {
    let fields = query.unwrap_or_default().split('&').filter(|field| !field.is_empty());
    let mut shown = path.to_owned();
    for (number, field) in fields.enumerate() {
        // A value may be as long as all headers, so it is not even decoded.
        let name = field.split('=').next().unwrap_or_default();
        shown.push(if number == 0 { '?' } else { '&' });
        shown.extend(form_urlencoded::parse(name.as_bytes()).map(|(name, _)| name));
        shown.push_str("=…");
    }
    if let Some(end) = end_of_beginning(&shown) {
        shown.truncate(end);
    }
    shown
}

/// The beginning of what a client made as long as all its headers may be.
pub(super) fn shortened(text: &str) -> String {
    end_of_beginning(text).map_or(text, |end| &text[..end]).to_owned()
}

/// Where the beginning of a text ends, in bytes; `None` if it is the whole text.
fn end_of_beginning(text: &str) -> Option<usize> {
    // No character has less than a byte.
    if text.len() <= LONGEST { None } else { text.char_indices().nth(LONGEST).map(|(end, _)| end) }
}

/// The most requests that are kept; older ones are forgotten.
const CAPACITY: usize = 2000;

const LONGEST: usize = 300;

#[cfg(test)]
mod tests {
    use super::without_values;

    #[test]
    fn no_query_value_is_kept() {
        for (path, query, shown) in [
            ("/", None, "/"),
            ("/secur/frontdoor.jsp", Some("sid=00D!x&retURL=%2Fhome"), "/secur/frontdoor.jsp?sid=…&retURL=…"),
            ("/a", Some("00D%21secret=1"), "/a?00D!secret=…"),
            ("/a", Some(""), "/a"),
            ("/a", Some("&&b&=c&d=e=f&"), "/a?b=…&=…&d=…"),
        ] {
            assert_eq!(without_values(path, query), shown);
        }
        assert_eq!(without_values(&"/x".repeat(400), None).len(), 300);
    }
}

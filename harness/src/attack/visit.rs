//! What became of one way through an app, however it was driven.

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use url::{Url, form_urlencoded};

use super::detector::Seen;
use crate::browser::BrowserError;

/// One way through an app.
#[derive(Debug, Default)]
pub(super) struct Visit {
    /// Where it ended.
    pub(super) arrival: Arrival,
    /// The messages of the identity provider that were passed on to the app.
    pub(super) sent: Vec<SentMessage>,
}

/// Why a visit came to nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum VisitError {
    /// The app did not answer.
    #[error("get an answer of the app")]
    Lost(Lost),
    /// The browser does not work.
    #[error(transparent)]
    Browser(#[from] BrowserError),
}

/// Where a way through an app ends.
#[derive(Debug, Default)]
pub(super) enum Arrival {
    /// A page stays.
    Stayed {
        /// The page.
        seen: Seen,
        /// Whether it answers a form, so that it cannot be asked for again.
        posted: bool,
    },
    /// It would go to the identity provider.
    #[default]
    AtIdp,
    /// It would go to a host that is not on this machine and that nobody named. Nothing was sent there.
    LedElsewhere {
        /// The host.
        host: String,
    },
    /// One address leads to the next without an end.
    Endless,
}

/// Why no page came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lost {
    /// No answer in time.
    OutOfTime,
    /// The connection was refused, so that nobody listens there.
    Refused,
    /// The connection was cut, or what came is no HTTP.
    Cut(String),
}

/// A message of the identity provider, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SentMessage(pub(super) String);

impl Arrival {
    /// The page that stays.
    pub(super) fn seen(&self) -> Option<&Seen> {
        match self {
            Self::Stayed { seen, .. } => Some(seen),
            Self::AtIdp | Self::LedElsewhere { .. } | Self::Endless => None,
        }
    }
}

impl Lost {
    pub(super) fn of(error: &reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::OutOfTime;
        }
        let why = vestibule_model::causes_of(error).last().map_or_else(|| error.to_string(), ToString::to_string);
        if error.is_connect() && why.contains("refused") { Self::Refused } else { Self::Cut(why) }
    }
}

impl SentMessage {
    /// The message in a request to the app.
    pub(super) fn in_request(url: &Url, body: Option<&str>) -> Option<Self> {
        let query = url.query().unwrap_or_default();
        let mut fields = form_urlencoded::parse(body.unwrap_or(query).as_bytes());
        fields.find_map(|(name, value)| match &*name {
            "SAMLResponse" | "SAMLRequest" => saml(&value),
            "id_token" => jwt(&value),
            _ => None,
        })
    }
}

/// The XML of a `SAMLResponse` or `SAMLRequest`, which HTTP-Redirect deflates.
fn saml(value: &str) -> Option<SentMessage> {
    let bytes = STANDARD.decode(value.split_whitespace().collect::<String>()).ok()?;
    if bytes.trim_ascii_start().starts_with(b"<") {
        return Some(SentMessage(shortened(&String::from_utf8_lossy(&bytes))));
    }
    let mut inflated = Vec::new();
    let limit = u64::try_from(LONGEST_SHOWN).unwrap_or(u64::MAX);
    flate2::read::DeflateDecoder::new(&bytes[..]).take(limit).read_to_end(&mut inflated).ok()?;
    Some(SentMessage(shortened(&String::from_utf8_lossy(&inflated))))
}

/// Header and claims of a JWT; the signature says nothing to a person.
fn jwt(value: &str) -> Option<SentMessage> {
    let parts = value.split('.').take(2).map(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let parts: Vec<String> =
        parts.map(|part| part.map(|part| String::from_utf8_lossy(&part).into_owned())).collect::<Option<_>>()?;
    Some(SentMessage(shortened(&parts.join("\n."))))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_SHOWN) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// Of a message that a report shows, in characters.
const LONGEST_SHOWN: usize = 20_000;

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn sent(url: &str, body: Option<&str>) -> Option<String> {
        SentMessage::in_request(&url.parse().unwrap(), body).map(|SentMessage(text)| text)
    }

    #[test]
    fn a_message_is_decoded_from_whatever_carries_it() {
        let xml = "<Response>ä</Response>";
        let form = |value: String| {
            form_urlencoded::Serializer::new(String::new()).append_pair("SAMLResponse", &value).finish()
        };
        let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        deflate.write_all(xml.as_bytes()).unwrap();
        let deflated = STANDARD.encode(deflate.finish().unwrap());

        let posted = form(STANDARD.encode(xml));
        assert_eq!(sent("http://localhost/acs", Some(&posted)).as_deref(), Some(xml));
        assert_eq!(sent(&format!("http://localhost/acs?{}", form(deflated)), None).as_deref(), Some(xml));
        let token = format!("{}.{}.sig", URL_SAFE_NO_PAD.encode("{\"alg\":1}"), URL_SAFE_NO_PAD.encode("{}"));
        assert_eq!(sent(&format!("http://localhost/cb?id_token={token}"), None).as_deref(), Some("{\"alg\":1}\n.{}"));
        assert_eq!(sent("http://localhost/cb?code=x", None), None);
        assert_eq!(sent("http://localhost/acs?SAMLResponse=!", None), None);
    }
}

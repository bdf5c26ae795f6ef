//! What an answer to a spoilt request must be: no failure of the server, and a refusal that says why, in the form of the
//! protocol.

use reqwest::Response;
use serde_json::Value;
use url::form_urlencoded;

use super::super::html;
use super::draw::Draw;

/// An answer.
pub(super) struct Answer {
    pub(super) status: u16,
    media_type: String,
    /// `WWW-Authenticate`.
    challenge: String,
    /// Whether the listener refused the request before any protocol.
    of_listener: bool,
    pub(super) body: String,
}

impl Answer {
    /// Reads an answer. A stream of events has no end, and is not read.
    pub(super) async fn of(response: Response) -> Result<Self, String> {
        let header = |name: &str| {
            let value = response.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let media_type = header("content-type").split(';').next().unwrap_or_default().trim().to_owned();
        let (status, of_listener) = (response.status().as_u16(), header("connection") == "close");
        let challenge = header("www-authenticate");
        let body = if media_type == "text/event-stream" { String::new() } else { text(response).await? };
        Ok(Self { status, media_type, challenge, of_listener, body })
    }

    pub(super) fn is_refusal(&self) -> bool {
        self.status >= 400
    }

    /// What is wrong with the answer, if anything.
    pub(super) fn fault(&self, draw: &Draw) -> Option<String> {
        let path = draw.url.splitn(4, '/').nth(3).unwrap_or_default().split('?').next().unwrap_or_default();
        // SOAP 1.1 answers each fault with 500 (6.2).
        let is_soap = path.starts_with("services/Soap/");
        if self.status >= 500 && !(is_soap && self.status == 500 && self.media_type == "text/xml") {
            return Some("a failure of the server".to_owned());
        }
        if !self.is_refusal() {
            return None;
        }
        // Whoever shows no token at all is told only that one is wanted (RFC 6750 3.1).
        if self.status == 401 && path == "oidc/userinfo" && self.challenge.starts_with("Bearer") && self.body.is_empty()
        {
            return None;
        }
        let forms: &[&str] = match path {
            _ if self.of_listener => &["text/plain"],
            // It has no API; the shared paths lead to pages.
            _ if is_soap && draw.url.contains(".lightning.") => &["text/html"],
            _ if is_soap => &["text/xml"],
            _ if path.starts_with("services/data") => &["application/json"],
            "services/oauth2/authorize" => &["text/plain", "application/json"],
            "services/oauth2/userinfo" => &["text/plain", "application/json"],
            "services/oauth2/revoke" => &["application/x-www-form-urlencoded", "application/json"],
            _ if path.starts_with("services/oauth2/") || path.starts_with("vestibule/api/") => &["application/json"],
            "oidc/token" | "oidc/register" => &["application/json", "text/html"],
            _ => &["text/html", "text/plain", "application/json", "text/xml"],
        };
        if !forms.contains(&self.media_type.as_str()) {
            return Some(format!("{} in place of {forms:?}", self.media_type));
        }
        self.reason().is_none().then(|| "no reason".to_owned())
    }

    /// Why the request is refused.
    pub(super) fn reason(&self) -> Option<String> {
        let text = match self.media_type.as_str() {
            "application/json" => reason_in(&serde_json::from_str(&self.body).ok()?)?,
            "text/xml" => {
                let (_, rest) = self.body.split_once("<faultstring>")?;
                rest.split_once("</faultstring>")?.0.to_owned()
            }
            "application/x-www-form-urlencoded" => reason_in_form(&self.body)?,
            "text/html" => {
                let shown = html::select(&self.body, "p").into_iter().chain(html::select(&self.body, "[role=alert]"));
                shown.map(|element| element.text).find(|text| !text.is_empty())?
            }
            _ => reason_in_form(&self.body).unwrap_or_else(|| self.body.clone()),
        };
        Some(text).filter(|text| text.trim().len() >= SHORTEST)
    }
}

/// The reason in an error that clients of OAuth read as a form.
fn reason_in_form(body: &str) -> Option<String> {
    let field = |name: &str| form_urlencoded::parse(body.as_bytes()).find(|(key, _)| key == name);
    field("error").and(field("error_description")).map(|(_, text)| text.into_owned())
}

/// The reason in an error of REST, of OAuth, of the control API or of a product.
fn reason_in(error: &Value) -> Option<String> {
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    match error {
        Value::Array(errors) => text(&errors.first()?["errorCode"]).and(text(&errors.first()?["message"])),
        Value::Object(fields) if fields.contains_key("message") => text(&error["message"]),
        Value::Object(_) => {
            let code = text(&error["error"])?;
            // Codes have no blanks.
            text(&error["error_description"]).or_else(|| code.contains(' ').then_some(code))
        }
        _ => None,
    }
}

async fn text(mut response: Response) -> Result<String, String> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(String::from_utf8_lossy(&body).into_owned()),
            Err(error) => return Err(format!("the answer broke off: {error}")),
        }
    }
}

/// `Bad_Id`.
const SHORTEST: usize = 6;

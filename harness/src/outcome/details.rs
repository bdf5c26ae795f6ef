//! What a report may show about a case beyond its verdict. Every text here is redacted before it is written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::WebDriverCommand;

/// The recorded details of a case that a report can open. Lists are oldest first; times are milliseconds since the
/// start of the case.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case")]
pub struct Details {
    /// HTTP requests that the realm answered.
    pub requests: Vec<Request>,
    /// SAML responses and ID tokens, decoded, without their signature values.
    pub messages: Vec<Message>,
    /// Commands of a suite: those that it sent over WebDriver, or those of the trace that Playwright wrote.
    pub commands: Vec<Command>,
    /// What the browser wrote on its console.
    pub console: Vec<String>,
    /// When it wrote each of these lines; empty where that is not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub console_at_ms: Vec<u64>,
    /// What the proxy did with requests that left the realm.
    pub proxied: Vec<Proxied>,
    /// Screenshots, secret fields masked before the capture.
    pub shots: Vec<Shot>,
    /// Outline of the last page: headings, fields, buttons, links; never what was typed.
    pub outline: Vec<String>,
}

/// One HTTP request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Request {
    /// Milliseconds since the start of the case.
    pub at_ms: u64,
    /// `GET`, `POST`.
    pub method: String,
    /// Host without port.
    pub host: String,
    /// Path, with the query redacted.
    pub path: String,
    /// HTTP status.
    pub status: u16,
    /// Time to the answer in milliseconds.
    pub took_ms: u64,
    /// Size of the body of the answer in bytes, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

/// A SAML response or an ID token as the org received it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Message {
    /// Milliseconds since the start of the case.
    pub at_ms: u64,
    /// `SAML Response`, `ID token`.
    pub kind: String,
    /// Key of the identity provider.
    pub idp: String,
    /// XML or JSON, indented; signature values, digests and certificates are left out.
    pub text: String,
    /// The texts inside [`Message::text`] that are a signal: `swk`, the ClassRef.
    pub signals: Vec<String>,
    /// What is signed: `Response`, `Assertion`, `ID token`; empty if nothing is signed.
    pub signed: Vec<String>,
}

/// One command of a suite to its browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Command {
    /// Milliseconds since the start of the case.
    pub at_ms: u64,
    /// Number of the browser session or context of the suite, from 0.
    pub session: u32,
    /// What it asked for: `find element`, `type`, `click`, `open`.
    #[schemars(with = "String")]
    pub what: WebDriverCommand,
    /// The element: `css #password`; for `open` the redacted URL.
    pub target: Option<String>,
    /// Redacted path of the page on which it ran, if known.
    pub page: Option<String>,
    /// The WebDriver error code it ended with, `no such element`, or the first line of Playwright's error.
    pub error: Option<String>,
    /// How many more times in a row it was sent with the same result.
    #[serde(default)]
    pub repeated: u32,
}

/// A request of the suite that went through the proxy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Proxied {
    /// Milliseconds since the start of the case.
    pub at_ms: u64,
    /// Requested host and port.
    pub host: String,
    /// What the proxy did with it.
    pub fate: ProxyFate,
}

/// What the proxy did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProxyFate {
    /// Answered by the realm.
    Realm,
    /// Refused: a real host of the vendor.
    RefusedRealHost,
    /// The client closed the connection during the TLS handshake: it does not trust the realm's certificates.
    CertificateRefused,
    /// Passed on unchanged.
    PassedOn,
    /// Could not be passed on: the host did not answer.
    Unreachable,
}

/// A screenshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Shot {
    /// Milliseconds since the start of the case.
    pub at_ms: u64,
    /// Name of the page.
    pub page: String,
    /// PNG, JPEG or WebP, base64.
    pub image: String,
}

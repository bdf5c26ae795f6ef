//! Single logout through the browser: the request that either side may send, and its answer, by HTTP-Redirect and HTTP-POST.
//!
//! Source: saml-core 3.7, saml-profiles 4.4.3 and 4.4.4 (the messages are signed), saml-bindings 3.4.4 and 3.5.4.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};

use super::binding::message_url;
use super::canonical::{Element, date_time, read_date_time};
use super::names::{ASSERTION_NS, PROTOCOL_NS, status};
use super::receive::{decode, inflate, signed_text};
use super::redirect_query::RedirectQuery;
use super::response::status_element;
use super::response_spec::{NameId, Status};
use super::sign::{SigningError, sign};
use super::structure::check_ids;
use super::trusted_certificate::TrustedCertificate;
use crate::xml::{self, Node};
use vestibule_certs::SigningKey;
use vestibule_model::Weakness;

/// A `LogoutRequest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogoutRequest {
    /// `ID`.
    pub(crate) id: String,
    /// `IssueInstant`.
    pub(crate) issue_instant: Timestamp,
    /// `NotOnOrAfter`: when it is over.
    pub(crate) not_on_or_after: Option<Timestamp>,
    /// `Destination`.
    pub(crate) destination: String,
    /// `Issuer`: entity id of whoever sends it.
    pub(crate) issuer: String,
    /// `NameID` of the login.
    pub(crate) name_id: NameId,
    /// `SessionIndex` of each session that ends; none means every session of this name.
    pub(crate) session_indexes: Vec<String>,
}

/// A `LogoutResponse`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogoutResponse {
    /// `ID`.
    pub(crate) id: String,
    /// `IssueInstant`.
    pub(crate) issue_instant: Timestamp,
    /// `Destination`.
    pub(crate) destination: String,
    /// `Issuer`: entity id of whoever sends it.
    pub(crate) issuer: String,
    /// `ID` of the request.
    pub(crate) in_response_to: String,
    /// `Status`.
    pub(crate) status: Status,
}

/// What a party knows when a message of single logout arrives.
#[derive(Debug, Clone)]
pub(crate) struct LogoutSettings {
    /// The address that received it.
    pub(crate) logout_url: String,
    /// The certificates of its sender.
    pub(crate) trusted_certificates: Vec<TrustedCertificate>,
    /// Whether it must be signed. Otherwise nobody knows a certificate of its sender, and a signature proves nothing.
    pub(crate) must_be_signed: bool,
    /// How far the clocks may differ.
    pub(crate) clock_skew: SignedDuration,
    /// The clock of the receiver.
    pub(crate) now: Timestamp,
    /// The checks that are left out on purpose.
    pub(crate) weaknesses: BTreeSet<Weakness>,
}

impl LogoutSettings {
    fn checks(&self, weakness: Weakness) -> bool {
        !self.weaknesses.contains(&weakness)
    }

    /// The usual skew (contract D1.7).
    pub(crate) const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(3);
}

/// A message of single logout as it arrived. Nothing in it is verified.
pub(crate) struct ReceivedLogout {
    root: Node,
    kind: &'static str,
    carrier: Carrier,
}

enum Carrier {
    Redirect(RedirectQuery),
    Post { xml: Vec<u8>, relay_state: Option<String> },
}

/// A message of single logout that may be acted on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum VerifiedLogout {
    /// A request, with its `RelayState`.
    Request(LogoutRequest, Option<String>),
    /// An answer.
    Response(LogoutResponse),
}

/// Why a message of single logout is not acted on. Each text is a sentence without a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LogoutFault {
    /// It is none.
    #[error("there is no LogoutRequest that can be read")]
    Unreadable,
    /// A part is missing, or repeated.
    #[error("the LogoutRequest has not exactly one {0}")]
    MissingPart(&'static str),
    /// It was sent to somebody else.
    #[error("the LogoutRequest is addressed to {found}, not to {expected}")]
    WrongDestination {
        /// `Destination`.
        found: String,
        /// The address that received it.
        expected: String,
    },
    /// Anybody could have sent it.
    #[error("the LogoutRequest is not signed")]
    Unsigned,
    /// Somebody else signed it.
    #[error("the signature of the LogoutRequest does not verify against a valid certificate of its sender")]
    SignatureInvalid,
    /// It may be a replay.
    #[error("the LogoutRequest was issued at {0}, which is too long ago or in the future")]
    OutOfTime(Timestamp),
    /// Its sender set it an end (saml-core 3.7.1).
    #[error("the LogoutRequest was valid until {0}")]
    Expired(Timestamp),
}

impl LogoutRequest {
    /// The URL that carries it, signed.
    ///
    /// # Errors
    ///
    /// If a value has a character that XML cannot carry, or the key cannot sign.
    pub(crate) fn to_url(&self, key: &SigningKey) -> Result<String, SigningError> {
        message_url(&self.destination, REQUEST, &self.element().canonical()?, None, Some(key))
    }

    /// The value of the form field `SAMLRequest`, signed.
    ///
    /// # Errors
    ///
    /// If a value has a character that XML cannot carry, or the key cannot sign.
    pub(crate) fn to_form_value(&self, key: &SigningKey) -> Result<String, SigningError> {
        form_value(self.element(), &self.id, key)
    }

    /// The text, which nobody signed.
    ///
    /// # Errors
    ///
    /// If a value has a character that XML cannot carry.
    pub(crate) fn to_xml(&self) -> Result<String, SigningError> {
        Ok(self.element().canonical()?)
    }

    /// Until when the org must know a second use of it as one: later it is out of time.
    pub(crate) fn remember_until(&self) -> Timestamp {
        let longest = LONGEST_WAIT + LogoutSettings::CLOCK_SKEW + SignedDuration::from_secs(1);
        self.issue_instant.checked_add(longest).unwrap_or(Timestamp::MAX)
    }

    fn element(&self) -> Element {
        let name = Element::saml("NameID").optional("Format", self.name_id.format.as_deref());
        let end = self.not_on_or_after.map(date_time);
        message("LogoutRequest", &self.id, self.issue_instant, &self.destination, &self.issuer)
            .optional("NotOnOrAfter", end)
            .child(name.text(&self.name_id.value))
            .children(self.session_indexes.iter().map(|index| Element::samlp("SessionIndex").text(index)))
    }
}

/// The URL that carries a request of other words than those that were signed, if anybody signed.
///
/// # Errors
///
/// If the key cannot sign.
pub(crate) fn wrong_request_url(
    destination: &str,
    sent: &str,
    signed: Option<(&str, &SigningKey)>,
) -> Result<String, SigningError> {
    let url = |xml: &str, key| message_url(destination, REQUEST, xml, None, key);
    let plain = url(sent, None)?;
    let Some((text, key)) = signed else { return Ok(plain) };
    // The signature comes after what was signed.
    Ok(url(text, Some(key))?.replacen(&url(text, None)?, &plain, 1))
}

impl LogoutResponse {
    /// The URL that carries it, signed.
    ///
    /// # Errors
    ///
    /// If a value has a character that XML cannot carry, or the key cannot sign.
    pub(crate) fn to_url(&self, relay_state: Option<&str>, key: &SigningKey) -> Result<String, SigningError> {
        message_url(&self.destination, RESPONSE, &self.element().canonical()?, relay_state, Some(key))
    }

    /// The value of the form field `SAMLResponse`, signed.
    ///
    /// # Errors
    ///
    /// If a value has a character that XML cannot carry, or the key cannot sign.
    pub(crate) fn to_form_value(&self, key: &SigningKey) -> Result<String, SigningError> {
        form_value(self.element(), &self.id, key)
    }

    /// Whether the session has ended at the sender, and wherever the sender had to end it.
    pub(crate) fn is_complete(&self) -> bool {
        self.status.code == status::SUCCESS && self.status.sub_code.as_deref() != Some(status::PARTIAL_LOGOUT)
    }

    fn element(&self) -> Element {
        message("LogoutResponse", &self.id, self.issue_instant, &self.destination, &self.issuer)
            .attribute("InResponseTo", &self.in_response_to)
            .child(status_element(&self.status))
    }
}

impl ReceivedLogout {
    /// Reads what came by HTTP-Redirect. `query` is raw, as the signature covers its percent-encoding.
    ///
    /// # Errors
    ///
    /// If there is no message of single logout in it.
    pub(crate) fn by_redirect(query: &str) -> Result<Self, LogoutFault> {
        let unreadable = |_| LogoutFault::Unreadable;
        let query = match RedirectQuery::parse(query, REQUEST) {
            Ok(query) => query,
            Err(_) => RedirectQuery::parse(query, RESPONSE).map_err(unreadable)?,
        };
        let xml = decode(&query.message).and_then(|bytes| inflate(&bytes, MAX_BYTES)).map_err(unreadable)?;
        let (root, kind) = read_root(&xml)?;
        Ok(Self { root, kind, carrier: Carrier::Redirect(query) })
    }

    /// Reads what came by HTTP-POST: the value of the form field `SAMLRequest` or `SAMLResponse`, and `RelayState`.
    ///
    /// # Errors
    ///
    /// If there is no message of single logout in it.
    pub(crate) fn by_post(message: &str, relay_state: Option<&str>) -> Result<Self, LogoutFault> {
        if message.len() / 2 > MAX_BYTES {
            return Err(LogoutFault::Unreadable);
        }
        let xml = decode(message).map_err(|_| LogoutFault::Unreadable)?;
        let (root, kind) = read_root(&xml)?;
        Ok(Self { root, kind, carrier: Carrier::Post { xml, relay_state: relay_state.map(str::to_owned) } })
    }

    /// The `Issuer` that it claims. Use it only to choose whose certificates verify it.
    ///
    /// # Errors
    ///
    /// If it names none.
    pub(crate) fn claimed_issuer(&self) -> Result<String, LogoutFault> {
        only(&self.root, "Issuer").map(|node| node.text.trim().to_owned())
    }

    /// Checks the signature, then everything else on what was signed.
    ///
    /// # Errors
    ///
    /// The first reason why it is not acted on.
    pub(crate) fn verify(self, settings: &LogoutSettings) -> Result<VerifiedLogout, LogoutFault> {
        let known = !settings.trusted_certificates.is_empty() || settings.must_be_signed;
        let (root, relay_state, is_signed) = match self.carrier {
            Carrier::Redirect(query) => {
                let is_signed = query.verify_signature(&settings.trusted_certificates);
                let is_signed =
                    is_signed.or_else(|why| if settings.checks(Weakness::SkipSignature) { Err(why) } else { Ok(true) });
                let is_signed = !known || verified(is_signed)?;
                (self.root, query.relay_state, is_signed)
            }
            Carrier::Post { relay_state, .. } if !known => (self.root, relay_state, true),
            Carrier::Post { xml, relay_state } => {
                match verified(signed_text(&self.root, &xml, &settings.trusted_certificates))? {
                    Some(signed) => {
                        let (root, kind) = read_root(signed.as_bytes())?;
                        // The issuer that is shown chose the certificates.
                        let same_id = root.attribute("ID") == self.root.attribute("ID");
                        let same_issuer = only(&root, "Issuer")?.text == only(&self.root, "Issuer")?.text;
                        if kind != self.kind || !same_id || !same_issuer {
                            return Err(LogoutFault::SignatureInvalid);
                        }
                        (root, relay_state, true)
                    }
                    None => (self.root, relay_state, false),
                }
            }
        };
        if !is_signed && settings.checks(Weakness::AcceptUnsigned) {
            return Err(LogoutFault::Unsigned);
        }
        let destination = attribute(&root, "Destination")?;
        if destination != settings.logout_url && settings.checks(Weakness::SkipDestination) {
            return Err(LogoutFault::WrongDestination { found: destination, expected: settings.logout_url.clone() });
        }
        let issue_instant = instant(&root, "IssueInstant")?;
        let age = settings.now.duration_since(issue_instant);
        let out_of_time = age > LONGEST_WAIT.saturating_add(settings.clock_skew) || age < -settings.clock_skew;
        if out_of_time && settings.checks(Weakness::SkipIssueInstant) {
            return Err(LogoutFault::OutOfTime(issue_instant));
        }
        let (id, issuer) = (attribute(&root, "ID")?, only(&root, "Issuer")?.text.trim().to_owned());
        if self.kind == "LogoutResponse" {
            let in_response_to = attribute(&root, "InResponseTo")?;
            let status = read_status(&root)?;
            let response = LogoutResponse { id, issue_instant, destination, issuer, in_response_to, status };
            return Ok(VerifiedLogout::Response(response));
        }
        let not_on_or_after = root.attribute("NotOnOrAfter").map(|_| instant(&root, "NotOnOrAfter")).transpose()?;
        let over = not_on_or_after.filter(|end| settings.now.duration_since(*end) >= settings.clock_skew);
        if let Some(end) = over.filter(|_| settings.checks(Weakness::SkipExpiry)) {
            return Err(LogoutFault::Expired(end));
        }
        let name = only(&root, "NameID")?;
        let name_id =
            NameId { value: name.text.trim().to_owned(), format: name.attribute("Format").map(str::to_owned) };
        let indexes = root.all(PROTOCOL_NS, "SessionIndex").map(|index| index.text.trim().to_owned());
        let session_indexes = indexes.collect();
        let request =
            LogoutRequest { id, issue_instant, not_on_or_after, destination, issuer, name_id, session_indexes };
        Ok(VerifiedLogout::Request(request, relay_state))
    }
}

fn verified<T, E>(result: Result<T, E>) -> Result<T, LogoutFault> {
    result.map_err(|_| LogoutFault::SignatureInvalid)
}

fn message(name: &'static str, id: &str, at: Timestamp, destination: &str, issuer: &str) -> Element {
    Element::samlp(name)
        .attribute("ID", id)
        .attribute("Version", "2.0")
        .attribute("IssueInstant", date_time(at))
        .attribute("Destination", destination)
        .child(Element::saml("Issuer").text(issuer))
}

fn form_value(mut element: Element, id: &str, key: &SigningKey) -> Result<String, SigningError> {
    sign(&mut element, id, key)?;
    Ok(STANDARD.encode(element.canonical()?))
}

/// The root of a message, and which of the two it is.
fn read_root(xml: &[u8]) -> Result<(Node, &'static str), LogoutFault> {
    let root = xml::parse(xml, MAX_BYTES).map_err(|_| LogoutFault::Unreadable)?;
    // A reference of a signature must lead to one element only.
    check_ids(&root.descendants()).map_err(|_| LogoutFault::Unreadable)?;
    let kind = ["LogoutRequest", "LogoutResponse"].into_iter().find(|kind| root.is(PROTOCOL_NS, kind));
    match kind {
        Some(kind) if root.attribute("Version") == Some("2.0") => Ok((root, kind)),
        _ => Err(LogoutFault::Unreadable),
    }
}

fn attribute(root: &Node, name: &'static str) -> Result<String, LogoutFault> {
    let value = root.attribute(name).filter(|value| !value.is_empty());
    value.map(str::to_owned).ok_or(LogoutFault::MissingPart(name))
}

fn instant(root: &Node, name: &'static str) -> Result<Timestamp, LogoutFault> {
    read_date_time(&attribute(root, name)?).ok_or(LogoutFault::MissingPart(name))
}

/// The only child of this name, which has nothing but text.
fn only<'a>(root: &'a Node, name: &'static str) -> Result<&'a Node, LogoutFault> {
    let mut found = root.all(ASSERTION_NS, name);
    match (found.next(), found.next()) {
        (Some(node), None) if node.children.is_empty() && !node.text.trim().is_empty() => Ok(node),
        _ => Err(LogoutFault::MissingPart(name)),
    }
}

fn read_status(root: &Node) -> Result<Status, LogoutFault> {
    let missing = LogoutFault::MissingPart("StatusCode");
    let status = root.first(PROTOCOL_NS, "Status");
    let code = status.and_then(|status| status.first(PROTOCOL_NS, "StatusCode")).ok_or(missing)?;
    let value = |code: &Node| code.attribute("Value").map(str::to_owned);
    Ok(Status {
        code: value(code).unwrap_or_default(),
        sub_code: code.first(PROTOCOL_NS, "StatusCode").and_then(value),
        message: None,
    })
}

const REQUEST: &str = "SAMLRequest";
const RESPONSE: &str = "SAMLResponse";
/// Far above any real message.
const MAX_BYTES: usize = 64 * 1024;
/// As for a `Response` (contract D1.7).
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(5);

//! Single logout by HTTP-Redirect: the request that either side may send, and the answer of the org.
//!
//! Source: saml-core 3.7, saml-profiles 4.4.3 (the messages are signed), saml-bindings 3.4.4.

use jiff::{SignedDuration, Timestamp};

use super::binding::message_url;
use super::canonical::{Element, date_time};
use super::names::{ASSERTION_NS, PROTOCOL_NS, status};
use super::receive::{decode, inflate};
use super::redirect_query::RedirectQuery;
use super::sign::{SigningCredential, SigningError};
use super::trusted_certificate::TrustedCertificate;
use crate::xml::{self, Node};

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
    pub(crate) name_id: String,
    /// `SessionIndex` of the login; `None` means every session of this name.
    pub(crate) session_index: Option<String>,
}

/// A `LogoutResponse` that reports a success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogoutResponse {
    /// `ID`.
    pub(crate) id: String,
    /// `IssueInstant`.
    pub(crate) issue_instant: Timestamp,
    /// `Destination`.
    pub(crate) destination: String,
    /// `Issuer`: entity id of the org.
    pub(crate) issuer: String,
    /// `ID` of the request.
    pub(crate) in_response_to: String,
}

/// What the org knows when a `LogoutRequest` arrives.
#[derive(Debug, Clone)]
pub(crate) struct LogoutSettings {
    /// The address that received it.
    pub(crate) logout_url: String,
    /// The certificates of the identity provider.
    pub(crate) trusted_certificates: Vec<TrustedCertificate>,
    /// The org's clock.
    pub(crate) now: Timestamp,
}

/// Why a `LogoutRequest` ends no session. Each text is a sentence without a period.
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
    #[error("the signature of the LogoutRequest does not verify against a valid certificate of the identity provider")]
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
    pub(crate) fn to_url(&self, credential: &SigningCredential<'_>) -> Result<String, SigningError> {
        let index = self.session_index.as_ref().map(|index| Element::samlp("SessionIndex").text(index));
        let element = message("LogoutRequest", &self.id, self.issue_instant, &self.destination, &self.issuer)
            .child(Element::saml("NameID").text(&self.name_id))
            .children(index);
        message_url(&self.destination, "SAMLRequest", &element.canonical()?, None, Some(credential))
    }

    /// The `Issuer` that a request claims. Use it only to choose the IdP whose certificates verify it.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub(crate) fn claimed_issuer(query: &str) -> Result<String, LogoutFault> {
        read(&RedirectQuery::parse(query).map_err(|_| LogoutFault::Unreadable)?).map(|request| request.issuer)
    }

    /// Receives a request with its `RelayState`. `query` is raw, as the signature covers its percent-encoding.
    ///
    /// # Errors
    ///
    /// The first reason why it ends no session.
    pub(crate) fn receive(query: &str, settings: &LogoutSettings) -> Result<(Self, Option<String>), LogoutFault> {
        let query = RedirectQuery::parse(query).map_err(|_| LogoutFault::Unreadable)?;
        let request = read(&query)?;
        match query.verify_signature(&settings.trusted_certificates) {
            Ok(true) => {}
            Ok(false) => return Err(LogoutFault::Unsigned),
            Err(_) => return Err(LogoutFault::SignatureInvalid),
        }
        if request.destination != settings.logout_url {
            let (found, expected) = (request.destination, settings.logout_url.clone());
            return Err(LogoutFault::WrongDestination { found, expected });
        }
        let age = settings.now.duration_since(request.issue_instant);
        if age > LONGEST_WAIT || age < -CLOCK_SKEW {
            return Err(LogoutFault::OutOfTime(request.issue_instant));
        }
        if let Some(end) = request.not_on_or_after.filter(|end| settings.now.duration_since(*end) >= CLOCK_SKEW) {
            return Err(LogoutFault::Expired(end));
        }
        Ok((request, query.relay_state))
    }
}

impl LogoutResponse {
    /// The URL that carries it, signed.
    ///
    /// # Errors
    ///
    /// If a value has a character that XML cannot carry, or the key cannot sign.
    pub(crate) fn to_url(
        &self,
        relay_state: Option<&str>,
        credential: &SigningCredential<'_>,
    ) -> Result<String, SigningError> {
        let success = Element::samlp("StatusCode").attribute("Value", status::SUCCESS);
        let element = message("LogoutResponse", &self.id, self.issue_instant, &self.destination, &self.issuer)
            .attribute("InResponseTo", &self.in_response_to)
            .child(Element::samlp("Status").child(success));
        message_url(&self.destination, "SAMLResponse", &element.canonical()?, relay_state, Some(credential))
    }
}

fn message(name: &'static str, id: &str, at: Timestamp, destination: &str, issuer: &str) -> Element {
    Element::samlp(name)
        .attribute("ID", id)
        .attribute("Version", "2.0")
        .attribute("IssueInstant", date_time(at))
        .attribute("Destination", destination)
        .child(Element::saml("Issuer").text(issuer))
}

fn read(query: &RedirectQuery) -> Result<LogoutRequest, LogoutFault> {
    let xml = decode(&query.saml_request).and_then(|bytes| inflate(&bytes, MAX_BYTES));
    let xml = xml.map_err(|_| LogoutFault::Unreadable)?;
    let root = xml::parse(&xml, MAX_BYTES).map_err(|_| LogoutFault::Unreadable)?;
    if !root.is(PROTOCOL_NS, "LogoutRequest") || root.attribute("Version") != Some("2.0") {
        return Err(LogoutFault::Unreadable);
    }
    let attribute = |name: &'static str| {
        let value = root.attribute(name).filter(|value| !value.is_empty());
        value.map(str::to_owned).ok_or(LogoutFault::MissingPart(name))
    };
    let instant = |name: &'static str| -> Result<Timestamp, LogoutFault> {
        attribute(name)?.parse().map_err(|_| LogoutFault::MissingPart(name))
    };
    let indexes: Vec<_> = root.all(PROTOCOL_NS, "SessionIndex").collect();
    Ok(LogoutRequest {
        id: attribute("ID")?,
        issue_instant: instant("IssueInstant")?,
        not_on_or_after: root.attribute("NotOnOrAfter").map(|_| instant("NotOnOrAfter")).transpose()?,
        destination: attribute("Destination")?,
        issuer: only(&root, "Issuer")?,
        name_id: only(&root, "NameID")?,
        session_index: match indexes.as_slice() {
            [] => None,
            [index] => Some(index.text.trim().to_owned()),
            _ => return Err(LogoutFault::MissingPart("SessionIndex")),
        },
    })
}

/// The text of the only child of this name.
fn only(root: &Node, name: &'static str) -> Result<String, LogoutFault> {
    let mut found = root.all(ASSERTION_NS, name);
    match (found.next(), found.next()) {
        (Some(node), None) if node.children.is_empty() && !node.text.trim().is_empty() => {
            Ok(node.text.trim().to_owned())
        }
        _ => Err(LogoutFault::MissingPart(name)),
    }
}

/// Far above any real request.
const MAX_BYTES: usize = 64 * 1024;
/// As for a `Response`: five minutes, and three of skew (contract D1.7).
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(8);
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(3);

//! A SOAP call as it comes in: the endpoint that its path names, and the operation in its envelope.
//!
//! Source: SOAP 1.1, section 4; the partner and the enterprise WSDL.

use crate::xml::{Node, XmlRejection, parse_with_comments};

/// The WSDL after which a client is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wsdl {
    /// The same for every org.
    Partner,
    /// That of one org.
    Enterprise,
}

impl Wsdl {
    /// As paths name it.
    pub(super) fn letter(self) -> &'static str {
        match self {
            Self::Partner => "u",
            Self::Enterprise => "c",
        }
    }

    /// `ApiType` of Login History.
    pub(super) fn api_type(self) -> &'static str {
        match self {
            Self::Partner => "SOAP Partner",
            Self::Enterprise => "SOAP Enterprise",
        }
    }

    /// The namespace of operations and answers.
    pub(super) fn namespace(self) -> &'static str {
        match self {
            Self::Partner => "urn:partner.soap.sforce.com",
            Self::Enterprise => "urn:enterprise.soap.sforce.com",
        }
    }

    /// The namespace of faults.
    pub(super) fn fault_namespace(self) -> &'static str {
        match self {
            Self::Partner => "urn:fault.partner.soap.sforce.com",
            Self::Enterprise => "urn:fault.enterprise.soap.sforce.com",
        }
    }
}

/// An endpoint: `/services/Soap/u/59.0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Endpoint {
    /// The WSDL.
    pub(super) wsdl: Wsdl,
    /// The version of the API: 59 for `59.0`.
    pub(super) version: u16,
}

impl Endpoint {
    /// The endpoint of this path; `None` if the org never had the version, or has it no more (contract G1.4).
    pub(super) fn of_path(path: &str) -> Option<Self> {
        let rest = path.strip_prefix("/services/Soap/")?;
        let mut parts = rest.split('/');
        let wsdl = match parts.next()? {
            "u" => Wsdl::Partner,
            "c" => Wsdl::Enterprise,
            _ => return None,
        };
        let version = parts.next()?;
        let version = version.strip_suffix(".0").unwrap_or(version);
        let plain = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
        let version = version.parse::<u16>().ok().filter(|version| plain && *version > LAST_GONE)?;
        Some(Self { wsdl, version })
    }
}

/// Versions up to this one are gone since Summer '25.
const LAST_GONE: u16 = 30;

/// A call.
pub(super) struct Call {
    /// The element in the body.
    pub(super) operation: Node,
    header: Option<Node>,
}

/// Why bytes are no call. The text of each variant is one sentence.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CallFault {
    /// Not XML that is safe to read.
    #[error(transparent)]
    Xml(#[from] XmlRejection),
    /// Not a SOAP 1.1 envelope.
    #[error("the message is no SOAP 1.1 envelope")]
    NoEnvelope,
    /// Nothing in the body.
    #[error("the envelope has no operation in its body")]
    NoOperation,
}

impl Call {
    /// Reads a call.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, CallFault> {
        let envelope = parse_with_comments(bytes, LARGEST)?;
        if !envelope.is(ENVELOPE, "Envelope") {
            return Err(CallFault::NoEnvelope);
        }
        let (mut header, mut operation) = (None, None);
        for part in envelope.children {
            if part.is(ENVELOPE, "Header") {
                header = header.or(Some(part));
            } else if part.is(ENVELOPE, "Body") {
                operation = operation.or(part.children.into_iter().next());
            }
        }
        Ok(Self { operation: operation.ok_or(CallFault::NoOperation)?, header })
    }

    /// An argument of the operation; empty if it was not sent.
    pub(super) fn argument(&self, name: &str) -> &str {
        self.operation.first(&self.operation.namespace, name).map_or("", |argument| argument.text.as_str())
    }

    /// A field of a header, of the namespace of the operation: `SessionHeader`, `sessionId`.
    pub(super) fn header(&self, name: &str, field: &str) -> Option<&str> {
        let namespace = &self.operation.namespace;
        let block = self.header.as_ref()?.first(namespace, name)?;
        block.first(namespace, field).map(|field| field.text.as_str())
    }
}

/// The namespace of SOAP 1.1.
const ENVELOPE: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// A call of `login()` has a few hundred bytes. Larger bodies than this do not come this far.
const LARGEST: usize = 2 * 1024 * 1024;

#[cfg(test)]
mod tests;

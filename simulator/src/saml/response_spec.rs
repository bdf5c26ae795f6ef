//! The answer of an IdP, as data.
//!
//! Each value is written to the message unchanged. The caller decides whether it is right; negative cases set one value
//! wrong.
//!
//! Source: saml-core 2 and 3.2.2, saml-profiles 4.1.4.2.

use jiff::Timestamp;

use super::names::status;
use crate::xml::Node;

/// The content of a `Response`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ResponseSpec {
    /// `ID` of the `Response`: an XML name.
    pub(crate) response_id: String,
    /// `IssueInstant` of the `Response` and of the `Assertion`.
    pub(crate) issue_instant: Timestamp,
    /// `Issuer` of the `Response` and of the `Assertion`: the IdP's entity id.
    pub(crate) issuer: String,
    /// `Destination`: the ACS URL.
    pub(crate) destination: Option<String>,
    /// `InResponseTo`, in both places; `None` when the IdP starts the login.
    pub(crate) in_response_to: Option<String>,
    /// `Status`.
    pub(crate) status: Status,
    /// The assertion; `None` in an error response.
    pub(crate) assertion: Option<SubjectSpec>,
    /// An attribute in the `Extensions` of the `Response`, where no party looks for one.
    pub(crate) extension: Option<Attribute>,
}

/// The content of the `Assertion` of a [`ResponseSpec`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SubjectSpec {
    /// `ID` of the `Assertion`: an XML name.
    pub(crate) assertion_id: String,
    /// `NameID`.
    pub(crate) name_id: NameId,
    /// `Recipient` of the bearer confirmation: the ACS URL.
    pub(crate) recipient: String,
    /// `Audience`: the SP's entity id.
    pub(crate) audience: String,
    /// `NotBefore` of the conditions.
    pub(crate) not_before: Timestamp,
    /// `NotOnOrAfter` of the conditions and of the bearer confirmation.
    pub(crate) not_on_or_after: Timestamp,
    /// `AuthnStatement`.
    pub(crate) authn: AuthnStatement,
    /// `AttributeStatement`; left out if there are no attributes.
    pub(crate) attributes: Vec<Attribute>,
}

/// `NameID`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct NameId {
    /// The value.
    pub(crate) value: String,
    /// `Format`; see [`name_id_format`](super::name_id_format).
    pub(crate) format: Option<String>,
}

impl std::fmt::Debug for NameId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NameId").field("format", &self.format).finish_non_exhaustive()
    }
}

/// `AuthnStatement`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AuthnStatement {
    /// `AuthnInstant`: when the user signed in.
    pub(crate) authn_instant: Timestamp,
    /// `SessionIndex`.
    pub(crate) session_index: Option<String>,
    /// `SessionNotOnOrAfter`.
    pub(crate) session_not_on_or_after: Option<Timestamp>,
    /// `AuthnContextClassRef`; `None` writes an `AuthnContextDeclRef`, because the schema requires one of the two.
    pub(crate) class_ref: Option<String>,
}

/// `Attribute`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Attribute {
    /// `Name`.
    pub(crate) name: String,
    /// `NameFormat`; see [`attribute_format`](super::attribute_format).
    pub(crate) name_format: Option<String>,
    /// `AttributeValue`s that are texts.
    pub(crate) values: Vec<String>,
    /// `AttributeValue`s that are elements, after those.
    pub(crate) elements: Vec<Node>,
}

impl std::fmt::Debug for Attribute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attribute").field("name", &self.name).finish_non_exhaustive()
    }
}

/// `Status`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Status {
    /// Top-level `StatusCode`; see [`super::status`].
    pub(crate) code: String,
    /// Second-level `StatusCode`.
    pub(crate) sub_code: Option<String>,
    /// `StatusMessage`.
    pub(crate) message: Option<String>,
}

impl Status {
    /// The request succeeded.
    pub(crate) fn success() -> Self {
        Self { code: status::SUCCESS.to_owned(), sub_code: None, message: None }
    }

    /// An error with its second-level code.
    pub(crate) fn error(code: &str, sub_code: &str) -> Self {
        Self { code: code.to_owned(), sub_code: Some(sub_code.to_owned()), message: None }
    }
}

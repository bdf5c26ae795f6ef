//! The `AuthnRequest`, the message from an SP to an IdP.
//!
//! Source: saml-core 3.4.1, saml-profiles 4.1.4.1.

use jiff::Timestamp;

use super::canonical::{Element, IllegalCharacter, date_time};
use super::names::{ASSERTION_NS, BINDING_POST, PROTOCOL_NS};
use crate::xml::Node;

/// An `AuthnRequest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AuthnRequest {
    /// `ID`: an XML name, fresh for each request.
    pub(crate) id: String,
    /// `IssueInstant`.
    pub(crate) issue_instant: Timestamp,
    /// `Destination`: the IdP's single sign-on URL.
    pub(crate) destination: Option<String>,
    /// `AssertionConsumerServiceURL`; `None` means the IdP's default for the SP.
    pub(crate) acs_url: Option<String>,
    /// `Issuer`: the SP's entity id.
    pub(crate) issuer: String,
    /// `ForceAuthn`: an existing `IdpSession` must not be used.
    pub(crate) force_authn: bool,
    /// `IsPassive`: no page may be shown to the user.
    pub(crate) is_passive: bool,
    /// `NameIDPolicy`.
    pub(crate) name_id_policy: Option<NameIdPolicy>,
    /// `RequestedAuthnContext`.
    pub(crate) requested_authn_context: Option<RequestedAuthnContext>,
}

/// `NameIDPolicy`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NameIdPolicy {
    /// `Format`.
    pub(crate) format: Option<String>,
    /// `AllowCreate`; `None` if it is not said, which many service providers mean as `true`.
    pub(crate) allow_create: Option<bool>,
    /// `SPNameQualifier`: for whom the name is, if not for the one that asks.
    pub(crate) sp_name_qualifier: Option<String>,
}

/// `RequestedAuthnContext`: what the SP requires of the login. Source: saml-core 3.3.2.2.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestedAuthnContext {
    /// How the class references are to be compared.
    pub(crate) comparison: Comparison,
    /// `AuthnContextClassRef`s, the preferred one first.
    pub(crate) class_refs: Vec<String>,
}

/// `Comparison`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// One of the classes.
    Exact,
    /// At least as strong as one of them.
    Minimum,
    /// At most as strong as the strongest.
    Maximum,
    /// Stronger than any of them.
    Better,
}

impl AuthnRequest {
    /// The request as XML without a signature.
    ///
    /// # Errors
    ///
    /// If a value has a character that XML cannot carry.
    pub(crate) fn to_xml(&self) -> Result<String, IllegalCharacter> {
        self.element().canonical()
    }

    pub(super) fn element(&self) -> Element {
        Element::samlp("AuthnRequest")
            .attribute("ID", &self.id)
            .attribute("Version", "2.0")
            .attribute("IssueInstant", date_time(self.issue_instant))
            .attribute("ProtocolBinding", BINDING_POST)
            .optional("Destination", self.destination.as_deref())
            .optional("AssertionConsumerServiceURL", self.acs_url.as_deref())
            .optional("ForceAuthn", self.force_authn.then_some("true"))
            .optional("IsPassive", self.is_passive.then_some("true"))
            .child(Element::saml("Issuer").text(&self.issuer))
            .children(self.name_id_policy.as_ref().map(NameIdPolicy::element))
            .children(self.requested_authn_context.as_ref().map(RequestedAuthnContext::element))
    }
}

impl NameIdPolicy {
    fn element(&self) -> Element {
        Element::samlp("NameIDPolicy")
            .optional("Format", self.format.as_deref())
            .optional("SPNameQualifier", self.sp_name_qualifier.as_deref())
            .optional("AllowCreate", self.allow_create.map(|allowed| if allowed { "true" } else { "false" }))
    }

    pub(super) fn read(request: &Node) -> Option<Self> {
        let node = request.first(PROTOCOL_NS, "NameIDPolicy")?;
        Some(Self {
            format: node.attribute("Format").map(str::to_owned),
            allow_create: node.attribute("AllowCreate").map(|_| flag(node, "AllowCreate")),
            sp_name_qualifier: node.attribute("SPNameQualifier").map(str::to_owned),
        })
    }
}

impl RequestedAuthnContext {
    fn element(&self) -> Element {
        Element::samlp("RequestedAuthnContext")
            .attribute("Comparison", self.comparison.as_str())
            .children(self.class_refs.iter().map(|class| Element::saml("AuthnContextClassRef").text(class)))
    }

    pub(super) fn read(request: &Node) -> Result<Option<Self>, String> {
        let Some(node) = request.first(PROTOCOL_NS, "RequestedAuthnContext") else { return Ok(None) };
        let comparison = match node.attribute("Comparison") {
            None | Some("exact") => Comparison::Exact,
            Some("minimum") => Comparison::Minimum,
            Some("maximum") => Comparison::Maximum,
            Some("better") => Comparison::Better,
            Some(other) => return Err(other.to_owned()),
        };
        let class_refs = node.all(ASSERTION_NS, "AuthnContextClassRef").map(|class| class.text.clone()).collect();
        Ok(Some(Self { comparison, class_refs }))
    }
}

impl Comparison {
    /// The word in the message: `exact`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Minimum => "minimum",
            Self::Maximum => "maximum",
            Self::Better => "better",
        }
    }
}

/// An `xs:boolean` attribute; absent is false.
pub(super) fn flag(node: &Node, name: &str) -> bool {
    matches!(node.attribute(name), Some("true" | "1"))
}

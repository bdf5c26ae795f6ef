//! Checks that each element of a `Response` is in its only allowed place: signature wrapping needs a second place.
//!
//! Source: saml-core 5.4.2, and the eight wrapping forms of Somorovsky et al., "On Breaking SAML" (USENIX Security 2012).

use std::collections::BTreeSet;

use super::names::{ASSERTION_NS, DSIG_NS, PROTOCOL_NS};
use super::response_rejection::ResponseRejection;
use super::signature::{self, SignatureFault};
use super::structure_fault::StructureFault;
use crate::xml::Node;

/// A `Response` whose elements are in their allowed places.
pub(super) struct Shell<'a> {
    pub(super) response: &'a Node,
    pub(super) assertion: Option<&'a Node>,
    pub(super) response_signature: Option<&'a Node>,
    pub(super) assertion_signature: Option<&'a Node>,
}

impl<'a> Shell<'a> {
    /// Checks the places of the elements; [`Self::check_signatures`] checks the signatures.
    pub(super) fn check(response: &'a Node) -> Result<Self, ResponseRejection> {
        if !response.is(PROTOCOL_NS, "Response") {
            return Err(StructureFault::UnexpectedRoot { found: response.name.clone() }.into());
        }
        let descendants = response.descendants();
        let count = |namespace, name| descendants.iter().filter(|node| node.is(namespace, name)).count();
        if count(PROTOCOL_NS, "Response") > 1 {
            return Err(StructureFault::NestedResponse.into());
        }
        if count(ASSERTION_NS, "EncryptedAssertion") > 0 {
            return Err(StructureFault::EncryptedAssertion.into());
        }
        let assertions = count(ASSERTION_NS, "Assertion");
        if assertions > 1 {
            return Err(StructureFault::SeveralAssertions(assertions).into());
        }
        let assertion = response.first(ASSERTION_NS, "Assertion");
        if assertions == 1 && assertion.is_none() {
            return Err(StructureFault::MisplacedAssertion.into());
        }
        check_ids(&descendants)?;
        if response.attribute("ID").is_none_or(str::is_empty) {
            return Err(StructureFault::MissingId("Response").into());
        }
        if assertion.is_some_and(|assertion| assertion.attribute("ID").is_none_or(str::is_empty)) {
            return Err(StructureFault::MissingId("Assertion").into());
        }
        let shell = Self {
            response,
            assertion,
            response_signature: signature_of(response)?,
            assertion_signature: assertion.map(signature_of).transpose()?.flatten(),
        };
        let known = [shell.response_signature, shell.assertion_signature].iter().flatten().count();
        if count(DSIG_NS, "Signature") != known {
            return Err(SignatureFault::Misplaced.into());
        }
        Ok(shell)
    }

    /// Checks the places of the elements in a `Response` whose assertion is encrypted, and returns its own signature.
    pub(super) fn check_encrypted(response: &'a Node) -> Result<Option<&'a Node>, ResponseRejection> {
        if !response.is(PROTOCOL_NS, "Response") {
            return Err(StructureFault::UnexpectedRoot { found: response.name.clone() }.into());
        }
        let descendants = response.descendants();
        let count = |namespace, name| descendants.iter().filter(|node| node.is(namespace, name)).count();
        if count(PROTOCOL_NS, "Response") > 1 {
            return Err(StructureFault::NestedResponse.into());
        }
        let encrypted = response.all(ASSERTION_NS, "EncryptedAssertion").count();
        if encrypted != 1 || count(ASSERTION_NS, "EncryptedAssertion") != 1 || count(ASSERTION_NS, "Assertion") > 0 {
            return Err(StructureFault::MisplacedEncryptedAssertion.into());
        }
        check_ids(&descendants)?;
        if response.attribute("ID").is_none_or(str::is_empty) {
            return Err(StructureFault::MissingId("Response").into());
        }
        let signature = signature_of(response)?;
        if count(DSIG_NS, "Signature") != usize::from(signature.is_some()) {
            return Err(SignatureFault::Misplaced.into());
        }
        Ok(signature)
    }

    /// Checks the shape of each signature and returns the certificates in their `KeyInfo`.
    pub(super) fn check_signatures(&self) -> Result<Vec<Vec<u8>>, SignatureFault> {
        let pairs = [(Some(self.response), self.response_signature), (self.assertion, self.assertion_signature)];
        let mut certificates = Vec::new();
        for (parent, signature) in pairs {
            if let (Some(parent), Some(signature)) = (parent, signature) {
                certificates.extend(signature::check(signature, parent.attribute("ID").unwrap_or(""))?);
            }
        }
        Ok(certificates)
    }
}

fn signature_of(parent: &Node) -> Result<Option<&Node>, SignatureFault> {
    let mut signatures = parent.all(DSIG_NS, "Signature");
    let first = signatures.next();
    if signatures.next().is_some() { Err(SignatureFault::Several) } else { Ok(first) }
}

/// No two elements share an identifier, under any attribute name that some parser treats as an identifier.
pub(super) fn check_ids(nodes: &[&Node]) -> Result<(), StructureFault> {
    let mut seen = BTreeSet::new();
    let ids = nodes.iter().flat_map(|node| &node.attributes).filter(|one| one.name.eq_ignore_ascii_case("id"));
    for id in ids {
        if !seen.insert(&id.value) {
            return Err(StructureFault::DuplicateId(id.value.clone()));
        }
    }
    Ok(())
}

//! Checks the shape of a `ds:Signature` before anything is computed.
//!
//! Source: saml-core 5.4 (one reference, to the parent's `ID`; the enveloped transform, and exclusive c14n or none), and
//! the attacks that the rules prevent: SHA-1 and HMAC confusion, XSLT and XPath transforms, empty values, references to
//! another element, `ds:Object`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::names::{
    DSIG_NS, ECDSA_SHA256, ENVELOPED_SIGNATURE, EXC_C14N, EXC_C14N_WITH_COMMENTS, RSA_SHA256, RSA_SHA384, RSA_SHA512,
    SHA256, SHA384, SHA512,
};
use crate::xml::Node;

/// Why a signature element cannot be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SignatureFault {
    /// A signature is where none is allowed.
    #[error("a signature is not directly in the element that it signs")]
    Misplaced,
    /// An element has more than one signature.
    #[error("an element has more than one signature")]
    Several,
    /// A child is missing, repeated or unexpected.
    #[error("in {parent}, {child} is missing, repeated or unexpected")]
    Content {
        /// The element.
        parent: &'static str,
        /// The child that is missing, repeated or unexpected.
        child: String,
    },
    /// A canonicalisation other than exclusive c14n.
    #[error("the canonicalisation method {0} is not allowed")]
    Canonicalization(String),
    /// A signature algorithm that is not allowed: SHA-1, HMAC, DSA.
    #[error("the signature method {0} is not allowed")]
    SignatureMethod(String),
    /// A digest algorithm that is not allowed.
    #[error("the digest method {0} is not allowed")]
    DigestMethod(String),
    /// Transforms other than the enveloped signature and exclusive c14n.
    #[error("the transforms [{0}] are not allowed")]
    Transforms(String),
    /// The reference does not name the parent of the signature.
    #[error("the signature covers `{found}`, not the element that contains it")]
    ReferenceElsewhere {
        /// `URI` found.
        found: String,
    },
    /// No digest or no signature value.
    #[error("{0} is empty")]
    Empty(&'static str),
}

/// Checks the shape of a signature in an element with this `ID`, and returns the certificates in its `KeyInfo`, which
/// prove nothing.
pub(super) fn check(signature: &Node, parent_id: &str) -> Result<Vec<Vec<u8>>, SignatureFault> {
    let signed_info = only(signature, "Signature", "SignedInfo")?;
    let signature_value = only(signature, "Signature", "SignatureValue")?;
    let key_info = signature.first(DSIG_NS, "KeyInfo");
    let optional: &[&str] = if key_info.is_some() { &["KeyInfo"] } else { &[] };
    expect_children(signature, "Signature", &[&["SignedInfo", "SignatureValue"], optional].concat())?;
    if signature_value.text.trim().is_empty() || !signature_value.children.is_empty() {
        return Err(SignatureFault::Empty("SignatureValue"));
    }
    check_signed_info(signed_info, parent_id)?;
    Ok(key_info.map(certificates).unwrap_or_default())
}

fn check_signed_info(signed_info: &Node, parent_id: &str) -> Result<(), SignatureFault> {
    let canonicalization = only(signed_info, "SignedInfo", "CanonicalizationMethod")?;
    let method = only(signed_info, "SignedInfo", "SignatureMethod")?;
    let reference = only(signed_info, "SignedInfo", "Reference")?;
    expect_children(signed_info, "SignedInfo", &["CanonicalizationMethod", "SignatureMethod", "Reference"])?;
    if !is_exclusive(canonicalization) {
        return Err(SignatureFault::Canonicalization(algorithm(canonicalization).to_owned()));
    }
    if !SIGNATURE_METHODS.contains(&algorithm(method)) || !method.children.is_empty() {
        return Err(SignatureFault::SignatureMethod(algorithm(method).to_owned()));
    }
    check_reference(reference, parent_id)
}

fn check_reference(reference: &Node, parent_id: &str) -> Result<(), SignatureFault> {
    let transforms = only(reference, "Reference", "Transforms")?;
    let digest_method = only(reference, "Reference", "DigestMethod")?;
    let digest_value = only(reference, "Reference", "DigestValue")?;
    expect_children(reference, "Reference", &["Transforms", "DigestMethod", "DigestValue"])?;
    let uri = reference.attribute("URI").unwrap_or("");
    if uri.strip_prefix('#') != Some(parent_id) {
        return Err(SignatureFault::ReferenceElsewhere { found: uri.to_owned() });
    }
    let allowed = match transforms.children.as_slice() {
        [enveloped] => is_enveloped(enveloped),
        [enveloped, exclusive] => {
            is_enveloped(enveloped) && exclusive.is(DSIG_NS, "Transform") && is_exclusive(exclusive)
        }
        _ => false,
    };
    if !allowed {
        let found: Vec<_> = transforms.children.iter().map(algorithm).collect();
        return Err(SignatureFault::Transforms(found.join(", ")));
    }
    if !DIGEST_METHODS.contains(&algorithm(digest_method)) {
        return Err(SignatureFault::DigestMethod(algorithm(digest_method).to_owned()));
    }
    if digest_value.text.trim().is_empty() || !digest_value.children.is_empty() {
        return Err(SignatureFault::Empty("DigestValue"));
    }
    Ok(())
}

fn algorithm(node: &Node) -> &str {
    node.attribute("Algorithm").unwrap_or("")
}

fn is_enveloped(node: &Node) -> bool {
    node.is(DSIG_NS, "Transform") && algorithm(node) == ENVELOPED_SIGNATURE && node.children.is_empty()
}

/// Exclusive c14n, containing at most a list of inclusive prefixes. With or without comments makes no difference, since a
/// message with comments is refused (saml-core 5.4.3 and 5.4.4).
fn is_exclusive(node: &Node) -> bool {
    [EXC_C14N, EXC_C14N_WITH_COMMENTS].contains(&algorithm(node))
        && node.children.iter().all(|child| child.is(EXC_C14N, "InclusiveNamespaces"))
}

fn only<'a>(parent: &'a Node, parent_name: &'static str, child: &'static str) -> Result<&'a Node, SignatureFault> {
    let mut found = parent.all(DSIG_NS, child);
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(SignatureFault::Content { parent: parent_name, child: child.to_owned() }),
    }
}

fn expect_children(parent: &Node, parent_name: &'static str, names: &[&str]) -> Result<(), SignatureFault> {
    for (at, child) in parent.children.iter().enumerate() {
        if child.namespace != DSIG_NS || names.get(at) != Some(&child.name.as_str()) {
            return Err(SignatureFault::Content { parent: parent_name, child: child.name.clone() });
        }
    }
    Ok(())
}

fn certificates(key_info: &Node) -> Vec<Vec<u8>> {
    let certificates = key_info.descendants().into_iter().filter(|node| node.is(DSIG_NS, "X509Certificate"));
    certificates
        .filter_map(|node| {
            let compact: String = node.text.chars().filter(|one| !one.is_ascii_whitespace()).collect();
            STANDARD.decode(compact).ok()
        })
        .collect()
}

const SIGNATURE_METHODS: [&str; 4] = [RSA_SHA256, RSA_SHA384, RSA_SHA512, ECDSA_SHA256];
const DIGEST_METHODS: [&str; 3] = [SHA256, SHA384, SHA512];

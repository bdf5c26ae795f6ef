//! What an org takes for proved that leaves out one check of the signature on purpose.
//!
//! Each weakness is the mistake of a real party. Nothing here is used unless the realm names it.

use std::borrow::Cow;

use openssl::hash::MessageDigest;
use openssl::memcmp;
use openssl::pkey::PKey;
use openssl::sha::sha256;
use openssl::sign::Signer;
use openssl::x509::X509;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::names::{ASSERTION_NS, DSIG_NS, PROTOCOL_NS};
use super::response_rejection::ResponseRejection;
use super::structure::Shell;
use super::structure_fault::StructureFault;
use super::trusted_certificate::TrustedCertificate;
use super::verify_settings::VerifySettings;
use super::{encryption, xmlsec};
use crate::xml::{self, Node, XmlRejection};
use vestibule_model::Weakness;

/// A message whose signature counts as verified.
pub(super) struct Proved {
    pub(super) response: Node,
    pub(super) assertion: Node,
}

/// What the weaknesses of the realm let pass; `None` if they have nothing to say about this message.
///
/// # Errors
///
/// If the message is wrong in another way.
pub(super) fn proved(xml: &str, settings: &VerifySettings) -> Result<Option<Proved>, ResponseRejection> {
    let weak = |weakness| settings.lacks(weakness);
    if weak(Weakness::CommentTruncatesNameid) {
        return truncated(xml, settings);
    }
    let one_of = [Weakness::FirstAssertionWins, Weakness::LastAssertionWins];
    let lenient = [Weakness::AcceptUnsigned, Weakness::SkipSignature, Weakness::HmacWithCertificate];
    if !one_of.into_iter().chain(lenient).any(weak) {
        return Ok(None);
    }
    let opened = opened(xml, settings);
    let xml = opened.as_ref();
    if one_of.into_iter().any(weak) {
        return one_of_several(xml, settings);
    }
    let received = xml::parse(xml.as_bytes(), settings.max_bytes)?;
    let shell = Shell::check(&received)?;
    let signed = shell.response_signature.is_some() || shell.assertion_signature.is_some();
    let passes = (weak(Weakness::AcceptUnsigned) && !signed)
        || (weak(Weakness::SkipSignature) && signed)
        || (weak(Weakness::HmacWithCertificate) && authenticated(xml, settings));
    let Some(assertion) = shell.assertion.filter(|_| passes).cloned() else { return Ok(None) };
    Ok(Some(Proved { response: received, assertion }))
}

/// The message as a party reads it that decrypts before it verifies anything. What it cannot decrypt stays as it came.
fn opened<'a>(xml: &'a str, settings: &VerifySettings) -> Cow<'a, str> {
    let keys = &settings.decryption_keys;
    if keys.is_empty() {
        return Cow::Borrowed(xml);
    }
    let opened = encryption::open_assertion(xml, keys).and_then(|opened| encryption::decrypt_parts(&opened, keys));
    opened.map_or(Cow::Borrowed(xml), Cow::Owned)
}

/// The root of a message, read past its comments.
pub(super) fn with_comments(xml: &str, limit: usize) -> Result<Node, XmlRejection> {
    xml::parse_with_comments(xml.as_bytes(), limit)
}

/// The signature is verified, and the name is read up to its comment.
fn truncated(xml: &str, settings: &VerifySettings) -> Result<Option<Proved>, ResponseRejection> {
    let Some((name, _)) = element(xml, "saml:NameID").and_then(|name| content(name).split_once("<!--")) else {
        return Ok(None);
    };
    let received = with_comments(xml, settings.max_bytes)?;
    // Only the comment is overlooked: what is signed must still be what is read.
    Shell::check(&received)?.check_signatures()?;
    if xmlsec::signed_bytes(xml, &certificates(settings)).is_none() {
        return Err(ResponseRejection::SignatureInvalid);
    }
    let Some(mut assertion) = received.first(ASSERTION_NS, "Assertion").cloned() else { return Ok(None) };
    for subject in assertion.children.iter_mut().filter(|child| child.is(ASSERTION_NS, "Subject")) {
        for name_id in subject.children.iter_mut().filter(|child| child.is(ASSERTION_NS, "NameID")) {
            name.clone_into(&mut name_id.text);
        }
    }
    Ok(Some(Proved { response: received, assertion }))
}

/// Any signature that verifies vouches for the first, or the last, assertion of the message.
fn one_of_several(xml: &str, settings: &VerifySettings) -> Result<Option<Proved>, ResponseRejection> {
    let response = xml::parse(xml.as_bytes(), settings.max_bytes)?;
    if !response.is(PROTOCOL_NS, "Response") {
        return Err(StructureFault::UnexpectedRoot { found: response.name.clone() }.into());
    }
    if !vouched(xml, &certificates(settings)) {
        return Ok(None);
    }
    let assertion = if settings.lacks(Weakness::FirstAssertionWins) {
        response.first(ASSERTION_NS, "Assertion").cloned()
    } else {
        response.all(ASSERTION_NS, "Assertion").last().cloned()
    };
    Ok(assertion.map(|assertion| Proved { response, assertion }))
}

/// Whether the first signature of the message verifies over any element that it refers to, wherever both are.
fn vouched(xml: &str, certificates: &[Vec<u8>]) -> bool {
    let Some(signature) = first_signature(xml) else { return false };
    let Some(id) = between(&signature, "URI=\"#", "\"") else { return false };
    elements_with_id(xml, id).any(|signed| {
        let bare = match element(signed, "ds:Signature") {
            Some(own) => signed.replacen(own, "", 1),
            None => signed.to_owned(),
        };
        let issuer = "</saml:Issuer>";
        bare.find(issuer).is_some_and(|at| {
            let at = at + issuer.len();
            let whole = format!("{}{signature}{}", &bare[..at], &bare[at..]);
            xmlsec::signed_bytes(&whole, certificates).is_some()
        })
    })
}

/// The first signature, without what it should not contain.
fn first_signature(xml: &str) -> Option<String> {
    let from = &xml[xml.find("<ds:Signature ")?..];
    let parts = ["ds:SignedInfo", "ds:SignatureValue", "ds:KeyInfo"].map(|name| element(from, name));
    parts[0]?;
    let parts: String = parts.into_iter().flatten().collect();
    Some(format!("<ds:Signature xmlns:ds=\"{DSIG_NS}\">{parts}</ds:Signature>"))
}

/// Whether the signature of the assertion is an HMAC whose secret is a configured certificate in PEM.
fn authenticated(xml: &str, settings: &VerifySettings) -> bool {
    let checked = || {
        let assertion = element(xml, "saml:Assertion")?;
        let signature = element(assertion, "ds:Signature")?;
        let info = content(element(signature, "ds:SignedInfo")?);
        info.contains("#hmac-sha256\"").then_some(())?;
        let digest = STANDARD.decode(content(element(signature, "ds:DigestValue")?)).ok()?;
        let value = STANDARD.decode(content(element(signature, "ds:SignatureValue")?)).ok()?;
        let bare = assertion.replacen(signature, "", 1);
        let info = format!("<ds:SignedInfo xmlns:ds=\"{DSIG_NS}\">{info}</ds:SignedInfo>");
        let made = |der: &Vec<u8>| {
            let secret = PKey::hmac(&X509::from_der(der)?.to_pem()?)?;
            Signer::new(MessageDigest::sha256(), &secret)?.sign_oneshot_to_vec(info.as_bytes())
        };
        let same = |made: Vec<u8>| made.len() == value.len() && memcmp::eq(&made, &value);
        let signed = certificates(settings).iter().any(|der| made(der).is_ok_and(same));
        Some(signed && digest == sha256(bare.as_bytes()))
    };
    checked().unwrap_or(false)
}

fn certificates(settings: &VerifySettings) -> Vec<Vec<u8>> {
    TrustedCertificate::ders(&settings.trusted_certificates, false)
}

/// The first element of this name, with its tags. It has none of its own name inside.
fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let start = [" ", ">"].iter().filter_map(|end| xml.find(&format!("<{name}{end}"))).min()?;
    let close = format!("</{name}>");
    let end = start + xml[start..].find(&close)? + close.len();
    Some(&xml[start..end])
}

fn content(element: &str) -> &str {
    let start = element.find('>').map_or(0, |at| at + 1);
    let end = element.rfind("</").unwrap_or(element.len());
    element.get(start..end).unwrap_or_default()
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split(after).next()
}

/// Every element with this `ID`, with its tags.
fn elements_with_id<'a>(xml: &'a str, id: &str) -> impl Iterator<Item = &'a str> {
    let attribute = format!(" ID=\"{id}\"");
    let starts: Vec<usize> = xml.match_indices(&attribute).filter_map(|(at, _)| xml[..at].rfind('<')).collect();
    starts.into_iter().filter_map(move |start| {
        let name = xml[start + 1..].split([' ', '>']).next()?;
        let (open, close) = (format!("<{name} "), format!("</{name}>"));
        let (mut at, mut depth) = (start + 1, 1_usize);
        while depth > 0 {
            let end = at + xml[at..].find(&close)?;
            depth = (depth + xml[at..end].matches(&open).count()).saturating_sub(1);
            at = end + close.len();
        }
        Some(&xml[start..at])
    })
}

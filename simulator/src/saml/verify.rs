//! The org verifies a `Response`.
//!
//! The order is fixed, and every step reads only what the earlier ones accepted: strict parse, structure, version and
//! status, shape of the signatures, the signature itself, then issuer, destination, conditions, confirmation and statement on
//! the signed bytes. If only the assertion is signed, the shell around it is checked as it was received.
//!
//! Source: saml-profiles 4.1.4.3 (processing rules), saml-core 2.5.1 and 5.4, saml-bindings 3.5.5.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::encryption::DecryptionFault;
use super::names::{ASSERTION_NS, PROTOCOL_NS, status};
use super::response_rejection::ResponseRejection;
use super::structure::Shell;
use super::structure_fault::StructureFault;
use super::trusted_certificate::TrustedCertificate;
use super::verified::VerifiedResponse;
use super::verify_settings::VerifySettings;
use super::{careless, conditions, encryption, signature, xmlsec};
use crate::xml::{self, Node, XmlRejection};
use vestibule_model::Weakness;

/// Verifies a `Response`, given as the form field carries it: in base64. The caller refuses a known
/// [`assertion_id`](VerifiedResponse::assertion_id) as [`ResponseRejection::Replayed`], and a request that this browser did
/// not send as [`ResponseRejection::InResponseToInvalid`].
///
/// # Errors
///
/// The first thing that is wrong with it.
pub(crate) fn verify_response(message: &str, settings: &VerifySettings) -> Result<VerifiedResponse, ResponseRejection> {
    let xml = decode(message, settings.max_bytes)?;
    if let Some(proved) = careless::proved(&xml, settings)? {
        conditions::version(&proved.response, "Response")?;
        check_status(&proved.response)?;
        conditions::check_shell(&proved.response, false, settings)?;
        return conditions::check_assertion(&proved.response, &proved.assertion, settings);
    }
    let received = xml::parse(xml.as_bytes(), settings.max_bytes)?;
    if !settings.decryption_keys.is_empty() && encryption::has_encrypted_assertion(&received) {
        return verify_encrypted(&xml, &received, settings);
    }
    let (shell, assertion) = successful(&received, settings.lacks(Weakness::SkipStatus))?;
    let signed_element = match (&shell.response_signature, &shell.assertion_signature) {
        (Some(_), _) => shell.response,
        (None, Some(_)) => assertion,
        (None, None) => return Err(ResponseRejection::Unsigned),
    };
    let claimed = shell.check_signatures()?;
    let signed = decrypted(&signed_text(&xml, &claimed, settings)?, settings)?;
    is_same(&signed, signed_element)?;
    let (response, assertion) = match signed.first(ASSERTION_NS, "Assertion") {
        Some(assertion) if shell.response_signature.is_some() => (&signed, assertion),
        None if shell.response_signature.is_none() => (shell.response, &signed),
        _ => return Err(ResponseRejection::SignedElsewhere),
    };
    conditions::check_shell(response, shell.response_signature.is_some(), settings)?;
    conditions::check_assertion(response, assertion, settings)
}

/// Verifies a `Response` whose assertion is encrypted. A signature around it covers what was encrypted, one inside covers what
/// it was before (saml-core 6.2): so the outer one is verified first, and what it covers is decrypted.
fn verify_encrypted(
    xml: &str,
    received: &Node,
    settings: &VerifySettings,
) -> Result<VerifiedResponse, ResponseRejection> {
    let signature = Shell::check_encrypted(received)?;
    conditions::version(received, "Response")?;
    check_status(received)?;
    let outer = match signature {
        Some(signature) => {
            let claimed = signature::check(signature, received.attribute("ID").unwrap_or(""))?;
            let signed = signed_text(xml, &claimed, settings)?;
            is_same(&xml::parse(signed.as_bytes(), settings.max_bytes)?, received)?;
            signed
        }
        None => xml.to_owned(),
    };
    let is_covered = signature.is_some();
    let opened = open(&outer, is_covered, settings);
    let (response, assertion) =
        if is_covered || encryption::is_authenticated(received) { opened? } else { opened.map_err(without_content)? };
    conditions::check_shell(&response, is_covered, settings)?;
    conditions::check_assertion(&response, &assertion, settings)
}

/// The `Response` with its assertion decrypted, and the assertion as it was signed.
fn open(xml: &str, is_covered: bool, settings: &VerifySettings) -> Result<(Node, Node), ResponseRejection> {
    let opened = encryption::open_assertion(xml, &settings.decryption_keys)?;
    let response = xml::parse(opened.as_bytes(), settings.max_bytes)?;
    let shell = Shell::check(&response)?;
    let assertion = shell.assertion.ok_or(ResponseRejection::MissingPart { part: "Response", missing: "Assertion" })?;
    let signed = if shell.assertion_signature.is_some() {
        let claimed = shell.check_signatures()?;
        let signed = decrypted(&signed_text(&opened, &claimed, settings)?, settings)?;
        is_same(&signed, assertion)?;
        signed
    } else if is_covered {
        let signed = decrypted(&opened, settings)?;
        signed.first(ASSERTION_NS, "Assertion").cloned().ok_or(ResponseRejection::SignedElsewhere)?
    } else {
        return Err(ResponseRejection::Unsigned);
    };
    Ok((response, signed))
}

/// The refusal of a message that anybody may have changed on its way, since nothing outside what is encrypted is signed and
/// CBC keeps nobody from it. Whatever was wrong with what came out is one and the same: bad padding, bad XML and a bad
/// signature are steps of one oracle (Jager and Somorovsky, "How to Break XML Encryption", CCS 2011).
fn without_content(rejection: ResponseRejection) -> ResponseRejection {
    match rejection {
        ResponseRejection::Decryption(fault) if !fault.tells_of_the_content() => fault.into(),
        // Only what the provider signed gets so far.
        ResponseRejection::NoTrustedCertificate | ResponseRejection::CertificateExpired => rejection,
        _ => DecryptionFault::NotDecrypted.into(),
    }
}

/// Signed text as a tree, with what is encrypted in it decrypted, if there is a key.
fn decrypted(signed: &str, settings: &VerifySettings) -> Result<Node, ResponseRejection> {
    if settings.decryption_keys.is_empty() {
        return Ok(xml::parse(signed.as_bytes(), settings.max_bytes)?);
    }
    let opened = encryption::decrypt_parts(signed, &settings.decryption_keys)?;
    Ok(xml::parse(opened.as_bytes(), settings.max_bytes)?)
}

/// What was signed is the element that the message shows.
fn is_same(signed: &Node, shown: &Node) -> Result<(), ResponseRejection> {
    let same = signed.is(&shown.namespace, &shown.name) && signed.attribute("ID") == shown.attribute("ID");
    if same { Ok(()) } else { Err(ResponseRejection::SignedElsewhere) }
}

/// Checks what can be wrong with a message whoever receives it and whenever: everything before the signature is verified.
///
/// # Errors
///
/// The first thing that is wrong with its form.
pub(crate) fn check_form(message: &str) -> Result<(), ResponseRejection> {
    let xml = decode(message, VerifySettings::MAX_BYTES)?;
    let received = xml::parse(xml.as_bytes(), VerifySettings::MAX_BYTES)?;
    let (shell, _) = successful(&received, false)?;
    if shell.response_signature.is_none() && shell.assertion_signature.is_none() {
        return Err(ResponseRejection::Unsigned);
    }
    shell.check_signatures()?;
    Ok(())
}

/// The element that the signature of a message covers, if it verifies with one of these certificates, whoever the message is
/// for and whenever.
///
/// # Errors
///
/// Why it proves nothing.
pub(crate) fn check_signature(message: &str, certificates: &[Vec<u8>]) -> Result<&'static str, ResponseRejection> {
    let xml = decode(message, VerifySettings::MAX_BYTES)?;
    let received = xml::parse(xml.as_bytes(), VerifySettings::MAX_BYTES)?;
    let shell = Shell::check(&received)?;
    let part = match (&shell.response_signature, &shell.assertion_signature) {
        (Some(_), _) => "Response",
        (None, Some(_)) => "Assertion",
        (None, None) => return Err(ResponseRejection::Unsigned),
    };
    shell.check_signatures()?;
    match xmlsec::signed_bytes(&xml, certificates) {
        Some(_) => Ok(part),
        None => Err(ResponseRejection::SignatureInvalid),
    }
}

/// The parts of a `Response` that reports a success, with its assertion.
fn successful(received: &Node, whatever_it_says: bool) -> Result<(Shell<'_>, &Node), ResponseRejection> {
    let shell = Shell::check(received)?;
    conditions::version(shell.response, "Response")?;
    if !whatever_it_says {
        check_status(shell.response)?;
    }
    match shell.assertion {
        Some(assertion) => Ok((shell, assertion)),
        None => Err(ResponseRejection::MissingPart { part: "Response", missing: "Assertion" }),
    }
}

/// What an unverified message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claimed {
    /// `Issuer`. Use it only to choose the IdP whose settings verify the message.
    pub(crate) issuer: String,
    /// `InResponseTo`. Use it only to say which kind of login was refused.
    pub(crate) in_response_to: Option<String>,
}

/// Reads what a message claims.
///
/// # Errors
///
/// If the message cannot be read, or names no issuer.
pub(crate) fn claimed(message: &str) -> Result<Claimed, ResponseRejection> {
    let xml = decode(message, VerifySettings::MAX_BYTES)?;
    claimed_in(xml::parse(xml.as_bytes(), VerifySettings::MAX_BYTES)?)
}

/// The same, of a message with comments.
///
/// # Errors
///
/// If the message cannot be read, or names no issuer.
pub(crate) fn claimed_past_comments(message: &str) -> Result<Claimed, ResponseRejection> {
    let xml = decode(message, VerifySettings::MAX_BYTES)?;
    claimed_in(careless::with_comments(&xml, VerifySettings::MAX_BYTES)?)
}

fn claimed_in(root: Node) -> Result<Claimed, ResponseRejection> {
    if !root.is(PROTOCOL_NS, "Response") {
        return Err(StructureFault::UnexpectedRoot { found: root.name }.into());
    }
    let assertion = root.first(ASSERTION_NS, "Assertion");
    let issuer = root.first(ASSERTION_NS, "Issuer").or_else(|| assertion?.first(ASSERTION_NS, "Issuer"));
    let issuer = issuer.filter(|issuer| !issuer.text.is_empty());
    let issuer = issuer.ok_or(ResponseRejection::MissingPart { part: "Response", missing: "Issuer" })?;
    Ok(Claimed { issuer: issuer.text.clone(), in_response_to: root.attribute("InResponseTo").map(str::to_owned) })
}

pub(super) fn decode(message: &str, limit: usize) -> Result<String, ResponseRejection> {
    if message.len() / 2 > limit {
        return Err(XmlRejection::TooLarge { limit }.into());
    }
    let compact: String = message.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    let bytes = STANDARD.decode(compact).map_err(|_| ResponseRejection::NotBase64)?;
    if bytes.is_empty() {
        return Err(ResponseRejection::NotBase64);
    }
    Ok(String::from_utf8(bytes).map_err(|_| XmlRejection::NotUtf8)?)
}

/// The status is read before the signature: an error is refused in any case, and its code says more.
fn check_status(response: &Node) -> Result<(), ResponseRejection> {
    let missing = || ResponseRejection::MissingPart { part: "Response", missing: "StatusCode" };
    let codes = response.all(PROTOCOL_NS, "Status").flat_map(|status| status.all(PROTOCOL_NS, "StatusCode"));
    let codes: Vec<_> = codes.collect();
    let top = match codes.as_slice() {
        [] => return Err(missing()),
        [only] => only,
        _ => return Err(ResponseRejection::Repeated { part: "Response", repeated: "StatusCode" }),
    };
    let code = top.attribute("Value").filter(|value| !value.is_empty()).ok_or_else(missing)?;
    if code == status::SUCCESS {
        return Ok(());
    }
    let sub_code = top.first(PROTOCOL_NS, "StatusCode").and_then(|sub| sub.attribute("Value")).map(str::to_owned);
    Err(ResponseRejection::StatusNotSuccess { code: code.to_owned(), sub_code })
}

/// The signed text, or why the signature proves nothing. `claimed` are the certificates of `KeyInfo`, which only make
/// the reason more precise.
pub(super) fn signed_text(
    xml: &str,
    claimed: &[Vec<u8>],
    settings: &VerifySettings,
) -> Result<String, ResponseRejection> {
    if settings.trusted_certificates.is_empty() {
        return Err(ResponseRejection::NoTrustedCertificate);
    }
    let trusted = |expired| TrustedCertificate::ders(&settings.trusted_certificates, expired);
    if let Some(text) = xmlsec::signed_bytes(xml, &trusted(false)) {
        return Ok(text);
    }
    if settings.lacks(Weakness::TrustKeyInfo)
        && let Some(text) = xmlsec::signed_bytes(xml, claimed)
    {
        return Ok(text);
    }
    if xmlsec::signed_bytes(xml, &trusted(true)).is_some() {
        return Err(ResponseRejection::CertificateExpired);
    }
    if claimed.iter().any(|certificate| settings.trusted_certificates.iter().all(|one| one.der != *certificate)) {
        return Err(ResponseRejection::CertificateMismatch);
    }
    Err(ResponseRejection::SignatureInvalid)
}

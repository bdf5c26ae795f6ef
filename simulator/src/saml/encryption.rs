//! Encrypts parts of an assertion, and decrypts them again.
//!
//! One key encrypts the content, and the public key of the receiver encrypts that key. Keys and initialization vectors
//! are drawn by the caller. What was decrypted takes the place of what was encrypted in the text, so that a signature in it
//! is verified on the very bytes that were signed.
//!
//! Source: W3C xmlenc-core1 (3, 4.4, 5.2, 5.5.2), saml-core 2.2.4, 2.3.4, 2.7.3.2 and 6.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::encrypt::{Decrypter, Encrypter};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{Id, PKey, PKeyRef, Private, Public};
use openssl::rsa::Padding;
use openssl::symm::{self, Cipher, Crypter, Mode};
use openssl::x509::X509;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;
use strum::IntoEnumIterator as _;
use vestibule_model::{ContentEncryption, EncryptedPart, KeyTransport, SamlEncryption};

use super::canonical::{Element, IllegalCharacter};
use super::names::{ASSERTION_NS, DSIG_NS, SHA1, SHA256, SHA384, SHA512, XENC_NS, XENC11_NS};
use crate::xml::{self, Node, XmlRejection};

/// The random part of one encryption.
#[derive(Clone)]
pub(crate) struct ContentSecret {
    /// The key of the content; AES-128 takes the first half.
    pub(crate) key: [u8; 32],
    /// The initialization vector; GCM takes the first 12 bytes.
    pub(crate) iv: [u8; 16],
}

/// For whom a message is encrypted, and how.
pub(crate) struct Encryption<'a> {
    settings: &'a SamlEncryption,
    receiver: PKey<Public>,
    draw: &'a mut dyn FnMut() -> ContentSecret,
}

/// Failed to encrypt.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EncryptionError {
    /// A value has a character that XML cannot carry.
    #[error(transparent)]
    Write(#[from] IllegalCharacter),
    /// The certificate cannot be read, or its key cannot encrypt.
    #[error("encrypt for a receiver whose certificate is not an X.509 certificate with an RSA key")]
    Certificate,
    /// OpenSSL refused.
    #[error("encrypt with OpenSSL")]
    OpenSsl(#[from] ErrorStack),
}

/// Why something encrypted cannot be read. Each text is a clause without a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DecryptionFault {
    /// Not XML that is safe to read, before or after.
    #[error(transparent)]
    Xml(#[from] XmlRejection),
    /// A child is missing or repeated.
    #[error("in {parent}, {child} is missing or repeated")]
    Content {
        /// The element.
        parent: &'static str,
        /// The child.
        child: &'static str,
    },
    /// An algorithm that is unknown or too weak, as RSA with PKCS #1 v1.5.
    #[error("the encryption algorithm {0} is not allowed")]
    Algorithm(String),
    /// More encrypted parts than any real message has.
    #[error("it has more than {MOST_PARTS} encrypted parts")]
    TooMany,
    /// The wrong key, a changed text or, where telling would help who changes texts in CBC, anything wrong with what came
    /// out.
    #[error("no key at hand decrypts it to an assertion that the identity provider signed")]
    NotDecrypted,
    /// Something else than the one element that may be there.
    #[error("what was encrypted is not one {0}")]
    OtherContent(&'static str),
}

impl<'a> Encryption<'a> {
    /// Encryption for the owner of this certificate, DER. `draw` gives the random part of each encrypted element.
    ///
    /// # Errors
    ///
    /// If the certificate cannot be read, or has no RSA key.
    pub(crate) fn new(
        settings: &'a SamlEncryption,
        certificate_der: &[u8],
        draw: &'a mut dyn FnMut() -> ContentSecret,
    ) -> Result<Self, EncryptionError> {
        let key = X509::from_der(certificate_der).and_then(|certificate| certificate.public_key());
        let receiver = key.ok().filter(|key| key.id() == Id::RSA).ok_or(EncryptionError::Certificate)?;
        Ok(Self { settings, receiver, draw })
    }

    /// The element, encrypted if this part is.
    pub(super) fn sealed_if(&mut self, part: EncryptedPart, plain: Element) -> Result<Element, EncryptionError> {
        if self.settings.has(part) { self.seal(part, &plain) } else { Ok(plain) }
    }

    fn seal(&mut self, part: EncryptedPart, plain: &Element) -> Result<Element, EncryptionError> {
        let content = self.settings.content;
        let secret = (self.draw)();
        let key = &secret.key[..cipher(content).key_len()];
        let value = encrypted(content, key, &secret.iv, plain.canonical()?.as_bytes())?;
        let encrypted_key = self.encrypted_key(key)?;
        let data = Element::xenc("EncryptedData")
            .attribute("Type", ELEMENT_TYPE)
            .child(Element::xenc("EncryptionMethod").attribute("Algorithm", content.uri()))
            .child(Element::ds("KeyInfo").child(encrypted_key))
            .child(cipher_data(&value));
        Ok(Element::saml(wrapper(part)).child(data))
    }

    fn encrypted_key(&self, key: &[u8]) -> Result<Element, EncryptionError> {
        let transport = self.settings.key_transport;
        let method = Element::xenc("EncryptionMethod").attribute("Algorithm", transport.uri());
        let digest = |uri| Element::ds("DigestMethod").attribute("Algorithm", uri);
        let (method, oaep) = match transport {
            KeyTransport::RsaOaepMgf1p => (method.child(digest(SHA1)), Oaep::sha1()),
            KeyTransport::RsaOaep => {
                let mgf = Element::xenc11("MGF").attribute("Algorithm", MGF1_SHA256);
                let sha256 = MessageDigest::sha256();
                (method.child(digest(SHA256)).child(mgf), Oaep { digest: sha256, mgf1: sha256, label: Vec::new() })
            }
        };
        let mut encrypter = Encrypter::new(&self.receiver)?;
        encrypter.set_rsa_padding(Padding::PKCS1_OAEP)?;
        encrypter.set_rsa_oaep_md(oaep.digest)?;
        encrypter.set_rsa_mgf1_md(oaep.mgf1)?;
        let mut value = vec![0; encrypter.encrypt_len(key)?];
        let length = encrypter.encrypt(key, &mut value)?;
        value.truncate(length);
        Ok(Element::xenc("EncryptedKey").child(method).child(cipher_data(&value)))
    }
}

/// The message with every part that was encrypted in its place: the assertion, then the name and the attributes in it.
/// For people who read it: signatures around encrypted parts no longer fit.
///
/// # Errors
///
/// Why a part cannot be read with this key.
pub(crate) fn decrypt_assertion(xml: &str, key: &PKeyRef<Private>) -> Result<String, DecryptionFault> {
    let keys = [key.to_owned()];
    decrypt_parts(&decrypt(xml, &[EncryptedPart::Assertion], &keys)?, &keys)
}

/// The text with the assertion in place of the `EncryptedAssertion`.
pub(super) fn open_assertion(xml: &str, keys: &[PKey<Private>]) -> Result<String, DecryptionFault> {
    decrypt(xml, &[EncryptedPart::Assertion], keys)
}

/// The text with each `NameID` and `Attribute` in place of what was encrypted.
pub(super) fn decrypt_parts(xml: &str, keys: &[PKey<Private>]) -> Result<String, DecryptionFault> {
    decrypt(xml, &[EncryptedPart::NameId, EncryptedPart::Attributes], keys)
}

/// Whether the assertion of a `Response` is encrypted.
pub(super) fn has_encrypted_assertion(response: &Node) -> bool {
    response.first(ASSERTION_NS, wrapper(EncryptedPart::Assertion)).is_some()
}

/// Whether what encrypts the assertion of a `Response` also shows that nobody changed it since. CBC does not.
pub(super) fn is_authenticated(response: &Node) -> bool {
    let wrapped = response.first(ASSERTION_NS, wrapper(EncryptedPart::Assertion));
    let method = wrapped.and_then(|one| one.first(XENC_NS, "EncryptedData")?.first(XENC_NS, "EncryptionMethod"));
    let uri = method.map(algorithm).unwrap_or_default();
    ContentEncryption::iter().any(|known| is_gcm(known) && known.uri() == uri)
}

impl DecryptionFault {
    /// Whether it says something about what was decrypted. To whoever can change a text in CBC, each such difference between
    /// two refusals tells a byte of it.
    pub(super) fn tells_of_the_content(&self) -> bool {
        match self {
            Self::Content { .. } | Self::Algorithm(_) | Self::TooMany => false,
            Self::Xml(_) | Self::NotDecrypted | Self::OtherContent(_) => true,
        }
    }
}

fn decrypt(xml: &str, parts: &[EncryptedPart], keys: &[PKey<Private>]) -> Result<String, DecryptionFault> {
    let ranges = ranges(xml, parts);
    if ranges.is_empty() {
        return Ok(xml.to_owned());
    }
    if ranges.len() > MOST_PARTS {
        return Err(DecryptionFault::TooMany);
    }
    let root = xml::parse(xml.as_bytes(), xml.len())?;
    let mut nodes = Vec::new();
    collect(&root, parts, &mut nodes);
    let (mut opened, mut rest) = (String::with_capacity(xml.len()), 0);
    for (range, (part, node)) in ranges.into_iter().zip(nodes) {
        opened.push_str(xml.get(rest..range.start).unwrap_or_default());
        opened.push_str(&content(node, part, keys)?);
        rest = range.end;
    }
    opened.push_str(xml.get(rest..).unwrap_or_default());
    Ok(opened)
}

/// The encrypted elements in the order of the document, without those inside others.
fn collect<'a>(node: &'a Node, parts: &[EncryptedPart], found: &mut Vec<(EncryptedPart, &'a Node)>) {
    match parts.iter().find(|part| node.is(ASSERTION_NS, wrapper(**part))) {
        Some(part) => found.push((*part, node)),
        None => node.children.iter().for_each(|child| collect(child, parts, found)),
    }
}

/// Where the same elements are in the text.
fn ranges(xml: &str, parts: &[EncryptedPart]) -> Vec<Range<usize>> {
    let mut reader = NsReader::from_str(xml);
    let is_one = |reader: &NsReader<&[u8]>, start: &BytesStart<'_>| {
        let (namespace, name) = reader.resolver().resolve_element(start.name());
        let of_saml = matches!(namespace, ResolveResult::Bound(Namespace(name)) if name == ASSERTION_NS);
        of_saml && parts.iter().any(|part| name.into_inner() == wrapper(*part))
    };
    let (mut found, mut depth) = (Vec::new(), 0_usize);
    let mut open: Option<(usize, usize)> = None;
    loop {
        let from = position(&reader);
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                if open.is_none() && is_one(&reader, &start) {
                    open = Some((from, depth));
                }
                depth += 1;
            }
            Ok(Event::Empty(start)) => {
                if open.is_none() && is_one(&reader, &start) {
                    found.push(from..position(&reader));
                }
            }
            Ok(Event::End(_)) => {
                depth = depth.saturating_sub(1);
                if let Some((start, outside)) = open
                    && outside == depth
                {
                    found.push(start..position(&reader));
                    open = None;
                }
            }
            Ok(Event::Eof) | Err(_) => return found,
            Ok(_) => {}
        }
    }
}

fn position(reader: &NsReader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

/// The one element that was encrypted.
fn content(node: &Node, part: EncryptedPart, keys: &[PKey<Private>]) -> Result<String, DecryptionFault> {
    let data = only(node, XENC_NS, "EncryptedData", wrapper(part))?;
    let uri = algorithm(only(data, XENC_NS, "EncryptionMethod", "EncryptedData")?);
    let method = ContentEncryption::iter().find(|known| known.uri() == uri);
    let method = method.ok_or_else(|| DecryptionFault::Algorithm(uri.to_owned()))?;
    let value = cipher_value(data, "EncryptedData")?;
    let encrypted_keys = data.first(DSIG_NS, "KeyInfo").into_iter().chain([node]);
    let encrypted_keys = encrypted_keys.flat_map(|parent| parent.all(XENC_NS, "EncryptedKey")).take(MOST_KEYS);
    let mut fault = DecryptionFault::Content { parent: "EncryptedData", child: "EncryptedKey" };
    let mut tried = false;
    for encrypted_key in encrypted_keys {
        let (oaep, wrapped) = match key_transport(encrypted_key) {
            Ok(read) => read,
            // Beside a key that was tried, it would tell whether that one fitted.
            Err(_) if tried => continue,
            Err(unusable) => {
                fault = unusable;
                continue;
            }
        };
        tried = true;
        let opened = keys.iter().find_map(|key| {
            let content_key = unwrapped(&wrapped, &oaep, key).ok()?;
            decrypted(method, &content_key, &value)
        });
        match opened {
            Some(bytes) => {
                let text = String::from_utf8(bytes).map_err(|_| XmlRejection::NotUtf8)?;
                return one_element(&text, part);
            }
            None => fault = DecryptionFault::NotDecrypted,
        }
    }
    Err(fault)
}

/// How a key is wrapped.
struct Oaep {
    digest: MessageDigest,
    mgf1: MessageDigest,
    label: Vec<u8>,
}

impl Oaep {
    fn sha1() -> Self {
        Self { digest: MessageDigest::sha1(), mgf1: MessageDigest::sha1(), label: Vec::new() }
    }
}

/// How a key is wrapped, and the wrapped key.
fn key_transport(encrypted_key: &Node) -> Result<(Oaep, Vec<u8>), DecryptionFault> {
    let method = only(encrypted_key, XENC_NS, "EncryptionMethod", "EncryptedKey")?;
    let uri = algorithm(method);
    let transport = KeyTransport::iter().find(|known| known.uri() == uri);
    let transport = transport.ok_or_else(|| DecryptionFault::Algorithm(uri.to_owned()))?;
    let mut oaep = Oaep::sha1();
    if let Some(node) = method.first(DSIG_NS, "DigestMethod") {
        oaep.digest = found(&DIGESTS, node)?;
    }
    if let (KeyTransport::RsaOaep, Some(node)) = (transport, method.first(XENC11_NS, "MGF")) {
        oaep.mgf1 = found(&MASKS, node)?;
    }
    if let Some(node) = method.first(XENC_NS, "OAEPparams") {
        oaep.label = bytes(&node.text).ok_or(DecryptionFault::NotDecrypted)?;
    }
    Ok((oaep, cipher_value(encrypted_key, "EncryptedKey")?))
}

/// A digest and the URI of its algorithm.
type NamedDigest = (&'static str, fn() -> MessageDigest);

fn found(known: &[NamedDigest], node: &Node) -> Result<MessageDigest, DecryptionFault> {
    let uri = algorithm(node);
    let digest = known.iter().find(|(name, _)| *name == uri).map(|(_, digest)| digest());
    digest.ok_or_else(|| DecryptionFault::Algorithm(uri.to_owned()))
}

fn unwrapped(wrapped: &[u8], oaep: &Oaep, key: &PKeyRef<Private>) -> Result<Vec<u8>, ErrorStack> {
    let mut decrypter = Decrypter::new(key)?;
    decrypter.set_rsa_padding(Padding::PKCS1_OAEP)?;
    decrypter.set_rsa_oaep_md(oaep.digest)?;
    decrypter.set_rsa_mgf1_md(oaep.mgf1)?;
    if !oaep.label.is_empty() {
        decrypter.set_rsa_oaep_label(&oaep.label)?;
    }
    let mut content_key = vec![0; decrypter.decrypt_len(wrapped)?];
    let length = decrypter.decrypt(wrapped, &mut content_key)?;
    content_key.truncate(length);
    Ok(content_key)
}

fn encrypted(method: ContentEncryption, key: &[u8], iv: &[u8; 16], plain: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    let cipher = cipher(method);
    if is_gcm(method) {
        let (iv, mut tag) = (&iv[..GCM_IV], [0; GCM_TAG]);
        let value = symm::encrypt_aead(cipher, key, Some(iv), &[], plain, &mut tag)?;
        return Ok([iv, &value, &tag].concat());
    }
    // PKCS #7 writes the padding that XML Encryption asks for, and more.
    Ok([iv.as_slice(), &symm::encrypt(cipher, key, Some(iv), plain)?].concat())
}

/// The content; `None` if the key is another one, or the value was changed.
fn decrypted(method: ContentEncryption, key: &[u8], value: &[u8]) -> Option<Vec<u8>> {
    let cipher = cipher(method);
    if key.len() != cipher.key_len() {
        return None;
    }
    if is_gcm(method) {
        let (iv, rest) = value.split_at_checked(GCM_IV)?;
        let (value, tag) = rest.split_at_checked(rest.len().checked_sub(GCM_TAG)?)?;
        return symm::decrypt_aead(cipher, key, Some(iv), &[], value, tag).ok();
    }
    let (iv, value) = value.split_at_checked(CBC_BLOCK)?;
    // Of the padding only the last byte counts (xmlenc-core1 5.2.1), so OpenSSL must not check the others.
    let mut crypter = Crypter::new(cipher, Mode::Decrypt, key, Some(iv)).ok()?;
    crypter.pad(false);
    let mut plain = vec![0; value.len() + CBC_BLOCK];
    let written = crypter.update(value, &mut plain).ok()?;
    let written = written + crypter.finalize(&mut plain[written..]).ok()?;
    plain.truncate(written);
    let padding = usize::from(*plain.last()?);
    if !(1..=CBC_BLOCK).contains(&padding) {
        return None;
    }
    plain.truncate(plain.len().checked_sub(padding)?);
    Some(plain)
}

/// The text, if it is one element of the kind that may be encrypted there: nothing of it may end up beside its place.
fn one_element(text: &str, part: EncryptedPart) -> Result<String, DecryptionFault> {
    let name = plain_name(part);
    let text = text.trim_start_matches('\u{feff}').trim();
    let text = match text.strip_prefix("<?xml ").and_then(|rest| rest.split_once("?>")) {
        Some((_, rest)) => rest.trim_start(),
        None => text,
    };
    let mut reader = quick_xml::reader::Reader::from_str(text);
    let (mut depth, mut elements) = (0_usize, 0_usize);
    loop {
        let at_root = depth == 0;
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                elements += usize::from(at_root);
                if at_root && start.local_name().into_inner() != name {
                    return Err(DecryptionFault::OtherContent(name));
                }
                depth += 1;
            }
            Ok(Event::Empty(start)) => {
                elements += usize::from(at_root);
                if at_root && start.local_name().into_inner() != name {
                    return Err(DecryptionFault::OtherContent(name));
                }
            }
            Ok(Event::End(_)) if depth > 0 => depth -= 1,
            Ok(Event::Eof) if elements == 1 && depth == 0 => return Ok(text.to_owned()),
            Ok(Event::Text(_) | Event::GeneralRef(_) | Event::CData(_)) if !at_root => {}
            _ => return Err(DecryptionFault::OtherContent(name)),
        }
    }
}

fn wrapper(part: EncryptedPart) -> &'static str {
    match part {
        EncryptedPart::Assertion => "EncryptedAssertion",
        EncryptedPart::NameId => "EncryptedID",
        EncryptedPart::Attributes => "EncryptedAttribute",
    }
}

fn plain_name(part: EncryptedPart) -> &'static str {
    match part {
        EncryptedPart::Assertion => "Assertion",
        EncryptedPart::NameId => "NameID",
        EncryptedPart::Attributes => "Attribute",
    }
}

fn cipher(method: ContentEncryption) -> Cipher {
    match method {
        ContentEncryption::Aes128Gcm => Cipher::aes_128_gcm(),
        ContentEncryption::Aes256Gcm => Cipher::aes_256_gcm(),
        ContentEncryption::Aes128Cbc => Cipher::aes_128_cbc(),
        ContentEncryption::Aes256Cbc => Cipher::aes_256_cbc(),
    }
}

fn is_gcm(method: ContentEncryption) -> bool {
    matches!(method, ContentEncryption::Aes128Gcm | ContentEncryption::Aes256Gcm)
}

fn cipher_data(value: &[u8]) -> Element {
    Element::xenc("CipherData").child(Element::xenc("CipherValue").text(STANDARD.encode(value)))
}

fn cipher_value(parent: &Node, name: &'static str) -> Result<Vec<u8>, DecryptionFault> {
    let data = only(parent, XENC_NS, "CipherData", name)?;
    let value = only(data, XENC_NS, "CipherValue", "CipherData")?;
    bytes(&value.text).ok_or(DecryptionFault::NotDecrypted)
}

fn bytes(base64: &str) -> Option<Vec<u8>> {
    let compact: String = base64.split_ascii_whitespace().collect();
    STANDARD.decode(compact).ok()
}

fn algorithm(node: &Node) -> &str {
    node.attribute("Algorithm").unwrap_or_default()
}

fn only<'a>(
    parent: &'a Node,
    namespace: &'static str,
    child: &'static str,
    name: &'static str,
) -> Result<&'a Node, DecryptionFault> {
    let mut found = parent.all(namespace, child);
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(DecryptionFault::Content { parent: name, child }),
    }
}

const ELEMENT_TYPE: &str = "http://www.w3.org/2001/04/xmlenc#Element";
const MGF1_SHA256: &str = "http://www.w3.org/2009/xmlenc11#mgf1sha256";
const DIGESTS: [NamedDigest; 4] = [
    (SHA1, MessageDigest::sha1),
    (SHA256, MessageDigest::sha256),
    (SHA384, MessageDigest::sha384),
    (SHA512, MessageDigest::sha512),
];
const MASKS: [NamedDigest; 4] = [
    ("http://www.w3.org/2009/xmlenc11#mgf1sha1", MessageDigest::sha1),
    (MGF1_SHA256, MessageDigest::sha256),
    ("http://www.w3.org/2009/xmlenc11#mgf1sha384", MessageDigest::sha384),
    ("http://www.w3.org/2009/xmlenc11#mgf1sha512", MessageDigest::sha512),
];
const GCM_IV: usize = 12;
const GCM_TAG: usize = 16;
const CBC_BLOCK: usize = 16;
/// Each costs an operation with a private key.
const MOST_PARTS: usize = 64;
/// Of one part: a message may be encrypted for several receivers.
const MOST_KEYS: usize = 8;

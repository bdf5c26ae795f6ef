//! Parts of a good answer that are encrypted for their receiver, and what can be wrong with that.
//!
//! The keys of the content are the same everywhere, so two runs differ only in how those keys are encrypted.
//!
//! Source: W3C xmlenc-core1 3, 5.2 and 5.5, saml-core 2.2.4, 2.3.4, 2.7.3.2 and 6.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::encrypt::Encrypter;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{Id, PKey, Public};
use openssl::rsa::Padding;
use openssl::symm::{self, Cipher};
use openssl::x509::X509;
use vestibule_model::{ContentEncryption, KeyTransport};

use super::signature::{By, DSIG, Shape};
use super::wrapping::with_id;
use super::{ASSERTION, GoodResponse, NAME_ID, NotApplicable, Parts, RESPONSE, around, edit, named, signed};
use crate::attacks::keys::Keys;

/// What is encrypted, and what is signed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sealed {
    /// The signed assertion.
    Assertion,
    /// The assertion, in a signed response.
    InSignedResponse,
    /// The signed assertion, in a signed response.
    SignedInSignedResponse,
    /// The assertion, and nothing is signed.
    Unsigned,
    /// The assertion that a stranger signed.
    ByStranger,
    /// The signed assertion with another name than was signed.
    Renamed,
    /// Another assertion than the one that the signature of the response covers.
    Swapped,
    /// The name, in a signed assertion.
    Name,
    /// The first attribute, in a signed assertion.
    Attribute,
    /// Another name than the one that the signature of the assertion covers.
    SwappedName,
    /// The signed assertion, after a plain one that nobody signed.
    AfterPlain,
    /// The signed assertion, before a plain one that nobody signed.
    BeforePlain,
    /// The signed assertion, after another encrypted one that nobody signed.
    AfterUnsigned,
    /// The signed assertion together with one that nobody signed.
    Two,
    /// This text.
    Text(&'static str),
}

/// How it is encrypted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seal {
    /// How the content is encrypted.
    pub(crate) content: ContentEncryption,
    /// How the message says that it is, if it says something else.
    pub(crate) announced: Option<ContentEncryption>,
    /// How the key of the content is sent.
    pub(crate) key: SentKey,
    /// What happened to the content since.
    pub(crate) damage: Damage,
}

/// How the key of the content is sent.
#[derive(Debug, Clone, Copy)]
pub(crate) enum SentKey {
    /// Encrypted, beside the algorithm.
    Wrapped(KeyTransport),
    /// Encrypted by RSA with PKCS #1 v1.5.
    Pkcs1,
    /// Beside what it decrypts.
    Beside,
    /// After one for another receiver.
    AfterAnother,
    /// It is the key of another content.
    OfAnother,
    /// Not at all.
    Missing,
}

/// What happened to what was encrypted.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Damage {
    /// Nothing.
    None,
    /// A bit of its first byte changed.
    First,
    /// A bit in its middle changed.
    Middle,
    /// A bit of its last byte changed.
    Last,
    /// It has lost three quarters of its tag.
    ShortTag,
    /// It is said to be at this address.
    Elsewhere(&'static str),
}

/// The message with a part encrypted.
pub(super) fn apply(
    what: Sealed,
    seal: &Seal,
    parts: &Parts,
    good: &GoodResponse<'_>,
    keys: &Keys,
) -> Result<String, NotApplicable> {
    let receiver = receiver(good)?;
    let sealed = |plain: &str| seal.element(Wrapper::Assertion, plain, &receiver);
    let in_response = |assertions: &str| around(&parts.response, assertions);
    let genuine = || signed(&parts.assertion, ASSERTION, &Shape::GOOD, keys);
    // Each forgery has an ID of its own, so that it is no replay of another one.
    let forged = || {
        let id = edit::attribute(&parts.assertion, ASSERTION, "ID").ok_or(NotApplicable("ID"))?;
        with_id(&named(&parts.assertion, good.victim)?, ASSERTION, &format!("_forged{id}"))
    };
    let signed_response = |assertion: &str| {
        let response = around(&parts.response, &seal.element(Wrapper::Assertion, assertion, &receiver)?)?;
        signed(&response, RESPONSE, &Shape::GOOD, keys)
    };
    match what {
        Sealed::Assertion => in_response(&sealed(&genuine()?)?),
        Sealed::InSignedResponse => signed_response(&parts.assertion),
        Sealed::SignedInSignedResponse => signed_response(&genuine()?),
        Sealed::Unsigned => in_response(&sealed(&parts.assertion)?),
        Sealed::ByStranger => {
            let shape = Shape { signer: By::Foreign, ..Shape::GOOD };
            in_response(&sealed(&signed(&parts.assertion, ASSERTION, &shape, keys)?)?)
        }
        Sealed::Renamed => in_response(&sealed(&named(&genuine()?, good.victim)?)?),
        Sealed::Swapped => {
            let message = signed_response(&parts.assertion)?;
            let covered = edit::whole(&message, Wrapper::Assertion.name())?;
            Ok(edit::replaced(&message, covered, &sealed(&forged()?)?))
        }
        Sealed::Name => in_response(&with_part(parts, seal, Wrapper::Name, &receiver, keys)?),
        Sealed::Attribute => in_response(&with_part(parts, seal, Wrapper::Attribute, &receiver, keys)?),
        Sealed::SwappedName => {
            let assertion = with_part(parts, seal, Wrapper::Name, &receiver, keys)?;
            let own = &parts.assertion[edit::whole(&parts.assertion, NAME_ID)?];
            let other = edit::replaced(own, edit::content(own, NAME_ID)?, good.victim.unwrap_or(SOMEBODY_ELSE));
            let other = seal.element(Wrapper::Name, &declared(&other), &receiver)?;
            let covered = edit::whole(&assertion, Wrapper::Name.name())?;
            in_response(&edit::replaced(&assertion, covered, &other))
        }
        Sealed::AfterPlain => in_response(&format!("{}{}", forged()?, sealed(&genuine()?)?)),
        Sealed::BeforePlain => in_response(&format!("{}{}", sealed(&genuine()?)?, forged()?)),
        Sealed::AfterUnsigned => in_response(&format!("{}{}", sealed(&forged()?)?, sealed(&genuine()?)?)),
        Sealed::Two => in_response(&sealed(&format!("{}{}", forged()?, genuine()?))?),
        Sealed::Text(text) => in_response(&sealed(text)?),
    }
}

/// The signed assertion with a part of it encrypted.
fn with_part(
    parts: &Parts,
    seal: &Seal,
    wrapper: Wrapper,
    receiver: &PKey<Public>,
    keys: &Keys,
) -> Result<String, NotApplicable> {
    let part = edit::whole(&parts.assertion, wrapper.holds())?;
    let sealed = seal.element(wrapper, &declared(&parts.assertion[part.clone()]), receiver)?;
    signed(&edit::replaced(&parts.assertion, part, &sealed), ASSERTION, &Shape::GOOD, keys)
}

/// An element that can be read without those around it.
fn declared(element: &str) -> String {
    let end = element.find([' ', '>']).unwrap_or(element.len());
    format!("{} xmlns:saml=\"{ASSERTION_NS}\"{}", &element[..end], &element[end..])
}

fn receiver(good: &GoodResponse<'_>) -> Result<PKey<Public>, NotApplicable> {
    let certificate = good.receiver.ok_or(NotApplicable("certificate for encryption"))?;
    let key = X509::from_der(certificate).and_then(|certificate| certificate.public_key());
    key.ok().filter(|key| key.id() == Id::RSA).ok_or(NotApplicable("RSA certificate for encryption"))
}

/// What stands in place of what was encrypted.
#[derive(Debug, Clone, Copy)]
enum Wrapper {
    Assertion,
    Name,
    Attribute,
}

impl Wrapper {
    fn name(self) -> &'static str {
        match self {
            Self::Assertion => "saml:EncryptedAssertion",
            Self::Name => "saml:EncryptedID",
            Self::Attribute => "saml:EncryptedAttribute",
        }
    }

    /// What it stands for.
    fn holds(self) -> &'static str {
        match self {
            Self::Assertion => ASSERTION,
            Self::Name => NAME_ID,
            Self::Attribute => "saml:Attribute",
        }
    }

    /// In an assertion, the prefix is declared already, and a canonical form declares it once.
    fn declaration(self) -> String {
        match self {
            Self::Assertion => format!(" xmlns:saml=\"{ASSERTION_NS}\""),
            Self::Name | Self::Attribute => String::new(),
        }
    }
}

impl Seal {
    /// AES-128 in GCM, with the key by RSA-OAEP.
    pub(crate) const GOOD: Self = Self {
        content: ContentEncryption::Aes128Gcm,
        announced: None,
        key: SentKey::Wrapped(KeyTransport::RsaOaepMgf1p),
        damage: Damage::None,
    };

    /// A text, encrypted, in its wrapper. It is canonical.
    fn element(&self, wrapper: Wrapper, plain: &str, receiver: &PKey<Public>) -> Result<String, NotApplicable> {
        let failed = |_| NotApplicable("key of the receiver");
        let value = self.value(plain).map_err(failed)?;
        let key = self.encrypted_key(receiver).map_err(failed)?;
        let (inside, beside) = match self.key {
            SentKey::Beside => (String::new(), key),
            _ => (key, String::new()),
        };
        let algorithm = self.announced.unwrap_or(self.content).uri();
        let data = match self.damage {
            Damage::Elsewhere(url) => format!("<xenc:CipherReference URI=\"{url}\"></xenc:CipherReference>"),
            _ => cipher_value(&value),
        };
        let name = wrapper.name();
        let declaration = wrapper.declaration();
        let key_info = if inside.is_empty() {
            String::new()
        } else {
            format!("<ds:KeyInfo xmlns:ds=\"{DSIG}\">{inside}</ds:KeyInfo>")
        };
        Ok(format!(
            "<{name}{declaration}><xenc:EncryptedData xmlns:xenc=\"{XENC}\" Type=\"{XENC}Element\">\
             <xenc:EncryptionMethod Algorithm=\"{algorithm}\"></xenc:EncryptionMethod>{key_info}\
             <xenc:CipherData>{data}</xenc:CipherData></xenc:EncryptedData>{beside}</{name}>"
        ))
    }

    fn value(&self, plain: &str) -> Result<Vec<u8>, ErrorStack> {
        let cipher = cipher(self.content);
        let key = &CONTENT_KEY[..cipher.key_len()];
        let mut value = match self.content {
            ContentEncryption::Aes128Gcm | ContentEncryption::Aes256Gcm => {
                let (vector, mut tag) = (&VECTOR[..12], [0; 16]);
                let text = symm::encrypt_aead(cipher, key, Some(vector), &[], plain.as_bytes(), &mut tag)?;
                [vector, &text, &tag].concat()
            }
            ContentEncryption::Aes128Cbc | ContentEncryption::Aes256Cbc => {
                [&VECTOR[..], &symm::encrypt(cipher, key, Some(&VECTOR), plain.as_bytes())?].concat()
            }
        };
        let changed = match self.damage {
            Damage::First => Some(0),
            Damage::Middle => Some(value.len() / 2),
            Damage::Last => value.len().checked_sub(1),
            Damage::ShortTag => {
                value.truncate(value.len().saturating_sub(12));
                None
            }
            Damage::None | Damage::Elsewhere(_) => None,
        };
        if let Some(byte) = changed.and_then(|at| value.get_mut(at)) {
            *byte ^= 1;
        }
        Ok(value)
    }

    /// The `EncryptedKey` elements.
    fn encrypted_key(&self, receiver: &PKey<Public>) -> Result<String, ErrorStack> {
        let length = cipher(self.content).key_len();
        let own = &CONTENT_KEY[..length];
        let usual = KeyTransport::RsaOaepMgf1p;
        let element = |method: String, wrapped: &[u8]| {
            // Beside the data, the prefix is declared nowhere above.
            let declaration =
                if matches!(self.key, SentKey::Beside) { format!(" xmlns:xenc=\"{XENC}\"") } else { String::new() };
            let prefix = if matches!(self.key, SentKey::Beside) {
                method.replace("<ds:DigestMethod ", &format!("<ds:DigestMethod xmlns:ds=\"{DSIG}\" "))
            } else {
                method
            };
            format!(
                "<xenc:EncryptedKey{declaration}>{prefix}<xenc:CipherData>{}</xenc:CipherData></xenc:EncryptedKey>",
                cipher_value(wrapped)
            )
        };
        Ok(match self.key {
            SentKey::Missing => String::new(),
            SentKey::Wrapped(transport) => element(method(transport), &wrapped(own, transport, receiver)?),
            SentKey::Beside => element(method(usual), &wrapped(own, usual, receiver)?),
            SentKey::OfAnother => element(method(usual), &wrapped(&OTHER_KEY[..length], usual, receiver)?),
            SentKey::AfterAnother => {
                // What another key would make of it looks like noise to this one.
                let noise = vec![0x5A; receiver.size()];
                element(method(usual), &noise) + &element(method(usual), &wrapped(own, usual, receiver)?)
            }
            SentKey::Pkcs1 => {
                let mut encrypter = Encrypter::new(receiver)?;
                encrypter.set_rsa_padding(Padding::PKCS1)?;
                let method = format!("<xenc:EncryptionMethod Algorithm=\"{XENC}rsa-1_5\"></xenc:EncryptionMethod>");
                element(method, &encrypted(&encrypter, own)?)
            }
        })
    }
}

fn method(transport: KeyTransport) -> String {
    let digest = |uri: &str| format!("<ds:DigestMethod Algorithm=\"{uri}\"></ds:DigestMethod>");
    let inside = match transport {
        KeyTransport::RsaOaepMgf1p => digest("http://www.w3.org/2000/09/xmldsig#sha1"),
        KeyTransport::RsaOaep => format!(
            "{}<xenc11:MGF xmlns:xenc11=\"{XENC11}\" Algorithm=\"{XENC11}mgf1sha256\"></xenc11:MGF>",
            digest("http://www.w3.org/2001/04/xmlenc#sha256")
        ),
    };
    format!("<xenc:EncryptionMethod Algorithm=\"{}\">{inside}</xenc:EncryptionMethod>", transport.uri())
}

fn wrapped(key: &[u8], transport: KeyTransport, receiver: &PKey<Public>) -> Result<Vec<u8>, ErrorStack> {
    let digest = match transport {
        KeyTransport::RsaOaepMgf1p => MessageDigest::sha1(),
        KeyTransport::RsaOaep => MessageDigest::sha256(),
    };
    let mut encrypter = Encrypter::new(receiver)?;
    encrypter.set_rsa_padding(Padding::PKCS1_OAEP)?;
    encrypter.set_rsa_oaep_md(digest)?;
    encrypter.set_rsa_mgf1_md(digest)?;
    encrypted(&encrypter, key)
}

fn encrypted(encrypter: &Encrypter<'_>, key: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    let mut value = vec![0; encrypter.encrypt_len(key)?];
    let length = encrypter.encrypt(key, &mut value)?;
    value.truncate(length);
    Ok(value)
}

fn cipher_value(value: &[u8]) -> String {
    format!("<xenc:CipherValue>{}</xenc:CipherValue>", STANDARD.encode(value))
}

fn cipher(content: ContentEncryption) -> Cipher {
    match content {
        ContentEncryption::Aes128Gcm => Cipher::aes_128_gcm(),
        ContentEncryption::Aes256Gcm => Cipher::aes_256_gcm(),
        ContentEncryption::Aes128Cbc => Cipher::aes_128_cbc(),
        ContentEncryption::Aes256Cbc => Cipher::aes_256_cbc(),
    }
}

const ASSERTION_NS: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";
const XENC11: &str = "http://www.w3.org/2009/xmlenc11#";
/// The key of every content.
const CONTENT_KEY: [u8; 32] = [0x2A; 32];
/// A key that decrypts nothing here.
const OTHER_KEY: [u8; 32] = [0x2B; 32];
/// The initialization vector of every content.
const VECTOR: [u8; 16] = [0x17; 16];
const SOMEBODY_ELSE: &str = "somebody-else";

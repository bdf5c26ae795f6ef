//! Encryption of a token for a client.
//!
//! Source: RFC 7516 5.1, RFC 7518 4.3, 4.6, 5.2 and 5.3. Key and initialization vector come in as arguments; only the
//! ephemeral key of ECDH-ES is made by OpenSSL.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse};
use openssl::bn::{BigNum, BigNumContext};
use openssl::derive::Deriver;
use openssl::ec::EcKey;
use openssl::encrypt::Encrypter;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{Id, PKey, Public};
use openssl::rsa::Padding;
use openssl::sha::sha256;
use openssl::sign::Signer;
use openssl::symm::{self, Cipher};
use serde_json::{Map, Value, json};
use vestibule_model::{JweAlgorithm, JweEncryption};

use super::jwk::public_key;

/// The key of a client that encrypts by this algorithm: one that is meant for it, else one that is meant for nothing else.
pub(crate) fn encryption_key(keys: &JwkSet, algorithm: JweAlgorithm) -> Option<&Jwk> {
    let of_kind = |key: &&Jwk| match algorithm {
        JweAlgorithm::RsaOaep | JweAlgorithm::RsaOaep256 => matches!(key.algorithm, AlgorithmParameters::RSA(_)),
        JweAlgorithm::EcdhEs => matches!(key.algorithm, AlgorithmParameters::EllipticCurve(_)),
    };
    let meant = |key: &&Jwk| match (key.common.key_algorithm, algorithm) {
        (None, _)
        | (Some(KeyAlgorithm::RSA_OAEP), JweAlgorithm::RsaOaep)
        | (Some(KeyAlgorithm::RSA_OAEP_256), JweAlgorithm::RsaOaep256)
        // The library knows no other name of a key agreement.
        | (Some(KeyAlgorithm::UNKNOWN_ALGORITHM), JweAlgorithm::EcdhEs) => true,
        _ => false,
    };
    let fitting = || keys.keys.iter().filter(of_kind).filter(meant);
    let to_encrypt = |key: &&Jwk| key.common.public_key_use == Some(PublicKeyUse::Encryption);
    fitting().find(to_encrypt).or_else(|| fitting().find(|key| key.common.public_key_use.is_none()))
}

/// Encrypts a text as a compact JWE; a signed token is a nested JWT (RFC 7519 5.2). `random` makes the content key and the
/// initialization vector, and must be used once.
///
/// # Errors
/// If the key does not fit the algorithm, or OpenSSL refuses.
pub(crate) fn encrypt(
    plain: Plain<'_>,
    key: &Jwk,
    algorithm: JweAlgorithm,
    encryption: JweEncryption,
    random: &[u8; 48],
) -> Result<String, JweError> {
    let public = public_key(key).ok_or(JweError::Key)?;
    let (content_key, vector) = random.split_at(32);
    let content_key = &content_key[..key_bytes(encryption)];
    let mut header = Map::new();
    header.insert("alg".to_owned(), Value::from(<&'static str>::from(algorithm)));
    header.insert("enc".to_owned(), Value::from(<&'static str>::from(encryption)));
    let text = match plain {
        Plain::Jwt(token) => {
            header.insert("cty".to_owned(), Value::from("JWT"));
            token
        }
        Plain::Claims(json) => json,
    };
    if let Some(kid) = &key.common.key_id {
        header.insert("kid".to_owned(), Value::from(kid.as_str()));
    }
    let (content_key, sent_key) = match algorithm {
        JweAlgorithm::RsaOaep => (content_key.to_vec(), wrapped(&public, content_key, MessageDigest::sha1())?),
        JweAlgorithm::RsaOaep256 => (content_key.to_vec(), wrapped(&public, content_key, MessageDigest::sha256())?),
        JweAlgorithm::EcdhEs => {
            let (agreed, ephemeral) = agreed(&public, encryption)?;
            header.insert("epk".to_owned(), ephemeral);
            (agreed, Vec::new())
        }
    };
    let header = URL_SAFE_NO_PAD.encode(Value::Object(header).to_string());
    let sealed = sealed(&content_key, vector, text.as_bytes(), header.as_bytes(), encryption)?;
    let vector = &vector[..vector_bytes(encryption)];
    let [sent_key, vector, content, tag] =
        [sent_key.as_slice(), vector, &sealed.content, &sealed.tag].map(|part| URL_SAFE_NO_PAD.encode(part));
    Ok(format!("{header}.{sent_key}.{vector}.{content}.{tag}"))
}

/// What is encrypted.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Plain<'a> {
    /// A signed token.
    Jwt(&'a str),
    /// Claims that nobody signed, as JSON.
    Claims(&'a str),
}

/// Why a token cannot be encrypted. Each text completes "failed to ...".
#[derive(Debug, thiserror::Error)]
pub(crate) enum JweError {
    /// The key of the client is of another kind.
    #[error("encrypt the token: the client has no key that fits the algorithm that it registered")]
    Key,
    /// OpenSSL refused.
    #[error("encrypt the token: {0}")]
    OpenSsl(#[from] ErrorStack),
}

/// The encrypted content and what proves that it is whole.
struct Sealed {
    content: Vec<u8>,
    tag: Vec<u8>,
}

fn sealed(
    key: &[u8],
    vector: &[u8],
    plain: &[u8],
    header: &[u8],
    encryption: JweEncryption,
) -> Result<Sealed, ErrorStack> {
    let vector = &vector[..vector_bytes(encryption)];
    match encryption {
        JweEncryption::A128Gcm => galois(Cipher::aes_128_gcm(), key, vector, plain, header),
        JweEncryption::A256Gcm => galois(Cipher::aes_256_gcm(), key, vector, plain, header),
        JweEncryption::A128CbcHs256 => {
            let (mac_key, key) = key.split_at(16);
            let content = symm::encrypt(Cipher::aes_128_cbc(), key, Some(vector), plain)?;
            let bits = u64::try_from(header.len()).unwrap_or(u64::MAX).saturating_mul(8).to_be_bytes();
            let mac_key = PKey::hmac(mac_key)?;
            let mut signer = Signer::new(MessageDigest::sha256(), &mac_key)?;
            for part in [header, vector, content.as_slice(), &bits] {
                signer.update(part)?;
            }
            let mut tag = signer.sign_to_vec()?;
            tag.truncate(16);
            Ok(Sealed { content, tag })
        }
    }
}

fn galois(cipher: Cipher, key: &[u8], vector: &[u8], plain: &[u8], header: &[u8]) -> Result<Sealed, ErrorStack> {
    let mut tag = vec![0; 16];
    let content = symm::encrypt_aead(cipher, key, Some(vector), header, plain, &mut tag)?;
    Ok(Sealed { content, tag })
}

fn wrapped(public: &PKey<Public>, content_key: &[u8], digest: MessageDigest) -> Result<Vec<u8>, JweError> {
    if public.id() != Id::RSA {
        return Err(JweError::Key);
    }
    let mut encrypter = Encrypter::new(public)?;
    encrypter.set_rsa_padding(Padding::PKCS1_OAEP)?;
    encrypter.set_rsa_oaep_md(digest)?;
    encrypter.set_rsa_mgf1_md(digest)?;
    let mut sent = vec![0; encrypter.encrypt_len(content_key)?];
    let length = encrypter.encrypt(content_key, &mut sent)?;
    sent.truncate(length);
    Ok(sent)
}

/// The content key that both sides derive, and the ephemeral public key that the other side needs for it (RFC 7518 4.6).
fn agreed(public: &PKey<Public>, encryption: JweEncryption) -> Result<(Vec<u8>, Value), JweError> {
    if public.id() != Id::EC {
        return Err(JweError::Key);
    }
    let theirs = public.ec_key()?;
    let group = theirs.group();
    let (curve, bytes) = if public.bits() == 384 { ("P-384", 48) } else { ("P-256", 32) };
    let own = EcKey::generate(group)?;
    let (mut x, mut y, mut context) = (BigNum::new()?, BigNum::new()?, BigNumContext::new()?);
    own.public_key().affine_coordinates(group, &mut x, &mut y, &mut context)?;
    let coordinate = |number: &BigNum| number.to_vec_padded(bytes).map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
    let ephemeral = json!({ "kty": "EC", "crv": curve, "x": coordinate(&x)?, "y": coordinate(&y)? });
    let own = PKey::from_ec_key(own)?;
    let mut deriver = Deriver::new(&own)?;
    deriver.set_peer(public)?;
    let shared = deriver.derive_to_vec()?;
    Ok((derived(&shared, encryption), ephemeral))
}

/// The Concat KDF (RFC 7518 4.6.2). No key is longer than one round of SHA-256.
fn derived(shared: &[u8], encryption: JweEncryption) -> Vec<u8> {
    let name: &'static str = encryption.into();
    let length = key_bytes(encryption);
    let prefix = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes();
    let mut input = prefix(1).to_vec();
    input.extend_from_slice(shared);
    input.extend_from_slice(&prefix(name.len()));
    input.extend_from_slice(name.as_bytes());
    // Neither side names itself.
    input.extend_from_slice(&prefix(0));
    input.extend_from_slice(&prefix(0));
    input.extend_from_slice(&prefix(length * 8));
    sha256(&input)[..length].to_vec()
}

fn key_bytes(encryption: JweEncryption) -> usize {
    match encryption {
        JweEncryption::A128Gcm => 16,
        JweEncryption::A256Gcm | JweEncryption::A128CbcHs256 => 32,
    }
}

fn vector_bytes(encryption: JweEncryption) -> usize {
    match encryption {
        JweEncryption::A128Gcm | JweEncryption::A256Gcm => 12,
        JweEncryption::A128CbcHs256 => 16,
    }
}

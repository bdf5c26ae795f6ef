//! Ways to sign a JWT, good and bad.
//!
//! Source: RFC 7515, RFC 7518, RFC 8725.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer as OpensslSigner;
use serde_json::{Map, Value, json};
use vestibule_certs::{KeyAlgorithm, SigningKey};

use super::GoodToken;
use super::claims::Json;
use crate::attacks::keys::{Keys, jwk};

/// Who signs, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Signer {
    /// The provider, with its key.
    Own,
    /// The provider, with its next key, which it publishes too.
    RolledOver,
    /// A stranger, under the provider's `kid`.
    Foreign,
    /// A stranger, under a `kid` that is not published.
    ForeignKid,
    /// The provider, without a `kid`.
    NoKid,
    /// Nobody; `alg` is this.
    Nobody(&'static str),
    /// Anybody who knows the public key: HS256 with it as the secret.
    PublicKey(Secret),
    /// Anybody: HS256 with this secret.
    Known(&'static str),
    /// A stranger, whose key is in `jwk`.
    EmbeddedKey,
    /// A stranger, whose key is at `jku`.
    KeyUrl(&'static str),
    /// A stranger, whose certificate is in `x5c`.
    EmbeddedCertificate,
    /// A stranger, whose certificate is at `x5u`.
    CertificateUrl(&'static str),
    /// A stranger, with this `kid`.
    StrangeKid(&'static str),
    /// Nobody: ES256 with `r` and `s` zero.
    Zero,
    /// Nobody: the header of the provider and an empty signature.
    Empty,
    /// The provider, with RSA-PSS.
    Pss,
    /// The provider, with SHA-512.
    Rs512,
}

/// What of a public key is the secret of an HMAC.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Secret {
    /// `SubjectPublicKeyInfo` in PEM.
    Pem,
    /// The same without the line break at its end.
    PemWithoutNewline,
    /// `SubjectPublicKeyInfo` in DER.
    Der,
    /// The modulus, or the coordinate `x`, in base64url as the key set has it.
    Jwk,
}

/// An edit of the header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HeaderEdit {
    /// Members that are set; `Json::Absent` removes one.
    pub(crate) set: &'static [(&'static str, Json)],
}

impl HeaderEdit {
    /// No edit.
    pub(super) const NONE: Self = Self { set: &[] };

    fn apply(&self, header: &mut Map<String, Value>) {
        for (name, value) in self.set {
            match value {
                Json::Absent => header.remove(*name),
                value => header.insert((*name).to_owned(), value.value()),
            };
        }
    }
}

impl Signer {
    /// A compact JWS. A key that does not fit the algorithm leaves the signature empty.
    pub(super) fn sign(self, edit: &HeaderEdit, payload: &str, keys: &Keys) -> String {
        let own = &*keys.own;
        let mut header = Map::from_iter([
            ("alg".to_owned(), Value::from(algorithm(own))),
            ("kid".to_owned(), Value::from(own.kid())),
            ("typ".to_owned(), Value::from("JWT")),
        ]);
        self.shape(&mut header, keys);
        edit.apply(&mut header);
        let header = URL_SAFE_NO_PAD.encode(Value::Object(header).to_string());
        let input = format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload));
        let signature = self.signature(input.as_bytes(), keys).unwrap_or_default();
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn shape(self, header: &mut Map<String, Value>, keys: &Keys) {
        let mut set = |name: &str, value: Value| {
            header.insert(name.to_owned(), value);
        };
        match self {
            Self::Own | Self::Foreign | Self::Empty => {}
            Self::RolledOver => set("kid", Value::from(keys.rolled_over.kid())),
            Self::ForeignKid => set("kid", Value::from(keys.foreign.kid())),
            Self::NoKid => {
                header.remove("kid");
            }
            Self::Nobody(alg) => set("alg", Value::from(alg)),
            Self::PublicKey(_) | Self::Known(_) => set("alg", Value::from("HS256")),
            Self::EmbeddedKey => set("jwk", jwk(&keys.foreign)),
            Self::KeyUrl(url) => set("jku", Value::from(url)),
            Self::EmbeddedCertificate => set("x5c", json!([STANDARD.encode(keys.foreign.certificate_der())])),
            Self::CertificateUrl(url) => set("x5u", Value::from(url)),
            Self::StrangeKid(kid) => set("kid", Value::from(kid)),
            Self::Zero => set("alg", Value::from("ES256")),
            Self::Pss => set("alg", Value::from("PS256")),
            Self::Rs512 => set("alg", Value::from("RS512")),
        }
    }

    fn signature(self, input: &[u8], keys: &Keys) -> Result<Vec<u8>, ErrorStack> {
        match self {
            Self::Own | Self::NoKid => signed(input, &keys.own, MessageDigest::sha256()),
            Self::RolledOver => signed(input, &keys.rolled_over, MessageDigest::sha256()),
            Self::Rs512 => signed(input, &keys.own, MessageDigest::sha512()),
            Self::Foreign
            | Self::ForeignKid
            | Self::EmbeddedKey
            | Self::KeyUrl(_)
            | Self::EmbeddedCertificate
            | Self::CertificateUrl(_)
            | Self::StrangeKid(_) => signed(input, &keys.foreign, MessageDigest::sha256()),
            Self::Nobody(_) | Self::Empty => Ok(Vec::new()),
            Self::PublicKey(secret) => hmac(input, &secret.of(&keys.own)?),
            Self::Known(secret) => hmac(input, secret.as_bytes()),
            Self::Zero => Ok(vec![0; 64]),
            Self::Pss => {
                let mut signer = OpensslSigner::new(MessageDigest::sha256(), keys.own.pkey())?;
                signer.set_rsa_padding(openssl::rsa::Padding::PKCS1_PSS)?;
                signer.set_rsa_pss_saltlen(openssl::sign::RsaPssSaltlen::DIGEST_LENGTH)?;
                signer.sign_oneshot_to_vec(input)
            }
        }
    }
}

impl Secret {
    fn of(self, key: &SigningKey) -> Result<Vec<u8>, ErrorStack> {
        match self {
            Self::Pem => key.pkey().public_key_to_pem(),
            Self::PemWithoutNewline => {
                let pem = key.pkey().public_key_to_pem()?;
                Ok(pem.trim_ascii_end().to_vec())
            }
            Self::Der => key.pkey().public_key_to_der(),
            Self::Jwk => {
                let jwk = jwk(key);
                let value = jwk["n"].as_str().or_else(|| jwk["x"].as_str()).unwrap_or_default();
                Ok(value.as_bytes().to_vec())
            }
        }
    }
}

/// An edit of a signed token.
#[derive(Debug, Clone, Copy)]
pub(crate) enum TokenText {
    /// The payload is that of another user.
    OtherSubject,
    /// The payload says that other means were used.
    OtherSignals,
    /// Without the last letters of the signature.
    Truncated,
    /// Without the signature and the point before it.
    TwoParts,
    /// With a fourth part.
    FourParts,
    /// With five parts, as an encrypted token has.
    FiveParts,
    /// With a letter in it that base64url does not have.
    Garbage,
    /// With padding.
    Padded,
    /// With a blank before it.
    Blank,
    /// As JSON (RFC 7515 7.2.2).
    Flattened,
    /// No token at all.
    Text(&'static str),
    /// With zero bytes in place of the signature, as many as it had.
    Zeros,
    /// With a signature of many letters.
    LongSignature(usize),
}

impl TokenText {
    pub(super) fn apply(self, token: &str, good: &GoodToken) -> String {
        let parts: Vec<&str> = token.split('.').collect();
        let [header, payload, signature] = parts[..] else { return token.to_owned() };
        let other = |name: &str, value: Value| {
            let mut claims = good.claims.clone();
            claims.insert(name.to_owned(), value);
            format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(Value::Object(claims).to_string()))
        };
        match self {
            Self::OtherSubject => other("sub", Value::from(good.victim.as_deref().unwrap_or("somebody-else"))),
            Self::OtherSignals => other("amr", json!(["hwk"])),
            Self::Truncated => token[..token.len().saturating_sub(16)].to_owned(),
            Self::TwoParts => format!("{header}.{payload}"),
            Self::FourParts => format!("{token}.{signature}"),
            Self::FiveParts => format!("{header}.{payload}.{payload}.{payload}.{signature}"),
            Self::Garbage => format!("{header}.{payload}.%{signature}"),
            Self::Padded => format!("{header}.{payload}.{signature}=="),
            Self::Blank => format!(" {token}"),
            Self::Flattened => json!({ "protected": header, "payload": payload, "signature": signature }).to_string(),
            Self::Text(text) => text.to_owned(),
            Self::Zeros => {
                let length = URL_SAFE_NO_PAD.decode(signature).map_or(0, |bytes| bytes.len());
                format!("{header}.{payload}.{}", URL_SAFE_NO_PAD.encode(vec![0; length]))
            }
            Self::LongSignature(letters) => format!("{header}.{payload}.{}", "A".repeat(letters)),
        }
    }
}

fn signed(input: &[u8], key: &SigningKey, digest: MessageDigest) -> Result<Vec<u8>, ErrorStack> {
    let (digest, width) = match key.algorithm() {
        KeyAlgorithm::Ed25519 => return OpensslSigner::new_without_digest(key.pkey())?.sign_oneshot_to_vec(input),
        KeyAlgorithm::Rsa2048 => (digest, None),
        KeyAlgorithm::EcP256 => (digest, Some(32)),
        KeyAlgorithm::EcP384 => (MessageDigest::sha384(), Some(48)),
    };
    let signature = OpensslSigner::new(digest, key.pkey())?.sign_oneshot_to_vec(input)?;
    let Some(width) = width else { return Ok(signature) };
    let signature = EcdsaSig::from_der(&signature)?;
    Ok([signature.r().to_vec_padded(width)?, signature.s().to_vec_padded(width)?].concat())
}

fn hmac(input: &[u8], secret: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    // An HMAC pads its secret with zeros, so one zero is as good as nothing, which OpenSSL does not take.
    let key = PKey::hmac(if secret.is_empty() { &[0] } else { secret })?;
    OpensslSigner::new(MessageDigest::sha256(), &key)?.sign_oneshot_to_vec(input)
}

fn algorithm(key: &SigningKey) -> &'static str {
    match key.algorithm() {
        KeyAlgorithm::Rsa2048 => "RS256",
        KeyAlgorithm::EcP256 => "ES256",
        KeyAlgorithm::EcP384 => "ES384",
        KeyAlgorithm::Ed25519 => "EdDSA",
    }
}

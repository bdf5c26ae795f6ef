//! The private key of a credential, in PKCS#8.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::Signer;
use serde_cbor_2::Value;
use vestibule_model::{Credential, Secret};

use super::algorithm::PasskeyAlgorithm;

/// The private key of a credential, with its algorithm.
pub(super) struct CredentialKey {
    key: PKey<Private>,
    algorithm: PasskeyAlgorithm,
}

/// Why a private key is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UnusableKey {
    /// It is not PKCS#8 in base64url.
    Malformed,
    /// It is of none of the algorithms.
    UnknownAlgorithm,
}

/// A new private key, as a [`Credential`] holds it. An RSA key takes some tenths of a second.
pub(super) fn new_key(algorithm: PasskeyAlgorithm) -> Result<Secret, ErrorStack> {
    let key = match algorithm {
        PasskeyAlgorithm::Es256 => {
            PKey::from_ec_key(EcKey::generate(&*EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?)?)?
        }
        PasskeyAlgorithm::Rs256 => PKey::from_rsa(Rsa::generate(2048)?)?,
        PasskeyAlgorithm::EdDsa => PKey::generate_ed25519()?,
    };
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(key.private_key_to_pkcs8()?)))
}

impl CredentialKey {
    /// The key of a credential; `None` if it cannot be read.
    pub(super) fn of(credential: &Credential) -> Option<Self> {
        Self::read(&credential.private_key).ok()
    }

    /// Reads a key as a [`Credential`] holds it.
    pub(super) fn read(private_key: &Secret) -> Result<Self, UnusableKey> {
        let der = URL_SAFE_NO_PAD.decode(private_key.reveal()).map_err(|_| UnusableKey::Malformed)?;
        let key = PKey::private_key_from_pkcs8(&der).map_err(|_| UnusableKey::Malformed)?;
        let curve = || key.ec_key().ok().and_then(|key| key.group().curve_name());
        let algorithm = match key.id() {
            Id::EC if curve() == Some(Nid::X9_62_PRIME256V1) => PasskeyAlgorithm::Es256,
            Id::RSA => PasskeyAlgorithm::Rs256,
            Id::ED25519 => PasskeyAlgorithm::EdDsa,
            _ => return Err(UnusableKey::UnknownAlgorithm),
        };
        Ok(Self { key, algorithm })
    }

    /// Its algorithm.
    pub(super) fn algorithm(&self) -> PasskeyAlgorithm {
        self.algorithm
    }

    /// Signs.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, ErrorStack> {
        let mut signer = match self.algorithm {
            PasskeyAlgorithm::EdDsa => Signer::new_without_digest(&self.key)?,
            PasskeyAlgorithm::Es256 | PasskeyAlgorithm::Rs256 => Signer::new(MessageDigest::sha256(), &self.key)?,
        };
        signer.sign_oneshot_to_vec(message)
    }

    /// The public key as a `SubjectPublicKeyInfo` (RFC 5280, 4.1.2.7), in DER.
    pub(super) fn public_key_info(&self) -> Result<Vec<u8>, ErrorStack> {
        self.key.public_key_to_der()
    }

    /// The public key as a `COSE_Key` (RFC 9053, 7.1 and 7.2; RFC 8230, 4).
    pub(super) fn cose_key(&self) -> Result<Value, ErrorStack> {
        let number = |number: i64| Value::Integer(number.into());
        let (kind, parameters) = match self.algorithm {
            PasskeyAlgorithm::Es256 => {
                let (x, y) = self.public_point()?;
                (2, vec![(-1, number(1)), (-2, Value::Bytes(x)), (-3, Value::Bytes(y))])
            }
            PasskeyAlgorithm::Rs256 => {
                let key = self.key.rsa()?;
                (3, vec![(-1, Value::Bytes(key.n().to_vec())), (-2, Value::Bytes(key.e().to_vec()))])
            }
            PasskeyAlgorithm::EdDsa => (1, vec![(-1, number(6)), (-2, Value::Bytes(self.key.raw_public_key()?))]),
        };
        let heading = [(1, number(kind)), (3, number(self.algorithm.cose()))];
        let entries = heading.into_iter().chain(parameters).map(|(label, value)| (number(label), value));
        Ok(Value::Map(BTreeMap::from_iter(entries)))
    }

    /// The public point, x then y, 32 bytes each.
    fn public_point(&self) -> Result<(Vec<u8>, Vec<u8>), ErrorStack> {
        let key = self.key.ec_key()?;
        let mut context = BigNumContext::new()?;
        let (mut x, mut y) = (BigNum::new()?, BigNum::new()?);
        key.public_key().affine_coordinates(key.group(), &mut x, &mut y, &mut context)?;
        Ok((x.to_vec_padded(32)?, y.to_vec_padded(32)?))
    }
}

/// The public key as SPKI in DER (RFC 5280, 4.1.2.7); `None` if the private key cannot be read.
pub(crate) fn public_key(private_key: &Secret) -> Option<Vec<u8>> {
    CredentialKey::read(private_key).ok()?.public_key_info().ok()
}

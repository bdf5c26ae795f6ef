//! OpenSSL as the crypto provider of jsonwebtoken: it verifies ID tokens and computes key ids.
//!
//! Tokens are signed with a [`SigningKey`](crate::SigningKey) directly, so no signer is provided.

use jsonwebtoken::crypto::{CryptoProvider, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::jwk::ThumbprintHash;
use jsonwebtoken::signature::{Error as SignatureError, Verifier as SignatureVerifier};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind};
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Public};
use openssl::rsa::Rsa;
use openssl::sha::sha256;
use openssl::sign::Verifier;

/// Makes OpenSSL the provider for the whole process, unless one is already installed.
pub fn install_jose_provider() {
    let _installed_earlier = PROVIDER.install_default();
}

/// A public key that verifies RS256 or ES256 (RFC 7518 3.3 and 3.4).
struct Key {
    algorithm: Algorithm,
    public: PKey<Public>,
}

impl Key {
    fn of(algorithm: Algorithm, key: &DecodingKey) -> Result<Self, Error> {
        let public = match (algorithm, key.family(), key.kind()) {
            (Algorithm::RS256, AlgorithmFamily::Rsa, DecodingKeyKind::RsaModulusExponent { n, e }) => {
                rsa(n, e).map_err(|error| ErrorKind::InvalidRsaKey(error.to_string()))?
            }
            (Algorithm::ES256, AlgorithmFamily::Ec, DecodingKeyKind::SecretOrDer(point)) => {
                p256(point).map_err(|_| ErrorKind::InvalidEcdsaKey)?
            }
            _ => return Err(ErrorKind::InvalidKeyFormat.into()),
        };
        if algorithm == Algorithm::RS256 && !RSA_BITS.contains(&public.bits()) {
            return Err(ErrorKind::InvalidRsaKey(format!("{} bits", public.bits())).into());
        }
        Ok(Self { algorithm, public })
    }

    fn holds(&self, message: &[u8], signature: &[u8]) -> Result<bool, ErrorStack> {
        let mut verifier = Verifier::new(MessageDigest::sha256(), &self.public)?;
        if self.algorithm == Algorithm::RS256 {
            return verifier.verify_oneshot(signature, message);
        }
        // JOSE writes the two numbers side by side; OpenSSL expects DER.
        let Some((r, s)) = signature.split_at_checked(P256_BYTES).filter(|(_, s)| s.len() == P256_BYTES) else {
            return Ok(false);
        };
        let signature = EcdsaSig::from_private_components(BigNum::from_slice(r)?, BigNum::from_slice(s)?)?;
        verifier.verify_oneshot(&signature.to_der()?, message)
    }
}

impl SignatureVerifier<Vec<u8>> for Key {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), SignatureError> {
        match self.holds(message, signature) {
            Ok(true) => Ok(()),
            Ok(false) => Err(SignatureError::new()),
            Err(error) => Err(SignatureError::from_source(error)),
        }
    }
}

impl JwtVerifier for Key {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<PKey<Public>, ErrorStack> {
    PKey::from_rsa(Rsa::from_public_components(BigNum::from_slice(modulus)?, BigNum::from_slice(exponent)?)?)
}

/// A point that is not on the curve is an error.
fn p256(point: &[u8]) -> Result<PKey<Public>, ErrorStack> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    let point = EcPoint::from_bytes(&group, point, &mut *BigNumContext::new()?)?;
    PKey::from_ec_key(EcKey::from_public_key(&group, &point)?)
}

fn digest(data: &[u8], function: ThumbprintHash) -> Result<Vec<u8>, Error> {
    match function {
        ThumbprintHash::SHA256 => Ok(sha256(data).to_vec()),
        _ => Err(ErrorKind::UnsupportedAlgorithm.into()),
    }
}

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| Err(Error::from(ErrorKind::UnsupportedAlgorithm)),
    verifier_factory: |algorithm, key| Ok(Box::new(Key::of(*algorithm, key)?)),
    key_utils: KeyUtils { compute_digest: digest, ..KeyUtils::new_unimplemented() },
};

/// Accepted sizes of RSA keys. RFC 7518 3.3 asks for at least 2048 bits.
const RSA_BITS: std::ops::RangeInclusive<u32> = 2048..=8192;

/// Bytes of each number of an ES256 signature.
const P256_BYTES: usize = 32;

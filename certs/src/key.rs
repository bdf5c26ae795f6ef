//! A private key in OpenSSL, which also signs the certificates that rcgen writes.

use std::fmt;

use openssl::bn::BigNumContext;
use openssl::ec::{EcGroup, EcKey, PointConversionForm};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use openssl::rsa::Rsa;
use openssl::sha::sha256;
use openssl::sign::Signer;
use rcgen::{
    KeyIdMethod, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_RSA_SHA256, PublicKeyData,
    SerialNumber, SignatureAlgorithm,
};
use rustls::pki_types::PrivateKeyDer::{self, Pkcs1, Pkcs8, Sec1};
use rustls::pki_types::pem::PemObject as _;

use crate::CertError;

/// An RSA key, an EC key on P-256 or P-384, or an Ed25519 key.
pub(crate) struct PrivateKey {
    pkey: PKey<Private>,
    /// Content of the SubjectPublicKeyInfo: an RSAPublicKey (RFC 8017 A.1.1), an uncompressed point (RFC 5480 2.2), or the
    /// 32 bytes of Ed25519 (RFC 8410 4).
    public: Vec<u8>,
    algorithm: &'static SignatureAlgorithm,
}

impl PrivateKey {
    /// Makes an RSA key of 2048 bits. Takes some tenths of a second.
    pub(crate) fn rsa_2048() -> Result<Self, CertError> {
        let make = || Self::of(PKey::from_rsa(Rsa::generate(2048)?)?);
        make().map_err(CertError::key("generate an RSA key"))
    }

    /// Makes an EC key on P-256.
    pub(crate) fn ec_p256() -> Result<Self, CertError> {
        Self::ec(Nid::X9_62_PRIME256V1)
    }

    /// Makes an EC key on P-384.
    pub(crate) fn ec_p384() -> Result<Self, CertError> {
        Self::ec(Nid::SECP384R1)
    }

    /// Makes an Ed25519 key.
    pub(crate) fn ed25519() -> Result<Self, CertError> {
        let make = || Self::of(PKey::generate_ed25519()?);
        make().map_err(CertError::key("generate an Ed25519 key"))
    }

    fn ec(curve: Nid) -> Result<Self, CertError> {
        let make = || Self::of(PKey::from_ec_key(EcKey::generate(&*EcGroup::from_curve_name(curve)?)?)?);
        make().map_err(CertError::key("generate an EC key"))
    }

    /// Reads a key in PEM; `None` if it is damaged or of another type.
    pub(crate) fn read(pem: &str) -> Option<Self> {
        let pkey = read_pkey(pem)?;
        let fits = match pkey.id() {
            Id::RSA => true,
            Id::EC => pkey.ec_key().ok()?.group().curve_name() == Some(Nid::X9_62_PRIME256V1),
            _ => false,
        };
        if fits { Self::of(pkey).ok() } else { None }
    }

    fn of(pkey: PKey<Private>) -> Result<Self, ErrorStack> {
        let (public, algorithm) = match pkey.id() {
            Id::RSA => (pkey.rsa()?.public_key_to_der_pkcs1()?, &PKCS_RSA_SHA256),
            Id::ED25519 => (pkey.raw_public_key()?, &PKCS_ED25519),
            _ => {
                let (key, mut context) = (pkey.ec_key()?, BigNumContext::new()?);
                let point = key.public_key().to_bytes(key.group(), PointConversionForm::UNCOMPRESSED, &mut context)?;
                let p384 = key.group().curve_name() == Some(Nid::SECP384R1);
                (point, if p384 { &PKCS_ECDSA_P384_SHA384 } else { &PKCS_ECDSA_P256_SHA256 })
            }
        };
        Ok(Self { pkey, public, algorithm })
    }

    /// The key as OpenSSL holds it.
    pub(crate) fn pkey(&self) -> &PKey<Private> {
        &self.pkey
    }

    /// The key in DER, in the form of [`PrivateKey::pem`].
    pub(crate) fn der(&self) -> Result<PrivateKeyDer<'static>, CertError> {
        let der = match self.pkey.id() {
            Id::RSA => self.pkey.rsa().and_then(|key| key.private_key_to_der()).map(|der| Pkcs1(der.into())),
            Id::EC => self.pkey.ec_key().and_then(|key| key.private_key_to_der()).map(|der| Sec1(der.into())),
            _ => self.pkey.private_key_to_pkcs8().map(|der| Pkcs8(der.into())),
        };
        der.map_err(CertError::key("write a private key"))
    }

    /// The key in PEM: RSA as in RFC 8017 A.1.2, EC as in RFC 5915, others in PKCS#8. OpenSSL reads the first two in a tenth
    /// of the time that it takes to find a decoder for PKCS#8.
    pub(crate) fn pem(&self) -> Result<String, CertError> {
        let pem = match self.pkey.id() {
            Id::RSA => self.pkey.rsa().and_then(|key| key.private_key_to_pem()),
            Id::EC => self.pkey.ec_key().and_then(|key| key.private_key_to_pem()),
            _ => self.pkey.private_key_to_pem_pkcs8(),
        };
        Ok(String::from_utf8_lossy(&pem.map_err(CertError::key("write a private key"))?).into_owned())
    }
}

impl PublicKeyData for PrivateKey {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        self.algorithm
    }
}

impl rcgen::SigningKey for PrivateKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let sign = || Signer::new(MessageDigest::sha256(), &self.pkey)?.sign_oneshot_to_vec(message);
        sign().map_err(|_: ErrorStack| rcgen::Error::RemoteKeyError)
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

/// Reads a private key in PEM, of whichever type and form; `None` if it is damaged.
pub(crate) fn read_pkey(pem: &str) -> Option<PKey<Private>> {
    let read = match PrivateKeyDer::from_pem_slice(pem.as_bytes()).ok()? {
        Pkcs1(der) => Rsa::private_key_from_der(der.secret_pkcs1_der()).and_then(PKey::from_rsa),
        Sec1(der) => EcKey::private_key_from_der(der.secret_sec1_der()).and_then(PKey::from_ec_key),
        other => PKey::private_key_from_der(other.secret_der()),
    };
    read.ok()
}

/// The identifier of a key: the first 20 bytes of the SHA-256 of its SubjectPublicKeyInfo (RFC 7093 2).
pub(crate) fn key_id(key: &impl PublicKeyData) -> KeyIdMethod {
    KeyIdMethod::PreSpecified(sha256(&key.subject_public_key_info())[..20].to_vec())
}

/// A serial number from a digest of this seed: positive, at most 20 bytes (RFC 5280 4.1.2.2).
pub(crate) fn serial_number(seed: &[u8], length: usize) -> SerialNumber {
    let mut bytes = sha256(seed)[..length].to_vec();
    bytes[0] &= 0x7f;
    SerialNumber::from(bytes)
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::PrivateKeyDer;
    use rustls::pki_types::pem::PemObject as _;

    use super::{PrivateKey, read_pkey};

    #[test]
    fn a_key_is_read_in_the_form_that_is_written_and_in_pkcs_8_which_earlier_versions_wrote() {
        let made = [PrivateKey::rsa_2048(), PrivateKey::ec_p256(), PrivateKey::ec_p384(), PrivateKey::ed25519()];
        for key in made.map(Result::unwrap) {
            let pkcs_8 = String::from_utf8(key.pkey().private_key_to_pem_pkcs8().unwrap()).unwrap();
            for pem in [key.pem().unwrap(), pkcs_8] {
                let read = read_pkey(&pem).unwrap();

                assert!(read.public_eq(key.pkey()), "{key:?}");
                assert_eq!(read.private_key_to_der().unwrap(), key.pkey().private_key_to_der().unwrap(), "{key:?}");
            }
            assert_eq!(PrivateKeyDer::from_pem_slice(key.pem().unwrap().as_bytes()).unwrap(), key.der().unwrap());
            assert!(read_pkey("not PEM at all").is_none());
        }
    }
}

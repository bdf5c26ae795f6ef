//! Signing keys of identity providers and of the org, each with its certificate.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jsonwebtoken::jwk::{
    AlgorithmParameters, CommonParameters, EllipticCurve, EllipticCurveKeyParameters, EllipticCurveKeyType, Jwk,
    JwkSet, OctetKeyPairParameters, OctetKeyPairType, PublicKeyUse, RSAKeyParameters, RSAKeyType, ThumbprintHash,
};
use openssl::bn::{BigNum, BigNumContext};
use openssl::error::ErrorStack;
use openssl::md::Md;
use openssl::pkey::{PKey, Private};
use openssl::pkey_ctx::PkeyCtx;
use openssl::sha::sha256;
use openssl::x509::X509;
use parking_lot::Mutex;
use rcgen::{CertificateParams, KeyUsagePurpose};
use vestibule_model::{KeyAlgorithm, KeyState};

use crate::CertError;
use crate::authority::{Authority, certificate_pem, common_name};
use crate::cache::Made;
use crate::jose::install_jose_provider;
use crate::key::{PrivateKey, read_pkey};
use crate::validity::{self, Validity};

/// Whose messages a key signs. Each party has keys of its own, so that no signature of one counts as one of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum KeyOwner {
    /// The identity providers: responses, assertions and ID tokens.
    IdentityProvider,
    /// The org: requests.
    Org,
    /// The org: what is encrypted for it. Signs nothing.
    OrgDecryption,
}

/// A private key with its certificate.
pub struct SigningKey {
    algorithm: KeyAlgorithm,
    state: KeyState,
    pkey: PKey<Private>,
    certificate_der: Vec<u8>,
    jwk: Jwk,
    kid: String,
    /// Contexts for signatures with SHA-256 that nobody uses at present. Setting one up takes a fiftieth of an RSA signature.
    ready: Mutex<Vec<PkeyCtx<Private>>>,
}

impl SigningKey {
    /// Makes a key, and a certificate for it from this authority.
    ///
    /// Making an RSA key takes some tenths of a second.
    pub(crate) fn make(
        owner: KeyOwner,
        algorithm: KeyAlgorithm,
        state: KeyState,
        authority: &Authority,
        now: Timestamp,
    ) -> Result<Made<Self>, CertError> {
        let key = match algorithm {
            KeyAlgorithm::Rsa2048 => PrivateKey::rsa_2048()?,
            KeyAlgorithm::EcP256 => PrivateKey::ec_p256()?,
            KeyAlgorithm::EcP384 => PrivateKey::ec_p384()?,
            KeyAlgorithm::Ed25519 => PrivateKey::ed25519()?,
        };
        let subject = subject(owner, algorithm, state);
        let mut params = CertificateParams::default();
        params.key_usages = vec![match owner {
            KeyOwner::IdentityProvider | KeyOwner::Org => KeyUsagePurpose::DigitalSignature,
            KeyOwner::OrgDecryption => KeyUsagePurpose::KeyEncipherment,
        }];
        let validity = match state {
            KeyState::Expired => Validity::around(now, DAYS_EACH_WAY, -1),
            _ => Validity::around(now, DAYS_EACH_WAY, DAYS_EACH_WAY),
        };
        let certificate = authority.issue(params, &subject, validity, &key)?;
        let certificate = X509::from_der(certificate.der()).map_err(CertError::key("read a signing certificate"))?;
        let value = Self::assemble(algorithm, state, key.pkey().clone(), &certificate)?;
        let pem = key.pem()? + &certificate_pem(&certificate)?;
        Ok(Made { value, pem })
    }

    /// Reads what [`SigningKey::make`] wrote; `None` if it is damaged, issued by another authority, or not (or no
    /// longer) in the requested state.
    pub(crate) fn read(
        pem: &str,
        owner: KeyOwner,
        algorithm: KeyAlgorithm,
        state: KeyState,
        authority: &Authority,
        now: Timestamp,
    ) -> Option<Self> {
        let pkey = read_pkey(pem)?;
        let certificate = X509::from_pem(pem.as_bytes()).ok()?;
        let timely = match state {
            KeyState::Expired => validity::has_expired(&certificate, now),
            _ => validity::holds(&certificate, now, DAYS_TO_SPARE),
        };
        let sound = timely
            && certificate.public_key().ok()?.public_eq(&pkey)
            && common_name(&certificate) == Some(subject(owner, algorithm, state))
            && authority.has_issued(&certificate);
        sound.then_some(())?;
        Self::assemble(algorithm, state, pkey, &certificate).ok()
    }

    fn assemble(
        algorithm: KeyAlgorithm,
        state: KeyState,
        pkey: PKey<Private>,
        certificate: &X509,
    ) -> Result<Self, CertError> {
        let parameters = public_parameters(algorithm, &pkey).map_err(CertError::key("read the public key"))?;
        let mut jwk = Jwk { common: CommonParameters::default(), algorithm: parameters };
        install_jose_provider();
        let kid = jwk.thumbprint(ThumbprintHash::SHA256)?;
        jwk.common.key_id = Some(kid.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        jwk.common.key_algorithm = Some(match algorithm {
            KeyAlgorithm::Rsa2048 => jsonwebtoken::jwk::KeyAlgorithm::RS256,
            KeyAlgorithm::EcP256 => jsonwebtoken::jwk::KeyAlgorithm::ES256,
            KeyAlgorithm::EcP384 => jsonwebtoken::jwk::KeyAlgorithm::ES384,
            KeyAlgorithm::Ed25519 => jsonwebtoken::jwk::KeyAlgorithm::EdDSA,
        });
        Ok(Self {
            algorithm,
            state,
            certificate_der: certificate.to_der().map_err(CertError::key("write a signing certificate"))?,
            pkey,
            jwk,
            kid,
            ready: Mutex::default(),
        })
    }

    /// Key id: the JWK thumbprint with SHA-256 (RFC 7638).
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Algorithm.
    pub fn algorithm(&self) -> KeyAlgorithm {
        self.algorithm
    }

    /// The private key as OpenSSL holds it, decoded once: decoding costs more than signing.
    pub fn pkey(&self) -> &PKey<Private> {
        &self.pkey
    }

    /// Signs with SHA-256: RSASSA-PKCS1-v1_5 (RFC 8017 8.2), or ECDSA as DER (RFC 3279 2.2.3).
    ///
    /// # Errors
    ///
    /// If the key is one of Ed25519, or OpenSSL fails.
    pub fn sign_sha256(&self, message: &[u8]) -> Result<Vec<u8>, ErrorStack> {
        let ready = self.ready.lock().pop();
        let mut context = ready.map_or_else(|| self.sha256_context(), Ok)?;
        let mut signature = Vec::new();
        context.sign_to_vec(&sha256(message), &mut signature)?;
        self.ready.lock().push(context);
        Ok(signature)
    }

    fn sha256_context(&self) -> Result<PkeyCtx<Private>, ErrorStack> {
        let mut context = PkeyCtx::new(&self.pkey)?;
        context.sign_init()?;
        context.set_signature_md(Md::sha256())?;
        Ok(context)
    }

    /// The public key as a JWK (RFC 7517) with `kid`, `use` and the usual `alg` of its kind.
    pub fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// The certificate in DER.
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate_der
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("algorithm", &self.algorithm)
            .field("state", &self.state)
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// The public keys as a JWK set (RFC 7517 section 5) in the order given, each with `kid`, `use` and `alg`.
pub fn jwk_set<'a>(keys: impl IntoIterator<Item = &'a SigningKey>) -> JwkSet {
    JwkSet { keys: keys.into_iter().map(|key| key.jwk.clone()).collect() }
}

fn public_parameters(algorithm: KeyAlgorithm, pkey: &PKey<Private>) -> Result<AlgorithmParameters, ErrorStack> {
    match algorithm {
        KeyAlgorithm::Rsa2048 => {
            let rsa = pkey.rsa()?;
            Ok(AlgorithmParameters::RSA(RSAKeyParameters {
                key_type: RSAKeyType::RSA,
                n: URL_SAFE_NO_PAD.encode(rsa.n().to_vec()),
                e: URL_SAFE_NO_PAD.encode(rsa.e().to_vec()),
            }))
        }
        KeyAlgorithm::EcP256 => on_curve(pkey, EllipticCurve::P256, 32),
        KeyAlgorithm::EcP384 => on_curve(pkey, EllipticCurve::P384, 48),
        KeyAlgorithm::Ed25519 => Ok(AlgorithmParameters::OctetKeyPair(OctetKeyPairParameters {
            key_type: OctetKeyPairType::OctetKeyPair,
            curve: EllipticCurve::Ed25519,
            x: URL_SAFE_NO_PAD.encode(pkey.raw_public_key()?),
        })),
    }
}

/// The public key of an EC key, whose coordinates have this many bytes.
fn on_curve(pkey: &PKey<Private>, curve: EllipticCurve, bytes: i32) -> Result<AlgorithmParameters, ErrorStack> {
    let key = pkey.ec_key()?;
    let (mut x, mut y, mut context) = (BigNum::new()?, BigNum::new()?, BigNumContext::new()?);
    key.public_key().affine_coordinates(key.group(), &mut x, &mut y, &mut context)?;
    // A coordinate keeps its leading zeros (RFC 7518 6.2.1.2).
    Ok(AlgorithmParameters::EllipticCurve(EllipticCurveKeyParameters {
        key_type: EllipticCurveKeyType::EC,
        curve,
        x: URL_SAFE_NO_PAD.encode(x.to_vec_padded(bytes)?),
        y: URL_SAFE_NO_PAD.encode(y.to_vec_padded(bytes)?),
    }))
}

fn subject(owner: KeyOwner, algorithm: KeyAlgorithm, state: KeyState) -> String {
    let what = match owner {
        KeyOwner::IdentityProvider => "IdP Signing",
        KeyOwner::Org => "Org Request Signing",
        KeyOwner::OrgDecryption => "Org Assertion Decryption",
    };
    format!("Vestibule Test {what} {} ({state})", algorithm_name(algorithm))
}

/// The file in the cache folder that holds this key: `signing-ec-p256-valid.pem`.
pub(crate) fn file_name(owner: KeyOwner, algorithm: KeyAlgorithm, state: KeyState) -> String {
    let what = match owner {
        KeyOwner::IdentityProvider => "signing",
        KeyOwner::Org => "request-signing",
        KeyOwner::OrgDecryption => "assertion-decryption",
    };
    format!("{what}-{}-{state}.pem", algorithm_name(algorithm))
}

/// Name of the algorithm in certificates and file names: `ec-p256`.
fn algorithm_name(algorithm: KeyAlgorithm) -> &'static str {
    match algorithm {
        KeyAlgorithm::Rsa2048 => "rsa2048",
        KeyAlgorithm::EcP256 => "ec-p256",
        KeyAlgorithm::EcP384 => "ec-p384",
        KeyAlgorithm::Ed25519 => "ed25519",
    }
}

/// Five years before and after now, because a realm's clock may be frozen at another date.
const DAYS_EACH_WAY: i64 = 1825;

/// Days for which the certificate of a cached key must still be valid.
const DAYS_TO_SPARE: i64 = 365;

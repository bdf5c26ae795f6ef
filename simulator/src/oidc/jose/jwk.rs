//! Public keys as OpenSSL holds them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, ThumbprintHash};
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Public};
use openssl::rsa::Rsa;
use vestibule_certs::install_jose_provider;

/// The key; `None` if it is not one of the kinds and sizes that are accepted.
pub(super) fn public_key(jwk: &Jwk) -> Option<PKey<Public>> {
    match &jwk.algorithm {
        AlgorithmParameters::RSA(key) => {
            let (n, e) = (number(&key.n)?, number(&key.e)?);
            let key = PKey::from_rsa(Rsa::from_public_components(n, e).ok()?).ok()?;
            RSA_BITS.contains(&key.bits()).then_some(key)
        }
        AlgorithmParameters::EllipticCurve(key) => {
            let curve = match key.curve {
                EllipticCurve::P256 => Nid::X9_62_PRIME256V1,
                EllipticCurve::P384 => Nid::SECP384R1,
                _ => return None,
            };
            let group = EcGroup::from_curve_name(curve).ok()?;
            // A point that is not on the curve is an error.
            let key = EcKey::from_public_key_affine_coordinates(&group, &*number(&key.x)?, &*number(&key.y)?).ok()?;
            PKey::from_ec_key(key).ok()
        }
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
            PKey::public_key_from_raw_bytes(&URL_SAFE_NO_PAD.decode(&key.x).ok()?, Id::ED25519).ok()
        }
        _ => None,
    }
}

/// The thumbprint of a key (RFC 7638) by SHA-256, in base64url.
pub(crate) fn thumbprint(jwk: &Jwk) -> Option<String> {
    install_jose_provider();
    jwk.thumbprint(ThumbprintHash::SHA256).ok()
}

fn number(text: &str) -> Option<BigNum> {
    BigNum::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

/// RFC 7518 3.3 asks for at least 2048 bits.
const RSA_BITS: std::ops::RangeInclusive<u32> = 2048..=8192;

//! The private key of a credential: P-256, in PKCS#8.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use vestibule_model::Secret;

/// A new P-256 key.
pub(super) fn new_key() -> Result<Secret, ErrorStack> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    let key = PKey::from_ec_key(EcKey::generate(&group)?)?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(key.private_key_to_pkcs8()?)))
}

/// The private key that signs; `None` if it is not PKCS#8 in base64url.
pub(super) fn read_key(private_key: &Secret) -> Option<PKey<Private>> {
    PKey::private_key_from_pkcs8(&URL_SAFE_NO_PAD.decode(private_key.reveal()).ok()?).ok()
}

/// The public key as SPKI in DER (RFC 5280, 4.1.2.7); `None` if the private key is not PKCS#8 in base64url.
pub(crate) fn public_key(private_key: &Secret) -> Option<Vec<u8>> {
    read_key(private_key)?.public_key_to_der().ok()
}

/// The public point, x then y, 32 bytes each.
pub(super) fn public_point(key: &PKey<Private>) -> Result<(Vec<u8>, Vec<u8>), ErrorStack> {
    let key = key.ec_key()?;
    let mut context = BigNumContext::new()?;
    let (mut x, mut y) = (BigNum::new()?, BigNum::new()?);
    key.public_key().affine_coordinates(key.group(), &mut x, &mut y, &mut context)?;
    Ok((x.to_vec_padded(32)?, y.to_vec_padded(32)?))
}

//! An assertion as an org reads it that leaves out one check on purpose: the steps of WebAuthn Level 3, 7.2, one by one.
//!
//! The library does them all at once, so it cannot leave out one. Nothing here is used unless the realm names a weakness of
//! WebAuthn.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Public};
use openssl::sha::sha256;
use openssl::sign::Verifier;
use serde::Deserialize;
use webauthn_rs::prelude::{COSEAlgorithm, COSEKeyType, Credential, Passkey, PublicKeyCredential};

use crate::realm::{HostRole, Realm};
use vestibule_model::Weakness;

/// Whether a weakness is about assertions.
pub(super) fn concerned(weaknesses: &BTreeSet<Weakness>) -> bool {
    weaknesses.iter().any(|weakness| {
        matches!(
            weakness,
            Weakness::SkipSignature
                | Weakness::SkipChallenge
                | Weakness::SkipCeremonyType
                | Weakness::SkipOrigin
                | Weakness::SkipRpId
                | Weakness::SkipUserPresence
                | Weakness::SkipUserVerification
                | Weakness::SkipCounter
                | Weakness::SkipUserHandle
        )
    })
}

/// Whether an assertion of this passkey passes every check that is not left out.
pub(super) fn passes(
    realm: &Realm,
    challenge: &[u8],
    passkey: &Passkey,
    user_handle: &[u8],
    answer: &PublicKeyCredential,
) -> bool {
    let skips = |weakness| realm.spec.org.weaknesses.contains(&weakness);
    let response = &answer.response;
    let Ok(client) = serde_json::from_slice::<ClientData>(&response.client_data_json) else { return false };
    let data = &response.authenticator_data;
    let (Some(rp_id_hash), Some(flags), Some(counter)) = (data.get(..32), data.get(32), counter(data)) else {
        return false;
    };
    let known = Credential::from(passkey.clone()).counter;
    let rp_id = realm.hosts.name(&HostRole::MyDomain);
    let handle = response.user_handle.as_deref();
    let signed = [data.as_slice(), &sha256(&response.client_data_json)].concat();
    let checks = [
        (Weakness::SkipCeremonyType, client.kind == "webauthn.get"),
        (Weakness::SkipChallenge, client.challenge == URL_SAFE_NO_PAD.encode(challenge)),
        (Weakness::SkipOrigin, client.origin.trim_end_matches('/') == realm.my_domain_origin()),
        (Weakness::SkipRpId, rp_id_hash == sha256(rp_id.as_bytes())),
        (Weakness::SkipUserPresence, flags & 0x01 != 0),
        (Weakness::SkipUserVerification, flags & 0x04 != 0),
        (Weakness::SkipCounter, (counter == 0 && known == 0) || counter > known),
        (Weakness::SkipUserHandle, handle.is_none_or(|handle| handle == user_handle)),
        (Weakness::SkipSignature, verifies(passkey, &signed, &response.signature).unwrap_or(false)),
    ];
    let framed = client.cross_origin == Some(true);
    !framed && data.len() == 37 && checks.into_iter().all(|(weakness, holds)| holds || skips(weakness))
}

/// The signature counter in authenticator data.
pub(super) fn counter(data: &[u8]) -> Option<u32> {
    let bytes = data.get(33..37)?;
    Some(bytes.iter().fold(0, |sum, byte| (sum << 8) | u32::from(*byte)))
}

/// The members of the client data that are compared.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    cross_origin: Option<bool>,
}

/// Whether the signature is that of an ES256 passkey.
fn verifies(passkey: &Passkey, signed: &[u8], signature: &[u8]) -> Result<bool, ErrorStack> {
    let key = passkey.get_public_key();
    let COSEKeyType::EC_EC2(point) = &key.key else { return Ok(false) };
    if key.type_ != COSEAlgorithm::ES256 {
        return Ok(false);
    }
    let key = public_key(&point.x, &point.y)?;
    Verifier::new(MessageDigest::sha256(), &key)?.verify_oneshot(signature, signed)
}

fn public_key(x: &[u8], y: &[u8]) -> Result<PKey<Public>, ErrorStack> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    let (x, y) = (BigNum::from_slice(x)?, BigNum::from_slice(y)?);
    PKey::from_ec_key(EcKey::from_public_key_affine_coordinates(&group, &x, &y)?)
}

//! The software authenticator against webauthn-rs, over plain HTTP.

mod algorithms;
mod faults;
pub(crate) mod relying_party;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use url::Url;
use vestibule_model::AuthenticatorFault;
use webauthn_rs_proto::{AttestationConveyancePreference, PubKeyCredParams};

use super::browser_commands::{
    faulty_authenticator, faulty_credential, from_webdriver, to_webdriver, webdriver_authenticator,
};
use super::*;
use relying_party::{RP_ID, RelyingParty};

#[test]
fn a_passkey_is_registered_and_signs_in() {
    let rp = RelyingParty::new(1);
    let mut passkeys = CredentialStore::default();
    let mut authenticator = Authenticator::new(&mut passkeys);

    rp.register_over_http(&mut authenticator);
    rp.sign_in_over_http(&mut authenticator).unwrap();

    let credential = &passkeys.credentials()[0];
    assert!(credential.resident);
    assert_eq!(credential.rp_id, RP_ID);
    assert_eq!(credential.user_name.as_deref(), Some("rep"));
}

#[test]
fn the_counter_grows_with_every_assertion() {
    let rp = RelyingParty::new(1);
    let mut passkeys = CredentialStore::default();
    let mut authenticator = Authenticator::new(&mut passkeys);
    rp.register_over_http(&mut authenticator);

    for expected in 1..=3 {
        rp.sign_in_over_http(&mut authenticator).unwrap();
        assert_eq!(*rp.last_counter.lock(), expected);
    }
}

#[test]
fn a_resident_credential_answers_an_empty_allow_list_with_its_user_handle() {
    let rp = RelyingParty::new(1);
    let mut passkeys = CredentialStore::default();
    let mut authenticator = Authenticator::new(&mut passkeys);
    rp.register_over_http(&mut authenticator);
    let mut options = rp.request();
    options.public_key.allow_credentials.clear();

    let credential = authenticator.authenticate(&rp.origin, options).unwrap();

    assert_eq!(credential.get_user_unique_id(), passkeys.credentials()[0].user_handle.as_deref());
    assert!(credential.get_user_unique_id().is_some());
}

#[test]
fn another_origin_is_refused_before_anything_is_made() {
    let rp = RelyingParty::new(1);
    let mut passkeys = CredentialStore::default();
    let mut authenticator = Authenticator::new(&mut passkeys);
    rp.register_over_http(&mut authenticator);
    let evil: Url = "https://evil-acme.localhost".parse().unwrap();

    let creation = authenticator.register(&evil, rp.creation()).unwrap_err();

    assert!(matches!(creation, AuthenticatorError::RelyingParty(_)), "{creation}");
    assert_eq!(passkeys.credentials().len(), 1);
    assert_eq!(passkeys.credentials()[0].sign_count, 0);
}

#[test]
fn a_second_credential_of_the_account_is_excluded() {
    let rp = RelyingParty::new(1);
    let mut passkeys = CredentialStore::default();
    let mut authenticator = Authenticator::new(&mut passkeys);
    rp.register_over_http(&mut authenticator);

    let refused = authenticator.register(&rp.origin, rp.creation()).unwrap_err();

    assert_eq!(refused, AuthenticatorError::Excluded);
}

#[test]
fn an_rp_without_a_known_algorithm_and_one_whose_credential_is_lost_are_refused() {
    let rp = RelyingParty::new(1);
    let mut passkeys = CredentialStore::default();
    rp.register_over_http(&mut Authenticator::new(&mut passkeys));
    let mut only_ps256 = rp.creation();
    only_ps256.public_key.pub_key_cred_params = vec![PubKeyCredParams { type_: "public-key".to_owned(), alg: -37 }];
    let refused = Authenticator::new(&mut passkeys).register(&rp.origin, only_ps256).unwrap_err();
    assert_eq!((refused.dom_exception(), refused), ("NotSupportedError", AuthenticatorError::Algorithm));

    let lost = rp.sign_in_over_http(&mut Authenticator::new(&mut CredentialStore::default())).unwrap_err();
    let nothing = AuthenticatorError::NoCredential { rp_id: RP_ID.to_owned(), listed: true };
    assert_eq!((lost.dom_exception(), lost), ("NotAllowedError", nothing));
}

#[test]
fn another_origin_is_refused_before_anything_is_signed() {
    let rp = RelyingParty::new(1);
    let mut passkeys = CredentialStore::default();
    rp.register_over_http(&mut Authenticator::new(&mut passkeys));
    let evil: Url = "https://evil-acme.localhost".parse().unwrap();

    let refused = Authenticator::new(&mut passkeys).authenticate(&evil, rp.request()).unwrap_err();

    assert!(matches!(refused, AuthenticatorError::RelyingParty(_)), "{refused}");
    assert_eq!(refused.dom_exception(), "SecurityError");
    assert_eq!(passkeys.credentials()[0].sign_count, 0);
}

#[test]
fn the_origin_is_written_as_browsers_write_it() {
    let rp = RelyingParty::new(8443);
    let mut passkeys = CredentialStore::default();

    let made = Authenticator::new(&mut passkeys).register(&rp.origin, rp.creation()).unwrap();

    let data: serde_json::Value = serde_json::from_slice(&made.response.client_data_json).unwrap();
    assert_eq!(data["origin"], "http://acme.localhost:8443");
    assert_eq!((&data["type"], &data["crossOrigin"]), (&json!("webauthn.create"), &json!(false)));
    rp.created(&made).unwrap();
}

#[test]
fn self_attestation_is_given_where_the_rp_asks_for_it() {
    let rp = RelyingParty::new(1);
    let mut passkeys = CredentialStore::default();
    let mut options = rp.creation();
    options.public_key.attestation = Some(AttestationConveyancePreference::Direct);

    let credential = Authenticator::new(&mut passkeys).register(&rp.origin, options).unwrap();

    let object = String::from_utf8_lossy(&credential.response.attestation_object).into_owned();
    assert!(object.contains("packed"), "{object:?}");
    rp.created(&credential).unwrap();
}

#[test]
fn a_credential_in_the_form_of_the_browser_commands_still_signs_in() {
    let rp = RelyingParty::new(1);
    let mut passkeys = CredentialStore::default();
    rp.register_over_http(&mut Authenticator::new(&mut passkeys));
    let written = to_webdriver(&passkeys.credentials()[0]);

    let mut other = CredentialStore::default();
    other.store(from_webdriver(&written).unwrap());

    rp.sign_in_over_http(&mut Authenticator::new(&mut other)).unwrap();
    assert_eq!(other.credentials()[0].user_handle, passkeys.credentials()[0].user_handle);
}

#[test]
fn the_counter_of_the_vault_never_goes_back() {
    let rp = RelyingParty::new(1);
    let mut passkeys = CredentialStore::default();
    rp.register_over_http(&mut Authenticator::new(&mut passkeys));
    let mut old = passkeys.credentials()[0].clone();
    old.user_handle = None;
    rp.sign_in_over_http(&mut Authenticator::new(&mut passkeys)).unwrap();

    passkeys.store(old);

    assert_eq!(passkeys.credentials().len(), 1);
    assert_eq!(passkeys.credentials()[0].sign_count, 1);
    assert!(passkeys.credentials()[0].user_handle.is_some());
}

#[test]
fn a_malformed_credential_is_refused_by_the_name_of_its_field() {
    let rp = RelyingParty::new(1);
    let mut passkeys = CredentialStore::default();
    rp.register_over_http(&mut Authenticator::new(&mut passkeys));
    let good = to_webdriver(&passkeys.credentials()[0]);

    for field in ["credentialId", "rpId", "privateKey", "signCount", "userHandle"] {
        let mut bad = good.clone();
        bad[field] = if field == "signCount" { json!(-1) } else { json!("*") };
        if field == "rpId" {
            bad[field] = json!(5);
        }
        let error = from_webdriver(&bad).unwrap_err();
        assert!(matches!(error, CredentialError::Field(named) if named == field), "{field}: {error}");
    }
}

#[test]
fn a_private_key_is_not_shown_by_debug() {
    let rp = RelyingParty::new(1);
    let mut passkeys = CredentialStore::default();
    rp.register_over_http(&mut Authenticator::new(&mut passkeys));
    let key = to_webdriver(&passkeys.credentials()[0])["privateKey"].as_str().unwrap().to_owned();

    let shown = format!("{passkeys:?}");

    assert!(shown.contains("[redacted]") && !shown.contains(&key[20..60]), "{shown}");
}

#[test]
fn a_key_of_every_algorithm_comes_back_from_a_browser_and_no_other() {
    use strum::IntoEnumIterator as _;
    for algorithm in PasskeyAlgorithm::iter() {
        let rp = RelyingParty::new(1);
        let mut passkeys = CredentialStore::default();
        let mut options = rp.creation();
        options.public_key.pub_key_cred_params =
            vec![PubKeyCredParams { type_: "public-key".to_owned(), alg: algorithm.cose() }];
        Authenticator::new(&mut passkeys).register(&rp.origin, options).unwrap();

        let credential = &passkeys.credentials()[0];
        assert_eq!(from_webdriver(&to_webdriver(credential)).unwrap(), *credential, "{algorithm}");
    }

    let group = openssl::ec::EcGroup::from_curve_name(openssl::nid::Nid::SECP384R1).unwrap();
    let key = openssl::pkey::PKey::from_ec_key(openssl::ec::EcKey::generate(&group).unwrap()).unwrap();
    let mut passkeys = CredentialStore::default();
    let rp = RelyingParty::new(1);
    rp.register_over_http(&mut Authenticator::new(&mut passkeys));
    let mut other = to_webdriver(&passkeys.credentials()[0]);
    other["privateKey"] = URL_SAFE_NO_PAD.encode(key.private_key_to_pkcs8().unwrap()).into();
    assert!(matches!(from_webdriver(&other), Err(CredentialError::UnknownAlgorithm)));
}

#[test]
fn a_fault_is_in_the_commands_of_a_browser() {
    let good = webdriver_authenticator();
    for (fault, name, value) in [
        (AuthenticatorFault::UserVerificationRefused, "isUserVerified", false),
        (AuthenticatorFault::Declined, "isUserVerified", false),
        (AuthenticatorFault::UserVerificationAbsent, "hasUserVerification", false),
        (AuthenticatorFault::TimedOut, "isUserConsenting", false),
        (AuthenticatorFault::Hanging, "isUserConsenting", false),
        (AuthenticatorFault::BackedUp, "defaultBackupState", true),
        (AuthenticatorFault::BackupEligible, "defaultBackupEligibility", true),
    ] {
        assert_ne!(good[name], value, "{name}");
        assert_eq!(faulty_authenticator(fault).unwrap()[name], value, "{fault}");
    }
    assert_eq!(faulty_authenticator(AuthenticatorFault::Absent), None);
    assert_eq!(faulty_authenticator(AuthenticatorFault::CounterLower), Some(good));
}

/// A browser's authenticator adds 1 to the counter before it answers.
#[test]
fn a_fault_is_in_the_credential_that_a_browser_gets() {
    let rp = RelyingParty::new(1);
    let mut passkeys = CredentialStore::default();
    rp.register_over_http(&mut Authenticator::new(&mut passkeys));
    let used = |count: u32| vestibule_model::Credential { sign_count: count, ..passkeys.credentials()[0].clone() };
    let counter = |fault, count| faulty_credential(&used(count), fault).map(|credential| credential.sign_count);

    assert_eq!(counter(AuthenticatorFault::CounterEqual, 2), Some(1));
    assert_eq!(counter(AuthenticatorFault::CounterLower, 2), Some(0));
    assert_eq!(counter(AuthenticatorFault::CounterEqual, 0), None);
    assert_eq!(counter(AuthenticatorFault::CounterLower, 1), None);
    assert_ne!(faulty_credential(&used(1), AuthenticatorFault::WrongOrigin).unwrap().rp_id, RP_ID);
    let flags = |fault| faulty_credential(&used(1), fault).map(|found| (found.backup_eligible, found.backed_up));
    assert_eq!(flags(AuthenticatorFault::BackedUpIneligible), Some((false, true)));
    assert_eq!(faulty_credential(&used(1), AuthenticatorFault::Declined), Some(used(1)));
}

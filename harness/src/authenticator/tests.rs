//! The software authenticator against webauthn-rs, over plain HTTP.

mod algorithms;
mod faults;
pub(crate) mod relying_party;

use serde_json::json;
use url::Url;
use webauthn_rs_proto::{AttestationConveyancePreference, PubKeyCredParams};

use super::browser_commands::{from_webdriver, to_webdriver};
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

//! Ceremonies that a script in a page asks for, in place of the browser.

use serde_json::{Value, json};
use url::Url;
use vestibule_model::AuthenticatorFault;

use super::credential_store::CredentialStore;
use super::json::{authentication_response, creation_options, registration_response, request_options};
use super::settings::AuthenticatorSettings;
use super::webauthn::{Authenticator, AuthenticatorError};

/// Answers a ceremony, `{ id, kind: create | get, origin, publicKey }` with the options as JSON, by `{ id, credential }` as
/// `toJSON()` writes it, or by `{ id, error }` with the name of an exception.
pub(crate) fn answer_ceremony(
    passkeys: &mut CredentialStore,
    fault: Option<AuthenticatorFault>,
    asked: &Value,
) -> Value {
    match perform(passkeys, fault, asked) {
        Ok(credential) => json!({ "id": asked["id"], "credential": credential }),
        Err(error) => json!({ "id": asked["id"], "error": error }),
    }
}

fn perform(
    passkeys: &mut CredentialStore,
    fault: Option<AuthenticatorFault>,
    asked: &Value,
) -> Result<Value, &'static str> {
    let refused = |error: AuthenticatorError| error.dom_exception();
    let origin = asked["origin"].as_str().and_then(|origin| Url::parse(origin).ok()).ok_or("SecurityError")?;
    let options = &asked["publicKey"];
    let settings = AuthenticatorSettings { fault, ..AuthenticatorSettings::default() };
    if asked["kind"] == "create" {
        let creation = creation_options(options, &origin).map_err(|_| "NotSupportedError")?;
        let made = Authenticator::with(passkeys, settings).register(&origin, creation).map_err(refused)?;
        let credential = passkeys.credentials().iter().find(|held| held.id == made.raw_id);
        return credential.map(|credential| registration_response(&made, credential, options)).ok_or("UnknownError");
    }
    let request = request_options(options, &origin).map_err(|_| "NotSupportedError")?;
    let asserted = Authenticator::with(passkeys, settings).authenticate(&origin, request).map_err(refused)?;
    Ok(authentication_response(&asserted))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn asked(kind: &str, origin: &str) -> Value {
        json!({ "id": "7", "kind": kind, "origin": origin, "publicKey": {
            "challenge": "AAAA", "rpId": "acme.localhost",
            "rp": { "id": "acme.localhost", "name": "Acme" },
            "user": { "id": "AQ", "name": "ada", "displayName": "Ada" },
            "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }],
            "authenticatorSelection": { "residentKey": "required" },
        } })
    }

    #[test]
    fn a_page_gets_a_passkey_and_then_an_assertion_with_the_flags_of_the_fault() {
        let mut passkeys = CredentialStore::default();
        let origin = "https://my.acme.localhost";

        let made = answer_ceremony(&mut passkeys, None, &asked("create", origin));
        let got = answer_ceremony(&mut passkeys, Some(AuthenticatorFault::BackedUp), &asked("get", origin));

        assert_eq!((&made["id"], &made["credential"]["id"]), (&json!("7"), &got["credential"]["id"]));
        let data = got["credential"]["response"]["authenticatorData"].as_str().unwrap();
        let flags = URL_SAFE_NO_PAD.decode(data).unwrap()[32];
        assert_eq!(flags, 0b1_1101, "user present, verified, BE, BS");
        assert_eq!(passkeys.credentials()[0].sign_count, 1);
    }

    #[test]
    fn a_page_that_gets_none_gets_the_name_of_the_exception() {
        let mut passkeys = CredentialStore::default();
        for (kind, origin, error) in [
            ("get", "https://acme.localhost", "NotAllowedError"),
            ("get", "https://other.example", "SecurityError"),
            ("create", "https://other.example", "SecurityError"),
        ] {
            let answer = answer_ceremony(&mut passkeys, None, &asked(kind, origin));
            assert_eq!(answer, json!({ "id": "7", "error": error }), "{kind} {origin}");
        }
    }
}

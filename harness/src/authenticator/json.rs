//! The ceremonies as JSON: options as `parseCreationOptionsFromJSON()` and `parseRequestOptionsFromJSON()` read them, answers
//! as `toJSON()` writes them (WebAuthn Level 3, 5.1.8, 5.1.9 and 5.1).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use url::Url;
use vestibule_model::Credential;
use webauthn_rs_proto::{
    AllowCredentials, AttestationConveyancePreference, AuthenticatorSelectionCriteria, CreationChallengeResponse,
    PubKeyCredParams, PublicKeyCredential, PublicKeyCredentialCreationOptions, PublicKeyCredentialDescriptor,
    PublicKeyCredentialRequestOptions, RegisterPublicKeyCredential, RelyingParty, RequestChallengeResponse,
    ResidentKeyRequirement, User, UserVerificationPolicy,
};

use super::key::CredentialKey;

/// Why options cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("read the options of the ceremony: {0}")]
pub(crate) struct OptionsError(#[from] serde_json::Error);

/// Reads `PublicKeyCredentialCreationOptionsJSON`, or an object with them as `publicKey`. What a client does not know, it
/// leaves out.
///
/// # Errors
///
/// If a member is missing or has the wrong form.
pub(crate) fn creation_options(options: &Value, origin: &Url) -> Result<CreationChallengeResponse, OptionsError> {
    let options: CreationOptions = read(options)?;
    let selection = options.authenticator_selection.unwrap_or_default();
    Ok(CreationChallengeResponse {
        public_key: PublicKeyCredentialCreationOptions {
            rp: RelyingParty {
                name: options.rp.name.unwrap_or_default(),
                id: options.rp.id.unwrap_or_else(|| host(origin)),
            },
            user: User {
                id: options.user.id.0,
                display_name: options.user.display_name.unwrap_or_else(|| options.user.name.clone()),
                name: options.user.name,
            },
            challenge: options.challenge.0,
            pub_key_cred_params: options.pub_key_cred_params,
            timeout: options.timeout,
            exclude_credentials: Some(
                options.exclude_credentials.into_iter().filter_map(Descriptor::excluded).collect(),
            ),
            authenticator_selection: Some(AuthenticatorSelectionCriteria {
                authenticator_attachment: None,
                resident_key: match selection.resident_key.as_deref() {
                    Some("required") => Some(ResidentKeyRequirement::Required),
                    Some("preferred") => Some(ResidentKeyRequirement::Preferred),
                    Some("discouraged") => Some(ResidentKeyRequirement::Discouraged),
                    _ => None,
                },
                require_resident_key: selection.require_resident_key,
                user_verification: user_verification(selection.user_verification.as_deref()),
            }),
            hints: None,
            attestation: match options.attestation.as_deref() {
                Some("direct" | "enterprise") => Some(AttestationConveyancePreference::Direct),
                Some("indirect") => Some(AttestationConveyancePreference::Indirect),
                _ => None,
            },
            attestation_formats: None,
            extensions: None,
        },
    })
}

/// Reads `PublicKeyCredentialRequestOptionsJSON` likewise.
///
/// # Errors
///
/// If a member is missing or has the wrong form.
pub(crate) fn request_options(options: &Value, origin: &Url) -> Result<RequestChallengeResponse, OptionsError> {
    let options: RequestOptions = read(options)?;
    Ok(RequestChallengeResponse {
        public_key: PublicKeyCredentialRequestOptions {
            challenge: options.challenge.0,
            timeout: options.timeout,
            rp_id: options.rp_id.unwrap_or_else(|| host(origin)),
            allow_credentials: options.allow_credentials.into_iter().filter_map(Descriptor::allowed).collect(),
            user_verification: user_verification(options.user_verification.as_deref()),
            hints: None,
            extensions: None,
        },
        mediation: None,
    })
}

/// `RegistrationResponseJSON` of a credential that was just made for these options.
pub(crate) fn registration_response(
    made: &RegisterPublicKeyCredential,
    credential: &Credential,
    options: &Value,
) -> Value {
    let key = CredentialKey::of(credential);
    let mut answer = json!({
        "id": made.id,
        "rawId": made.id,
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": {},
        "response": {
            "clientDataJSON": encode(&made.response.client_data_json),
            "attestationObject": encode(&made.response.attestation_object),
            "transports": ["internal"],
        },
    });
    // WebAuthn Level 3, 10.1.3.
    if unwrapped(options)["extensions"]["credProps"] == true {
        answer["clientExtensionResults"]["credProps"] = json!({ "rk": credential.resident });
    }
    if let Some(data) = authenticator_data(&made.response.attestation_object) {
        answer["response"]["authenticatorData"] = encode(&data).into();
    }
    if let Some(key) = key {
        answer["response"]["publicKeyAlgorithm"] = key.algorithm().cose().into();
        if let Ok(info) = key.public_key_info() {
            answer["response"]["publicKey"] = encode(&info).into();
        }
    }
    answer
}

/// `AuthenticationResponseJSON` of an assertion.
pub(crate) fn authentication_response(asserted: &PublicKeyCredential) -> Value {
    let response = &asserted.response;
    let mut answer = json!({
        "id": asserted.id,
        "rawId": asserted.id,
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": {},
        "response": {
            "clientDataJSON": encode(&response.client_data_json),
            "authenticatorData": encode(&response.authenticator_data),
            "signature": encode(&response.signature),
        },
    });
    if let Some(handle) = &response.user_handle {
        answer["response"]["userHandle"] = encode(handle).into();
    }
    answer
}

fn read<T: DeserializeOwned>(options: &Value) -> Result<T, serde_json::Error> {
    T::deserialize(unwrapped(options))
}

fn unwrapped(options: &Value) -> &Value {
    options.get("publicKey").unwrap_or(options)
}

fn authenticator_data(attestation_object: &[u8]) -> Option<Vec<u8>> {
    let object: serde_cbor_2::Value = serde_cbor_2::from_slice(attestation_object).ok()?;
    let serde_cbor_2::Value::Map(mut members) = object else { return None };
    match members.remove(&serde_cbor_2::Value::Text("authData".to_owned()))? {
        serde_cbor_2::Value::Bytes(data) => Some(data),
        _ => None,
    }
}

/// The effective domain of an origin, which is the RP ID where none is named.
fn host(origin: &Url) -> String {
    origin.host_str().unwrap_or_default().to_owned()
}

fn user_verification(wish: Option<&str>) -> UserVerificationPolicy {
    match wish {
        Some("required") => UserVerificationPolicy::Required,
        Some("discouraged") => UserVerificationPolicy::Discouraged_DO_NOT_USE,
        _ => UserVerificationPolicy::Preferred,
    }
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreationOptions {
    rp: RpEntity,
    user: UserEntity,
    challenge: Base64Url,
    pub_key_cred_params: Vec<PubKeyCredParams>,
    timeout: Option<u32>,
    #[serde(default)]
    exclude_credentials: Vec<Descriptor>,
    authenticator_selection: Option<Selection>,
    attestation: Option<String>,
}

#[derive(Deserialize)]
struct RpEntity {
    id: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserEntity {
    id: Base64Url,
    name: String,
    display_name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Selection {
    resident_key: Option<String>,
    #[serde(default)]
    require_resident_key: bool,
    user_verification: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestOptions {
    challenge: Base64Url,
    timeout: Option<u32>,
    rp_id: Option<String>,
    #[serde(default)]
    allow_credentials: Vec<Descriptor>,
    user_verification: Option<String>,
}

/// `PublicKeyCredentialDescriptorJSON`. Its transports are a hint that only browsers need.
#[derive(Deserialize)]
struct Descriptor {
    #[serde(rename = "type")]
    kind: String,
    id: Base64Url,
}

impl Descriptor {
    fn excluded(self) -> Option<PublicKeyCredentialDescriptor> {
        let known = self.kind == PUBLIC_KEY;
        known.then_some(PublicKeyCredentialDescriptor { type_: self.kind, id: self.id.0, transports: None })
    }

    fn allowed(self) -> Option<AllowCredentials> {
        let known = self.kind == PUBLIC_KEY;
        known.then_some(AllowCredentials { type_: self.kind, id: self.id.0, transports: None })
    }
}

/// Bytes in base64url, with or without padding.
struct Base64Url(Vec<u8>);

impl<'de> Deserialize<'de> for Base64Url {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
        bytes.map(Self).map_err(|_| D::Error::custom("a challenge or an id is not base64url (RFC 4648, 5)"))
    }
}

const PUBLIC_KEY: &str = "public-key";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authenticator::tests::relying_party::{RP_ID, RelyingParty};
    use crate::authenticator::{Authenticator, CredentialStore};

    #[test]
    fn webauthn_rs_reads_the_answers_and_its_options_are_read() {
        let rp = RelyingParty::new(1);
        let mut passkeys = CredentialStore::default();
        let asked = serde_json::to_value(rp.creation()).unwrap();

        let options = creation_options(&asked, &rp.origin).unwrap();
        let made = Authenticator::new(&mut passkeys).register(&rp.origin, options).unwrap();
        let answer = registration_response(&made, &passkeys.credentials()[0], &asked);
        rp.created(&serde_json::from_value(answer.clone()).unwrap()).unwrap();

        let request = serde_json::to_value(rp.request()).unwrap();
        let request = request_options(&request, &rp.origin).unwrap();
        let asserted = Authenticator::new(&mut passkeys).authenticate(&rp.origin, request).unwrap();
        rp.asserted(&serde_json::from_value(authentication_response(&asserted)).unwrap()).unwrap();

        assert_eq!(answer["clientExtensionResults"], json!({ "credProps": { "rk": true } }));
        let response = &answer["response"];
        assert_eq!((&response["publicKeyAlgorithm"], &response["transports"]), (&json!(-7), &json!(["internal"])));
        for member in ["authenticatorData", "publicKey", "clientDataJSON", "attestationObject"] {
            assert!(response[member].as_str().is_some_and(|text| text.len() > 40), "{member}: {response}");
        }
    }

    #[test]
    fn options_need_only_what_the_specification_requires() {
        let origin: Url = "https://acme.localhost:8443".parse().unwrap();
        let user = json!({ "id": "AQI=", "name": "rep", "displayName": "Rep" });
        let least = json!({ "rp": { "name": "Acme" }, "user": user, "challenge": "AAAA", "pubKeyCredParams": [] });

        let options = creation_options(&least, &origin).unwrap().public_key;
        assert_eq!((options.rp.id.as_str(), options.user.id.as_slice()), (RP_ID, [1, 2].as_slice()));

        let odd = json!({
            "challenge": "AAAA", "hints": ["new-hint"], "extensions": { "prf": {} }, "userVerification": "sometimes",
            "allowCredentials": [
                { "type": "public-key", "id": "AQ", "transports": ["smart-card"] },
                { "type": "password", "id": "Ag" },
            ],
        });
        let options = request_options(&odd, &origin).unwrap().public_key;
        assert_eq!((options.rp_id.as_str(), options.allow_credentials.len()), (RP_ID, 1));
        assert_eq!(options.user_verification, UserVerificationPolicy::Preferred);
    }

    #[test]
    fn what_is_missing_or_malformed_is_named() {
        let origin: Url = "https://acme.localhost".parse().unwrap();
        let why = |options: Value| creation_options(&options, &origin).unwrap_err().to_string();
        assert!(why(json!({})).contains("missing field `rp`"));
        assert!(why(json!({ "publicKey": { "rp": {}, "user": {} } })).contains("missing field `id`"));
        let request = request_options(&json!({ "challenge": "*" }), &origin).unwrap_err().to_string();
        assert!(request.contains("not base64url"), "{request}");
    }
}

//! What the discovery document advertises, beside what relying parties of the registries use of it.

use std::collections::BTreeSet;
use std::process::Stdio;

use reqwest::redirect::Policy;
use serde_json::Value;

use super::parties::{World, begun, free_ports};
use crate::program::vestibule;

/// A list of the document.
struct Advertised {
    name: &'static str,
    /// What openid-client and Authlib use in `parties`.
    used: &'static [&'static str],
    /// What only our tests use, by a library of another author: `simulator/tests/it/openid`.
    by_our_tests: &'static [&'static str],
}

/// Whoever adds to the document says here who uses it. A value moves from the second list to the first when a relying party
/// begins to use it.
#[tokio::test]
async fn discovery_advertises_what_somebody_uses_and_nothing_else() {
    let world = World::new();
    let [port, _] = free_ports();
    let origin = format!("https://localhost:{port}");
    let mut command = vestibule(&["idp", "--json", "--idp=oidc:protocol=oidc"]);
    command.arg(format!("--port={port}")).arg(format!("--public-url=oidc={origin}"));
    command.arg("--client=id=my-app,secret=my-secret,redirect=http://127.0.0.1:1/callback");
    command.env("XDG_CACHE_HOME", world.folder.path()).stderr(Stdio::null());
    let (_process, _ready) = begun(command);
    let url = format!("{origin}/.well-known/openid-configuration");
    let document = world.browser(Policy::none()).get(url).send().await.unwrap().text().await.unwrap();
    let document: Value = serde_json::from_str(&document).unwrap();

    let mut wrong = Vec::new();
    for (name, value) in document.as_object().unwrap() {
        let Value::Array(values) = value else { continue };
        let advertised: BTreeSet<&str> = values.iter().filter_map(Value::as_str).collect();
        let Some(row) = LISTS.iter().find(|row| row.name == name) else {
            wrong.push(format!("{name} is in no row"));
            continue;
        };
        let known: BTreeSet<&str> = row.used.iter().chain(row.by_our_tests).copied().collect();
        if known != advertised || known.len() != row.used.len() + row.by_our_tests.len() {
            wrong.push(format!("{name}: advertised {advertised:?}, in the row {known:?}"));
        }
    }
    let missing = LISTS.iter().filter(|row| !document[row.name].is_array()).map(|row| format!("{} is gone", row.name));
    wrong.extend(missing);

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const SIGNATURES: &[&str] = &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"];
const SIGNATURES_AND_MACS: &[&str] =
    &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "HS256", "HS384", "HS512"];
const KEYS: &[&str] = &["RSA-OAEP", "RSA-OAEP-256", "ECDH-ES"];
const CONTENTS: &[&str] = &["A128CBC-HS256", "A128GCM", "A256GCM"];

const fn list(name: &'static str, used: &'static [&'static str], by_our_tests: &'static [&'static str]) -> Advertised {
    Advertised { name, used, by_our_tests }
}

const LISTS: &[Advertised] = &[
    list("scopes_supported", &["openid"], &["profile", "email", "offline_access"]),
    list(
        "response_types_supported",
        &["code"],
        &["token", "id_token", "id_token token", "code id_token", "code token", "code id_token token"],
    ),
    list(
        "response_modes_supported",
        &["query"],
        &["fragment", "form_post", "jwt", "query.jwt", "fragment.jwt", "form_post.jwt"],
    ),
    list(
        "grant_types_supported",
        &["authorization_code"],
        &[
            "implicit",
            "refresh_token",
            "client_credentials",
            "urn:ietf:params:oauth:grant-type:device_code",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ],
    ),
    list("subject_types_supported", &["public"], &["pairwise"]),
    list(
        "id_token_signing_alg_values_supported",
        &["RS256", "ES256"],
        &["RS384", "RS512", "PS256", "PS384", "PS512", "ES384", "EdDSA"],
    ),
    list("id_token_encryption_alg_values_supported", &[], KEYS),
    list("id_token_encryption_enc_values_supported", &[], CONTENTS),
    list("userinfo_signing_alg_values_supported", &[], SIGNATURES),
    list("userinfo_encryption_alg_values_supported", &[], KEYS),
    list("userinfo_encryption_enc_values_supported", &[], CONTENTS),
    list("authorization_signing_alg_values_supported", &[], &["RS256"]),
    list("request_object_signing_alg_values_supported", &[], SIGNATURES_AND_MACS),
    list("dpop_signing_alg_values_supported", &[], SIGNATURES),
    // openid-client posts the secret, and Authlib sends it in the header.
    list(
        "token_endpoint_auth_methods_supported",
        &["client_secret_post", "client_secret_basic"],
        &["client_secret_jwt", "private_key_jwt"],
    ),
    list("token_endpoint_auth_signing_alg_values_supported", &[], SIGNATURES_AND_MACS),
    list("prompt_values_supported", &[], &["none", "login", "consent", "select_account"]),
    list(
        "claims_supported",
        &["iss", "sub", "aud", "exp", "iat", "nonce", "acr", "amr", "at_hash"],
        &["auth_time", "c_hash", "s_hash", "sid", "preferred_username", "email"],
    ),
    list("code_challenge_methods_supported", &["S256"], &[]),
];

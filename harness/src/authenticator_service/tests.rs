//! The service over HTTP, with webauthn-rs as the RP.

use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use vestibule_model::{AuthenticatorFault, Secret};

use super::*;
use crate::authenticator::tests::relying_party::{RP_ID, RelyingParty};
use crate::authenticator::{AuthenticatorSettings, PasskeyAlgorithm};
use crate::vault::{Account, Totp, Vault, VaultFile, VaultKey};

/// A service over a vault with the accounts `rep` at the RP and `other` elsewhere.
struct Stand {
    service: AuthenticatorService,
    vault: VaultFile,
    client: Client,
    _folder: TempDir,
}

impl Stand {
    async fn start(settings: AuthenticatorSettings) -> Self {
        vestibule_certs::install_tls_provider();
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("vault.age");
        let (key, _, _) = VaultKey::generate();
        let vault = VaultFile::create(path.clone(), key.clone()).unwrap();
        vault
            .update(|vault: &mut Vault| {
                let mut rep = Account::new(RP_ID, "rep").unwrap();
                rep.password = Some(Secret::new("not to be told"));
                rep.totp = Some(Totp::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".parse().unwrap()));
                vault.insert(rep);
                vault.insert(Account::new("other.example", "other").unwrap());
                Ok(())
            })
            .unwrap();
        let served = VaultFile::open(path, key).unwrap();
        let token = Secret::new(TOKEN);
        let service = AuthenticatorService::start(0, token, Methods::new(served, settings)).await.unwrap();
        Self { service, vault, client: Client::builder().no_proxy().build().unwrap(), _folder: folder }
    }

    async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        let url = format!("{}{path}", self.service.url());
        read(self.client.post(url).bearer_auth(TOKEN).json(body).send().await.unwrap()).await
    }

    /// Asks for an answer that must be given.
    async fn get(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.post(path, body).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer
    }
}

const TOKEN: &str = "token-of-the-test";

async fn read(response: Response) -> (StatusCode, Value) {
    (response.status(), response.json().await.unwrap())
}

fn ceremony(rp: &RelyingParty, options: &impl serde::Serialize) -> Value {
    json!({ "user": "rep", "origin": rp.origin.origin().ascii_serialization(), "options": options })
}

#[tokio::test]
async fn a_passkey_is_created_kept_and_used_and_its_counter_is_in_the_file() {
    let stand = Stand::start(AuthenticatorSettings::default()).await;
    let rp = RelyingParty::new(1);

    let made = stand.get("/webauthn/create", &ceremony(&rp, &rp.creation())).await;
    rp.created(&serde_json::from_value(made).unwrap()).unwrap();
    for expected in 1..=2 {
        let asserted = stand.get("/webauthn/get", &ceremony(&rp, &rp.request())).await;
        rp.asserted(&serde_json::from_value(asserted).unwrap()).unwrap();

        let vault = stand.vault.read().unwrap();
        let passkeys = vault.find("rep", Some(RP_ID)).unwrap().passkeys.credentials();
        assert_eq!((passkeys.len(), passkeys[0].sign_count), (1, expected));
    }
}

#[tokio::test]
async fn a_resident_passkey_answers_without_an_allow_list_and_tells_whose_it_is() {
    let stand = Stand::start(AuthenticatorSettings::default()).await;
    let rp = RelyingParty::new(1);
    let made = stand.get("/webauthn/create", &ceremony(&rp, &rp.creation())).await;
    rp.created(&serde_json::from_value(made.clone()).unwrap()).unwrap();
    let mut request = serde_json::to_value(rp.request()).unwrap();
    request["publicKey"]["allowCredentials"] = json!([]);

    let asserted = stand.get("/webauthn/get", &ceremony(&rp, &request)).await;

    assert_eq!(asserted["id"], made["id"]);
    assert!(asserted["response"]["userHandle"].is_string(), "{asserted}");
}

/// Credentials go only to the hosts of their account.
#[tokio::test]
async fn a_host_that_is_not_that_of_the_account_gets_nothing() {
    let stand = Stand::start(AuthenticatorSettings::default()).await;
    let rp = RelyingParty::new(1);
    let at = |origin: &str, user: &str| json!({ "user": user, "origin": origin, "options": rp.creation() });
    for (body, status, error) in [
        (at("https://acme.example", "rep"), StatusCode::FORBIDDEN, "unknown-host"),
        (at("https://evil-acme.localhost", "rep"), StatusCode::FORBIDDEN, "unknown-host"),
        (at("https://sub.acme.localhost", "rep"), StatusCode::FORBIDDEN, "unknown-host"),
        (at("https://other.example", "rep"), StatusCode::NOT_FOUND, "unknown-user"),
        (at("https://other.example", "other"), StatusCode::FORBIDDEN, "SecurityError"),
        (at("https://acme.localhost/page", "rep"), StatusCode::BAD_REQUEST, "bad-request"),
        (at("acme.localhost", "rep"), StatusCode::BAD_REQUEST, "bad-request"),
    ] {
        let (answered, problem) = stand.post("/webauthn/create", &body).await;
        assert_eq!((answered, problem["error"].as_str()), (status, Some(error)), "{body}: {problem}");
        assert!(problem["message"].is_string() && problem["fix"].is_string(), "{problem}");
    }
    let (status, problem) = stand.post("/totp", &json!({ "user": "rep", "host": "other.example" })).await;
    assert_eq!((status, problem["error"].as_str()), (StatusCode::NOT_FOUND, Some("unknown-user")));
    let (status, problem) = stand.post("/totp", &json!({ "user": "rep", "host": "evil.example" })).await;
    assert_eq!((status, problem["error"].as_str()), (StatusCode::FORBIDDEN, Some("unknown-host")));
    let vault = stand.vault.read().unwrap();
    assert!(vault.accounts().iter().all(|account| account.passkeys.is_empty()));
}

#[tokio::test]
async fn no_code_is_given_twice_and_it_is_good_for_some_seconds() {
    let stand = Stand::start(AuthenticatorSettings::default()).await;
    let asked = json!({ "user": "rep", "host": RP_ID });

    let first = stand.get("/totp", &json!({ "user": "rep", "host": RP_ID, "wait": true })).await;
    let again = stand.client.post(format!("{}/totp", stand.service.url())).bearer_auth(TOKEN).json(&asked);
    let again = again.send().await.unwrap();

    assert_eq!(first["code"].as_str().map(str::len), Some(6), "{first}");
    assert!((1..=30).contains(&first["good-for-seconds"].as_u64().unwrap()), "{first}");
    if again.status() == StatusCode::TOO_MANY_REQUESTS {
        assert!(again.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() <= 31);
        assert_eq!(read(again).await.1["error"], "no-fresh-code");
    } else {
        // The next step has begun meanwhile.
        assert_ne!(read(again).await.1["code"], first["code"]);
    }
    let (status, problem) = stand.post("/totp", &json!({ "user": "other", "host": "other.example" })).await;
    assert_eq!((status, problem["error"].as_str()), (StatusCode::NOT_FOUND, Some("no-totp")));
}

#[tokio::test]
async fn only_who_knows_the_token_is_answered_and_no_page_is() {
    let stand = Stand::start(AuthenticatorSettings::default()).await;
    let url = format!("{}/accounts", stand.service.url());
    let get = || stand.client.get(&url);
    for (request, status) in [
        (get(), StatusCode::UNAUTHORIZED),
        (get().bearer_auth("another-token-of-it"), StatusCode::UNAUTHORIZED),
        (get().bearer_auth(&TOKEN[1..]), StatusCode::UNAUTHORIZED),
        (get().header("authorization", format!("Basic {TOKEN}")), StatusCode::UNAUTHORIZED),
        (get().bearer_auth(TOKEN).header("origin", "https://evil.example"), StatusCode::FORBIDDEN),
        (get().bearer_auth(TOKEN).header("host", "evil.example"), StatusCode::FORBIDDEN),
        (get().bearer_auth(TOKEN), StatusCode::OK),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let challenge = answer.headers().get("www-authenticate").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(challenge.as_deref(), (status == StatusCode::UNAUTHORIZED).then_some("Bearer"));
    }
    let form = stand.client.post(format!("{}/totp", stand.service.url())).bearer_auth(TOKEN).form(&[("user", "rep")]);
    assert_eq!(form.send().await.unwrap().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_accounts_are_listed_without_their_secrets() {
    let stand = Stand::start(AuthenticatorSettings::default()).await;
    let rp = RelyingParty::new(1);
    stand.get("/webauthn/create", &ceremony(&rp, &rp.creation())).await;
    let url = format!("{}/accounts", stand.service.url());

    let text = stand.client.get(url).bearer_auth(TOKEN).send().await.unwrap().text().await.unwrap();

    let accounts: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        accounts[0],
        json!({
            "user": "rep", "host": RP_ID, "also": [], "password": true, "totp": true,
            "passkeys": [{ "rp-id": RP_ID, "counter": 0 }],
        })
    );
    let vault = stand.vault.read().unwrap();
    let key = vault.accounts()[0].passkeys.credentials()[0].private_key.reveal().to_owned();
    for secret in ["not to be told", "GEZDGNBVGY3TQOJQ", &key[20..60]] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[tokio::test]
async fn a_fault_is_one_of_a_request_or_of_all() {
    let settings =
        AuthenticatorSettings { fault: Some(AuthenticatorFault::WrongOrigin), ..AuthenticatorSettings::default() };
    let (good, faulty) = (Stand::start(AuthenticatorSettings::default()).await, Stand::start(settings).await);
    let rp = RelyingParty::new(1);
    let made = faulty.get("/webauthn/create", &ceremony(&rp, &rp.creation())).await;
    assert!(rp.created(&serde_json::from_value(made).unwrap()).unwrap_err().contains("InvalidRPOrigin"));

    for (fault, path, error) in [
        ("declined", "/webauthn/create", "NotAllowedError"),
        ("user-verification-refused", "/webauthn/create", "NotAllowedError"),
        ("absent", "/webauthn/get", "NotAllowedError"),
        ("excluded-credential", "/webauthn/create", "InvalidStateError"),
    ] {
        let options = if path.ends_with("create") {
            serde_json::to_value(rp.creation()).unwrap()
        } else {
            json!({ "challenge": "AAAA", "rpId": RP_ID, "userVerification": "required" })
        };
        let mut body = ceremony(&rp, &options);
        body["fault"] = fault.into();
        let (status, problem) = good.post(path, &body).await;
        assert_eq!((status, problem["error"].as_str()), (StatusCode::CONFLICT, Some(error)), "{fault}: {problem}");
    }
    let mut body = ceremony(&rp, &rp.creation());
    body["fault"] = "declind".into();
    let (status, problem) = good.post("/webauthn/create", &body).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(problem["message"].as_str().unwrap().contains("declind"), "{problem}");
}

/// The answer of a ceremony that times out comes after its timeout, and that of one that hangs never comes.
#[tokio::test]
async fn a_ceremony_ends_with_its_timeout_unless_it_hangs() {
    let stand = Stand::start(AuthenticatorSettings::default()).await;
    let rp = RelyingParty::new(1);
    let mut options = serde_json::to_value(rp.creation()).unwrap();
    options["publicKey"]["timeout"] = 1.into();
    let mut body = ceremony(&rp, &options);

    body["fault"] = "timed-out".into();
    let (status, problem) = stand.post("/webauthn/create", &body).await;
    assert_eq!((status, problem["error"].as_str()), (StatusCode::CONFLICT, Some("NotAllowedError")));

    body["fault"] = "hanging".into();
    let limit = std::time::Duration::from_millis(300);
    assert!(tokio::time::timeout(limit, stand.post("/webauthn/create", &body)).await.is_err(), "it answered");
}

#[tokio::test]
async fn an_unknown_path_a_wrong_method_and_a_bad_body_say_what_is_valid() {
    let settings =
        AuthenticatorSettings { algorithm: Some(PasskeyAlgorithm::EdDsa), ..AuthenticatorSettings::default() };
    let stand = Stand::start(settings).await;
    let rp = RelyingParty::new(1);
    let mut unreadable = ceremony(&rp, &json!({ "challenge": 5 }));
    for (path, body, status, said) in [
        ("/token", json!({}), StatusCode::NOT_FOUND, "POST /totp"),
        ("/accounts", json!({}), StatusCode::METHOD_NOT_ALLOWED, "GET /accounts"),
        ("/totp", json!({ "user": "rep" }), StatusCode::BAD_REQUEST, "missing field `host`"),
        ("/totp", json!({ "user": "rep", "host": RP_ID, "wiat": true }), StatusCode::BAD_REQUEST, "`wiat`"),
        ("/webauthn/get", unreadable.take(), StatusCode::BAD_REQUEST, "read the options"),
        ("/webauthn/get", ceremony(&rp, &json!({ "challenge": "AA" })), StatusCode::CONFLICT, "there is none for"),
    ] {
        let (answered, problem) = stand.post(path, &body).await;
        assert_eq!(answered, status, "{path}: {problem}");
        assert!(problem.to_string().contains(said), "{path}: {problem}");
    }
    let mut only_es256 = serde_json::to_value(rp.creation()).unwrap();
    only_es256["publicKey"]["pubKeyCredParams"] = json!([{ "type": "public-key", "alg": -7 }]);
    let (status, problem) = stand.post("/webauthn/create", &ceremony(&rp, &only_es256)).await;
    assert_eq!((status, problem["error"].as_str()), (StatusCode::CONFLICT, Some("NotSupportedError")));
}

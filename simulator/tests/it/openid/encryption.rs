//! Encrypted ID tokens and answers of UserInfo, decrypted by the second implementation.

use josekit::jwe::{self, ECDH_ES, JweDecrypter, RSA_OAEP, RSA_OAEP_256};
use josekit::jwk::{Jwk, JwkSet, P_384};
use josekit::jws::ES256;
use josekit::jwt;
use serde_json::{Value, json};
use strum::IntoEnumIterator as _;
use vestibule_model::{JweAlgorithm, JweEncryption, JwsAlgorithm};

use super::{Provider, RP, answered, client_key, public, text};

fn decrypter(algorithm: JweAlgorithm, key: &Jwk) -> Box<dyn JweDecrypter> {
    match algorithm {
        JweAlgorithm::RsaOaep => Box::new(RSA_OAEP.decrypter_from_jwk(key).unwrap()),
        JweAlgorithm::RsaOaep256 => Box::new(RSA_OAEP_256.decrypter_from_jwk(key).unwrap()),
        JweAlgorithm::EcdhEs => Box::new(ECDH_ES.decrypter_from_jwk(key).unwrap()),
    }
}

/// RFC 7516, RFC 7518 4.3, 4.6, 5.2 and 5.3; OpenID Connect Core 2: signed, then encrypted.
#[tokio::test]
async fn only_the_client_reads_its_id_token_by_every_algorithm() {
    let rsa = Jwk::generate_rsa_key(2048).unwrap();
    for algorithm in JweAlgorithm::iter() {
        for encryption in JweEncryption::iter() {
            let keys = match algorithm {
                JweAlgorithm::EcdhEs => vec![client_key(), Jwk::generate_ec_key(P_384).unwrap()],
                _ => vec![rsa.clone()],
            };
            for mut key in keys {
                key.set_key_use("enc");
                key.set_key_id("enc-1");
                let signing = client_key();
                let op = Provider::start(|rp| {
                    rp.jwks = Some(public(&[&signing, &key]));
                    rp.id_token_encrypted_response_alg = Some(algorithm);
                    rp.id_token_encrypted_response_enc = Some(encryption);
                })
                .await;

                let tokens = op.tokens("openid").await;

                let id_token = text(&tokens, "id_token");
                let (inner, header) = jwe::deserialize_compact(id_token, &*decrypter(algorithm, &key)).unwrap();
                assert_eq!(header.content_encryption(), Some(encryption.to_string().as_str()));
                assert_eq!((header.key_id(), header.content_type()), (Some("enc-1"), Some("JWT")));
                let claims = op.verified(&String::from_utf8(inner).unwrap()).await;
                assert_eq!((claims.subject(), claims.claim("nonce")), (Some("rep-7"), Some(&json!("n-1"))));
                let tampered = format!("{}AAAA", &id_token[..id_token.len() - 4]);
                assert!(jwe::deserialize_compact(&tampered, &*decrypter(algorithm, &key)).is_err(), "{algorithm}");
            }
        }
    }
}

/// OpenID Connect Core 5.3.2.
#[tokio::test]
async fn userinfo_is_signed_and_encrypted_as_the_client_registered() {
    let mut key = Jwk::generate_rsa_key(2048).unwrap();
    key.set_key_use("enc");
    key.set_key_id("enc-1");
    let signing = Some(JwsAlgorithm::ES256);
    let method = Some((JweAlgorithm::RsaOaep256, JweEncryption::A256Gcm));
    for (signed, encrypted) in [(None, None), (signing, None), (None, method), (signing, method)] {
        let op = Provider::start(|rp| {
            rp.jwks = Some(public(&[&key]));
            rp.userinfo_signed_response_alg = signed;
            rp.userinfo_encrypted_response_alg = encrypted.map(|(algorithm, _)| algorithm);
            rp.userinfo_encrypted_response_enc = encrypted.map(|(_, encryption)| encryption);
        })
        .await;
        let tokens = op.tokens("openid email").await;

        let request = op.browser.request(reqwest::Method::GET, &op.test.idp("/oidc/userinfo"));
        let response = request.bearer_auth(text(&tokens, "access_token")).send().await.unwrap();

        assert_eq!(response.status(), 200);
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        let mut body = response.text().await.unwrap();
        let is_jwt = signed.is_some() || encrypted.is_some();
        assert_eq!(kind, if is_jwt { "application/jwt" } else { "application/json" }, "{body}");
        if let Some((algorithm, encryption)) = encrypted {
            let (inner, header) = jwe::deserialize_compact(&body, &*decrypter(algorithm, &key)).unwrap();
            assert_eq!(header.content_encryption(), Some(encryption.to_string().as_str()));
            assert_eq!(header.content_type(), signed.map(|_| "JWT"));
            body = String::from_utf8(inner).unwrap();
        }
        let claims: Value = match signed {
            None => serde_json::from_str(&body).unwrap(),
            Some(_) => verified(&op, &body).await,
        };
        assert_eq!((&claims["sub"], &claims["email"]), (&json!("rep-7"), &json!("rep@acme.example")), "{claims}");
        let issuer = signed.map(|_| json!(op.issuer())).unwrap_or_default();
        assert_eq!((&claims["iss"], &claims["aud"]), (&issuer, &signed.map(|_| json!(RP)).unwrap_or_default()));
    }
}

/// The claims of an answer of UserInfo by ES256. It says for whom it is, and not until when.
async fn verified(op: &Provider, token: &str) -> Value {
    let keys = JwkSet::from_bytes(op.browser.get(&op.test.idp("/oidc/jwks")).await.body).unwrap();
    let header = jwt::decode_header(token).unwrap();
    let [key] = keys.get(header.claim("kid").unwrap().as_str().unwrap())[..] else { panic!("{header:?}") };
    let (claims, _) = jwt::decode_with_verifier(token, &ES256.verifier_from_jwk(key).unwrap()).unwrap();
    serde_json::to_value(claims.claims_set()).unwrap()
}

#[tokio::test]
async fn without_a_key_that_fits_nothing_is_sent_in_clear() {
    let op = Provider::start(|rp| {
        rp.jwks = Some(public(&[&client_key()]));
        rp.id_token_encrypted_response_alg = Some(JweAlgorithm::RsaOaep256);
    })
    .await;
    let code = op.code(&[]).await;
    let answer = op.redeem(&code).await;
    assert!(answer.status == 400 && !answer.body.contains("id_token\""), "{}", answer.body);
    let front = answered(&op.authorize(&[("response_type", Some("id_token"))]).await);
    assert_eq!(front["error"], "server_error");
    let op = Provider::start(|rp| {
        rp.jwks = Some(public(&[&client_key()]));
        rp.userinfo_encrypted_response_alg = Some(JweAlgorithm::RsaOaep256);
    })
    .await;
    let tokens = op.tokens("openid").await;
    let refused = op.userinfo(text(&tokens, "access_token")).await;
    assert!(refused.status >= 400 && !refused.body.contains("rep-7"), "{}", refused.body);
}

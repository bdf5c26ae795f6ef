//! Encrypted ID tokens, decrypted by the second implementation.

use josekit::jwe::{self, ECDH_ES, JweDecrypter, RSA_OAEP, RSA_OAEP_256};
use josekit::jwk::{Jwk, P_384};
use serde_json::json;
use strum::IntoEnumIterator as _;
use vestibule_model::{JweAlgorithm, JweEncryption};

use super::{Provider, answered, client_key, public, text};

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
}

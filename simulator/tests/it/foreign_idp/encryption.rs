//! Assertions that an identity provider, which is not simulated, encrypts for the org.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::encrypt::Encrypter;
use openssl::rsa::Padding;
use openssl::symm::{Cipher, encrypt_aead};
use openssl::x509::X509;
use vestibule_certs::KeyState;
use vestibule_simulator::realm::IdpSpec;

use super::{Issuer, Says, post, trusting};
use crate::sso_realm::{TestRealm, expect_refusal};

/// The certificate that the metadata of the org shows for encryption.
async fn published(test: &TestRealm) -> X509 {
    let metadata = test.browser().get(&test.org("/vestibule/saml-metadata")).await.body;
    let (_, rest) = metadata.split_once("use=\"encryption\"").unwrap_or_else(|| panic!("{metadata}"));
    let (_, rest) = rest.split_once("<ds:X509Certificate>").unwrap();
    X509::from_der(&STANDARD.decode(rest.split('<').next().unwrap()).unwrap()).unwrap()
}

/// The response with its assertion encrypted as another product does it: the key beside the data, and prefixes that are
/// declared at the root.
fn encrypted(response: &str, certificate: &X509) -> String {
    let start = response.find("<saml:Assertion ").unwrap();
    let end = response.find("</saml:Assertion>").unwrap() + "</saml:Assertion>".len();
    let (key, iv, mut tag) = ([3; 32], [4; 12], [0; 16]);
    let plain = &response.as_bytes()[start..end];
    let content = encrypt_aead(Cipher::aes_256_gcm(), &key, Some(&iv), &[], plain, &mut tag).unwrap();
    let content = STANDARD.encode([&iv[..], &content, &tag].concat());
    let public = certificate.public_key().unwrap();
    let mut encrypter = Encrypter::new(&public).unwrap();
    encrypter.set_rsa_padding(Padding::PKCS1_OAEP).unwrap();
    let mut wrapped = vec![0; encrypter.encrypt_len(&key).unwrap()];
    let length = encrypter.encrypt(&key, &mut wrapped).unwrap();
    let wrapped = STANDARD.encode(&wrapped[..length]);
    let assertion = format!(
        "<a:EncryptedAssertion xmlns:a=\"urn:oasis:names:tc:SAML:2.0:assertion\">\n<EncryptedData \
         xmlns=\"http://www.w3.org/2001/04/xmlenc#\" Id=\"_data\"><EncryptionMethod \
         Algorithm=\"http://www.w3.org/2009/xmlenc11#aes256-gcm\"/>\n<CipherData><CipherValue>\n{content}\n\
         </CipherValue></CipherData></EncryptedData><e:EncryptedKey><e:EncryptionMethod \
         Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\"/><e:CipherData><e:CipherValue>{wrapped}\
         </e:CipherValue></e:CipherData></e:EncryptedKey></a:EncryptedAssertion>"
    );
    let response = format!("{}{assertion}{}", &response[..start], &response[end..]);
    response.replacen("<samlp:Response ", "<samlp:Response xmlns:e=\"http://www.w3.org/2001/04/xmlenc#\" ", 1)
}

#[tokio::test]
async fn the_org_reads_an_assertion_that_is_encrypted_for_the_certificate_in_its_metadata() {
    let (issuer, other) = (Issuer::new(), Issuer::new());
    let spec = IdpSpec { assertion_decryption_certificate: Some(KeyState::Valid), ..trusting(&[&issuer]) };
    let test = TestRealm::start(spec).await;
    let certificate = published(&test).await;
    let own = encrypted(&Says::good(&test).signed_by(&issuer, &test), &certificate);
    let forged = encrypted(&Says { id: "_a2", ..Says::good(&test) }.signed_by(&other, &test), &certificate);
    let plain = Says { id: "_a3", ..Says::good(&test) }.signed_by(&issuer, &test);

    post(&test, &test.browser(), &own, "").await;
    assert_eq!(test.accepted().len(), 1, "{:?}", test.refused_by_org());
    assert!(test.accepted()[0].iter().any(|signal| signal.value == "swk"));
    let again = post(&test, &test.browser(), &own, "").await;
    expect_refusal(&test, &again, "Failed: Replay Detected");
    let refused = post(&test, &test.browser(), &forged, "").await;
    expect_refusal(&test, &refused, "Failed: Signature Invalid/Configured Certificate Mismatch");
    post(&test, &test.browser(), &plain, "").await;
    assert_eq!(test.accepted().len(), 2, "whoever decrypts reads what is not encrypted, too");
}

#[tokio::test]
async fn without_the_setting_the_org_says_that_it_has_no_key() {
    let issuer = Issuer::new();
    let with = IdpSpec { assertion_decryption_certificate: Some(KeyState::Valid), ..trusting(&[&issuer]) };
    let certificate = published(&TestRealm::start(with).await).await;
    let test = TestRealm::start(trusting(&[&issuer])).await;
    let response = encrypted(&Says::good(&test).signed_by(&issuer, &test), &certificate);

    let refused = post(&test, &test.browser(), &response, "").await;

    expect_refusal(&test, &refused, "Failed: Assertion Invalid");
    assert!(refused.body.contains("no key to decrypt it is configured"), "{}", refused.body);
}

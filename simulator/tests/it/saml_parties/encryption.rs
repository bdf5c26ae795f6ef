//! Encrypted answers: for the org and for others.

use base64::Engine as _;
use samael::metadata::EntityDescriptor;
use samael::service_provider::ServiceProvider;
use vestibule_certs::KeyState;
use vestibule_model::{ContentEncryption, EncryptedPart, KeyTransport, SamlEncryption, ServiceProviderSpec};
use vestibule_simulator::realm::{IdpProtocol, IdpSpec, SamlSigning};

use super::{APP, APP_ACS, SHOP, SHOP_ACS, app_key, between, by_post, idp, party, pem, request};
use crate::sso_realm::{TestRealm, certs, expect_refusal, xml_of};

fn to_org(encryption: SamlEncryption, certificate: Option<KeyState>) -> IdpSpec {
    IdpSpec {
        encryption: Some(encryption),
        assertion_decryption_certificate: certificate,
        amr: Some(vec!["swk".to_owned()]),
        ..IdpSpec::new(IdpProtocol::Saml)
    }
}

#[tokio::test]
async fn the_org_reads_what_is_encrypted_for_it() {
    let every = vec![EncryptedPart::Assertion, EncryptedPart::NameId, EncryptedPart::Attributes];
    for (content, key_transport, parts, signing) in [
        (
            ContentEncryption::Aes128Gcm,
            KeyTransport::RsaOaepMgf1p,
            vec![EncryptedPart::Assertion],
            SamlSigning::Assertion,
        ),
        (ContentEncryption::Aes256Gcm, KeyTransport::RsaOaep, every.clone(), SamlSigning::Both),
        (ContentEncryption::Aes128Cbc, KeyTransport::RsaOaep, vec![EncryptedPart::NameId], SamlSigning::Assertion),
        (ContentEncryption::Aes256Cbc, KeyTransport::RsaOaepMgf1p, every, SamlSigning::Response),
    ] {
        let encryption = SamlEncryption { parts, content, key_transport };
        let spec = IdpSpec { signing, ..to_org(encryption, Some(KeyState::Valid)) };
        let test = TestRealm::start(spec).await;
        let browser = test.browser();
        let page = browser.get(&test.saml_start()).await;
        let answer = browser.post(&page.action(), &page.hidden()).await;
        assert!(!xml_of(&answer).contains(">rep-7<"), "{content}: {}", xml_of(&answer));

        browser.go_on(answer).await;

        let accepted = test.accepted();
        assert_eq!(accepted.len(), 1, "{content}: {:?}", test.events());
        assert!(accepted[0].iter().any(|signal| signal.value == "swk"), "{content}: {accepted:?}");
    }
}

#[tokio::test]
async fn the_org_decrypts_with_the_keys_of_its_setting_and_with_no_other() {
    for (certificate, accepted) in [
        (Some(KeyState::Valid), true),
        (Some(KeyState::RolledOver), true),
        (Some(KeyState::Expired), true),
        (Some(KeyState::Foreign), false),
        (None, false),
    ] {
        let test = TestRealm::start(to_org(SamlEncryption::default(), certificate)).await;

        let page = test.browser().go(&test.saml_start()).await;

        assert_eq!(test.accepted().len(), usize::from(accepted), "{certificate:?}: {:?}", test.events());
        if !accepted {
            expect_refusal(&test, &page, "Failed: Assertion Invalid");
            assert!(page.body.contains("decrypt"), "{certificate:?}: {}", page.body);
        }
        let metadata = test.browser().get(&test.org("/vestibule/saml-metadata")).await.body;
        assert_eq!(metadata.contains("use=\"encryption\""), certificate.is_some(), "{metadata}");
    }
}

#[tokio::test]
async fn a_service_provider_reads_with_samael_what_is_encrypted_for_it() {
    for content in [ContentEncryption::Aes128Gcm, ContentEncryption::Aes128Cbc] {
        let encryption = Some(SamlEncryption { content, ..SamlEncryption::default() });
        let app = ServiceProviderSpec { encryption_certificates: vec![pem(&app_key())], encryption, ..party(APP_ACS) };
        let test = TestRealm::start(IdpSpec { signing: SamlSigning::Both, ..idp(app, party(SHOP_ACS)) }).await;
        let browser = test.browser();
        let metadata: EntityDescriptor = browser.get(&test.idp("/saml/metadata")).await.body.parse().unwrap();

        let answer = by_post(&test, &browser, &request(&test, APP, "", "")).await;
        let of_shop = by_post(&test, &browser, &request(&test, SHOP, "", "")).await;

        assert!(xml_of(&answer).contains("<saml:EncryptedAssertion") && !xml_of(&answer).contains("rep-7"));
        assert!(xml_of(&of_shop).contains("rep-7"), "the shop wants nothing encrypted");
        let party = ServiceProvider {
            idp_metadata: metadata,
            entity_id: Some(APP.to_owned()),
            acs_url: Some(APP_ACS.to_owned()),
            key: Some(app_key().pkey().clone()),
            ..ServiceProvider::default()
        };
        let assertion = party.parse_base64_response(&answer.field("SAMLResponse"), Some(&["_of-a-test"])).unwrap();
        assert_eq!(assertion.subject.unwrap().name_id.unwrap().value, "rep-7", "{content}");
    }
}

#[tokio::test]
async fn a_request_may_ask_for_an_encrypted_name() {
    let app = ServiceProviderSpec { encryption_certificates: vec![pem(&app_key())], ..party(APP_ACS) };
    let test = TestRealm::start(idp(app, party(SHOP_ACS))).await;
    let policy = "<samlp:NameIDPolicy Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:encrypted\"/>";
    let answer = |entity_id: &str| request(&test, entity_id, "", policy);

    let encrypted = xml_of(&by_post(&test, &test.browser(), &answer(APP)).await);
    let refused = xml_of(&by_post(&test, &test.browser(), &answer(SHOP)).await);

    assert!(encrypted.contains("<saml:EncryptedID>") && !encrypted.contains("rep-7"), "{encrypted}");
    assert!(refused.contains("status:InvalidNameIDPolicy"), "nobody knows a key of the shop: {refused}");
}

#[tokio::test]
async fn without_a_certificate_nothing_is_sent() {
    let app = ServiceProviderSpec { encryption: Some(SamlEncryption::default()), ..party(APP_ACS) };
    let test = TestRealm::start(idp(app, party(SHOP_ACS))).await;

    let refused = by_post(&test, &test.browser(), &request(&test, APP, "", "")).await;

    assert_eq!((refused.status, refused.name()), (400, "idp-error"), "{}", refused.body);
    assert!(refused.body.contains("has no certificate for encryption"), "{}", refused.body);
}

#[tokio::test]
async fn each_answer_has_a_key_of_its_own() {
    let test = TestRealm::start(to_org(SamlEncryption::default(), Some(KeyState::Valid))).await;
    let own = certs().decryption_key(KeyState::Valid).unwrap();
    let mut keys = Vec::new();
    for _ in 0..2 {
        let browser = test.browser();
        let page = browser.get(&test.saml_start()).await;
        let xml = xml_of(&browser.post(&page.action(), &page.hidden()).await);
        let wrapped = between(&xml, "<xenc:EncryptedKey>", "</xenc:EncryptedKey>");
        let wrapped = between(wrapped, "<xenc:CipherValue>", "<");
        let wrapped = base64::engine::general_purpose::STANDARD.decode(wrapped).unwrap();
        let mut decrypter = openssl::encrypt::Decrypter::new(own.pkey()).unwrap();
        decrypter.set_rsa_padding(openssl::rsa::Padding::PKCS1_OAEP).unwrap();
        let mut key = vec![0; decrypter.decrypt_len(&wrapped).unwrap()];
        let length = decrypter.decrypt(&wrapped, &mut key).unwrap();
        key.truncate(length);
        keys.push(key);
    }

    assert_eq!(keys[0].len(), 16);
    assert_ne!(keys[0], keys[1]);
}

//! The metadata of the identity provider.

use std::process::Command;

use vestibule_certs::{KeyAlgorithm, KeyState};
use vestibule_model::PublishedMetadata;
use vestibule_simulator::realm::{IdpProtocol, IdpSpec};

use crate::sso_realm::{TestRealm, certs};

async fn metadata(spec: IdpSpec) -> (TestRealm, String) {
    let test = TestRealm::start(spec).await;
    let page = test.browser().get(&test.idp("/saml/metadata")).await;
    assert_eq!(page.status, 200, "{}", page.body);
    (test, page.body)
}

#[tokio::test]
async fn it_names_every_service_and_every_format() {
    let (test, xml) = metadata(IdpSpec::new(IdpProtocol::Saml)).await;

    let trust = test.trust();
    for (service, url, times) in [
        ("SingleSignOnService", &trust.sso_url, 2),
        ("SingleLogoutService", &trust.slo_url, 2),
        ("ArtifactResolutionService", &trust.artifact_url, 1),
    ] {
        let element = format!("<md:{service} ");
        let found = xml.split(&element).skip(1).filter(|rest| rest.contains(&format!("Location=\"{url}\""))).count();
        assert_eq!((xml.matches(&element).count(), found), (times, times), "{service}: {xml}");
    }
    for format in ["unspecified", "emailAddress", "persistent", "transient"] {
        assert!(xml.contains(&format!("nameid-format:{format}</md:NameIDFormat>")), "{format}: {xml}");
    }
    assert!(!xml.contains("validUntil") && !xml.contains("<ds:Signature"), "{xml}");
}

#[tokio::test]
async fn it_is_signed_and_dated_where_that_is_wanted() {
    let published_metadata =
        PublishedMetadata { sign: true, valid_for: Some(86_400), cache_for: Some(3600), next_key: false };
    let (test, xml) = metadata(IdpSpec { published_metadata, ..IdpSpec::new(IdpProtocol::Saml) }).await;

    assert!(xml.contains("cacheDuration=\"PT3600S\""), "{xml}");
    let (_, rest) = xml.split_once("validUntil=\"").unwrap();
    let until: jiff::Timestamp = rest.split('"').next().unwrap().parse().unwrap();
    let left = until.duration_since(test.realm.clock.now(vestibule_simulator::realm::Component::Idp)).as_hours();
    assert!((23..=24).contains(&left), "{left} hours");
    let folder = tempfile::tempdir().unwrap();
    let key = certs().signing_key(KeyAlgorithm::Rsa2048, KeyState::Valid).unwrap();
    let pem = openssl::x509::X509::from_der(key.certificate_der()).unwrap().to_pem().unwrap();
    std::fs::write(folder.path().join("key.pem"), pem).unwrap();
    let verifies = |xml: &str| {
        std::fs::write(folder.path().join("metadata.xml"), xml).unwrap();
        let output = Command::new("xmlsec1")
            .args(["--verify", "--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor"])
            .args(["--enabled-key-data", "rsa,ec", "--pubkey-cert-pem"])
            .arg(folder.path().join("key.pem"))
            .arg(folder.path().join("metadata.xml"))
            .output()
            .expect("install the Debian package xmlsec1");
        output.status.success()
    };
    assert!(verifies(&xml), "{xml}");
    assert!(!verifies(&xml.replace("PT3600S", "PT3601S")), "a change is noticed");
}

#[tokio::test]
async fn it_has_the_next_key_before_that_signs() {
    let next_key = PublishedMetadata { next_key: true, ..PublishedMetadata::default() };
    for (spec, keys) in [
        (IdpSpec::new(IdpProtocol::Saml), 1),
        (IdpSpec { published_metadata: next_key, ..IdpSpec::new(IdpProtocol::Saml) }, 2),
        (IdpSpec { key_state: KeyState::RolledOver, ..IdpSpec::new(IdpProtocol::Saml) }, 2),
    ] {
        let (_, xml) = metadata(spec).await;

        let certificates: Vec<_> = xml.split("<ds:X509Certificate>").skip(1).collect();
        assert_eq!((certificates.len(), xml.matches("use=\"signing\"").count()), (keys, keys), "{xml}");
        assert!(keys == 1 || certificates[0] != certificates[1]);
    }
}

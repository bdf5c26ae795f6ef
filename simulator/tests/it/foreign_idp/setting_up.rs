//! An org that starts with an identity provider which is not simulated, and why it does not start.

use vestibule_model::Secret;
use vestibule_simulator::Simulator;
use vestibule_simulator::realm::{IdpDocument, IdpProtocol, IdpSpec};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{Issuer, Says, metadata, post, trusting};
use crate::sso_realm::{TestRealm, certs};

#[tokio::test]
async fn metadata_is_read_from_a_file_or_from_a_url() {
    let issuer = Issuer::new();
    let text = metadata(&[&issuer]);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("idp.xml"), &text).unwrap();
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_string(&text);
    Mock::given(method("GET")).and(path("/metadata")).respond_with(answer).expect(1).mount(&server).await;
    let url = format!("{}/metadata", server.uri());

    for document in [IdpDocument::File(folder.path().join("idp.xml")), IdpDocument::Url(url.parse().unwrap())] {
        let test = TestRealm::start(by_metadata(document)).await;

        post(&test, &test.browser(), &Says::good(&test).signed_by(&issuer, &test), "").await;

        assert_eq!(test.accepted().len(), 1, "{:?}", test.refused_by_org());
    }
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_when_the_org_starts_with_its_reason() {
    let text = metadata(&[&Issuer::new()]);
    let server = MockServer::start().await;
    let moved = ResponseTemplate::new(302).insert_header("location", "https://elsewhere.example/");
    Mock::given(path("/moved")).respond_with(moved).mount(&server).await;
    let url = |path: &str| IdpDocument::Url(format!("{}{path}", server.uri()).parse().unwrap());
    let document = IdpDocument::Text;
    let expired = text.replace("entityID=", "validUntil=\"2001-01-01T00:00:00Z\" entityID=");
    for (spec, why) in [
        (by_metadata(document(metadata(&[]))), "it has no signing certificate"),
        (by_metadata(document(format!("<!DOCTYPE x>{text}"))), "the message has a DOCTYPE"),
        (by_metadata(document("<html/>".to_owned())), "its root is `html`"),
        (by_metadata(document(expired)), "it was valid until 2001-01-01T00:00:00Z"),
        (by_metadata(document("{}".to_owned())), "not well-formed XML"),
        (by_metadata(IdpDocument::File("/no/such/file.xml".into())), "No such file"),
        (by_metadata(url("/moved")), "it was answered with status 302"),
        (by_metadata(url("/missing")), "it was answered with status 404"),
        (by_metadata(IdpDocument::Url("http://127.0.0.1:1/metadata".parse().unwrap())), "failed to reach 127.0.0.1"),
        (IdpSpec { amr: Some(Vec::new()), ..by_metadata(document(text.clone())) }, "`amr` says how"),
        (by_discovery("<html/>"), "it is not a discovery document"),
        (by_discovery("{}"), "missing field `issuer`"),
        (IdpSpec { client_id: None, ..by_discovery("{}") }, "`client-id` is missing"),
        (IdpSpec { client_secret: None, ..by_discovery("{}") }, "`client-secret` is missing"),
    ] {
        let refused = Simulator::builder().idp("corp", spec).certs(certs()).start().await.unwrap_err().to_string();

        assert!(refused.starts_with("use the identity provider `corp`, known by "), "{refused}");
        assert!(refused.contains(why), "{why}: {refused}");
    }
}

#[tokio::test]
async fn an_identity_provider_that_is_not_simulated_has_no_host_here() {
    let test = TestRealm::start(trusting(&[&Issuer::new()])).await;

    assert!(test.realm.hosts.all().iter().all(|host| !host.starts_with("okta")), "{:?}", test.realm.hosts.all());
}

fn by_metadata(document: IdpDocument) -> IdpSpec {
    IdpSpec { metadata: Some(document), ..IdpSpec::new(IdpProtocol::Saml) }
}

fn by_discovery(text: &str) -> IdpSpec {
    IdpSpec {
        discovery: Some(IdpDocument::Text(text.to_owned())),
        client_id: Some("org".to_owned()),
        client_secret: Some(Secret::new("of-the-org")),
        ..IdpSpec::new(IdpProtocol::Oidc)
    }
}

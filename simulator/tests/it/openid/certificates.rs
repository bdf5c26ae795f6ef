//! TLS certificates of clients (RFC 8705), made by OpenSSL and sent by reqwest.

use std::net::{Ipv4Addr, SocketAddr};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use josekit::jwk::alg::ec::EcKeyPair;
use josekit::jwk::{Jwk, KeyPair as _, P_256};
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::sha::sha256;
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509NameBuilder};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Identity};
use serde_json::{Value, json};
use vestibule_model::{RelyingPartyAuth, RelyingPartySpec};

use super::{Provider, RP, RP_SECRET, code_form, good, is, parsed, public, refused, text};
use crate::sso_realm::{Page, page, pairs};

/// A certificate and its key.
struct Made {
    certificate: X509,
    key: PKey<Private>,
    jwk: Jwk,
}

/// A certificate with this common name and this DNS name, by this issuer or else by itself. It is valid for a day from this
/// time on.
fn made(name: &str, now: i64, issuer: Option<&Made>) -> Made {
    let pair = EcKeyPair::generate(P_256).unwrap();
    let key = PKey::private_key_from_pem(&pair.to_pem_private_key()).unwrap();
    let mut subject = X509NameBuilder::new().unwrap();
    subject.append_entry_by_text("O", "Acme, Inc").unwrap();
    subject.append_entry_by_text("CN", name).unwrap();
    let subject = subject.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    let serial = BigNum::from_slice(&sha256(name.as_bytes())[..8]).unwrap().to_asn1_integer().unwrap();
    builder.set_serial_number(&serial).unwrap();
    builder.set_subject_name(&subject).unwrap();
    builder.set_issuer_name(issuer.map_or(&subject, |issuer| issuer.certificate.subject_name())).unwrap();
    builder.set_not_before(&Asn1Time::from_unix(now - 60).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_unix(now + 86_400).unwrap()).unwrap();
    builder.set_pubkey(&key).unwrap();
    if issuer.is_none() {
        builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
    } else {
        let mut names = SubjectAlternativeName::new();
        let names = names.dns(&format!("{name}.example")).build(&builder.x509v3_context(None, None)).unwrap();
        builder.append_extension(names).unwrap();
    }
    builder.sign(issuer.map_or(&key, |issuer| &issuer.key), MessageDigest::sha256()).unwrap();
    Made { certificate: builder.build(), key, jwk: pair.to_jwk_public_key() }
}

impl Made {
    fn pem(&self) -> String {
        String::from_utf8(self.certificate.to_pem().unwrap()).unwrap()
    }

    fn hash(&self) -> String {
        URL_SAFE_NO_PAD.encode(sha256(&self.certificate.to_der().unwrap()))
    }
}

/// A program that sends this certificate to whoever asks for one.
fn program(op: &Provider, sent: Option<&Made>) -> Client {
    let realm = &op.test.realm;
    let authority = Certificate::from_pem(realm.certs.authority_pem().as_bytes()).unwrap();
    let mut builder = Client::builder().no_proxy().redirect(Policy::none()).tls_certs_only([authority]);
    for host in realm.hosts.all() {
        builder = builder.resolve(&host, SocketAddr::from((Ipv4Addr::LOCALHOST, realm.hosts.port())));
    }
    if let Some(sent) = sent {
        let pem = [sent.certificate.to_pem().unwrap(), sent.key.private_key_to_pem_pkcs8().unwrap()].concat();
        builder = builder.identity(Identity::from_pem(&pem).unwrap());
    }
    builder.build().unwrap()
}

/// A token of the client for itself, without a secret.
async fn token(op: &Provider, sent: Option<&Made>) -> Page {
    let form = pairs(&[("grant_type", "client_credentials"), ("client_id", RP)]);
    page(program(op, sent).post(op.test.idp("/oidc/token")).form(&form)).await
}

/// The real clock of the realm: certificates are judged by it.
async fn now() -> i64 {
    Provider::start(|_| ()).await.now()
}

/// RFC 8705 2.1.
#[tokio::test]
async fn a_client_is_known_by_the_name_in_a_certificate_that_its_authority_vouches_for() {
    let now = now().await;
    let (authority, stranger) = (made("Authority", now, None), made("Authority", now, None));
    let (own, other) = (made("my-app", now, Some(&authority)), made("other-app", now, Some(&authority)));
    let (forged, old) = (made("my-app", now, Some(&stranger)), made("my-app", now - 10 * 86_400, Some(&authority)));
    let by_subject =
        |rp: &mut RelyingPartySpec| rp.tls_client_auth_subject_dn = Some("cn=my-app, O=Acme\\, Inc".to_owned());
    let by_dns = |rp: &mut RelyingPartySpec| rp.tls_client_auth_san_dns = Some("MY-APP.example".to_owned());
    let by_nothing = |_: &mut RelyingPartySpec| ();
    type Name = fn(&mut RelyingPartySpec);
    let named: [(&str, Name, u16); 3] =
        [("subject", by_subject, 200), ("DNS name", by_dns, 200), ("no name", by_nothing, 401)];
    for (what, name, status) in named {
        let op = Provider::start(|rp| {
            rp.client_secret = None;
            rp.client_auth = Some(RelyingPartyAuth::TlsClient);
            rp.tls_client_auth_authority = Some(authority.pem());
            name(rp);
        })
        .await;

        assert_eq!(token(&op, Some(&own)).await.status, status, "{what}");
        for (wrong, sent) in [
            ("another name", Some(&other)),
            ("another authority", Some(&forged)),
            ("an old one", Some(&old)),
            ("none", None),
        ] {
            assert_eq!(refused(&token(&op, sent).await), is(401, "invalid_client"), "{what}: {wrong}");
        }
        let by_secret = op.post("/oidc/token", &[("grant_type", "client_credentials")]).await;
        assert_eq!(refused(&by_secret), is(401, "invalid_client"), "{what}");
    }
}

/// RFC 8705 2.2.
#[tokio::test]
async fn a_client_is_known_by_a_certificate_that_is_in_its_keys() {
    let now = now().await;
    let (own, other) = (made("my-app", now, None), made("my-app", now, None));
    let mut keys: Value = serde_json::from_str(public(&[&own.jwk]).as_str()).unwrap();
    keys["keys"][0]["x5c"] = json!([STANDARD.encode(own.certificate.to_der().unwrap())]);
    let op = Provider::start(move |rp| {
        rp.client_secret = None;
        rp.client_auth = Some(RelyingPartyAuth::SelfSignedTlsClient);
        rp.jwks = Some(keys.to_string().try_into().unwrap());
    })
    .await;

    assert_eq!(good(&token(&op, Some(&own)).await)["token_type"], "Bearer");
    for sent in [Some(&other), None] {
        assert_eq!(refused(&token(&op, sent).await), is(401, "invalid_client"));
    }
    let document = parsed(&op.browser.get(&op.test.idp("/.well-known/openid-configuration")).await);
    let methods = document["token_endpoint_auth_methods_supported"].as_array().unwrap();
    assert!(["tls_client_auth", "self_signed_tls_client_auth"].iter().all(|one| methods.contains(&json!(one))));
    assert_eq!(document["tls_client_certificate_bound_access_tokens"], true);
}

/// RFC 8705 3 and 3.1.
#[tokio::test]
async fn a_token_that_is_bound_to_a_certificate_is_good_with_it_only() {
    let now = now().await;
    let (own, other) = (made("my-app", now, None), made("my-app", now, None));
    let op = Provider::start(|rp| rp.tls_client_certificate_bound_access_tokens = true).await;
    let redeem = async |sent: Option<&Made>| {
        let code = op.code(&[("scope", Some("openid"))]).await;
        let request = program(&op, sent).post(op.test.idp("/oidc/token")).basic_auth(RP, Some(RP_SECRET));
        page(request.form(&pairs(&code_form(&code)))).await
    };
    assert_eq!(refused(&redeem(None).await), is(400, "invalid_request"), "there is nothing to bind it to");

    let tokens = good(&redeem(Some(&own)).await);

    let access_token = text(&tokens, "access_token");
    assert_eq!(tokens["token_type"], "Bearer");
    let told = op.introspect(access_token).await;
    assert_eq!((&told["cnf"], &told["token_type"]), (&json!({ "x5t#S256": own.hash() }), &json!("Bearer")));
    for (sent, status) in [(Some(&own), 200), (Some(&other), 401), (None, 401)] {
        let request = program(&op, sent).get(op.test.idp("/oidc/userinfo")).bearer_auth(access_token);
        assert_eq!(page(request).await.status, status);
    }
}

/// A browser asks its user which certificate to send, so nobody is asked for one where no client has one.
#[tokio::test]
async fn nobody_is_asked_for_a_certificate_where_no_client_has_one() {
    let now = now().await;
    let own = made("my-app", now, None);
    let op = Provider::start(|_| ()).await;
    let document = parsed(&op.browser.get(&op.test.idp("/.well-known/openid-configuration")).await);
    assert!(document.get("tls_client_certificate_bound_access_tokens").is_none(), "{document}");
    let methods = document["token_endpoint_auth_methods_supported"].as_array().unwrap();
    assert!(!methods.iter().any(|one| one.as_str().unwrap().contains("tls")), "{methods:?}");
    let code = op.code(&[]).await;
    let request = program(&op, Some(&own)).post(op.test.idp("/oidc/token")).basic_auth(RP, Some(RP_SECRET));
    let tokens = good(&page(request.form(&pairs(&code_form(&code)))).await);
    assert_eq!(op.introspect(text(&tokens, "access_token")).await.get("cnf"), None);
}

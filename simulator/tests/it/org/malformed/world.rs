//! The org that is asked, and the requests of clients that are right: tokens, cookies and messages of it.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use openssl::hash::MessageDigest;
use openssl::sign::Signer;
use openssl::x509::X509;
use reqwest::{Certificate, Client, Method};
use serde_json::{Value, json};
use vestibule_certs::{KeyAlgorithm, KeyState, SigningKey};
use vestibule_model::{ConnectedApp, PermittedUsers, Secret, SessionLevel};
use vestibule_simulator::realm::{
    HostRole, IdpProtocol, IdpSpec, ProductKind, ProductSpec, ProductUserSpec, RealmSpec, SessionKind, SignInPage,
};

use super::super::test_realm::{TestRealm, certs, noon};
use super::endpoints;

pub(super) const KEY: &str = "ci-key";
pub(super) const SECRET: &str = "ci-secret-1";
/// A realm of the control API: what it does there changes nothing that the other requests meet.
pub(super) const SPARE: &str = "spare";
const TOKEN: &str = "4jEAKuW3a4g33x2zsX11BkrsB";

/// An operation of the control API.
pub(super) struct Operation {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) takes_body: bool,
}

/// The org, and what its clients have.
pub(super) struct World {
    pub(super) test: TestRealm,
    /// Without cookies, so that no request changes the next one.
    pub(super) client: Client,
    pub(super) control: String,
    pub(super) control_token: String,
    pub(super) operations: Vec<Operation>,
    pub(super) api_session: String,
    /// The cookies of a browser that is signed in.
    pub(super) signed_in: String,
    /// The cookies of a browser that has typed the right password.
    pub(super) mid_login: String,
    pub(super) password_and_token: String,
    key: Arc<SigningKey>,
    /// Seconds since 1970.
    pub(super) now: i64,
    pub(super) saml_response: String,
    /// Where the response is to go.
    pub(super) acs: String,
    pub(super) saml_request: String,
    /// The query of a request to the OpenID provider.
    pub(super) oidc_request: String,
    pub(super) org_paths: Vec<String>,
    pub(super) idp_paths: Vec<String>,
    pub(super) product_paths: Vec<String>,
}

impl World {
    pub(super) async fn new() -> Self {
        let test = TestRealm::start(prepare).await;
        let (control, control_token) = test.control_api();
        let client = client(&test);
        let operations = operations(&client, &control, &control_token).await;
        let open = json!({ "from": { "copy-of": "acme" }, "my-domain": SPARE });
        let opened = client.post(format!("{control}/realms")).bearer_auth(&control_token).json(&open).send().await;
        assert_eq!(opened.unwrap().status().as_u16(), 200);

        let (signed_in, mid_login) = (test.browser(), test.browser());
        let home = signed_in.log_in(&test.realm, "visitor").await;
        assert_eq!(home.name(), "home");
        assert_eq!(mid_login.log_in(&test.realm, "rep").await.name(), "verify-totp");
        let answered = test.browser().get(&url(&test, "okta", "/saml/idp-initiated")).await;
        let asks = test.browser().get(&test.url("/saml/authn-request.jsp")).await;
        let oidc = test.browser().get_and_stay(&test.url("/services/auth/sso/corp")).await;
        let decoded = |text: &str| String::from_utf8(STANDARD.decode(text).unwrap()).unwrap();
        Self {
            client,
            control,
            control_token,
            operations,
            api_session: test
                .realm
                .open_session("admin", SessionLevel::HighAssurance, SessionKind::Api)
                .sid
                .reveal()
                .to_owned(),
            signed_in: signed_in.cookie_header(&test.url("/")),
            mid_login: mid_login.cookie_header(&test.url("/")),
            password_and_token: format!("Right-password-1{TOKEN}"),
            key: key(),
            now: noon().as_second(),
            saml_response: decoded(&answered.field("SAMLResponse")),
            acs: answered.action(),
            saml_request: decoded(&asks.field("SAMLRequest")),
            oidc_request: oidc.location.unwrap().split_once('?').unwrap().1.to_owned(),
            org_paths: endpoints::of_org(),
            idp_paths: endpoints::of_idps(),
            product_paths: endpoints::of_products(),
            test,
        }
    }

    /// The claims of a JWT for the bearer flow.
    pub(super) fn claims(&self) -> Value {
        json!({ "iss": KEY, "sub": "admin@acme.example", "aud": self.at_org("/"), "exp": self.now + 180 })
    }

    /// A JWT that the app signs.
    pub(super) fn jwt(&self, header: &Value, claims: &Value) -> String {
        self.signed(&header.to_string(), &claims.to_string())
    }

    pub(super) fn signed(&self, header: &str, claims: &str) -> String {
        let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let mut signer = Signer::new(MessageDigest::sha256(), self.key.pkey()).unwrap();
        let signature = signer.sign_oneshot_to_vec(input.as_bytes()).unwrap();
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    pub(super) fn at_org(&self, path: &str) -> String {
        self.test.url(path)
    }

    pub(super) fn at_lightning(&self, path: &str) -> String {
        self.test.lightning(path)
    }

    pub(super) fn at_login_host(&self, path: &str) -> String {
        self.test.realm.hosts.url(&HostRole::Login, path)
    }

    pub(super) fn at_saml(&self, path: &str) -> String {
        url(&self.test, "okta", path)
    }

    pub(super) fn at_oidc(&self, path: &str) -> String {
        url(&self.test, "corp", path)
    }

    pub(super) fn at_product(&self, product: &str, path: &str) -> String {
        self.test.realm.hosts.url(&HostRole::Product(product.to_owned()), path)
    }
}

fn url(test: &TestRealm, idp: &str, path: &str) -> String {
    test.realm.hosts.url(&HostRole::Idp(idp.to_owned()), path)
}

/// Nobody is ever locked out, so that the last request gets as far as the first.
fn prepare(spec: &mut RealmSpec) {
    spec.org.lockout_after = 0;
    spec.users.get_mut("rep").unwrap().security_token = Some(Secret::new(TOKEN));
    let certificate = X509::from_der(key().certificate_der()).unwrap().to_pem().unwrap();
    let app = ConnectedApp {
        client_id: Some(KEY.to_owned()),
        client_secret: Some(Secret::new(SECRET)),
        callbacks: vec!["https://app.example/callback".to_owned()],
        certificate: Some(String::from_utf8(certificate).unwrap()),
        permitted_users: PermittedUsers::AdminApproved,
        approved_users: ["admin".to_owned(), "rep".to_owned()].into(),
        client_credentials_user: Some("admin".to_owned()),
        device_flow: true,
        ..ConnectedApp::default()
    };
    spec.org.connected_apps.insert("CI".to_owned(), app);
    let automatic = |protocol| IdpSpec {
        sign_in: SignInPage::AutomaticAs("rep".to_owned()),
        accept_loopback: true,
        ..IdpSpec::new(protocol)
    };
    spec.idps.insert("okta".to_owned(), automatic(IdpProtocol::Saml));
    spec.idps.insert("corp".to_owned(), automatic(IdpProtocol::Oidc));
    let ann = || ProductUserSpec::default().password("Right-password-1");
    spec.products.insert("crm".to_owned(), ProductSpec::new(ProductKind::Crm).user("ann", ann()));
    spec.products.insert("vms".to_owned(), ProductSpec::new(ProductKind::VendorManagement).user("ann", ann()));
    spec.products.insert("erp".to_owned(), ProductSpec::new(ProductKind::Integration));
}

fn key() -> Arc<SigningKey> {
    certs().signing_key(KeyAlgorithm::Rsa2048, KeyState::Valid).unwrap()
}

fn client(test: &TestRealm) -> Client {
    let address = ([127, 0, 0, 1], test.realm.hosts.port()).into();
    let authority = Certificate::from_pem(test.realm.certs.authority_pem().as_bytes()).unwrap();
    let builder = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).tls_certs_only([authority]);
    let hosts = test.realm.hosts.all().into_iter().chain(["localhost".to_owned()]);
    hosts.fold(builder, |builder, host| builder.resolve(&host, address)).build().unwrap()
}

/// What the description of the control API describes.
async fn operations(client: &Client, control: &str, token: &str) -> Vec<Operation> {
    let document = client.get(format!("{control}/openapi.json")).bearer_auth(token).send().await.unwrap();
    let document: Value = document.json().await.unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, methods)| {
        methods.as_object().unwrap().iter().map(|(method, described)| Operation {
            method: method.to_uppercase().parse().unwrap(),
            path: path.clone(),
            takes_body: described["requestBody"].is_object(),
        })
    });
    operations.collect()
}

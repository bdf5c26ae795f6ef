//! A passkey registered over HTTP at the simulated org signs in through Chromium, and one created in Chromium over
//! HTTP.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use reqwest::Client;
use url::Url;
use vestibule_model::{ActorKind, PageName};
use vestibule_simulator::realm::{HostNaming, HostRole, Realm};

use super::simulated_org::TestLogin;
use crate::authenticator::{Authenticator, CredentialStore};
use crate::browser::tests::chromium::Chromium;

#[tokio::test]
async fn a_passkey_registered_over_http_signs_in_through_chromium() {
    let chromium = Chromium::start().await;
    let mut test = TestLogin::admin_with_passkeys(&chromium, HostNaming::Localhost).await;
    let mut http = HttpLogin::new(&test);

    let home = http.sign_in(&test.realm, &mut test.authenticator.passkeys).await;
    assert_eq!(http.pages, ["username", "password", "create-passkey", "home"], "{home}");
    let report = test.sign_in(ActorKind::Adaptive).await;

    assert_eq!((report.reached.name, report.stopped), (PageName::Home, None), "{:?}", test.trace);
    let used = test.trace.actions().iter().any(|action| action.page == "verify-passkey");
    assert!(used, "{:?}", test.trace);
    let mut again = HttpLogin::new(&test);
    again.sign_in(&test.realm, &mut test.authenticator.passkeys).await;
    assert_eq!(again.pages.last().unwrap(), "home", "the counter continues over HTTP");
    chromium.stop().await;
}

#[tokio::test]
async fn a_passkey_created_in_chromium_signs_in_over_http() {
    let chromium = Chromium::start().await;
    let mut test = TestLogin::admin_with_passkeys(&chromium, HostNaming::Localhost).await;

    let report = test.sign_in(ActorKind::Adaptive).await;
    assert_eq!((report.reached.name, report.stopped), (PageName::Home, None), "{:?}", test.trace);
    let mut http = HttpLogin::new(&test);
    http.sign_in(&test.realm, &mut test.authenticator.passkeys).await;

    assert_eq!(http.pages, ["username", "password", "verify-passkey", "home"]);
    chromium.stop().await;
}

/// A login without a browser: forms are posted, ceremonies answered by the software authenticator.
struct HttpLogin {
    client: Client,
    username: String,
    password: String,
    pages: Vec<String>,
}

impl HttpLogin {
    fn new(test: &TestLogin) -> Self {
        let loopback = SocketAddr::from(([127, 0, 0, 1], test.realm.hosts.port()));
        let authority = reqwest::Certificate::from_pem(test.realm.certs.authority_pem().as_bytes()).unwrap();
        let mut builder = Client::builder().cookie_store(true).no_proxy().tls_certs_only([authority]);
        for host in test.realm.hosts.all() {
            builder = builder.resolve(&host, loopback);
        }
        Self {
            client: builder.build().unwrap(),
            username: test.persona.username.clone(),
            password: test.persona.password.reveal().to_owned(),
            pages: Vec::new(),
        }
    }

    /// Follows the pages until none of them has a form to answer; returns the last one.
    async fn sign_in(&mut self, realm: &Realm, passkeys: &mut CredentialStore) -> String {
        let login = realm.hosts.url(&HostRole::MyDomain, "/");
        let mut page = self.client.get(login).send().await.unwrap();
        for _ in 0..6 {
            let url = page.url().clone();
            let html = page.text().await.unwrap();
            self.pages.push(between(&html, "<meta name=\"vestibule-page\" content=\"", "\"").unwrap().to_owned());
            let Some(fields) = self.answer(&url, &html, passkeys) else { return html };
            let action = between(&html, " action=\"", "\"").unwrap();
            let to = url.join(&unescape(action)).unwrap();
            page = self.client.post(to).form(&fields).send().await.unwrap();
        }
        panic!("six pages led nowhere: {:?}", self.pages);
    }

    fn answer(&self, url: &Url, html: &str, passkeys: &mut CredentialStore) -> Option<BTreeMap<String, String>> {
        let mut fields = hidden_fields(html);
        let mut authenticator = Authenticator::new(passkeys);
        let origin = Url::parse(&url.origin().ascii_serialization()).unwrap();
        let answer = match self.pages.last()?.as_str() {
            "username" => ("username", self.username.clone()),
            "password" => ("pw", self.password.clone()),
            "create-passkey" => {
                let options = serde_json::from_str(script(html, "webauthn-create")?).unwrap();
                let credential = authenticator.register(&origin, options).unwrap();
                ("credential", serde_json::to_string(&credential).unwrap())
            }
            "verify-passkey" => {
                let options = serde_json::from_str(script(html, "webauthn-get")?).unwrap();
                let credential = authenticator.authenticate(&origin, options).unwrap();
                ("credential", serde_json::to_string(&credential).unwrap())
            }
            _ => return None,
        };
        fields.insert(answer.0.to_owned(), answer.1);
        Some(fields)
    }
}

fn script<'a>(html: &'a str, id: &str) -> Option<&'a str> {
    between(html, &format!("<script type=\"application/json\" id=\"{id}\">"), "</script>")
}

fn hidden_fields(html: &str) -> BTreeMap<String, String> {
    let inputs = html.split("<input ").skip(1).filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag));
    let hidden = inputs.filter(|tag| tag.contains("type=\"hidden\""));
    let pairs = hidden.filter_map(|tag| Some((between(tag, "name=\"", "\"")?, between(tag, "value=\"", "\"")?)));
    pairs.map(|(name, value)| (name.to_owned(), unescape(value))).collect()
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(inside, _)| inside)
}

fn unescape(text: &str) -> String {
    quick_xml::escape::unescape(text).unwrap().into_owned()
}

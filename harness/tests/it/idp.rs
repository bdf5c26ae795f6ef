//! `vestibule idp` over HTTP: an app of anybody signs its users in.

use std::fs;
use std::net::SocketAddr;
use std::process::Child;
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};
use serde_json::Value;
use tempfile::TempDir;
use url::Url;

use crate::program::run;
use crate::serve::started;

#[tokio::test]
async fn with_nothing_given_any_service_provider_of_this_machine_signs_its_users_in_and_is_told() {
    let served = Served::start(&[]);
    let acs = "http://127.0.0.1:5000/acs";

    let asked = served.client.post(served.saml("sign-on-url")).form(&[("SAMLRequest", served.request(acs))]);
    let chooser = asked.send().await.unwrap();
    let sign_in = chooser.url().clone();
    let id = sign_in.query_pairs().find(|(name, _)| name == "request").unwrap().1.into_owned();
    let chooser = chooser.text().await.unwrap();
    let chosen =
        served.client.post(sign_in.join("/sign-in").unwrap()).form(&[("request", id.as_str()), ("user", "rep")]);
    let answer = chosen.send().await.unwrap().text().await.unwrap();

    assert!(chooser.contains("Simulated identity provider"), "{chooser}");
    assert!(answer.contains(&format!("action=\"{acs}\"")), "{answer}");
    let response = answer.split("name=\"SAMLResponse\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let response = String::from_utf8(STANDARD.decode(response).unwrap()).unwrap();
    for part in [">urn:my-app</saml:Audience>", ">rep@acme.example</saml:NameID>"] {
        assert!(response.contains(part), "{part}: {response}");
    }
    let said = served.said_at_last("saml sent ");
    let told = format!("saml answers urn:my-app at {acs}, which is on this machine and not registered");
    assert!(said.contains(&told) && said.contains("rep signed in at saml"), "{said}");
}

#[tokio::test]
async fn nobody_elsewhere_and_no_org_is_answered() {
    let served = Served::start(&[]);

    let refused = served.client.post(served.saml("sign-on-url"));
    let refused = refused.form(&[("SAMLRequest", served.request("https://evil.example/acs"))]).send().await.unwrap();
    let port = served.saml("sign-on-url").port().unwrap();
    let org = served.client.get(format!("https://acme.my.salesforce.localhost:{port}/")).send().await.unwrap();

    assert_eq!((refused.status().as_u16(), org.status().as_u16()), (400, 421));
    assert!(refused.text().await.unwrap().contains("is not on this machine"));
}

#[tokio::test]
async fn a_client_of_the_command_line_gets_an_id_token() {
    let redirect = "http://127.0.0.1:5000/callback";
    let served = Served::start(&[&format!("--client=id=web,redirect={redirect},secret=secret-of-web")]);
    let discovery = served.ready["idps"]["oidc"]["metadata-url"].as_str().unwrap();
    let document: Value = served.client.get(discovery).send().await.unwrap().json().await.unwrap();
    let endpoint = |name: &str| document[name].as_str().unwrap().to_owned();

    let request = [
        ("response_type", "code"),
        ("client_id", "web"),
        ("redirect_uri", redirect),
        ("scope", "openid"),
        ("login_hint", "rep"),
    ];
    let asked = Url::parse_with_params(&endpoint("authorization_endpoint"), request).unwrap();
    let sent = served.client.get(asked).send().await.unwrap();
    let sent: Url = sent.headers()["location"].to_str().unwrap().parse().unwrap();
    let code = sent.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", redirect)];
    let token = served.client.post(endpoint("token_endpoint")).basic_auth("web", Some("secret-of-web")).form(&form);
    let tokens: Value = token.send().await.unwrap().json().await.unwrap();

    let id_token = tokens["id_token"].as_str().unwrap_or_else(|| panic!("{tokens}"));
    let claims = URL_SAFE_NO_PAD.decode(id_token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!((&claims["sub"], &claims["iss"]), (&Value::from("rep@acme.example"), &document["issuer"]));
    assert_eq!(served.ready["idps"]["oidc"]["registered"], serde_json::json!(["web"]));
    assert_eq!(served.ready["idps"]["oidc"]["accepts-loopback"], false);
    assert_eq!(served.ready["idps"]["saml"]["accepts-loopback"], true);
    assert!(!served.said_at_last("oidc sent ").contains("secret-of-web"));
}

#[test]
fn parties_without_an_identity_provider_of_their_protocol_are_a_mistake() {
    let (code, _, said) =
        run(&["idp", "--port=0", "--idp=okta:protocol=saml", "--client=id=a,redirect=http://localhost/"]);

    assert_eq!(code, Some(2));
    assert!(said.contains("no identity provider speaks OpenID Connect"), "{said}");
}

/// A running `vestibule idp`. Dropping it ends it.
struct Served {
    child: Child,
    ready: Value,
    /// Follows redirects between hosts that are served, and no others.
    client: Client,
    folder: TempDir,
}

impl Served {
    fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (child, ready) = started("idp", arguments, folder.path());
        let pem = fs::read(ready["ca-file"].as_str().unwrap()).unwrap();
        let url: Url = ready["idps"]["saml"]["sign-on-url"].as_str().unwrap().parse().unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], url.port().unwrap()));
        let within = Policy::custom(|attempt| {
            let ours = attempt.url().host_str().is_some_and(|host| host.ends_with(".localhost"));
            if ours { attempt.follow() } else { attempt.stop() }
        });
        let mut builder = Client::builder().no_proxy().cookie_store(true).redirect(within);
        builder = builder.tls_certs_only([Certificate::from_pem(&pem).unwrap()]);
        let hosts = ready["hosts"].as_array().unwrap().iter().filter_map(Value::as_str);
        for host in hosts.chain(["acme.my.salesforce.localhost"]) {
            builder = builder.resolve(host, address);
        }
        Self { child, client: builder.build().unwrap(), ready, folder }
    }

    /// A URL of the SAML identity provider.
    fn saml(&self, name: &str) -> Url {
        self.ready["idps"]["saml"][name].as_str().unwrap().parse().unwrap()
    }

    /// An `AuthnRequest` of a service provider with this ACS, in base64.
    fn request(&self, acs: &str) -> String {
        STANDARD.encode(format!(
            "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
             xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_of-a-test\" Version=\"2.0\" \
             IssueInstant=\"2026-12-01T12:00:00Z\" Destination=\"{}\" AssertionConsumerServiceURL=\"{acs}\">\
             <saml:Issuer>urn:my-app</saml:Issuer></samlp:AuthnRequest>",
            self.saml("sign-on-url")
        ))
    }

    /// What it wrote on stderr, once this is part of it.
    fn said_at_last(&self, part: &str) -> String {
        for _ in 0..500 {
            let said = fs::read_to_string(self.folder.path().join("err")).unwrap();
            if said.contains(part) {
                return said;
            }
            thread::sleep(Duration::from_millis(20));
        }
        panic!("it never said `{part}`");
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

//! `vestibule attack` as a user runs it: against our own org, and against apps that are not there or not here.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Child;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Certificate;
use serde_json::Value;
use tempfile::TempDir;

use crate::program::{run, vestibule};
use crate::serve::started;

#[tokio::test]
async fn our_own_org_refuses_what_must_be_refused_and_says_so_in_every_report() {
    let org = Org::start(&[]).await;

    let output = org.attack(&["--only=saml-signature,saml-wrapping,flow.saml", "--library=our-org@1"]);

    assert_eq!(output.code, Some(0), "{}", output.err);
    let results: Value = serde_json::from_str(&output.out).unwrap();
    let cases = results["cases"].as_array().unwrap();
    let mut refused = 0;
    for case in cases {
        let expected = if case["expected"] == "refuse" { "refused" } else { "accepted" };
        assert_eq!(case["conclusion"], expected, "{case}");
        refused += usize::from(expected == "refused");
    }
    assert!(refused > 20, "{refused}");
    for file in ["attack.html", "junit.xml", "attack.sarif", "attack.json", "card.md", "badge.svg"] {
        let text = fs::read_to_string(org.folder.path().join("reports").join(file)).unwrap();
        assert!(text.len() > 100, "{file}: {text}");
    }
    let card = fs::read_to_string(org.folder.path().join("reports/card.md")).unwrap();
    assert!(card.starts_with("# our-org 1\n") && card.contains("| saml-wrapping |"), "{card}");
    assert!(output.err.contains("a good login works by plain HTTP"), "{}", output.err);
    assert!(output.err.contains("no finding in"), "{}", output.err);
}

#[tokio::test]
async fn an_org_that_leaves_one_check_out_accepts_the_case_that_aims_at_it() {
    let org = Org::start(&["--set=weaknesses=accept-unsigned"]).await;

    let output = org.attack(&["--only=saml.sig.none,saml.sig.wrong-key"]);

    assert_eq!(output.code, Some(1), "{}", output.err);
    let results: Value = serde_json::from_str(&output.out).unwrap();
    let found = |id: &str| {
        let mut cases = results["cases"].as_array().unwrap().iter();
        cases.find(|case| case["id"] == id).unwrap_or_else(|| panic!("{id}: {results}")).clone()
    };
    let (unsigned, wrong_key) = (found("saml.sig.none"), found("saml.sig.wrong-key"));
    assert_eq!((&unsigned["conclusion"], &unsigned["severity"]), (&"wrongly-accepted".into(), &"critical".into()));
    assert_eq!(wrong_key["conclusion"], "refused");
    assert!(unsigned["sent"].as_str().unwrap().contains("Response"), "{unsigned}");
    assert!(output.err.contains("critical saml.sig.none"), "{}", output.err);
}

/// The page of an attack with a finding and without, for whoever looks at it in a browser.
pub(crate) fn make_report(folder: &Path) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let org = runtime.block_on(Org::start(&["--set=weaknesses=accept-unsigned"]));
    let output = org.attack(&["--only=saml.sig.none,saml.sig.wrong-key", "--library=our-org@1"]);
    assert_eq!(output.code, Some(1), "{}", output.err);
    fs::copy(org.folder.path().join("reports/attack.html"), folder.join("attack.html")).unwrap();
}

#[test]
fn a_host_that_is_not_named_twice_gets_nothing() {
    let sp = "--sp=entity=urn:app,acs=http://127.0.0.1:1/acs";
    let (code, out, err) = run(&["attack", sp, "--start=http://app.example/login", "--signed-in-when=#logout"]);

    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("app.example, of --start, is not on this machine: nothing was sent"), "{err}");
    assert!(err.contains("--target app.example"), "{err}");
}

#[test]
fn an_app_that_is_not_there_is_said_to_be_missing_and_so_is_its_set_up() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let sp = format!("--sp=entity=urn:app,acs=http://127.0.0.1:{port}/acs");
    let output = vestibule(&["attack", &sp, "--port=0", "--wait=200ms", "--signed-in-when=#logout"])
        .arg(format!("--start=http://127.0.0.1:{port}/login"))
        .current_dir(folder.path())
        .output()
        .unwrap();

    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{err}");
    assert!(err.contains("our identity provider: https://saml.localhost:"), "{err}");
    assert!(err.contains("nothing has listened at") && err.contains("start the app"), "{err}");
}

/// An org that trusts the identity provider of the attack.
struct Org {
    child: Child,
    ready: Value,
    folder: TempDir,
    idp_port: u16,
    /// `--sp` of the org.
    sp: String,
}

struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Org {
    async fn start(settings: &[&str]) -> Self {
        vestibule_certs::install_tls_provider();
        let (folder, idp_port) = (tempfile::tempdir().unwrap(), free_port());
        let metadata = folder.path().join("idp.xml");
        fs::write(&metadata, metadata_of_idp(folder.path(), idp_port).await).unwrap();
        let arguments = [
            "--org-kind=production",
            "--date=2026-01-05",
            "--user=rep:username=rep@acme.example,federation-id=rep@acme.example,verifiers=",
            &format!("--idp=corp:metadata={}", metadata.display()),
        ];
        let (child, ready) = started("serve", &[&arguments[..], settings].concat(), folder.path());
        let sp = service_provider(&ready).await;
        Self { child, ready, folder, idp_port, sp }
    }

    fn attack(&self, arguments: &[&str]) -> Said {
        let my_domain = self.ready["my-domain-url"].as_str().unwrap();
        let start = format!("--start={}/saml/authn-request.jsp", my_domain.trim_end_matches('/'));
        let output = vestibule(&["attack", "--json", "--signed-in-when=#signed-in-user", "--browser=never"])
            .arg(&self.sp)
            .arg(start)
            .arg(format!("--port={}", self.idp_port))
            .arg("--report-dir")
            .arg(self.folder.path().join("reports"))
            .args(arguments)
            .env("XDG_CACHE_HOME", self.folder.path())
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Drop for Org {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// What the identity provider of the attack says of itself: that of `vestibule idp` on the same port.
async fn metadata_of_idp(folder: &Path, port: u16) -> String {
    let port = format!("--port={port}");
    // The option that comes last wins.
    let mut child = vestibule(&["idp", "--json", &port])
        .env("XDG_CACHE_HOME", folder)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let client = client(ready["ca-file"].as_str().unwrap());
    let metadata = client.get(ready["idps"]["saml"]["metadata-url"].as_str().unwrap()).send().await.unwrap();
    let metadata = metadata.text().await.unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    metadata
}

/// The org as its `AuthnRequest` names it.
async fn service_provider(ready: &Value) -> String {
    let url = format!("{}/saml/authn-request.jsp", ready["my-domain-url"].as_str().unwrap().trim_end_matches('/'));
    let page = client(ready["ca-file"].as_str().unwrap()).get(url).send().await.unwrap().text().await.unwrap();
    let request = page.split("name=\"SAMLRequest\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let request = request.replace("&#43;", "+").replace("&#61;", "=").replace("&#47;", "/");
    let request = String::from_utf8(STANDARD.decode(request).unwrap()).unwrap();
    let found = |pattern: &str| {
        let found = regex::Regex::new(pattern).unwrap().captures(&request).map(|found| found[1].to_owned());
        found.unwrap_or_else(|| panic!("{pattern}: {request}"))
    };
    let acs = found("AssertionConsumerServiceURL=\"([^\"]*)\"").replace("&amp;", "&");
    format!("--sp=entity={},acs={acs}", found("Issuer[^>]*>([^<]*)<"))
}

/// A browser without scripts that finds every host of this machine.
fn client(authority: &str) -> reqwest::Client {
    let pem = Certificate::from_pem(&fs::read(authority).unwrap()).unwrap();
    let builder = reqwest::Client::builder().no_proxy().cookie_store(true).tls_certs_only([pem]);
    let hosts = ["saml.localhost", "acme.my.salesforce.localhost"];
    let here = std::net::SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    hosts.into_iter().fold(builder, |builder, host| builder.resolve(host, here)).build().unwrap()
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

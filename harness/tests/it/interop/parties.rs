//! Service providers and relying parties that are not ours, as their registries have them, against `vestibule idp`.
//! `make test` runs one of each protocol, `make interop` all of them.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use regex::Regex;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Response};
use serde_json::Value;
use tempfile::TempDir;
use vestibule_certs::CertStore;

use super::runs_all;
use crate::clients::installed;
use crate::program::vestibule;

#[tokio::test]
async fn each_party_signs_users_in_as_told_and_refuses_a_wrong_answer() {
    let world = World::new();
    let mut wrong = Vec::new();
    for party in parties() {
        for row in ROWS.iter().filter(|row| row.protocol == party.protocol()) {
            let run = Run::start(&world, party, row.settings);

            let page = run.sign_on().await;
            let home = run.home().await;

            let right = match &row.says {
                Ok(Identity { amr, acr }) => page.is("user", USER) && page.is("amr", amr) && page.is("acr", acr),
                Err(()) => page.status >= 400 && !page.part("refused").is_empty() && home.is("nobody", NOBODY),
            };
            if !right {
                wrong.push(format!("{party:?} {row:?}: {page:?}"));
            }
        }
    }

    assert!(wrong.is_empty(), "{} logins differ\n\n{}", wrong.len(), wrong.join("\n\n"));
}

/// Whoever has a logout at the identity provider uses it: the next login asks for the user again.
#[tokio::test]
async fn a_logout_ends_the_session_at_the_party_and_at_the_identity_provider() {
    let world = World::new();
    for party in parties() {
        let run = Run::start(&world, party, "sign-in=own");
        let asked = run.sign_on().await;
        let page = run.type_password(&asked).await;
        assert!(!page.part("user").is_empty(), "{party:?}: {page:?}");
        let again = run.sign_on().await;
        assert!(!again.part("user").is_empty(), "{party:?} is not asked again: {again:?}");

        let out = run.get("/logout").await;

        assert!(out.is("nobody", NOBODY), "{party:?}: {out:?}");
        let asked = run.sign_on().await;
        if run.has_single_logout().await {
            assert!(asked.text.contains("type=\"password\""), "{party:?}: {asked:?}");
        }
    }
}

/// A party of a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Party {
    NodeSaml,
    Python3Saml,
    OpenidClient,
    Authlib,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Saml,
    Oidc,
}

impl Party {
    fn protocol(self) -> Protocol {
        match self {
            Self::NodeSaml | Self::Python3Saml => Protocol::Saml,
            Self::OpenidClient | Self::Authlib => Protocol::Oidc,
        }
    }

    fn script(self) -> &'static str {
        match self {
            Self::NodeSaml => "sp_node_saml.mjs",
            Self::Python3Saml => "sp_python3_saml.py",
            Self::OpenidClient => "rp_openid_client.mjs",
            Self::Authlib => "rp_authlib.py",
        }
    }
}

/// A login.
#[derive(Debug)]
struct Row {
    protocol: Protocol,
    /// Of the identity provider.
    settings: &'static str,
    /// How the party says that the user signed in, or that it refuses.
    says: Result<Identity, ()>,
}

#[derive(Debug)]
struct Identity {
    amr: &'static str,
    acr: &'static str,
}

const fn accepted(protocol: Protocol, settings: &'static str, amr: &'static str, acr: &'static str) -> Row {
    Row { protocol, settings, says: Ok(Identity { amr, acr }) }
}

const fn refused(protocol: Protocol, settings: &'static str) -> Row {
    Row { protocol, settings, says: Err(()) }
}

/// What every party shares: where the clients are, and the keys.
pub(super) struct World {
    pub(super) clients: PathBuf,
    pub(super) folder: TempDir,
}

impl World {
    pub(super) fn new() -> Self {
        vestibule_certs::install_tls_provider();
        let (clients, folder) = (installed(), tempfile::tempdir().unwrap());
        let there = clients.join("installed-interop").exists();
        assert!(there || !runs_all(), "run `harness/tests/clients/install target/clients interop`, or `make interop`");
        Self { clients, folder }
    }

    /// A file with the certificate that vouches for the identity providers.
    pub(super) fn authority(&self) -> PathBuf {
        let store = CertStore::open(&self.folder.path().join("vestibule"), vestibule::bench_internals::now()).unwrap();
        let file = self.folder.path().join("authority.pem");
        fs::write(&file, store.authority_pem()).unwrap();
        file
    }

    /// The program that runs a script of the registries' packages, and knows the certificate.
    pub(super) fn command(&self, script: &Path) -> Command {
        let is_python = script.extension().is_some_and(|extension| extension == "py");
        let mut command = if is_python { Command::new("python3") } else { Command::new(self.clients.join("bin/node")) };
        command.arg(script).env("PYTHONPATH", self.clients.join("interop/parties"));
        let authority = self.authority();
        for name in ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"] {
            command.env(name, &authority);
        }
        command
    }

    /// A browser without scripts.
    pub(super) fn browser(&self, redirects: Policy) -> Client {
        let certificate = Certificate::from_pem(&fs::read(self.authority()).unwrap()).unwrap();
        // The port is that of the URL.
        let builder = Client::builder().no_proxy().cookie_store(true).redirect(redirects);
        let builder = builder.resolve("localhost", SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        builder.tls_certs_only([certificate]).build().unwrap()
    }
}

/// Those that are run: one of each protocol, or all.
fn parties() -> impl Iterator<Item = Party> {
    let usual = [Party::NodeSaml, Party::OpenidClient];
    let further: &[Party] = if runs_all() { &[Party::Python3Saml, Party::Authlib] } else { &[] };
    usual.into_iter().chain(further.iter().copied())
}

/// A party and its identity provider.
struct Run {
    _processes: [Ended; 2],
    ready: Value,
    origin: String,
    client: Client,
}

impl Run {
    /// The party begins first, so that the identity provider can read its metadata.
    fn start(world: &World, party: Party, settings: &str) -> Self {
        let [party_port, idp_port] = free_ports();
        let origin = format!("http://127.0.0.1:{party_port}");
        let idp_origin = format!("https://localhost:{idp_port}");
        let mut command = world.command(&world.clients.join("interop").join(party.script()));
        command.env("PORT", party_port.to_string()).env("ISSUER", &idp_origin);
        command.env("IDP_METADATA", format!("{idp_origin}/saml/metadata"));
        let (party_process, ready) = begun(command);
        assert_eq!(ready, "ready", "{party:?}");

        let (key, known) = match party.protocol() {
            Protocol::Saml => ("saml", format!("--sp={origin}/metadata")),
            Protocol::Oidc => ("oidc", format!("--client=id=my-app,secret=my-secret,redirect={origin}/callback")),
        };
        let mut command = vestibule(&["idp", "--json", "--user=rep"]);
        command.arg(format!("--port={idp_port}")).arg(format!("--public-url={key}={idp_origin}"));
        command.arg(format!("--idp={key}:protocol={key},{settings}")).arg(known);
        command.env("XDG_CACHE_HOME", world.folder.path()).stderr(Stdio::null());
        let (idp_process, ready) = begun(command);

        Self {
            _processes: [party_process, idp_process],
            ready: serde_json::from_str(&ready).unwrap(),
            origin,
            client: world.browser(Policy::default()),
        }
    }

    /// The page on which a login ends.
    async fn sign_on(&self) -> Page {
        self.get("/login").await
    }

    async fn home(&self) -> Page {
        self.get("/").await
    }

    /// Opens a page of the party, and submits every form that submits itself.
    async fn get(&self, path: &str) -> Page {
        let asked = self.client.get(format!("{}{path}", self.origin)).send().await.unwrap();
        self.go_on(Page::read(asked).await).await
    }

    async fn go_on(&self, mut page: Page) -> Page {
        while page.text.contains("data-submit") {
            page = self.submit(&page, &[]).await;
        }
        page
    }

    async fn submit(&self, page: &Page, typed: &[(&str, &str)]) -> Page {
        let (action, mut form) = page.form();
        form.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Page::read(self.client.post(action).form(&form).send().await.unwrap()).await
    }

    /// Signs in on the page of the identity provider.
    async fn type_password(&self, asked: &Page) -> Page {
        let user = &self.ready["users"][0];
        let typed = ["username", "password"].map(|name| (name, user[name].as_str().unwrap()));
        let answered = self.submit(asked, &typed).await;
        self.go_on(answered).await
    }

    /// Whether the identity provider says where its sessions are ended.
    async fn has_single_logout(&self) -> bool {
        let idp = &self.ready["idps"].as_object().unwrap().values().next().unwrap();
        let metadata = self.client.get(idp["metadata-url"].as_str().unwrap()).send().await.unwrap();
        let metadata = metadata.text().await.unwrap();
        metadata.contains("SingleLogoutService") || metadata.contains("end_session_endpoint")
    }
}

/// A process that ends with the test.
pub(super) struct Ended(pub(super) Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.0.kill().and_then(|()| self.0.wait());
    }
}

/// A page, as a person would look at it.
#[derive(Debug)]
pub(super) struct Page {
    url: url::Url,
    status: u16,
    text: String,
}

impl Page {
    pub(super) async fn read(response: Response) -> Self {
        let (url, status) = (response.url().clone(), response.status().as_u16());
        Self { url, status, text: response.text().await.unwrap() }
    }

    /// What a paragraph says; nothing if there is none.
    fn part(&self, id: &str) -> &str {
        let rest = self.text.split_once(&format!("<p id=\"{id}\">"));
        rest.and_then(|(_, rest)| rest.split("</p>").next()).unwrap_or_default()
    }

    fn is(&self, id: &str, text: &str) -> bool {
        self.part(id) == text
    }

    /// Where its form goes, and the hidden fields.
    pub(super) fn form(&self) -> (url::Url, Vec<(String, String)>) {
        let action = Regex::new("<form[^>]* action=\"([^\"]*)\"").unwrap();
        let field = Regex::new("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\"").unwrap();
        let action = action.captures(&self.text).map(|found| unescaped(&found[1])).unwrap_or_default();
        let fields = field.captures_iter(&self.text).map(|found| (found[1].to_owned(), unescaped(&found[2])));
        (self.url.join(&action).unwrap(), fields.collect())
    }
}

fn unescaped(text: &str) -> String {
    let escapes = [("&#38;", "&"), ("&#39;", "'"), ("&#34;", "\""), ("&#60;", "<"), ("&#62;", ">"), ("&amp;", "&")];
    escapes.iter().fold(text.to_owned(), |text, (escape, character)| text.replace(escape, character))
}

/// Starts a program, and waits for its first line.
pub(super) fn begun(mut command: Command) -> (Ended, String) {
    let mut process = Ended(command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(process.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(!line.is_empty(), "{command:?} ended: {:?}", process.0.wait());
    (process, line.trim_end().to_owned())
}

pub(super) fn free_ports() -> [u16; 2] {
    let sockets = [0; 2].map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap());
    sockets.map(|socket| socket.local_addr().unwrap().port())
}

pub(super) const USER: &str = "rep@acme.example";
const NOBODY: &str = "Nobody is signed in.";
const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified";
const REFEDS_MFA: &str = "https://refeds.org/profile/mfa";

const ROWS: &[Row] = &[
    accepted(Protocol::Saml, "sign-in=automatic,amr=pwd+mfa", "pwd mfa", UNSPECIFIED),
    accepted(
        Protocol::Saml,
        "sign-in=automatic,amr=swk,class-ref=https://refeds.org/profile/mfa,sign=both",
        "swk",
        REFEDS_MFA,
    ),
    // Both say in their metadata that they want the assertion signed.
    accepted(Protocol::Saml, "sign-in=automatic,amr=pwd,sign=response", "pwd", UNSPECIFIED),
    refused(Protocol::Saml, "sign-in=automatic,faults=audience-other"),
    refused(Protocol::Saml, "sign-in=automatic,faults=request-other"),
    refused(Protocol::Saml, "sign-in=automatic,faults=expired"),
    refused(Protocol::Saml, "sign-in=automatic,faults=not-yet-valid"),
    refused(Protocol::Saml, "sign-in=automatic,key-state=foreign"),
    accepted(Protocol::Oidc, "sign-in=automatic,amr=pwd+hwk,acr=phr", "pwd hwk", "phr"),
    accepted(Protocol::Oidc, "sign-in=automatic,amr=pwd,key=ec", "pwd", ""),
    refused(Protocol::Oidc, "sign-in=automatic,faults=audience-other"),
    refused(Protocol::Oidc, "sign-in=automatic,faults=issuer-other"),
    refused(Protocol::Oidc, "sign-in=automatic,faults=request-other"),
    refused(Protocol::Oidc, "sign-in=automatic,faults=expired"),
    refused(Protocol::Oidc, "sign-in=automatic,key-state=foreign"),
];

//! `vestibule audit` against an org that stands under its real name: 40 users of all kinds, and a table, written by hand, of
//! what becomes of each.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::{Arc, Mutex};
use std::thread;

use jiff::civil::date;
use reqwest::{Certificate, Client};
use scraper::{Html, Selector};
use serde_json::Value;
use vestibule_model::{
    ConnectedApp, LoginPage, Permission, Secret, SessionLevel, SignInPage, UserState, UserType, VerificationMethod,
    Waiver,
};
use vestibule_simulator::Simulator;
use vestibule_simulator::org::passkeys::{finish_registration, start_registration};
use vestibule_simulator::realm::{HostNaming, HostRole, IdpProtocol, IdpSpec, OrgSpec, Realm, SessionKind, UserSpec};
use webauthn_authenticator_rs::AuthenticatorBackend as _;
use webauthn_authenticator_rs::softtoken::SoftToken;
use webauthn_rs_proto::ResidentKeyRequirement;

use crate::files::files_below;
use crate::program::vestibule;

/// A line of the table.
#[derive(Debug, Clone)]
struct Line {
    user: String,
    profile: String,
    user_type: UserType,
    permissions: Vec<Permission>,
    verifiers: Vec<VerificationMethod>,
    more: String,
    logs_in: String,
    expected: Expected,
}

/// Route, app, forecast, first and last day, rule.
type Expected = [String; 6];

fn table() -> Vec<Line> {
    let text = include_str!("../audit/users.tsv");
    let lines = text.lines().skip(1).map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [user, profile, user_type, permissions, verifiers, more, logs_in, expected @ ..] = cells.as_slice() else {
            panic!("{line}");
        };
        fn words<T: serde::de::DeserializeOwned>(cell: &str) -> Vec<T> {
            let words = cell.split(',').filter(|word| *word != "-");
            words.map(|word| serde_json::from_value(word.into()).unwrap()).collect()
        }
        Line {
            user: (*user).to_owned(),
            profile: (*profile).to_owned(),
            user_type: words(user_type).remove(0),
            permissions: words(permissions),
            verifiers: words(verifiers),
            more: (*more).to_owned(),
            logs_in: (*logs_in).to_owned(),
            expected: expected.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>().try_into().unwrap(),
        }
    });
    lines.collect()
}

fn username(user: &str) -> String {
    format!("{user}@acme.example")
}

const PASSWORD: &str = "Right-password-canary-1";
const HOST: &str = "acme--uat.sandbox.my.salesforce.com";

/// The org, with its users and their logins.
struct Org {
    simulator: Simulator,
    _folder: tempfile::TempDir,
    authority: PathBuf,
}

impl Org {
    async fn start(lines: &[Line]) -> Self {
        let mut org = OrgSpec::sandbox("acme--uat", date(2026, 6, 1)).login_page(LoginPage::Classic);
        org.oauth.username_password = true;
        org.trusted_ip_ranges = vec!["127.0.0.1-127.0.0.255".parse().unwrap()];
        let app = |key: &str| ConnectedApp {
            client_id: Some(key.to_owned()),
            client_secret: Some(Secret::new(format!("{key}-canary"))),
            ..ConnectedApp::default()
        };
        let erp = ConnectedApp { client_credentials_user: Some("erp".to_owned()), ..app("erp-key") };
        let org = org.connected_app("Data Sync", app("sync-key")).connected_app("ERP", erp);
        let mut builder = Simulator::builder().org(org).naming(HostNaming::Real).seed(40);
        for line in lines {
            let mut user = UserSpec::new(line.profile.as_str()).username(username(&line.user)).password(PASSWORD);
            user.user_type = line.user_type;
            user.permissions = line.permissions.iter().copied().collect();
            user.verifiers = line.verifiers.iter().copied().collect();
            match line.more.as_str() {
                "waiver" => user.waiver = Waiver::Assigned,
                "mfa-for-ui-logins" => user.mfa_for_ui_logins = true,
                "frozen" => user.state = UserState::Frozen,
                "-" => {}
                other => panic!("{other}"),
            }
            builder = builder.user(line.user.as_str(), user);
            if let Some((protocol, amr)) = sso(line) {
                let mut idp = IdpSpec::new(protocol);
                idp.amr = Some(amr);
                idp.sign_in = SignInPage::AutomaticAs(line.user.clone());
                builder = builder.idp(idp_of(line), idp);
            }
        }
        let simulator = builder.start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let authority = folder.path().join("authority.pem");
        fs::write(&authority, simulator.ca_pem()).unwrap();
        let org = Self { simulator, _folder: folder, authority };
        for line in lines {
            for method in line.verifiers.iter().filter(|method| method.is_passkey()) {
                register(org.simulator.realm(), &line.user, *method);
            }
            org.log_in(line).await;
        }
        org
    }

    fn realm(&self) -> &Arc<Realm> {
        self.simulator.realm()
    }

    /// A browser without scripts.
    fn browser(&self) -> Client {
        let mut builder = Client::builder()
            .cookie_store(true)
            .no_proxy()
            .tls_certs_only([Certificate::from_pem(self.simulator.ca_pem().as_bytes()).unwrap()]);
        for host in self.simulator.hosts() {
            builder = builder.resolve(&host, self.simulator.address());
        }
        builder.build().unwrap()
    }

    /// Logs in as the table says.
    async fn log_in(&self, line: &Line) {
        let browser = self.browser();
        let username = username(&line.user);
        let rows = self.realm().login_history.length();
        match line.logs_in.split(' ').next().unwrap_or_default() {
            "never" => return,
            "ui" => {
                let form = [("username", username.as_str()), ("pw", PASSWORD)];
                browser.post(self.simulator.url("/")).form(&form).send().await.unwrap();
            }
            "frontdoor" => {
                let session = self.realm().open_session(&line.user, SessionLevel::Standard, SessionKind::Api);
                let url = self.simulator.url("/secur/frontdoor.jsp");
                browser.get(url).query(&[("sid", session.sid.reveal())]).send().await.unwrap();
            }
            "oidc" => {
                let url = self.simulator.url(&format!("/services/auth/sso/{}", idp_of(line)));
                follow(&browser, browser.get(url).send().await.unwrap()).await;
            }
            "saml" => {
                let config = &self.realm().trust(&idp_of(line)).unwrap().config_id;
                let url = self.simulator.url(&format!("/saml/authn-request.jsp?samlSsoConfig={config}"));
                follow(&browser, browser.get(url).send().await.unwrap()).await;
            }
            "soap" => {
                let body = format!(
                    "<se:Envelope xmlns:se=\"http://schemas.xmlsoap.org/soap/envelope/\"><se:Header>\
                     <CallOptions xmlns=\"urn:partner.soap.sforce.com\"><client>Loader</client></CallOptions></se:Header>\
                     <se:Body><login xmlns=\"urn:partner.soap.sforce.com\"><username>{username}</username>\
                     <password>{PASSWORD}</password></login></se:Body></se:Envelope>"
                );
                let request = browser.post(self.simulator.url("/services/Soap/u/59.0")).body(body);
                let answer =
                    request.header("content-type", "text/xml").header("soapaction", "\"\"").send().await.unwrap();
                assert!(answer.status().is_success(), "{}: {}", line.user, answer.text().await.unwrap());
            }
            flow => {
                let form: Vec<(&str, &str)> = match flow {
                    "password-flow" => vec![
                        ("grant_type", "password"),
                        ("client_id", "sync-key"),
                        ("client_secret", "sync-key-canary"),
                        ("username", username.as_str()),
                        ("password", PASSWORD),
                    ],
                    "client-credentials" => vec![
                        ("grant_type", "client_credentials"),
                        ("client_id", "erp-key"),
                        ("client_secret", "erp-key-canary"),
                    ],
                    other => panic!("{other}"),
                };
                let answer =
                    browser.post(self.simulator.url("/services/oauth2/token")).form(&form).send().await.unwrap();
                assert!(answer.status().is_success(), "{}: {}", line.user, answer.text().await.unwrap());
            }
        }
        assert!(self.realm().login_history.length() > rows, "{} left no row in Login History", line.user);
    }

    /// Audits the org with a token of this user, through a proxy that is its only way.
    fn audit(&self, user: &str, words: &[&str]) -> Audited {
        let session = self.realm().open_session(user, SessionLevel::Standard, SessionKind::Api);
        let proxy = Proxy::start(self.simulator.address());
        let reports = tempfile::tempdir().unwrap();
        let output = vestibule(&["audit", &format!("https://{HOST}"), "--date", "2026-06-01", "--json"])
            .args(["--waiver-approved", "approved@acme.example", "--report-dir"])
            .arg(reports.path())
            .args(words)
            .env("VESTIBULE_ORG_TOKEN", session.sid.reveal())
            .env("HTTPS_PROXY", format!("http://{}", proxy.address))
            .env("SSL_CERT_FILE", &self.authority)
            .env_remove("SSL_CERT_DIR")
            .env_remove("NO_PROXY")
            .env_remove("no_proxy")
            .env_remove("https_proxy")
            .output()
            .unwrap();
        Audited { output, reports, token: session.sid, hosts: proxy.hosts() }
    }
}

struct Audited {
    output: Output,
    reports: tempfile::TempDir,
    token: Secret,
    hosts: BTreeSet<String>,
}

impl Audited {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.output.stderr)))
    }

    /// What was said of each user.
    fn rows(&self) -> BTreeMap<String, Vec<Expected>> {
        let json = self.json();
        let mut rows: BTreeMap<String, Vec<Expected>> = BTreeMap::new();
        for row in json["rows"].as_array().unwrap() {
            let text = |key: &str| row[key].as_str().unwrap_or("-").to_owned();
            let forecast = text("forecast").replace('-', " ");
            let said = [text("login"), text("app"), forecast, text("from"), text("until"), text("rule")];
            rows.entry(text("user")).or_default().push(said);
        }
        rows
    }

    fn report(&self, name: &str) -> String {
        fs::read_to_string(self.reports.path().join(name)).unwrap()
    }
}

/// Contract F2.1, F2.2, G1.5, H1.9, H3.1, H3.2, H3.3, H3.4, H3.5, H3.6, I1.2, I1.3.
#[test]
fn forty_users_are_judged_as_the_table_says() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let lines = table();
    assert_eq!(lines.len(), 40);
    let org = runtime.block_on(Org::start(&lines));

    let audited = org.audit("auditor", &["--by", "2026-06-30"]);

    assert_eq!(audited.output.status.code(), Some(1), "{}", String::from_utf8_lossy(&audited.output.stderr));
    let (json, rows) = (audited.json(), audited.rows());
    let mut wrong = Vec::new();
    for line in &lines {
        let found = rows.get(&username(&line.user)).cloned().unwrap_or_default();
        let expected = if line.expected[2] == "not listed" { Vec::new() } else { vec![line.expected.clone()] };
        if found != expected {
            wrong.push(format!("{}:\n  said     {found:?}\n  expected {expected:?}", line.user));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(rows.len(), 39, "nobody else is named");
    assert_eq!(json["unknown"], serde_json::json!([]), "everything could be read");
    assert_eq!(json["org"]["kind"], "sandbox");
    assert_eq!(audited.hosts, BTreeSet::from([format!("{HOST}:443")]), "the token goes nowhere else");

    let failing =
        |by: &str| lines.iter().filter(|line| line.expected[2] == "stops" && (line.expected[3].as_str() <= by)).count();
    assert_eq!(audited.report("junit.xml").matches("<failure").count(), failing("2026-06-30"));
    assert_eq!(audited.report("audit.csv").lines().count(), 40);
    let notes = json["notes"].as_array().unwrap();
    for (name, part) in [
        ("waivers", "2 of the users hold the waiver"),
        ("passkeys", "Built-in authenticators are on, security keys are on."),
        ("step-up", "From 2026-06-22 on, reports and dashboards ask for another verification"),
        ("single-sign-on", "oidc-weak (OpenID Connect)"),
        ("ip-ranges", "1 trusted IP ranges, 0 of them wider"),
        (
            "service-accounts",
            "4 users are restricted to the API, 2 more have an integration licence, and 1 of these open pages",
        ),
        ("frozen", "1 frozen users cannot log in"),
    ] {
        let note = notes.iter().find(|note| note["name"] == name).unwrap_or_else(|| panic!("{name}: {notes:?}"));
        assert!(note["text"].as_str().unwrap().contains(part), "{note}");
    }

    let mut written = vec![
        ("stdout".to_owned(), String::from_utf8(audited.output.stdout.clone()).unwrap()),
        ("stderr".to_owned(), String::from_utf8(audited.output.stderr.clone()).unwrap()),
    ];
    for file in files_below(audited.reports.path()) {
        written.push((file.display().to_string(), fs::read_to_string(&file).unwrap()));
    }
    assert_eq!(written.len(), 6);
    for (name, text) in &written {
        assert!(!text.contains(audited.token.reveal()) && !text.contains("!AQ"), "{name} holds the token");
        assert!(!text.contains("canary"), "{name} holds a password");
    }
}

/// Contract H2.2, H4.6, H5.2.
#[test]
fn what_a_token_may_not_read_is_said_and_nothing_is_taken_for_good() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let lines: Vec<Line> =
        table().into_iter().filter(|line| ["rep-totp", "rep-key", "approved"].contains(&line.user.as_str())).collect();
    let org = runtime.block_on(Org::start(&lines));

    let audited = org.audit("rep-totp", &[]);

    assert_eq!(audited.output.status.code(), Some(0), "{}", String::from_utf8_lossy(&audited.output.stderr));
    let json = audited.json();
    let unknown: Vec<&str> =
        json["unknown"].as_array().unwrap().iter().map(|gap| gap["what"].as_str().unwrap()).collect();
    assert_eq!(unknown, ["Profile", "SecuritySettings", "TwoFactorMethodsInfo", "UserLogin"]);
    let rows = audited.rows();
    for user in ["rep-totp", "rep-key"] {
        assert_eq!(rows[&username(user)][0][2], "unknown", "{user}: nothing shows that it has a method");
    }
    let said = String::from_utf8(audited.output.stderr).unwrap();
    assert!(said.contains("TwoFactorMethodsInfo: not readable: the org answered 400 INVALID_TYPE"), "{said}");
    assert!(said.contains("so unknown: what each user has registered"), "{said}");
}

#[test]
fn an_expired_token_ends_the_audit_and_an_untrusted_certificate_gets_no_token() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let lines: Vec<Line> =
        table().into_iter().filter(|line| line.user == "auditor" || line.user == "approved").collect();
    let mut org = runtime.block_on(Org::start(&lines));
    let proxy = Proxy::start(org.simulator.address());
    let expired = vestibule(&["audit", HOST])
        .env("VESTIBULE_ORG_TOKEN", "00Dexpired!AQcanary")
        .env("HTTPS_PROXY", format!("http://{}", proxy.address))
        .env("SSL_CERT_FILE", &org.authority)
        .env_remove("SSL_CERT_DIR")
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .env_remove("https_proxy")
        .output()
        .unwrap();
    let said = String::from_utf8(expired.stderr).unwrap();
    assert_eq!(expired.status.code(), Some(3), "{said}");
    assert!(said.contains("401 INVALID_SESSION_ID") && !said.contains("canary"), "{said}");

    let folder = tempfile::tempdir().unwrap();
    let other = vestibule_certs::CertStore::open(folder.path(), jiff::Timestamp::UNIX_EPOCH).unwrap();
    org.authority = folder.path().join("other.pem");
    fs::write(&org.authority, other.authority_pem()).unwrap();
    let untrusted = org.audit("auditor", &[]);

    let said = String::from_utf8(untrusted.output.stderr).unwrap();
    assert_eq!(untrusted.output.status.code(), Some(3), "{said}");
    assert!(said.contains("no connection: ") && said.contains("certificate"), "{said}");
}

/// An identity provider per user, who is signed in there without being asked.
fn idp_of(line: &Line) -> String {
    line.user.clone()
}

fn sso(line: &Line) -> Option<(IdpProtocol, Vec<String>)> {
    let (protocol, amr) = line.logs_in.split_once(' ')?;
    let protocol = if protocol == "saml" { IdpProtocol::Saml } else { IdpProtocol::Oidc };
    Some((protocol, amr.split(',').map(str::to_owned).collect()))
}

/// Registers a passkey of an authenticator that is not ours.
fn register(realm: &Arc<Realm>, user: &str, method: VerificationMethod) {
    let (mut options, registration) = start_registration(realm, user).unwrap();
    // It has no resident keys.
    if let Some(selection) = options.public_key.authenticator_selection.as_mut() {
        selection.resident_key = Some(ResidentKeyRequirement::Discouraged);
        selection.require_resident_key = false;
    }
    let origin = realm.hosts.url(&HostRole::MyDomain, "/").parse().unwrap();
    let mut token = SoftToken::new(true).unwrap().0;
    let credential = token.perform_register(origin, options.public_key, 60_000).unwrap();
    finish_registration(realm, &registration, &credential, method).unwrap();
}

/// Submits self-submitting forms until a page has none.
async fn follow(browser: &Client, mut answer: reqwest::Response) {
    for _ in 0..4 {
        let url = answer.url().clone();
        let body = answer.text().await.unwrap();
        let Some((action, fields)) = form(&body) else { return };
        answer = browser.post(url.join(&action).unwrap()).form(&fields).send().await.unwrap();
    }
    panic!("the forms do not end");
}

/// Action and hidden fields of a form that submits itself.
fn form(body: &str) -> Option<(String, Vec<(String, String)>)> {
    if !body.contains("data-submit") {
        return None;
    }
    let page = Html::parse_document(body);
    let (forms, inputs) = (Selector::parse("form").unwrap(), Selector::parse("input[type=hidden]").unwrap());
    let form = page.select(&forms).next()?;
    let attribute = |input: scraper::ElementRef<'_>, name: &str| input.attr(name).unwrap_or_default().to_owned();
    let fields = form.select(&inputs).map(|input| (attribute(input, "name"), attribute(input, "value"))).collect();
    Some((form.attr("action")?.to_owned(), fields))
}

/// A proxy that leads to one server, whatever host it is asked for, and writes down which hosts those were.
struct Proxy {
    address: SocketAddr,
    asked: Arc<Mutex<BTreeSet<String>>>,
}

impl Proxy {
    fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked: Arc<Mutex<BTreeSet<String>>> = Arc::default();
        let hosts = Arc::clone(&asked);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let hosts = Arc::clone(&hosts);
                thread::spawn(move || tunnel(client, server, &hosts));
            }
        });
        Self { address, asked }
    }

    fn hosts(&self) -> BTreeSet<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// Answers `CONNECT host:port` (RFC 9110, 9.3.6).
fn tunnel(client: TcpStream, server: SocketAddr, hosts: &Mutex<BTreeSet<String>>) {
    let mut reader = BufReader::new(client.try_clone().unwrap());
    let mut first = String::new();
    reader.read_line(&mut first).unwrap();
    let host = first.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next()).unwrap_or("no CONNECT");
    hosts.lock().unwrap().insert(host.to_owned());
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) <= 2 {
            break;
        }
    }
    let server = TcpStream::connect(server).unwrap();
    let mut client = client;
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
    let mut to_client = client.try_clone().unwrap();
    let mut from_server = server.try_clone().unwrap();
    let back = thread::spawn(move || {
        let _copied = std::io::copy(&mut from_server, &mut to_client);
        let _closed = to_client.shutdown(Shutdown::Write);
    });
    let mut to_server = server;
    let _copied = std::io::copy(&mut reader, &mut to_server);
    let _closed = to_server.shutdown(Shutdown::Write);
    let _ended = back.join();
}

/// The page of a forecast, for whoever looks at it in a browser.
pub(crate) fn make_report(folder: &Path) {
    let users = folder.join("users.csv");
    let text = "Username,Profile,Permissions,Verifiers,Login,App\n\
                ann@acme.example,System Administrator,,totp,,\n\
                bob@acme.example,Standard User,,totp,,\n\
                cid@acme.example,Standard User,,totp,saml,\n\
                sync@acme.example,Standard User,,none,soap-login,Loader\n";
    fs::write(&users, text).unwrap();
    let reports = folder.join("audit");
    let output =
        vestibule(&["audit", users.to_str().unwrap(), "--date", "2026-11-30", "--report-dir"]).arg(&reports).output();
    assert_eq!(output.unwrap().status.code(), Some(1));
    fs::copy(reports.join("audit.html"), folder.join("audit.html")).unwrap();
}

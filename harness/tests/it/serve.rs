//! `vestibule serve` over HTTP: every option has its effect.

use std::fs::{self, File, Permissions};
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use reqwest::{Certificate, Client};
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

use crate::program::vestibule;

#[tokio::test]
async fn a_user_with_a_passkey_is_asked_for_it_and_the_passkey_is_handed_out() {
    let served = Served::start(&["--date=2026-11-02", "--user=pia:verifiers=passkey"]);
    let pia = &served.ready["users"][0];

    let asked = served.log_in("pia").await;

    assert!(asked.contains("Log In With a Passkey"), "{asked}");
    let passkeys = pia["passkeys"].as_array().unwrap();
    assert_eq!((passkeys.len(), passkeys[0]["rpId"].as_str()), (1, served.url("my-domain-url").host_str()));
    for name in ["credentialId", "privateKey", "userHandle"] {
        assert!(passkeys[0][name].as_str().unwrap().len() > 10, "{name}");
    }
}

#[tokio::test]
async fn an_identity_provider_that_is_not_simulated_is_known_by_its_metadata() {
    let other = Served::start(&["--idp=okta:protocol=saml"]);
    let url = other.ready["idp-metadata-urls"]["okta"].as_str().unwrap();
    let metadata = other.client.get(url).send().await.unwrap().text().await.unwrap();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("corp.xml");
    fs::write(&file, metadata).unwrap();

    let served = Served::start(&[&format!("--idp=corp:metadata={}", file.display())]);
    let start = served.get("my-domain-url", "/saml/authn-request.jsp").await;

    assert!(served.ready["idp-urls"].as_object().unwrap().is_empty(), "{}", served.ready);
    let sso = url.replace("/saml/metadata", "/saml/sso");
    assert!(start.contains(&format!("action=\"{sso}\"")), "{start}");
}

#[tokio::test]
async fn a_login_page_that_asks_for_the_passkey_first_does_so() {
    let served = Served::start(&["--login-page=passkey-first", "--user=pia:verifiers=passkey"]);
    let username = served.ready["users"][0]["username"].as_str().unwrap();

    let second = served.post("my-domain-url", "/", &[("un", username)]).await;

    assert!(second.contains(r#"id="webauthn-get""#), "{second}");
}

#[tokio::test]
async fn the_temporary_code_that_is_printed_gets_its_user_home() {
    let served = Served::start(&["--date=2026-11-02", "--user=temp:verifiers=temporary-code"]);
    let code = served.ready["users"][0]["temporary-code"].as_str().unwrap();
    let asked = served.log_in("temp").await;

    let home = served.submit(&asked, &[("tc", code)]).await;

    assert!(home.contains(HOME), "{home}");
}

#[tokio::test]
async fn device_activation_sends_its_code_to_the_inbox() {
    let served = Served::start(&["--date=2026-01-05", "--set=device-activation=true", "--user=rep:verifiers="]);
    let asked = served.log_in("rep").await;

    let inbox = served.get("my-domain-url", "/vestibule/inbox").await;
    let code = regex::Regex::new(r"Verification Code: (\d{6})").unwrap().captures(&inbox).unwrap()[1].to_owned();
    let home = served.submit(&asked, &[("emc", &code)]).await;

    assert!(home.contains(HOME), "{home}");
}

#[tokio::test]
async fn each_decision_is_told_on_stderr_without_any_secret() {
    let served = Served::start(&["--date=2026-11-02", "--user=rep:verifiers=totp", "--user=pia:verifiers=passkey"]);

    served.log_in("rep").await;
    served.log_in("pia").await;
    served.post("my-domain-url", "/", &[("un", "rep@acme--uat.example"), ("pw", "wrong")]).await;

    let said = served.said_at_last("wrong password");
    assert!(
        said.lines().any(|line| line.contains("rep via password-ui") && line.ends_with(" on 2026-11-02")),
        "{said}"
    );
    for line in
        ["rep via password-ui: verify with TOTP app; ", "pia via password-ui: verify with built-in authenticator; "]
    {
        assert!(said.contains(line), "{said}");
    }
    for user in served.ready["users"].as_array().unwrap() {
        let key = user["passkeys"].get(0).map(|passkey| &passkey["privateKey"]);
        let secrets = [Some(&user["password"]), Some(&user["totp-secret"]), key].into_iter().flatten();
        for secret in secrets.filter_map(Value::as_str) {
            assert!(!said.contains(secret), "{said}");
        }
    }
}

#[tokio::test]
async fn the_start_page_shows_users_codes_and_logins_to_who_has_its_token() {
    let idp = "--idp=okta:protocol=oidc,method=password,sign-in=automatic";
    let served = Served::start(&["--date=2026-11-02", "--user=rep:verifiers=totp,password=Known-1", idp]);

    // Waits for the key, which is made the first time.
    let keys = format!("{}/oidc/jwks", served.ready["idp-urls"]["okta"].as_str().unwrap());
    served.client.get(keys).send().await.unwrap().error_for_status().unwrap();
    let page = served.get("start-url", "").await;
    let before = served.start_json("live").await;
    let users = served.start_json("vestibule/api/v1/realms/acme--uat/users").await;
    served.log_in("rep").await;
    served.get("my-domain-url", "/services/auth/sso/okta").await;
    let after = served.start_json("live").await;

    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (totp, metadata) = (&served.ready["users"][0]["totp-secret"], &served.ready["idp-metadata-urls"]["okta"]);
    for shown in ["Known-1".to_owned(), text(totp), text(&served.ready["lightning-url"]), text(metadata)] {
        assert!(page.contains(&shown), "{shown}: {page}");
    }
    let code = text(&users[0]["totp-code"]["code"]);
    assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
    assert_eq!(before["logins"].as_array().map(Vec::len), Some(0));
    let titles: Vec<_> = after["logins"].as_array().unwrap().iter().map(|login| text(&login["title"])).collect();
    assert!(titles[0].starts_with("rep via password-ui: verify with TOTP app"), "{titles:?}");
    assert!(titles[1].starts_with("rep via oidc: "), "{titles:?}");
    let login = served.start_json(&format!("logins/{}", after["logins"][1]["id"])).await;
    assert_eq!(login["messages"][0]["kind"], "ID token");
    assert!(login["journal"].to_string().contains("sso-signal-weak"), "{login}");
    let refused = served.client.get(served.url("start-url").join("/live?token=wrong").unwrap()).send().await.unwrap();
    assert_eq!(refused.status().as_u16(), 401);
    assert!(!refused.text().await.unwrap().contains("rep"));
}

#[tokio::test]
async fn the_start_page_shows_what_an_admin_did_and_a_reload_does_too() {
    let served = Served::start(&["--date=2026-11-02", "--user=rep:verifiers=totp,password=Known-1"]);
    let rep = "vestibule/api/v1/realms/acme--uat/users/rep";

    for act in [json!("freeze"), json!({ "disconnect": "totp" }), json!("reset-password")] {
        served.post_json(&format!("{rep}/administration"), &json!({ "act": act })).await;
    }
    let (live, user) = (served.start_json("live").await, served.start_json(rep).await);
    let page = served.get("start-url", "").await;

    assert_eq!(live["users"][0]["about"], "Standard User · no verifier · frozen");
    assert_eq!(user["totp-code"], Value::Null);
    let password = user["password"].as_str().unwrap();
    assert!(page.contains(password) && !page.contains("Known-1"), "{page}");
    assert!(page.contains("no verifier · frozen"), "{page}");
}

#[tokio::test]
async fn the_forms_of_the_start_page_switch_date_and_condition_and_each_org_has_its_page() {
    let served = Served::start(&["--date=2026-11-02", "--user=new:verifiers="]);
    let page = served.get("start-url", "").await;
    let hidden = r#"name="operation" value="/realms/acme--uat/date""#;
    assert!(page.contains(hidden) && page.contains("<option>passkey-gate-hard</option>"), "{page}");

    let gate = served.log_in("new").await;
    let moved = served.switch(&[("operation", "/realms/acme--uat/date"), ("date", "2026-01-05")]).await;
    let home = served.log_in("new").await;
    let opened = served.switch(&[("operation", "/realms"), ("from.condition", "passkey-gate-hard")]).await;
    let unknown = served.switch(&[("operation", "/realms"), ("from.condition", "none")]).await;

    assert!(gate.contains(r#"content="create-passkey""#) && home.contains(HOME), "{gate}{home}");
    assert!(moved.contains("<h1 id=\"org\">acme--uat, a sandbox on 2026-01-05</h1>"), "{moved}");
    let realms = served.start_json("vestibule/api/v1/realms").await;
    let [_, condition] = realms.as_array().unwrap().as_slice() else { panic!("{realms}") };
    let name = condition["my-domain"].as_str().unwrap();
    assert!(opened.contains(&format!("data-realm=\"{name}\"")), "{name}: {opened}");
    assert!(opened.contains(condition["my-domain-url"].as_str().unwrap()), "{opened}");
    assert!(opened.contains("href=\"/realms/acme--uat/\""), "{opened}");
    assert_eq!(served.start_json(&format!("realms/{name}/live")).await["logins"], json!([]));
    assert!(
        unknown.contains("there is no condition `none`") || unknown.contains("There is no condition `none`"),
        "{unknown}"
    );
}

#[tokio::test]
async fn the_control_api_opens_the_org_of_a_scenario_and_hands_out_the_passkeys_of_a_copy() {
    let served = Served::start(&["--date=2026-11-02", "--user=pia:verifiers=passkey"]);
    let realms = "vestibule/api/v1/realms";
    let scenario = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/exemptions/waiver.yaml");
    let scenario = json!({ "scenario": fs::read_to_string(scenario).unwrap() });

    let opened = served.post_json(realms, &json!({ "from": scenario, "my-domain": "globex" })).await;
    let wrong = json!({ "from": { "scenario": "title: x\norg: { kind: sandbx }" } });
    let refused = served.post_json(realms, &wrong).await;
    let copy = served.post_json(realms, &json!({ "from": { "copy-of": "acme--uat" }, "my-domain": "acme--two" })).await;
    let pia = served.start_json(&format!("{realms}/acme--two/users/pia")).await;

    assert_eq!((&opened["my-domain"], &opened["users"]), (&json!("globex"), &json!(["robot"])));
    assert!(refused["error"].as_str().unwrap().contains("sandbx"), "{refused}");
    let host = copy["my-domain-url"].as_str().unwrap().parse::<Url>().unwrap();
    assert_eq!(pia["passkeys"].as_array().map(Vec::len), Some(1));
    assert_eq!(pia["passkeys"][0]["rpId"].as_str(), host.host_str());
    assert_eq!(pia["verifiers"], json!(["built-in-authenticator"]));
}

#[test]
fn the_bundle_holds_the_test_ca_and_the_authorities_of_the_machine() {
    let served = Served::start(&[]);
    let read = |name: &str| fs::read_to_string(served.ready[name].as_str().unwrap()).unwrap();

    let (authority, bundle) = (read("ca-file"), read("ca-bundle-file"));

    assert!(bundle.contains(authority.trim()));
    let machine = fs::read_to_string("/etc/ssl/certs/ca-certificates.crt").unwrap_or_default();
    assert!(bundle.contains(machine.trim()));
}

#[test]
fn the_env_file_leads_other_programs_to_the_hosts_and_only_its_owner_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("env");
    fs::write(&file, "old").unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    let served = Served::start(&["--user=rep:password=it's $1", "--env-file", file.to_str().unwrap()]);

    let run = |script: &str| {
        let whole = format!("set -a; . '{}'; set +a; {script}", file.display());
        let output = Command::new("sh").args(["-c", &whole]).output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };

    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let login = served.url("my-domain-url");
    let told = run("echo $VESTIBULE_ORG_URL; printenv VESTIBULE_PASSWORD_REP; echo $HTTPS_PROXY $PATH");
    let mut lines = told.1.lines();
    assert_eq!(lines.next(), Some(login.as_str().trim_end_matches('/')), "{told:?}");
    assert_eq!(lines.next(), Some("it's $1"), "{told:?}");
    assert!(lines.next().unwrap().starts_with("http://127.0.0.1:"), "{told:?}");
    for (program, script) in [
        ("curl", "curl -sS --fail -o /dev/null \"$VESTIBULE_LOGIN_URL\""),
        ("python3", "python3 -c 'import os, urllib.request as u; u.urlopen(os.environ[\"VESTIBULE_LOGIN_URL\"])'"),
        ("node", "node -e 'fetch(process.env.VESTIBULE_LOGIN_URL).then((a) => process.exit(a.ok ? 0 : 1))'"),
    ] {
        if which::which(program).is_ok() {
            let ran = run(script);
            assert!(ran.0, "{program}: {ran:?}");
        }
    }
}

#[test]
fn a_command_has_everything_exported_and_the_terminal_and_its_end_is_that_of_the_org() {
    let exit = |script: &str| {
        let cache = tempfile::tempdir().unwrap();
        let mut child = vestibule(&["serve", "--port", "0", "--user", "rep", "--", "sh", "-c", script])
            .env("XDG_CACHE_HOME", cache.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(b"typed\n").unwrap();
        child.wait().unwrap().code()
    };

    let exported = "test -n \"$VESTIBULE_PASSWORD_REP\" && test -n \"$VESTIBULE_WEBDRIVER_URL\"";
    assert_eq!(exit(&format!("read line; test \"$line\" = typed && {exported}")), Some(0));
    assert_eq!(exit("exit 7"), Some(1));
}

#[test]
fn under_real_host_names_a_command_reaches_the_org_and_no_other() {
    let run = |script: &str| {
        let cache = tempfile::tempdir().unwrap();
        let mut command = vestibule(&["serve", "--port", "0", "--real-hosts", "--json", "--", "sh", "-c", script]);
        let output = command.env("XDG_CACHE_HOME", cache.path()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let own = "https://acme--uat.sandbox.my.salesforce.com";

    let (code, said) = run("echo $VESTIBULE_ORG_URL; curl -sSf https://test.salesforce.com/services/data");
    let (other, _) = run("curl -sSf https://globex.my.salesforce.com/services/data");

    assert_eq!((code, other), (Some(0), Some(1)), "{said}");
    let mut lines = said.lines();
    let ready: Value = serde_json::from_str(lines.next().unwrap()).unwrap();
    assert_eq!((ready["my-domain-url"].as_str(), lines.next()), (Some(own), Some(own)));
    assert!(lines.next().unwrap().contains("/services/data/v66.0"), "{said}");
}

#[test]
fn a_condition_is_held_open_for_a_command_and_nothing_is_judged() {
    let hold = |script: &str| {
        let mut child = vestibule(&["survive", "-c", "two-step", "--hold", "--", "sh", "-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(b"typed\n").unwrap();
        let output = child.wait_with_output().unwrap();
        let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (output.status.code(), out, err)
    };

    let (code, out, err) = hold("read line; echo $line $VESTIBULE_CONDITION $VESTIBULE_LOGIN_URL");
    assert_eq!(code, Some(0), "{err}");
    assert!(out.starts_with("typed two-step https://"), "{out}");
    assert!(err.contains("`two-step` is held open") && err.contains("its org has the date 2026-05-01"), "{err}");
    assert_eq!(hold("exit 3").0, Some(1));
}

/// Whoever is served a scenario needs to know where its products are and who can sign in to them.
#[test]
fn the_products_of_a_scenario_are_served_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("products.yaml");
    let scenario = "title: A CRM beside the org\norg: { kind: production, date: 2026-11-02 }\n\
        products: { crm: { kind: crm, users: { ann: { paired: true, app-passwords: [sync] } } } }\n\
        steps: [{ product: { user: ann } }]\nexpect: { page: product-home }\n";
    fs::write(&file, scenario).unwrap();

    let served = Served::start(&[file.to_str().unwrap()]);

    let crm = &served.ready["products"]["crm"];
    assert!(crm["url"].as_str().unwrap().starts_with("https://crm.localhost:"), "{crm}");
    let ann = &crm["users"][0];
    assert_eq!(
        (ann["username"].as_str(), ann["password"].as_str()),
        (Some("ann@crm.example"), Some("Vestibule-ann-1"))
    );
    assert_eq!(ann["totp-secret"].as_str().map(str::len), Some(32));
    assert_eq!(ann["app-passwords"]["sync"].as_str().map(str::len), Some(40));
}

/// A running `vestibule serve`. Dropping it ends it.
pub(crate) struct Served {
    child: Child,
    /// The readiness line.
    pub(crate) ready: Value,
    client: Client,
    folder: TempDir,
}

impl Served {
    /// Starts it on a free port and waits until it answers.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (child, ready) = started("serve", arguments, folder.path());
        Self { child, client: client(&ready), ready, folder }
    }

    /// A URL of the readiness line.
    fn url(&self, name: &str) -> Url {
        self.ready[name].as_str().unwrap().parse().unwrap()
    }

    /// What it wrote on stderr, once this is part of it.
    fn said_at_last(&self, part: &str) -> String {
        for _ in 0..500 {
            let said = fs::read_to_string(self.folder.path().join("err")).unwrap();
            if said.contains(part) {
                return said;
            }
            thread::sleep(POLL);
        }
        panic!("it never said `{part}`");
    }

    /// Posts a form to a path of a host, follows the redirects, and returns the page.
    async fn post(&self, host: &str, path: &str, fields: &[(&str, &str)]) -> String {
        let url = self.url(host).join(path).unwrap();
        self.client.post(url).form(fields).send().await.unwrap().text().await.unwrap()
    }

    /// Gets a path of a host, follows the redirects, and returns the page.
    async fn get(&self, host: &str, path: &str) -> String {
        self.client.get(self.url(host).join(path).unwrap()).send().await.unwrap().text().await.unwrap()
    }

    /// What the start page asks for.
    async fn start_json(&self, path: &str) -> Value {
        let mut url = self.url("start-url");
        url.set_path(path);
        let answer = self.client.get(url).send().await.unwrap().error_for_status().unwrap();
        answer.json().await.unwrap()
    }

    /// Posts JSON to a path of the host of the start page, and returns the answer, whatever its status.
    async fn post_json(&self, path: &str, body: &Value) -> Value {
        let mut url = self.url("start-url");
        url.set_path(path);
        self.client.post(url).json(body).send().await.unwrap().json().await.unwrap()
    }

    /// Posts a form of the start page, follows the redirect, and returns the page.
    async fn switch(&self, fields: &[(&str, &str)]) -> String {
        let url = self.url("start-url");
        let origin = url.origin().ascii_serialization();
        let answer = self.client.post(url).header("origin", origin).form(fields).send().await.unwrap();
        answer.text().await.unwrap()
    }

    /// Types username and password of this user, the way the classic page does.
    async fn log_in(&self, key: &str) -> String {
        let users = self.ready["users"].as_array().unwrap();
        let user = users.iter().find(|user| user["key"] == key).unwrap();
        let text = |name: &str| user[name].as_str().unwrap();
        self.post("my-domain-url", "/", &[("un", text("username")), ("pw", text("password"))]).await
    }

    /// Submits the form `editPage` of a page at My Domain with its hidden fields.
    async fn submit(&self, page: &str, typed: &[(&str, &str)]) -> String {
        let tag = regex::Regex::new(r#"<form[^>]*action="([^"]+)"[^>]*>"#).unwrap();
        let hidden = regex::Regex::new(r#"<input type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)""#).unwrap();
        let plain = |text: &str| text.replace("&amp;", "&").replace("&#38;", "&");
        let action = plain(&tag.captures(page).unwrap_or_else(|| panic!("no form: {page}"))[1]);
        let hidden: Vec<(String, String)> =
            hidden.captures_iter(page).map(|found| (plain(&found[1]), plain(&found[2]))).collect();
        let fields = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let fields: Vec<_> = fields.filter(|(name, _)| typed.iter().all(|(other, _)| other != name)).collect();
        self.post("my-domain-url", &action, &[fields.as_slice(), typed].concat()).await
    }
}

/// Starts a command that serves, on a free port, and waits for its readiness line. What it writes is in the files `out` and
/// `err` of the folder.
pub(crate) fn started(command: &str, arguments: &[&str], folder: &Path) -> (Child, Value) {
    vestibule_certs::install_tls_provider();
    let file = |name: &str| Stdio::from(File::create(folder.join(name)).unwrap());
    let mut child = vestibule(&[command, "--port", "0", "--json"])
        .args(arguments)
        .env("XDG_CACHE_HOME", folder)
        .stdout(file("out"))
        .stderr(file("err"))
        .spawn()
        .unwrap();
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let line = loop {
        if let Some((line, _)) = read("out").split_once('\n') {
            break line.to_owned();
        }
        let ended = child.try_wait().unwrap();
        assert!(ended.is_none(), "{ended:?}: {}", read("err"));
        thread::sleep(POLL);
    };
    (child, serde_json::from_str(&line).unwrap())
}

/// A browser without scripts that knows the hosts and trusts the certificates.
fn client(ready: &Value) -> Client {
    let pem = fs::read(ready["ca-file"].as_str().unwrap()).unwrap();
    let mut builder = Client::builder().no_proxy().cookie_store(true);
    builder = builder.tls_certs_only([Certificate::from_pem(&pem).unwrap()]);
    let idps = ready["idp-urls"].as_object().unwrap().values();
    let hosts = ["start-url", "login-url", "my-domain-url", "lightning-url", "setup-url"].map(|name| &ready[name]);
    for url in hosts.into_iter().chain(idps) {
        let url: Url = url.as_str().unwrap().parse().unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], url.port().unwrap()));
        builder = builder.resolve(url.host_str().unwrap(), address);
    }
    builder.build().unwrap()
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

const HOME: &str = r#"content="home""#;
const POLL: Duration = Duration::from_millis(20);

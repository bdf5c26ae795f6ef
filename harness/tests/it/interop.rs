//! Clients of the API, and identity providers that are not ours, as their registries have them, against an org that is
//! served. `make test` runs a part of the tables, `make interop` all of them.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use openssl::rsa::Rsa;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::clients::installed;
use crate::program::vestibule;

mod advertised;
mod attack;
mod parties;
mod snippets;

/// Under the vendor's host names, since simple-salesforce knows no others.
#[test]
fn each_call_of_a_client_gets_in_or_ends_in_the_error_of_the_day() {
    let interop = Interop::new();
    let further = if runs_all() { FURTHER } else { &[] };
    let mut wrong = Vec::new();
    for row in USUAL.iter().chain(further) {
        let mut scenario = interop.scenario();
        for change in row.changes {
            apply(&mut scenario, *change);
        }
        let said = interop.run(&scenario, &interop.client(row));
        let agrees = match (&said, row.says) {
            (Ok(found), Ok(expected)) => found == expected,
            (Err(found), Err(part)) => found.contains(part),
            _ => false,
        };
        if !agrees {
            wrong.push(format!("{row:?}\n  found {said:?}"));
        }
    }

    assert!(wrong.is_empty(), "{} calls differ\n\n{}", wrong.len(), wrong.join("\n\n"));
}

/// The org reads what each says of itself, and its signals decide on the page, on the day.
#[test]
fn a_login_at_a_provider_that_is_not_ours_ends_where_its_signal_leads() {
    let interop = Interop::new();
    let mut wrong = Vec::new();
    for login in LOGINS.iter().filter(|login| login.provider == Provider::Oidc || runs_all()) {
        let provider = interop.provider(login.provider);
        let mut scenario = interop.scenario();
        scenario["org"]["date"] = json!(login.date);
        scenario["users"]["strong"] = json!({ "username": "strong@acme.example", "federation-id": "strong" });
        scenario["idps"] = json!({ IDP: provider.setting });
        let suite = interop.clients.join("interop/sso.mjs");
        let words = [text(&interop.clients.join("bin/node")), text(&suite), login.user.to_owned(), PASSWORD.to_owned()];

        let said = interop.run(&scenario, &words);

        if said.as_deref() != Ok(login.page) {
            wrong.push(format!("{login:?}\n  found {said:?}"));
        }
    }

    assert!(wrong.is_empty(), "{} logins differ\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Client {
    SimpleSalesforce,
    Pyforce,
    Jsforce,
    CommandLine,
}

/// A call of a client.
#[derive(Debug)]
struct Row {
    client: Client,
    /// As the script of the client names it.
    call: &'static str,
    /// What differs in the scenario.
    changes: &'static [Change],
    /// Whom or what the client reports, or a part of its error.
    says: Says,
}

/// Where in the scenario, and the value there: JSON, or else a text.
type Change = (&'static str, &'static str);
type Says = Result<&'static str, &'static str>;

const fn row(client: Client, call: &'static str, changes: &'static [Change], says: Says) -> Row {
    Row { client, call, changes, says }
}

fn apply(scenario: &mut Value, (place, value): Change) {
    let (parent, key) = place.rsplit_once('/').unwrap();
    let parent = scenario.pointer_mut(parent).unwrap_or_else(|| panic!("{place}: there is no such place"));
    parent[key] = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Provider {
    /// oidc-provider.
    Oidc,
    /// nanoidp, by OpenID Connect.
    NanoOidc,
    /// nanoidp, by SAML.
    NanoSaml,
}

/// A login at an identity provider.
#[derive(Debug)]
struct SsoLogin {
    provider: Provider,
    /// What is typed as the username there.
    user: &'static str,
    date: &'static str,
    /// The page of the org at which the browser stays.
    page: &'static str,
}

const fn login(provider: Provider, user: &'static str, date: &'static str, page: &'static str) -> SsoLogin {
    SsoLogin { provider, user, date, page }
}

/// The clients, and what they sign in with.
struct Interop {
    clients: PathBuf,
    folder: TempDir,
}

impl Interop {
    fn new() -> Self {
        let interop = Self { clients: installed(), folder: tempfile::tempdir().unwrap() };
        let there = interop.clients.join("installed-interop").exists();
        assert!(there || !runs_all(), "run `harness/tests/clients/install target/clients interop`, or `make interop`");
        for name in [KEY_FILE, OTHER_KEY_FILE] {
            let key = Rsa::generate(2048).unwrap();
            fs::write(interop.file(name), key.private_key_to_pem().unwrap()).unwrap();
            fs::write(interop.file(name).with_extension("pub"), key.public_key_to_pem().unwrap()).unwrap();
        }
        interop
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// An org with one user and one app, which an admin has approved for that user.
    fn scenario(&self) -> Value {
        let certificate = fs::read_to_string(self.file(KEY_FILE).with_extension("pub")).unwrap();
        json!({
            "title": "A client of the API",
            "org": {
                "kind": "production",
                "my-domain": "acme",
                "date": "2026-11-02",
                "oauth": { "username-password": true },
                "connected-apps": {
                    "CI": {
                        "client-id": APP,
                        "client-secret": SECRET,
                        "callbacks": ["http://localhost:1717/OauthRedirect"],
                        "certificate": certificate,
                        "permitted-users": "admin-approved",
                        "approved-users": ["rep"],
                        "client-credentials-user": "rep",
                    },
                },
            },
            "users": {
                "rep": {
                    "username": REP,
                    "password": PASSWORD,
                    "federation-id": "rep",
                    "security-token": TOKEN,
                },
            },
            "steps": [{ "sign-in": { "user": "rep" } }],
            "expect": { "page": "home" },
        })
    }

    /// The command of a client's call.
    fn client(&self, row: &Row) -> [String; 3] {
        let (program, script) = match row.client {
            Client::SimpleSalesforce => ("python3".to_owned(), "with_simple_salesforce.py"),
            Client::Pyforce => ("python3".to_owned(), "with_pyforce.py"),
            Client::Jsforce => (text(&self.clients.join("interop/node/bin/node")), "jsforce.mjs"),
            Client::CommandLine => (text(&self.clients.join("interop/node/bin/node")), "sf.mjs"),
        };
        [program, text(&self.clients.join("interop").join(script)), row.call.to_owned()]
    }

    /// What a command says that runs while the org of a scenario is served.
    fn run(&self, scenario: &Value, command: &[String]) -> Result<String, String> {
        let file = self.file("org.yaml");
        fs::write(&file, scenario.to_string()).unwrap();
        let mut serve = vestibule(&["serve", "--port", "0", "--real-hosts", "--json"]);
        serve.arg(file).arg("--").args(command);
        // The keys of the org are made once.
        serve.env("XDG_CACHE_HOME", self.folder.path()).env("PYTHONPATH", self.clients.join("interop/python"));
        serve.env("INTEROP_TOKEN", TOKEN).env("INTEROP_KEY", APP).env("INTEROP_SECRET", SECRET);
        serve.env("INTEROP_KEY_FILE", self.file(KEY_FILE)).env("INTEROP_OTHER_KEY_FILE", self.file(OTHER_KEY_FILE));
        let output = serve.output().unwrap();
        let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        // The first line is that of the org.
        let lines: Vec<&str> = out.lines().collect();
        let line = match lines.as_slice() {
            [_, .., last] => serde_json::from_str::<Value>(last).ok(),
            _ => None,
        };
        let line = line.unwrap_or_else(|| panic!("{command:?} says no line of JSON: {out}{err}"));
        match line["ok"].as_str() {
            Some(ok) => Ok(ok.to_owned()),
            None => Err(line["error"].as_str().unwrap_or("neither ok nor error").to_owned()),
        }
    }

    /// Starts an identity provider that knows the org, and waits until it answers.
    fn provider(&self, provider: Provider) -> RunningProvider {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let origin = format!("http://127.0.0.1:{port}");
        let oidc = json!({
            "protocol": "oidc",
            "discovery": format!("{origin}/.well-known/openid-configuration"),
            "client-id": APP,
            "client-secret": SECRET,
        });
        let (mut command, setting) = match provider {
            Provider::Oidc => {
                let mut command = Command::new(self.clients.join("bin/node"));
                command.arg(self.clients.join("interop/oidc_provider.mjs")).arg(port.to_string()).arg(CALLBACK);
                command.env("INTEROP_KEY", APP).env("INTEROP_SECRET", SECRET);
                (command, oidc)
            }
            Provider::NanoOidc => (self.nanoidp(&origin, port), oidc),
            Provider::NanoSaml => {
                let metadata = format!("{origin}/saml/metadata");
                (self.nanoidp(&origin, port), json!({ "metadata": metadata, "identity": "username" }))
            }
        };
        let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut running = RunningProvider { process, setting };
        for _ in 0..LOOKS {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return running;
            }
            let ended = running.process.try_wait().unwrap();
            assert!(ended.is_none(), "{provider:?} ended: {ended:?}");
            thread::sleep(POLL);
        }
        panic!("{provider:?} never answers");
    }

    /// nanoidp with two users. It says of one of them in SAML that a security key was used.
    fn nanoidp(&self, origin: &str, port: u16) -> Command {
        let folder = self.file(&format!("nanoidp-{port}"));
        fs::create_dir(&folder).unwrap();
        let settings = json!({
            "config_version": 1,
            "server": { "host": "127.0.0.1", "port": port },
            "oauth": {
                "issuer": origin,
                "clients": [{ "client_id": APP, "client_secret": SECRET, "redirect_uris": [CALLBACK] }],
            },
            "saml": { "default_acs_url": "https://acme.my.salesforce.com/" },
        });
        let users = json!({
            "config_version": 1,
            "users": {
                "rep": { "password": PASSWORD, "email": REP },
                "strong": {
                    "password": PASSWORD,
                    "email": "strong@acme.example",
                    "attributes": { "amr": ["pwd", "swk"] },
                },
            },
        });
        fs::write(folder.join("settings.yaml"), settings.to_string()).unwrap();
        fs::write(folder.join("users.yaml"), users.to_string()).unwrap();
        let mut command = Command::new("python3");
        command.args(["-m", "nanoidp", "--port", &port.to_string(), "--config"]).arg(&folder).current_dir(&folder);
        command.env("PYTHONPATH", self.clients.join("interop/nanoidp"));
        command
    }
}

/// It ends with the test.
struct RunningProvider {
    process: Child,
    /// How the org knows it.
    setting: Value,
}

impl Drop for RunningProvider {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.process.kill().and_then(|()| self.process.wait());
    }
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// Whether `make interop` runs the tests.
fn runs_all() -> bool {
    std::env::var("VESTIBULE_TEST_INTEROP").is_ok_and(|value| value == "all")
}

const REP: &str = "rep@acme.example";
const PASSWORD: &str = "Right-password-1";
const TOKEN: &str = "4jEAKuW3a4g33x2zsX11BkrsB";
const APP: &str = "ci-key";
const SECRET: &str = "ci-secret-1";
const KEY_FILE: &str = "app.pem";
const OTHER_KEY_FILE: &str = "other.pem";
/// The key of the identity provider, which is the URL suffix of its callback.
const IDP: &str = "corp";
const CALLBACK: &str = "https://acme.my.salesforce.com/services/authcallback/corp";
/// How often a provider is looked for, and how long between: a minute in all.
const LOOKS: u32 = 3_000;
const POLL: Duration = Duration::from_millis(20);

const AS_IT_IS: &[Change] = &[];
const LAST_DAY_OF_SOAP: &[Change] = &[("/org/date", "2027-05-31")];
const WITHOUT_SOAP: &[Change] = &[("/org/date", "2027-06-01")];
const LAST_DAY_OF_PASSWORDS: &[Change] = &[("/org/date", "2027-02-19")];
const WITHOUT_PASSWORDS: &[Change] = &[("/org/date", "2027-02-20")];
const TRUSTED: &[Change] = &[("/org/trusted-ip-ranges", r#"["127.0.0.0-127.0.0.255"]"#)];
const SOAP_DISABLED: &[Change] = &[("/org/soap-login", "false")];
const PASSWORDS_DISABLED: &[Change] = &[("/org/oauth/username-password", "false")];
const NOT_APPROVED: &[Change] = &[("/org/connected-apps/CI/permitted-users", "self-authorize")];
const NOT_INSTALLED: &[Change] =
    &[("/org/connected-apps/CI/permitted-users", "self-authorize"), ("/org/connected-apps/CI/installed", "false")];
const EXTERNAL_CLIENT_APP: &[Change] = &[("/org/connected-apps/CI/kind", "external-client-app")];
const FROZEN: &[Change] = &[("/users/rep/state", "frozen")];
const LOCKED: &[Change] = &[("/users/rep/locked", "true")];
const WITH_TOTP: &[Change] = &[("/users/rep/verifiers", r#"["totp"]"#)];
/// Before a code challenge is mandatory and refresh tokens rotate.
const BEFORE_MAY_2026: &[Change] = &[("/org/date", "2026-05-10")];

const WRONG_CREDENTIALS: Says = Err("INVALID_LOGIN: Invalid username, password, security token; or user locked out.");
const TOKEN_MISSING: Says =
    Err("LOGIN_MUST_USE_SECURITY_TOKEN: Invalid username, password, security token; or user locked out. \
     Are you at a new location?");
const SOAP_IS_OFF: Says = Err("INVALID_OPERATION: SOAP API login() is disabled by default in this org.");
const AUTHENTICATION_FAILURE: Says = Err("invalid_grant: authentication failure");
const QUERY_IS_WRONG: Says =
    Err("MALFORMED_QUERY: \nSELECT FROM User\n       ^\nERROR at Row:1:Column:8\nunexpected token: 'FROM'");

/// What `make test` runs.
const USUAL: &[Row] = &[
    row(Client::SimpleSalesforce, "soap", AS_IT_IS, Ok(REP)),
    row(Client::SimpleSalesforce, "soap, wrong password", AS_IT_IS, WRONG_CREDENTIALS),
    row(Client::SimpleSalesforce, "soap, no token", AS_IT_IS, TOKEN_MISSING),
    row(
        Client::SimpleSalesforce,
        "soap",
        WITHOUT_SOAP,
        Err("INVALID_OPERATION: The SOAP Login operation is not available in the API version specified (59.0)."),
    ),
    row(Client::SimpleSalesforce, "jwt", AS_IT_IS, Ok(REP)),
    row(Client::SimpleSalesforce, "jwt, wrong audience", AS_IT_IS, Err("invalid_grant: audience is invalid")),
];

/// What `make interop` runs beside it.
const FURTHER: &[Row] = &[
    row(Client::SimpleSalesforce, "soap at the shared host", AS_IT_IS, Ok(REP)),
    row(Client::SimpleSalesforce, "soap", LAST_DAY_OF_SOAP, Ok(REP)),
    row(Client::SimpleSalesforce, "soap", SOAP_DISABLED, SOAP_IS_OFF),
    row(Client::SimpleSalesforce, "soap", LOCKED, WRONG_CREDENTIALS),
    row(Client::SimpleSalesforce, "soap, no token", TRUSTED, Ok(REP)),
    row(
        Client::SimpleSalesforce,
        "soap 65.0",
        AS_IT_IS,
        Err("INVALID_OPERATION: The SOAP Login operation is not available in the API version specified (65.0)."),
    ),
    row(Client::SimpleSalesforce, "jwt at the shared host", AS_IT_IS, Ok(REP)),
    row(
        Client::SimpleSalesforce,
        "jwt, unknown user",
        AS_IT_IS,
        Err("invalid_grant: user hasn't approved this consumer"),
    ),
    row(Client::SimpleSalesforce, "jwt", NOT_APPROVED, Err("invalid_grant: user hasn't approved this consumer")),
    row(
        Client::SimpleSalesforce,
        "jwt",
        NOT_INSTALLED,
        Err("invalid_app_access: user is not admin approved to access this app"),
    ),
    row(Client::SimpleSalesforce, "jwt", FROZEN, Err("invalid_grant: inactive user")),
    row(Client::SimpleSalesforce, "client credentials", AS_IT_IS, Ok(REP)),
    row(
        Client::SimpleSalesforce,
        "client credentials, wrong secret",
        AS_IT_IS,
        Err("invalid_client: invalid client credentials"),
    ),
    row(
        Client::SimpleSalesforce,
        "client credentials",
        &[("/org/connected-apps/CI/client-credentials-user", "null")],
        Err("invalid_grant: no client credentials user enabled"),
    ),
    row(Client::SimpleSalesforce, "password", AS_IT_IS, Ok(REP)),
    row(Client::SimpleSalesforce, "password", LAST_DAY_OF_PASSWORDS, Ok(REP)),
    row(Client::SimpleSalesforce, "password", WITHOUT_PASSWORDS, AUTHENTICATION_FAILURE),
    row(Client::SimpleSalesforce, "password", PASSWORDS_DISABLED, AUTHENTICATION_FAILURE),
    row(Client::SimpleSalesforce, "password", EXTERNAL_CLIENT_APP, AUTHENTICATION_FAILURE),
    row(Client::SimpleSalesforce, "password, no token", AS_IT_IS, AUTHENTICATION_FAILURE),
    row(
        Client::SimpleSalesforce,
        "unknown session",
        AS_IT_IS,
        Err("SalesforceExpiredSession: INVALID_SESSION_ID: Session expired or invalid"),
    ),
    row(Client::SimpleSalesforce, "a session that is over", AS_IT_IS, Ok(REP)),
    row(Client::SimpleSalesforce, "wrong query", AS_IT_IS, QUERY_IS_WRONG),
    row(
        Client::SimpleSalesforce,
        "query 29.0",
        AS_IT_IS,
        Err("SalesforceGeneralError: GONE: API version 29.0 is retired"),
    ),
    row(Client::SimpleSalesforce, "described", AS_IT_IS, Ok("True")),
    row(Client::Pyforce, "soap", AS_IT_IS, Ok(REP)),
    row(Client::Pyforce, "soap, wrong password", AS_IT_IS, Err("SoapFaultError: 'INVALID_LOGIN'")),
    row(Client::Pyforce, "soap, logged out", AS_IT_IS, Err("SessionTimeoutError: 'INVALID_SESSION_ID'")),
    row(Client::Jsforce, "soap", AS_IT_IS, Ok(REP)),
    row(Client::Jsforce, "soap", LAST_DAY_OF_SOAP, Ok(REP)),
    row(
        Client::Jsforce,
        "soap",
        WITHOUT_SOAP,
        Err("INVALID_OPERATION: The SOAP Login operation is not available in the API version specified (50.0)."),
    ),
    row(Client::Jsforce, "soap", SOAP_DISABLED, SOAP_IS_OFF),
    row(Client::Jsforce, "soap at the shared host", AS_IT_IS, Ok(REP)),
    row(Client::Jsforce, "soap, wrong password", AS_IT_IS, WRONG_CREDENTIALS),
    row(Client::Jsforce, "soap, no token", AS_IT_IS, TOKEN_MISSING),
    row(
        Client::Jsforce,
        "soap 65.0",
        AS_IT_IS,
        Err("INVALID_OPERATION: The SOAP Login operation is not available in the API version specified (65.0)."),
    ),
    row(Client::Jsforce, "soap 30.0", AS_IT_IS, Err("UNSUPPORTED_API_VERSION: ")),
    row(Client::Jsforce, "soap, logged out", AS_IT_IS, Err("INVALID_SESSION_ID: Session expired or invalid")),
    row(Client::Jsforce, "password", AS_IT_IS, Ok(REP)),
    row(Client::Jsforce, "password", LAST_DAY_OF_PASSWORDS, Ok(REP)),
    row(Client::Jsforce, "password", WITHOUT_PASSWORDS, AUTHENTICATION_FAILURE),
    row(Client::Jsforce, "password, wrong secret", AS_IT_IS, Err("invalid_client: invalid client credentials")),
    row(Client::Jsforce, "password, unknown app", AS_IT_IS, Err("invalid_client_id: client identifier invalid")),
    row(Client::Jsforce, "code", AS_IT_IS, Ok(REP)),
    row(Client::Jsforce, "code without a challenge", BEFORE_MAY_2026, Ok(REP)),
    row(Client::Jsforce, "code without a challenge", AS_IT_IS, Err("invalid_request: missing required code challenge")),
    row(Client::Jsforce, "refreshed twice", BEFORE_MAY_2026, Ok(REP)),
    row(
        Client::Jsforce,
        "refreshed twice",
        AS_IT_IS,
        Err("Unable to refresh session due to: expired access/refresh token"),
    ),
    row(
        Client::Jsforce,
        "refreshed after it was revoked",
        AS_IT_IS,
        Err("invalid_grant: expired access/refresh token"),
    ),
    row(Client::Jsforce, "revoked twice", AS_IT_IS, Err("invalid_token: invalid token")),
    row(Client::Jsforce, "unknown session", AS_IT_IS, Err("INVALID_SESSION_ID: Session expired or invalid")),
    row(Client::Jsforce, "wrong query", AS_IT_IS, QUERY_IS_WRONG),
    row(Client::Jsforce, "unknown field", AS_IT_IS, Err("No such column 'Nothing' on entity 'User'.")),
    row(Client::Jsforce, "query 29.0", AS_IT_IS, Err("GONE: API version 29.0 is retired")),
    row(Client::Jsforce, "described", AS_IT_IS, Ok("true true")),
    row(Client::CommandLine, "jwt", AS_IT_IS, Ok(REP)),
    row(Client::CommandLine, "jwt at the shared host", AS_IT_IS, Ok(REP)),
    row(Client::CommandLine, "jwt, another key", AS_IT_IS, Err("invalid assertion")),
    row(Client::CommandLine, "jwt, unknown app", AS_IT_IS, Err("client identifier invalid")),
    row(Client::CommandLine, "jwt", NOT_APPROVED, Err("user hasn't approved this consumer")),
    row(Client::CommandLine, "access token", AS_IT_IS, Ok(REP)),
    row(Client::CommandLine, "access token, unknown", AS_IT_IS, Err("Bad_OAuth_Token")),
    row(Client::CommandLine, "query", AS_IT_IS, Ok(REP)),
    row(Client::CommandLine, "query as csv", AS_IT_IS, Ok("1")),
    row(Client::CommandLine, "wrong query", AS_IT_IS, Err("unexpected token: 'FROM'")),
    row(Client::CommandLine, "open", WITH_TOTP, Ok("/secur/contentDoor /")),
];

/// No day before a wave reaches the org asks for more; afterwards a login without a signal is weak.
const LOGINS: &[SsoLogin] = &[
    login(Provider::Oidc, "rep", "2026-01-05", "home"),
    login(Provider::Oidc, "rep", "2026-09-01", "create-passkey"),
    login(Provider::Oidc, "nobody", "2026-01-05", "login-refused"),
    login(Provider::NanoOidc, "rep", "2026-01-05", "home"),
    login(Provider::NanoOidc, "rep", "2026-09-01", "create-passkey"),
    login(Provider::NanoSaml, "rep", "2026-01-05", "home"),
    login(Provider::NanoSaml, "rep", "2026-09-01", "create-passkey"),
    login(Provider::NanoSaml, "strong", "2026-09-01", "home"),
];

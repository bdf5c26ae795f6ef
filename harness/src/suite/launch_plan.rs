//! The plan for launching a suite: its command, its variables, and what its browsers get.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use vestibule_model::{Credential, HostNaming, Secret, SessionLevel, SignInRoute};
use vestibule_simulator::org::paths;
use vestibule_simulator::realm::{HostRole, Realm, SessionKind, User};

use super::environment::{Mapping, SuiteUser, Target};
use super::limits::Limits;
use super::options::{ConnectionOptions, Recording};
use super::passkeys::Passkeys;
use super::reach::{Reach, RealmReach};
use super::suite_options::SuiteOptions;
use super::upstream_proxy::UpstreamProxy;
use crate::browser::WebDriverServer;
use crate::scenario::Case;
use crate::scenario::model::SignInStep;
use crate::stopwatch::Stopwatch;

/// Everything that is decided before the suite starts.
#[derive(Debug)]
pub(crate) struct LaunchPlan {
    /// Program and arguments.
    pub(crate) command: Vec<String>,
    /// The addresses of the realm.
    pub(crate) target: Target,
    /// The users, in the order of the steps, each once.
    pub(crate) users: Vec<SuiteUser>,
    /// The mappings for every suite, then those of the steps.
    pub(crate) mappings: Vec<Mapping>,
    /// The passkeys in the authenticator of each browser of the suite; `None` gives it no authenticator.
    pub(crate) passkeys: Option<Vec<Credential>>,
    /// How many sessions the org had opened before the suite starts.
    pub(crate) sessions_before: u32,
    real_hosts: bool,
}

/// What the plan needs from the machine to open a connection.
#[derive(Debug)]
pub(crate) struct Machine {
    /// The WebDriver server to which commands are forwarded.
    pub(crate) webdriver: WebDriverServer,
    /// The browser's binary, if it is known.
    pub(crate) browser: Option<PathBuf>,
    /// A folder for this case.
    pub(crate) folder: PathBuf,
    /// The clock of the case.
    pub(crate) clock: Stopwatch,
    /// The proxy that the suite's environment names.
    pub(crate) upstream: Option<UpstreamProxy>,
}

/// The keys of the users in these steps, each once, in order.
pub(crate) fn users_of<'a>(steps: &[&'a SignInStep]) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    steps.iter().map(|step| step.user.value.as_str()).filter(|key| seen.insert(*key)).collect()
}

/// The variables that a step sets for its suite.
pub(crate) fn mappings_of(step: &SignInStep) -> impl Iterator<Item = Mapping> {
    step.env.iter().map(|(name, text)| Mapping { name: name.clone(), text: text.value.clone() })
}

impl LaunchPlan {
    /// Reads the steps of a case, and opens an API session for each of their users, as a JWT bearer flow would. Each user
    /// comes with the passkeys that it holds.
    pub(crate) fn new(
        case: &Case,
        steps: &[&SignInStep],
        realm: &Realm,
        users: &[(User, Vec<Credential>)],
        options: &SuiteOptions,
    ) -> Self {
        let command = steps.iter().find_map(|step| step.actor.command()).unwrap_or_default().to_vec();
        let own = steps.iter().flat_map(|step| mappings_of(step));
        let passkey = steps.iter().find_map(|step| step.passkey.as_ref().map(|flag| flag.value));
        let gives_passkeys = passkey.unwrap_or(options.passkey);
        Self {
            command,
            target: target_of_steps(case, steps, realm),
            users: suite_users(realm, users),
            mappings: options.mappings.iter().cloned().chain(own).collect(),
            passkeys: gives_passkeys.then(|| passkeys_of(users)),
            sessions_before: realm.sessions.opened(),
            real_hosts: options.real_hosts,
        }
    }

    /// The plan for a command in a realm that is served: it gets every user, and their passkeys where there are any.
    pub(crate) fn of_realm(command: &[String], realm: &Realm, users: &[(User, Vec<Credential>)]) -> Self {
        let passkeys = passkeys_of(users);
        let only_idp = match realm.trusts.as_slice() {
            [only] => Some(only.idp.as_str()),
            _ => None,
        };
        Self {
            command: command.to_vec(),
            target: target(realm, "serve".to_owned(), only_idp, SignInRoute::default()),
            users: suite_users(realm, users),
            mappings: Vec::new(),
            passkeys: (!passkeys.is_empty()).then_some(passkeys),
            sessions_before: realm.sessions.opened(),
            real_hosts: realm.spec.naming == HostNaming::Real,
        }
    }

    /// The options of the suite's connection; `page_copies` keeps a copy of each page. The CA bundle is written into the
    /// folder of the case.
    ///
    /// # Errors
    ///
    /// If the folder cannot be written, or this program cannot find its own path.
    pub(crate) fn connection(
        &self,
        realm: &Realm,
        page_copies: bool,
        machine: Machine,
    ) -> io::Result<ConnectionOptions> {
        let reach = RealmReach {
            address: ([127, 0, 0, 1], realm.hosts.port()).into(),
            hosts: realm.hosts.all(),
            real_hosts: self.real_hosts,
            spki_pin: realm.certs.spki_pin().to_owned(),
            ca_file: ca_file(realm, &machine.folder)?,
            upstream: machine.upstream,
        };
        Ok(ConnectionOptions {
            reach: Reach::Realm(reach),
            webdriver: machine.webdriver,
            browser: machine.browser,
            program: std::env::current_exe()?,
            folder: machine.folder,
            clock: machine.clock,
            passkeys: self.passkeys.clone().map(Passkeys::Fixed),
            recording: if page_copies { Recording::CommandsAndPages } else { Recording::Commands },
            limits: Limits::default(),
        })
    }
}

fn passkeys_of(users: &[(User, Vec<Credential>)]) -> Vec<Credential> {
    users.iter().flat_map(|(_, passkeys)| passkeys).cloned().collect()
}

fn suite_users(realm: &Realm, users: &[(User, Vec<Credential>)]) -> Vec<SuiteUser> {
    users.iter().map(|(user, passkeys)| suite_user(realm, user, passkeys.first().cloned())).collect()
}

fn suite_user(realm: &Realm, user: &User, passkey: Option<Credential>) -> SuiteUser {
    let session = realm.open_session(&user.key, SessionLevel::Standard, SessionKind::Api);
    let path = paths::frontdoor(&session.sid, paths::LIGHTNING_HOME);
    SuiteUser {
        key: user.key.clone(),
        username: user.username.clone(),
        password: Some(user.password.clone()),
        totp_secret: user.totp_secret.clone(),
        temporary_code: user.temporary_code.as_ref().map(|(code, _)| code.clone()),
        passkey,
        access_token: Some(if user.spec.token_redacted { Secret::new(REDACTED_TOKEN) } else { session.sid }),
        frontdoor_url: Some(Secret::new(realm.hosts.url(&HostRole::MyDomain, &path))),
    }
}

/// What `sf org display` prints since CLI 2.136.8 (contract J1.6).
const REDACTED_TOKEN: &str = "[REDACTED] Use 'sf org auth show-access-token' to view";

/// The addresses of the realm for these steps. If the first step signs in by SSO, the login URL starts SSO; if at a site, it is
/// that of the site.
fn target_of_steps(case: &Case, steps: &[&SignInStep], realm: &Realm) -> Target {
    let idp = steps.iter().find_map(|step| case.scenario.idp_of(step));
    let via = steps.first().map(|step| step.via.value).unwrap_or_default();
    let condition = case.scenario.condition.as_ref().map(|condition| condition.name.value.clone());
    target(realm, condition.unwrap_or_else(|| case.id.clone()), idp, via)
}

fn target(realm: &Realm, condition: String, idp: Option<&str>, via: SignInRoute) -> Target {
    let hosts = &realm.hosts;
    let trust = idp.and_then(|key| realm.trust(key));
    let sso_url = trust.map(|trust| hosts.url(&HostRole::MyDomain, &paths::sso_start(trust)));
    Target {
        condition: Some(condition),
        login_url: match &sso_url {
            Some(url) if via.is_sso() => url.clone(),
            _ if via == SignInRoute::Site => hosts.url(&HostRole::MyDomain, paths::SITE_LOGIN),
            _ => hosts.url(&HostRole::MyDomain, "/"),
        },
        shared_login_url: Some(hosts.url(&HostRole::Login, "/")),
        org_url: Some(hosts.origin(&HostRole::MyDomain)),
        lightning_url: Some(hosts.origin(&HostRole::Lightning)),
        sso_url,
        org_id: Some(realm.org_id.clone()),
    }
}

/// A bundle of the simulator's CA and the machine's own, so that the suite's other calls keep working.
fn ca_file(realm: &Realm, folder: &Path) -> io::Result<PathBuf> {
    let file = folder.join("ca.pem");
    fs::write(&file, realm.certs.trust_bundle(&machine_authorities()))?;
    Ok(file)
}

/// The authorities that this machine trusts, PEM; empty if they are in none of the usual places.
pub(crate) fn machine_authorities() -> String {
    MACHINE_CA.iter().find_map(|path| fs::read_to_string(path).ok()).unwrap_or_default()
}

/// The CA bundles of Debian, Fedora and Alpine, and of distributions derived from them.
const MACHINE_CA: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

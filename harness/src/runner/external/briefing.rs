//! What a suite is told of the realm and its users, and what its browser is given.

use std::fs;
use std::path::{Path, PathBuf};

use vestibule_model::Secret;
use vestibule_model::SessionLevel;
use vestibule_simulator::realm::{HostRole, Realm};

use crate::runner::case_env::CaseEnv;
use crate::runner::error::RunError;
use crate::runner::options::ExternalOptions;
use crate::runner::run_context::RunContext;
use crate::scenario::Case;
use crate::scenario::model::{Protocol, SignInStep};
use crate::stopwatch::Stopwatch;
use crate::suite::{ConnectionOptions, Mapping, PasskeyMaterial, PersonaFacts, Target};

/// Everything that is decided before the suite starts.
pub(in crate::runner) struct Briefing {
    pub(in crate::runner) command: Vec<String>,
    pub(in crate::runner) target: Target,
    /// In the order of the steps, each user once.
    pub(in crate::runner) personas: Vec<PersonaFacts>,
    pub(in crate::runner) mappings: Vec<Mapping>,
    /// `None` gives the suite's browsers no authenticator.
    pub(in crate::runner) passkeys: Option<Vec<PasskeyMaterial>>,
    /// How many sessions the org has opened for us.
    pub(in crate::runner) sessions_before: u32,
    shots: bool,
    real_hosts: bool,
}

impl Briefing {
    /// Reads the steps, and opens an API session for each user, as a JWT bearer flow would.
    pub(in crate::runner) fn prepare(
        case: &Case,
        steps: &[&SignInStep],
        env: &CaseEnv,
        options: &ExternalOptions,
    ) -> Result<Self, RunError> {
        let command = steps.iter().find_map(|step| step.actor.command()).unwrap_or_default().to_vec();
        let mut keys: Vec<&str> = Vec::new();
        for step in steps {
            if !keys.contains(&step.user.value.as_str()) {
                keys.push(&step.user.value);
            }
        }
        let personas = keys.iter().map(|key| persona(env, key)).collect::<Result<Vec<_>, _>>()?;
        let own = steps.iter().flat_map(|step| &step.env);
        let own = own.map(|(name, text)| Mapping { name: name.clone(), text: text.value.clone() });
        let asked = steps.iter().find_map(|step| step.passkey.as_ref().map(|flag| flag.value));
        let passkeys = if asked.unwrap_or(options.passkey) { Some(env.passkeys(&keys)?) } else { None };
        Ok(Self {
            command,
            target: target(case, steps, &env.realm),
            personas,
            mappings: options.mappings.iter().cloned().chain(own).collect(),
            passkeys,
            sessions_before: env.realm.sessions.opened(),
            shots: options.shots,
            real_hosts: options.real_hosts,
        })
    }

    /// What the connection of the suite is opened with.
    pub(in crate::runner) async fn connection(
        &self,
        env: &CaseEnv,
        run: &RunContext,
        folder: &Path,
        clock: Stopwatch,
    ) -> Result<ConnectionOptions, RunError> {
        let hosts = &env.realm.hosts;
        Ok(ConnectionOptions {
            realm: ([127, 0, 0, 1], hosts.port()).into(),
            hosts: hosts.all(),
            real_hosts: self.real_hosts,
            spki_pin: run.certs.spki_pin().to_owned(),
            ca_file: ca_file(env, folder)?,
            webdriver: run.webdriver().await?,
            browser: run.binary().await,
            program: std::env::current_exe().map_err(RunError::Folder)?,
            folder: folder.to_owned(),
            clock,
            passkeys: self.passkeys.clone(),
            shots: self.shots,
        })
    }
}

fn persona(env: &CaseEnv, key: &str) -> Result<PersonaFacts, RunError> {
    let user = env.user(key)?;
    let session = env.realm.open_session(key, SessionLevel::Standard, false, true);
    let path = format!("/secur/frontdoor.jsp?sid={}&retURL=/lightning/page/home", session.sid.reveal());
    Ok(PersonaFacts {
        key: key.to_owned(),
        username: user.username.clone(),
        password: user.password.clone(),
        totp_secret: user.totp_secret.clone(),
        temporary_code: user.temporary_code.as_ref().map(|(code, _)| code.clone()),
        access_token: session.sid,
        frontdoor_url: Secret::new(env.realm.hosts.url(&HostRole::MyDomain, &path)),
    })
}

/// Where the realm is. An org whose users come through an identity provider has its login page lead there.
fn target(case: &Case, steps: &[&SignInStep], realm: &Realm) -> Target {
    let hosts = &realm.hosts;
    let sso_url = sso_path(case, steps).map(|path| hosts.url(&HostRole::MyDomain, &path));
    let by_sso = steps.first().is_some_and(|step| step.via.value.is_sso());
    let condition = case.scenario.condition.as_ref().map(|condition| condition.name.value.clone());
    Target {
        condition: condition.unwrap_or_else(|| case.id.clone()),
        login_url: match &sso_url {
            Some(url) if by_sso => url.clone(),
            _ => hosts.url(&HostRole::MyDomain, "/"),
        },
        shared_login_url: hosts.url(&HostRole::Login, "/"),
        org_url: hosts.origin(&HostRole::MyDomain),
        lightning_url: hosts.origin(&HostRole::Lightning),
        sso_url,
        org_id: realm.org_id.clone(),
    }
}

/// The path on My Domain that starts SSO at the identity provider of the first step, or at the only one.
fn sso_path(case: &Case, steps: &[&SignInStep]) -> Option<String> {
    let idps = &case.scenario.idps;
    let named = steps.iter().find_map(|step| step.idp.as_ref()).map(|key| key.value.as_str());
    let key = named.or_else(|| idps.keys().next().map(String::as_str))?;
    Some(match idps.get(key)?.protocol {
        Protocol::Saml => "/saml/authn-request.jsp".to_owned(),
        Protocol::Oidc => format!("/services/auth/sso/{key}"),
    })
}

/// Our CA, and the machine's own where there is one: a suite's other calls keep working.
fn ca_file(env: &CaseEnv, folder: &Path) -> Result<PathBuf, RunError> {
    let machine = MACHINE_CA.iter().find_map(|path| fs::read_to_string(path).ok()).unwrap_or_default();
    let file = folder.join("ca.pem");
    fs::write(&file, format!("{}\n{machine}", env.realm.certs.authority_pem())).map_err(RunError::Folder)?;
    Ok(file)
}

/// Debian and its kin; Fedora and its kin; Alpine.
const MACHINE_CA: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

//! What is printed once the org answers.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;
use vestibule_simulator::realm::{HostRole, Realm};

use crate::cli::output::console::Console;
use crate::cli::output::output_error::OutputError;
use crate::report::Styles;

/// Where everything is and who can sign in. Passwords and TOTP secrets are printed on purpose: they belong to simulated
/// users.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Ready {
    login_url: String,
    my_domain_url: String,
    lightning_url: String,
    setup_url: String,
    inbox_url: String,
    idp_urls: BTreeMap<String, String>,
    ca_file: PathBuf,
    spki_pin: String,
    users: Vec<ServedUser>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct ServedUser {
    key: String,
    username: String,
    password: String,
    totp_secret: Option<String>,
    profile: String,
}

impl Ready {
    /// Describes a realm; `ca_file` holds its CA certificate.
    pub(super) fn of(realm: &Realm, ca_file: PathBuf) -> Self {
        let origin = |role| realm.hosts.origin(&role);
        let users = realm.users.all().into_iter().map(|user| ServedUser {
            key: user.key,
            username: user.username,
            password: user.password.reveal().to_owned(),
            totp_secret: user.totp_secret.map(|secret| secret.reveal().to_owned()),
            profile: user.spec.profile,
        });
        Self {
            login_url: origin(HostRole::Login),
            my_domain_url: origin(HostRole::MyDomain),
            lightning_url: origin(HostRole::Lightning),
            setup_url: origin(HostRole::Setup),
            inbox_url: realm.hosts.url(&HostRole::MyDomain, "/vestibule/inbox"),
            idp_urls: realm.spec.idps.keys().map(|key| (key.clone(), origin(HostRole::Idp(key.clone())))).collect(),
            ca_file,
            spki_pin: realm.certs.spki_pin().to_owned(),
            users: users.collect(),
        }
    }

    /// One JSON line.
    pub(super) fn write_json(&self, console: &mut Console<'_>) -> Result<(), OutputError> {
        console.out.json_line(self)?;
        console.out.flush()
    }

    /// Text: URLs, users, and what to export.
    pub(super) fn write_text(&self, console: &mut Console<'_>) -> Result<(), OutputError> {
        let styles = Styles::new(console.terminal.color_out);
        let (path, strong) = (styles.path, styles.strong);
        let out = &mut console.out;
        writeln!(out, "A simulated org answers on this machine only.\n")?;
        let named = [
            ("login", &self.login_url),
            ("My Domain", &self.my_domain_url),
            ("Lightning", &self.lightning_url),
            ("Setup", &self.setup_url),
            ("inbox", &self.inbox_url),
        ];
        let idps = self.idp_urls.iter().map(|(key, url)| (key.as_str(), url));
        for (name, url) in named.into_iter().chain(idps) {
            writeln!(out, "  {name:10} {path}{url}{path:#}")?;
        }
        writeln!(out, "\n{strong}users{strong:#}")?;
        for user in &self.users {
            let totp = user.totp_secret.as_ref().map(|secret| format!("  TOTP {secret}")).unwrap_or_default();
            writeln!(out, "  {:10} {}  password {}{totp}  ({})", user.key, user.username, user.password, user.profile)?;
        }
        writeln!(out, "\n{strong}for a suite{strong:#}")?;
        let ca = self.ca_file.display();
        for variable in ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"] {
            writeln!(out, "  export {variable}={ca}")?;
        }
        writeln!(out, "  chromium --ignore-certificate-errors-spki-list={} ...", self.spki_pin)?;
        out.flush()?;
        writeln!(console.err, "\nPress Ctrl-C to stop it.")
    }
}

//! What is printed once the org answers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;
use vestibule_model::{Credential, IdpProtocol, LoginKind, Secret};
use vestibule_simulator::org::paths;
use vestibule_simulator::policy::{self, Evidence};
use vestibule_simulator::realm::{Component, HostRole, Realm, SsoTrust, User};

use super::products::{ServedProduct, products};
use crate::authenticator::browser_commands::to_webdriver;
use crate::cli::output::console::Console;
use crate::cli::output::decision_words;
use crate::cli::output::output_error::OutputError;
use crate::report::Styles;

/// Where everything is and who can sign in. Passwords, codes and keys are printed on purpose: they belong to simulated
/// users.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Ready {
    /// Start page, with the token that opens it.
    start_url: String,
    login_url: String,
    my_domain_url: String,
    lightning_url: String,
    setup_url: String,
    inbox_url: String,
    idp_urls: BTreeMap<String, String>,
    /// SAML metadata or OpenID Connect discovery.
    idp_metadata_urls: BTreeMap<String, String>,
    products: BTreeMap<String, ServedProduct>,
    /// The test CA's certificate alone.
    ca_file: PathBuf,
    /// The same with the authorities of this machine.
    ca_bundle_file: PathBuf,
    spki_pin: String,
    users: Vec<ServedUser>,
    #[serde(skip)]
    addresses: Vec<(String, String)>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct ServedUser {
    key: String,
    username: String,
    password: String,
    totp_secret: Option<String>,
    temporary_code: Option<String>,
    /// Parameters of "Add Credential" (WebAuthn Level 3, 11.5), with the private keys.
    passkeys: Vec<Value>,
    profile: String,
    /// What the org does after the right password.
    after_password: String,
}

impl Ready {
    /// Describes a realm and what its users hold; `start_url` is that of its start page.
    pub(super) fn of(
        realm: &Realm,
        passkeys: &BTreeMap<String, Vec<Credential>>,
        start_url: &Secret,
        trusted: &Trusted,
    ) -> Self {
        let origin = |role| realm.hosts.origin(&role);
        let simulated = || realm.trusts.iter().filter(|trust| trust.foreign.is_none());
        let revealed = |secret: &Secret| secret.reveal().to_owned();
        let held = |key: &str| passkeys.get(key).into_iter().flatten().map(to_webdriver).collect::<Vec<_>>();
        let users = realm.users.all().into_iter().map(|user| ServedUser {
            after_password: after_password(realm, &user),
            passkeys: held(&user.key),
            key: user.key,
            username: user.username,
            password: revealed(&user.password),
            totp_secret: user.totp_secret.as_ref().map(revealed),
            temporary_code: user.temporary_code.as_ref().map(|(code, _)| revealed(code)),
            profile: user.spec.profile,
        });
        Self {
            start_url: revealed(start_url),
            addresses: addresses(realm),
            login_url: origin(HostRole::Login),
            my_domain_url: origin(HostRole::MyDomain),
            lightning_url: origin(HostRole::Lightning),
            setup_url: origin(HostRole::Setup),
            inbox_url: realm.hosts.url(&HostRole::MyDomain, paths::INBOX),
            idp_urls: simulated().map(|trust| (trust.idp.clone(), origin(HostRole::Idp(trust.idp.clone())))).collect(),
            idp_metadata_urls: simulated().map(|trust| (trust.idp.clone(), metadata_url(trust))).collect(),
            products: products(realm),
            ca_file: trusted.authority.clone(),
            ca_bundle_file: trusted.bundle.clone(),
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
        writeln!(out, "  {strong}start page{strong:#}  {path}{}{path:#}\n", self.start_url)?;
        for (name, url) in &self.addresses {
            writeln!(out, "  {name:10}  {path}{url}{path:#}")?;
        }
        writeln!(out, "\n{strong}users{strong:#}")?;
        for user in &self.users {
            let shown = |name: &str, secret: Option<&String>| {
                secret.map(|secret| format!("  {name} {secret}")).unwrap_or_default()
            };
            let totp = shown("TOTP", user.totp_secret.as_ref());
            let code = shown("temporary code", user.temporary_code.as_ref());
            let (key, username, password, profile) = (&user.key, &user.username, &user.password, &user.profile);
            writeln!(out, "  {key:10} {username}  password {password}{totp}{code}  ({profile})")?;
            writeln!(out, "  {:10} after the password: {}", "", user.after_password)?;
            for passkey in &user.passkeys {
                writeln!(out, "  {:10} passkey, for `Add Credential` of WebDriver: {passkey}", "")?;
            }
        }
        for line in self.products.iter().flat_map(|(key, product)| product.lines(key)) {
            writeln!(out, "  {line}")?;
        }
        writeln!(out, "\n{strong}for a suite{strong:#}")?;
        writeln!(out, "  vestibule serve -- COMMAND       all of this and a proxy, in the environment of COMMAND")?;
        writeln!(out, "  vestibule serve --env-file FILE  the same in a file")?;
        for (variable, file) in exports(&self.ca_file, &self.ca_bundle_file) {
            writeln!(out, "  export {variable}={file}")?;
        }
        writeln!(out, "  chromium --ignore-certificate-errors-spki-list={} ...", self.spki_pin)?;
        out.flush()
    }
}

/// The files that clients must trust.
#[derive(Debug)]
pub(super) struct Trusted {
    /// The test CA's certificate.
    pub(super) authority: PathBuf,
    /// The same with the authorities of this machine.
    pub(super) bundle: PathBuf,
}

/// The variables that make clients trust the simulated hosts and whom they trusted before. Node adds its file to its own
/// authorities; the others take theirs in place of them.
pub(super) fn exports(authority: &Path, bundle: &Path) -> Vec<(&'static str, String)> {
    let whole = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"].map(|name| (name, bundle));
    let all = [("NODE_EXTRA_CA_CERTS", authority)].into_iter().chain(whole);
    all.map(|(name, file)| (name, file.display().to_string())).collect()
}

/// Name and URL of each address of a realm.
pub(super) fn addresses(realm: &Realm) -> Vec<(String, String)> {
    let hosts = [
        ("login", HostRole::Login),
        ("My Domain", HostRole::MyDomain),
        ("Lightning", HostRole::Lightning),
        ("Setup", HostRole::Setup),
    ];
    let hosts = hosts.into_iter().map(|(name, role)| (name.to_owned(), realm.hosts.origin(&role)));
    let inbox = ("inbox".to_owned(), realm.hosts.url(&HostRole::MyDomain, paths::INBOX));
    let idps = realm.trusts.iter().flat_map(|trust| {
        let at_the_org = |path: &str| realm.hosts.url(&HostRole::MyDomain, path);
        let idp = &trust.idp;
        let needed = match (&trust.foreign, trust.spec.protocol) {
            (None, _) => (format!("metadata of {idp}"), metadata_url(trust)),
            (Some(_), IdpProtocol::Saml) => (format!("metadata for {idp}"), at_the_org(&paths::sp_metadata(trust))),
            (Some(_), IdpProtocol::Oidc) => (format!("callback of {idp}"), trust.redirect_uri.clone()),
        };
        [(format!("sign in by {idp}"), at_the_org(&paths::sso_start(trust))), needed]
    });
    let products = realm.spec.products.keys();
    let products = products.map(|key| (format!("product {key}"), realm.hosts.origin(&HostRole::Product(key.clone()))));
    hosts.chain([inbox]).chain(idps).chain(products).collect()
}

/// What the rules decide for a user of a realm who types the right password now.
pub(super) fn after_password(realm: &Realm, user: &User) -> String {
    let evidence = Evidence {
        login: LoginKind::PasswordUi,
        through_sso: false,
        verified_with: None,
        signals: Vec::new(),
        salesforce_mfa_for_sso: false,
        origin: realm.login_origin(),
    };
    let facts = user.facts(realm.clock.now(Component::Org));
    let explained = policy::explain(&realm.rulebook, realm.org_facts(), facts, evidence, realm.date());
    decision_words::outcome(&explained.decision.outcome)
}

/// SAML metadata or OpenID Connect discovery (OpenID Connect Discovery 1.0, 4).
pub(super) fn metadata_url(trust: &SsoTrust) -> String {
    match trust.spec.protocol {
        IdpProtocol::Saml => trust.idp_entity_id.clone(),
        IdpProtocol::Oidc => format!("{}/.well-known/openid-configuration", trust.issuer),
    }
}

//! The entry point: [`Simulator::builder`] starts a simulated org with its users and identity providers.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use vestibule_certs::{CertStore, cache_folder, install_tls_provider};
use vestibule_model::Secret;

use crate::control::{self, Console};
use crate::foreign_idp;
use crate::org;
use crate::policy::Rulebook;
use crate::realm::{
    Administered, AdministrationRefused, AdministrativeAct, Clock, ClockSpec, Component, Entropy, HostNaming, HostRole,
    IdpSpec, Inbox, Journal, OrgSpec, ProductSpec, Realm, RealmSpec, User, UserSpec,
};
use crate::served_idp::ServedIdp;
use crate::server::{Listener, ServeError, Server};

/// A simulated org and its identity providers, serving on a loopback port until it is dropped.
///
/// ```
/// use vestibule_simulator::Simulator;
/// use vestibule_simulator::realm::UserSpec;
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let simulator = Simulator::builder().user("ann", UserSpec::new("Standard User").totp()).start().await?;
///
/// assert!(simulator.login_url().ends_with(&format!(".my.salesforce.localhost:{}/", simulator.address().port())));
/// assert_eq!(simulator.totp_code("ann").map(|code| code.reveal().len()), Some(6));
/// assert!(simulator.journal().all().is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Simulator {
    realm: Arc<Realm>,
    others: Vec<Arc<Realm>>,
    certs: Arc<CertStore>,
    server: Server,
}

impl Simulator {
    /// A sandbox with today's date, without users or identity providers, on a free port.
    pub fn builder() -> SimulatorBuilder {
        let today = Clock::start(&ClockSpec::default()).now(Component::Org).to_zoned(TimeZone::UTC).date();
        SimulatorBuilder {
            spec: RealmSpec::new(OrgSpec::sandbox("acme--uat", today)),
            rulebook: None,
            others: Vec::new(),
            bind: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            certs: None,
        }
    }

    /// The URL of a path, which starts with `/`, on the org's My Domain host.
    pub fn url(&self, path: &str) -> String {
        self.url_on(&HostRole::MyDomain, path)
    }

    /// The URL of a path, which starts with `/`, on any host of the org or of an identity provider.
    pub fn url_on(&self, host: &HostRole, path: &str) -> String {
        self.realm.hosts.url(host, path)
    }

    /// The URL of the org's login page.
    pub fn login_url(&self) -> String {
        self.url("/")
    }

    /// The address that answers for every host name of [`Simulator::hosts`]. Most resolvers do not know names below
    /// `.localhost`, so map them to this address in the HTTP client.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Every host name that the org and its identity providers answer to.
    pub fn hosts(&self) -> Vec<String> {
        self.realm.hosts.all()
    }

    /// The certificate that HTTP clients must trust, PEM.
    pub fn ca_pem(&self) -> &str {
        self.certs.authority_pem()
    }

    /// The value for Chromium's `--ignore-certificate-errors-spki-list`.
    pub fn spki_pin(&self) -> &str {
        self.certs.spki_pin()
    }

    /// The current state of the user with this key: username, password, TOTP secret and registered verifiers.
    pub fn user(&self, key: &str) -> Option<User> {
        self.realm.users.get(key)
    }

    /// The code that the TOTP app of this user shows now; `None` if the user has no such app.
    pub fn totp_code(&self, key: &str) -> Option<Secret> {
        let user = self.user(key)?;
        org::totp_code(&user, self.realm.clock.unix(Component::Authenticator))
    }

    /// Does what an admin, or the vendor's Support, does about the user with this key.
    ///
    /// ```
    /// use vestibule_simulator::Simulator;
    /// use vestibule_simulator::realm::{AdministrativeAct, UserSpec};
    /// use vestibule_model::UserState;
    ///
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let simulator = Simulator::builder().user("ann", UserSpec::new("Standard User")).start().await?;
    ///
    /// simulator.administer("ann", AdministrativeAct::Freeze)?;
    ///
    /// assert_eq!(simulator.user("ann").map(|ann| ann.spec.state), Some(UserState::Frozen));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If there is no such user, or nothing that the act could change.
    pub fn administer(&self, user: &str, act: AdministrativeAct) -> Result<Administered, AdministrationRefused> {
        self.realm.administer(user, act)
    }

    /// The identity provider with this key: what it says next, and what it was asked.
    ///
    /// # Panics
    ///
    /// If the simulator has no identity provider of this key.
    pub fn idp(&self, key: &str) -> ServedIdp {
        let known: Vec<_> = self.realm.spec.idps.keys().map(String::as_str).collect();
        assert!(known.contains(&key), "there is no identity provider `{key}`; there is: {}", known.join(", "));
        ServedIdp::new(Arc::clone(&self.realm), key.to_owned())
    }

    /// The protocol clock, which can be moved forward.
    pub fn clock(&self) -> &Clock {
        &self.realm.clock
    }

    /// What happened at the org and its identity providers.
    pub fn journal(&self) -> &Journal {
        &self.realm.journal
    }

    /// The emails that the org sent.
    pub fn inbox(&self) -> &Inbox {
        &self.realm.inbox
    }

    /// Everything that the org and its identity providers know.
    pub fn realm(&self) -> &Arc<Realm> {
        &self.realm
    }

    /// The realms that [`SimulatorBuilder::realm`] added, in order.
    pub fn other_realms(&self) -> &[Arc<Realm>] {
        &self.others
    }

    /// Opens one more realm behind the same port, for one test: an org with another My Domain name. With
    /// [`RealmSpec::idp_hosts_of_org`], it may have identity providers of the same keys.
    ///
    /// ```
    /// use vestibule_simulator::Simulator;
    /// use vestibule_simulator::policy::Rulebook;
    /// use vestibule_simulator::realm::{HostRole, OrgSpec, RealmSpec};
    ///
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let simulator = Simulator::builder().start().await?;
    ///
    /// let spec = RealmSpec::new(OrgSpec::production("globex", "2026-09-01".parse()?));
    /// let realm = simulator.open_realm(spec, Rulebook::newest()).await?;
    ///
    /// assert_eq!(realm.hosts.name(&HostRole::MyDomain), "globex.my.salesforce.localhost");
    /// assert!(simulator.close_realm(&realm) && !simulator.close_realm(&realm));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If another realm claims one of its hosts, or an identity provider that is not simulated cannot be used.
    pub async fn open_realm(
        &self,
        spec: RealmSpec,
        rulebook: impl Into<Arc<Rulebook>>,
    ) -> Result<Arc<Realm>, ServeError> {
        let foreign = foreign_idp::read(&spec, &self.certs, self.server.address().port()).await?;
        self.server.open(spec, rulebook.into(), foreign)
    }

    /// Ends a realm of [`Simulator::open_realm`]. Returns whether there was such a realm.
    pub fn close_realm(&self, realm: &Arc<Realm>) -> bool {
        self.server.close(realm)
    }

    /// Serves a console and the control API, in place of an earlier one, and returns the URL of the console:
    /// `https://localhost:<port>/?token=…`. Without the token it is refused, and pages of other origins never reach it.
    pub fn serve_console(&self, console: Arc<dyn Console>) -> Secret {
        self.control("/", Some(console))
    }

    /// Serves the control API without a console, in place of an earlier one, and returns its URL with the token:
    /// `https://localhost:<port>/vestibule/api/v1?token=…`. `/openapi.json` below it describes it.
    pub fn serve_control_api(&self) -> Secret {
        self.control(control::PREFIX, None)
    }

    fn control(&self, path: &str, console: Option<Arc<dyn Console>>) -> Secret {
        let token = Secret::new(Entropy::from_os().token());
        self.realm.secrets.learn(&token);
        self.server.set_console(&token, console);
        Secret::new(format!("https://localhost:{}{path}?token={}", self.address().port(), token.reveal()))
    }

    /// Stops when the open requests are answered, or after this time.
    pub async fn shut_down(self, grace: Duration) {
        self.server.shut_down(grace).await;
    }
}

/// The settings of a [`Simulator`]. Each has a default.
#[derive(Debug, Clone)]
pub struct SimulatorBuilder {
    spec: RealmSpec,
    rulebook: Option<Arc<Rulebook>>,
    others: Vec<(RealmSpec, Arc<Rulebook>)>,
    bind: IpAddr,
    port: u16,
    certs: Option<Arc<CertStore>>,
}

impl SimulatorBuilder {
    /// The org: its kind, its date, its login page and settings.
    pub fn org(mut self, org: OrgSpec) -> Self {
        self.spec.org = org;
        self
    }

    /// Adds a user under a key. [`Simulator::user`] and the journal use this key.
    pub fn user(mut self, key: impl Into<String>, user: UserSpec) -> Self {
        self.spec.users.insert(key.into(), user);
        self
    }

    /// Adds an identity provider. Its key is the first label of its host: `okta` serves `okta.localhost`.
    pub fn idp(mut self, key: impl Into<String>, idp: IdpSpec) -> Self {
        self.spec.idps.insert(key.into(), idp);
        self
    }

    /// Adds a product beside the org. Its key is the first label of its host: `crm` serves `crm.localhost`.
    pub fn product(mut self, key: impl Into<String>, product: ProductSpec) -> Self {
        self.spec.products.insert(key.into(), product);
        self
    }

    /// Sets the dated rules that the org enforces [default: the newest].
    pub fn rulebook(mut self, rulebook: impl Into<Arc<Rulebook>>) -> Self {
        self.rulebook = Some(rulebook.into());
        self
    }

    /// Sets the host names that the org answers to [default: below `.localhost`].
    pub fn naming(mut self, naming: HostNaming) -> Self {
        self.spec.naming = naming;
        self
    }

    /// Stops the protocol clock at this instant instead of following the system clock.
    pub fn frozen_at(mut self, at: Timestamp) -> Self {
        self.spec.clock.frozen_at = Some(at);
        self
    }

    /// Sets the clock of a component ahead of or behind the others.
    pub fn skew(mut self, component: Component, by: SignedDuration) -> Self {
        self.spec.clock.skew.insert(component, by);
        self
    }

    /// Draws ids, passwords and secrets from this seed, so that they are the same in every run.
    pub fn seed(mut self, seed: u64) -> Self {
        self.spec.seed = Some(seed);
        self
    }

    /// Takes org, users, identity providers, clock, host names and seed from this specification.
    pub fn spec(mut self, spec: RealmSpec) -> Self {
        self.spec = spec;
        self
    }

    /// Adds another realm behind the same port: an org with another My Domain name and its own rules.
    pub fn realm(mut self, spec: RealmSpec, rulebook: impl Into<Arc<Rulebook>>) -> Self {
        self.others.push((spec, rulebook.into()));
        self
    }

    /// The address to listen on [default: 127.0.0.1]. On any other, other machines may reach the simulator.
    pub fn bind(mut self, address: IpAddr) -> Self {
        self.bind = address;
        self
    }

    /// The port [default: a free one].
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The keys and certificates [default: those in [`cache_folder`], made there the first time].
    pub fn certs(mut self, certs: Arc<CertStore>) -> Self {
        self.certs = Some(certs);
        self
    }

    /// Starts serving.
    ///
    /// If the process has no rustls provider yet, this installs the simulator's, so that HTTP clients without their own
    /// work.
    ///
    /// # Errors
    ///
    /// If the port is in use, the keys cannot be made or read, two realms claim one host, or an identity provider that is
    /// not simulated cannot be used.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub async fn start(self) -> Result<Simulator, ServeError> {
        install_tls_provider();
        let listener = Listener::bind(self.bind, self.port)?;
        let certs = match self.certs {
            Some(certs) => certs,
            None => cached_certs().await?,
        };
        let port = listener.port();
        let rulebook = self.rulebook.unwrap_or_else(|| Arc::new(Rulebook::newest()));
        let realm = started(self.spec, rulebook, &certs, port).await?;
        let mut others = Vec::new();
        for (spec, rulebook) in self.others {
            others.push(started(spec, rulebook, &certs, port).await?);
        }
        let all = std::iter::once(&realm).chain(&others).cloned().collect();
        let server = listener.serve(all, &certs)?;
        Ok(Simulator { realm, others, certs, server })
    }
}

/// A realm, with what its identity providers that are not simulated say of themselves.
async fn started(
    spec: RealmSpec,
    rulebook: Arc<Rulebook>,
    certs: &Arc<CertStore>,
    port: u16,
) -> Result<Arc<Realm>, ServeError> {
    let foreign = foreign_idp::read(&spec, certs, port).await?;
    Ok(Realm::start(spec, rulebook, Arc::clone(certs), port, foreign))
}

/// The store of the user's cache folder. Opening it may wait for another process that is making keys.
async fn cached_certs() -> Result<Arc<CertStore>, ServeError> {
    let now = Clock::start(&ClockSpec::default()).now(Component::Org);
    let opened = tokio::task::spawn_blocking(move || CertStore::open(&cache_folder(), now)).await;
    Ok(opened.expect("invariant: opening the store does not panic")?)
}

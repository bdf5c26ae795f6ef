//! The connection of one case: to a WebDriver server of the test, or to a realm and a real ChromeDriver.

use std::path::Path;
use std::sync::Arc;

use jiff::civil::date;
use parking_lot::Mutex;
use tempfile::TempDir;
use vestibule_model::{Credential, LoginPage, VerificationMethod};
use vestibule_simulator::Simulator;
use vestibule_simulator::org::passkeys;
use vestibule_simulator::realm::{HostNaming, HostRole, OrgSpec, Realm, UserSpec};

use crate::authenticator::{Authenticator, CredentialStore};
use crate::browser::{Driver, Search, locate};
use crate::suite::unconnected::{nowhere, unconnected};
use crate::suite::{Connection, ConnectionOptions, PasskeyKeeper, Passkeys, Reach, RealmReach, Recording, Variables};

/// A realm with the two-step login and one user, a ChromeDriver, and the connection of a suite to them.
pub(super) struct Case {
    pub(super) realm: Arc<Realm>,
    pub(super) driver: Driver,
    pub(super) connection: Connection,
    /// Who keeps the passkeys, if somebody does.
    pub(super) keeper: Option<Arc<Keeper>>,
    _folder: TempDir,
    _simulator: Simulator,
}

/// What a case has besides the usual.
#[derive(Default)]
pub(super) struct With {
    pub(super) naming: HostNaming,
    /// The user has a passkey, MFA is required, and sessions get an authenticator that holds it.
    pub(super) passkey: bool,
    pub(super) page_copies: bool,
    /// The passkey is kept beyond the case.
    pub(super) kept: bool,
}

/// Always lends the same, and remembers what came back.
#[derive(Debug, Default)]
pub(super) struct Keeper {
    pub(super) lent: Vec<Credential>,
    pub(super) back: Mutex<Vec<Credential>>,
}

impl PasskeyKeeper for Keeper {
    fn lend(&self) -> Vec<Credential> {
        self.lent.clone()
    }

    fn give_back(&self, held: Vec<Credential>) {
        self.back.lock().extend(held);
    }
}

impl Case {
    pub(super) async fn open(with: With) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut org = OrgSpec::production("acme", date(2026, 3, 1)).login_page(LoginPage::TwoStep);
        org.mfa_setting = with.passkey;
        let user = UserSpec::new("Standard User");
        let user = if with.passkey { user.passkey() } else { user };
        let simulator = Simulator::builder().org(org).user("rep", user).naming(with.naming).start().await.unwrap();
        let realm = Arc::clone(simulator.realm());
        let binaries = locate(&Search::from_environment(None, None, false)).await.unwrap();
        let browser = binaries.browser.clone();
        let driver = Driver::start(binaries, &folder.path().join("driver")).await.unwrap();
        let reach = RealmReach {
            address: simulator.address(),
            hosts: realm.hosts.all(),
            real_hosts: with.naming == HostNaming::Real,
            spki_pin: simulator.spki_pin().to_owned(),
            ..no_realm(folder.path())
        };
        let held = with.passkey.then(|| vec![passkey(&realm)]);
        let keeper = held.clone().filter(|_| with.kept).map(|lent| Arc::new(Keeper { lent, ..Keeper::default() }));
        let kept = keeper.clone().map(|keeper| Passkeys::Kept(keeper));
        let options = ConnectionOptions {
            reach: Reach::Realm(reach),
            browser: Some(browser),
            passkeys: kept.or_else(|| held.map(Passkeys::Fixed)),
            recording: if with.page_copies { Recording::CommandsAndPages } else { Recording::Commands },
            ..options(driver.url().as_str(), folder.path())
        };
        let connection = Connection::open(options).await.unwrap();
        Self { realm, driver, connection, keeper, _folder: folder, _simulator: simulator }
    }

    /// A variable of the suite.
    pub(super) fn variable(&self, name: &str) -> String {
        variable(&self.connection, name)
    }

    /// A URL of the My Domain host.
    pub(super) fn my_domain(&self, path: &str) -> String {
        self.realm.hosts.url(&HostRole::MyDomain, path)
    }

    pub(super) async fn end(self) {
        self.connection.close().await;
        self.driver.stop().await;
    }
}

/// A connection to a WebDriver server; no realm.
pub(super) fn options(webdriver: &str, folder: &Path) -> ConnectionOptions {
    ConnectionOptions {
        reach: Reach::Realm(no_realm(folder)),
        webdriver: webdriver.parse::<url::Url>().unwrap().into(),
        browser: Some("/bin/false".into()),
        ..unconnected(&folder.join("a case"))
    }
}

fn no_realm(folder: &Path) -> RealmReach {
    RealmReach { ca_file: "/dev/null".into(), ..nowhere(folder) }
}

/// A variable that the connection gives a suite.
pub(super) fn variable(connection: &Connection, name: &str) -> String {
    let mut variables = Variables::default();
    connection.add_to(&mut variables).unwrap();
    variables.get(name).unwrap_or_else(|| panic!("{name} is not set")).reveal().to_owned()
}

/// Registers a passkey for the user at the org.
fn passkey(realm: &Arc<Realm>) -> Credential {
    let (options, registration) = passkeys::start_registration(realm, "rep").unwrap();
    let origin = realm.my_domain_origin().parse().unwrap();
    let mut passkeys = CredentialStore::default();
    let credential = Authenticator::new(&mut passkeys).register(&origin, options).unwrap();
    passkeys::finish_registration(realm, &registration, &credential, VerificationMethod::BuiltInAuthenticator).unwrap();
    passkeys.credentials()[0].clone()
}

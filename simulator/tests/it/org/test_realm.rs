//! A realm behind a real TLS listener.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use jiff::civil::Date;
use tempfile::TempDir;
use vestibule_certs::CertStore;
use vestibule_model::{LoginPage, UserType, VerificationMethod};
use vestibule_simulator::Simulator;
use vestibule_simulator::policy::Rulebook;
use vestibule_simulator::realm::{ClockSpec, Event, HostRole, LoginRecord, OrgSpec, Realm, RealmSpec, UserSpec};

use super::browser::Browser;

/// A simulator and its realm.
pub(super) struct TestRealm {
    pub(super) realm: Arc<Realm>,
    simulator: Simulator,
}

impl TestRealm {
    /// Serves the realm of this spec with its clock fixed at noon.
    pub(super) async fn start(change: impl FnOnce(&mut RealmSpec)) -> Self {
        Self::with_settings(change, &[]).await
    }

    /// The same, with settings of the rulebook changed.
    pub(super) async fn with_settings(change: impl FnOnce(&mut RealmSpec), settings: &[(&str, &str)]) -> Self {
        let mut spec = good_spec();
        change(&mut spec);
        let set = |book: Rulebook, (name, value): &(&str, &str)| book.with_setting(name, value).unwrap();
        let rulebook = settings.iter().fold(Rulebook::newest(), set);
        let simulator = Simulator::builder().spec(spec).rulebook(rulebook).certs(certs()).start().await.unwrap();
        Self { realm: Arc::clone(simulator.realm()), simulator }
    }

    /// A browser with no cookies.
    pub(super) fn browser(&self) -> Browser {
        Browser::new(&self.realm)
    }

    /// An absolute URL on the My Domain host.
    pub(super) fn url(&self, path: &str) -> String {
        self.realm.hosts.url(&HostRole::MyDomain, path)
    }

    /// An absolute URL on the Lightning host.
    pub(super) fn lightning(&self, path: &str) -> String {
        self.realm.hosts.url(&HostRole::Lightning, path)
    }

    /// The TOTP code of a user, `steps` time steps from now.
    pub(super) fn totp(&self, user: &str, steps: i64) -> String {
        let secret = self.realm.users.get(user).unwrap().totp_secret.unwrap();
        totp(secret.reveal(), self.realm.clock.now(vestibule_simulator::realm::Component::Org), steps)
    }

    /// The `Status` texts of Login History, oldest first.
    pub(super) fn statuses(&self) -> Vec<&'static str> {
        self.realm.login_history.all().into_iter().map(|LoginRecord { status, .. }| status.text()).collect()
    }

    /// The address of the control API, and its token.
    pub(super) fn control_api(&self) -> (String, String) {
        let url = self.simulator.serve_control_api();
        let (address, token) = url.reveal().split_once("?token=").unwrap();
        (address.to_owned(), token.to_owned())
    }

    /// Everything that happened.
    pub(super) fn events(&self) -> Vec<Event> {
        self.realm.journal.events()
    }
}

/// The code of a base32 secret, `steps` time steps from this instant.
pub(super) fn totp(secret: &str, now: Timestamp, steps: i64) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build_noncompliant();
    totp.generate(u64::try_from(now.as_second() + steps * 30).unwrap()).to_string()
}

/// Noon of a day when every wave has reached every sandbox and production org.
pub(super) fn noon() -> Timestamp {
    "2026-11-02T12:00:00Z".parse().unwrap()
}

fn good_spec() -> RealmSpec {
    let user = |profile: &str| UserSpec::new(profile).password("Right-password-1");
    let visitor = UserSpec { user_type: UserType::ExperienceCloud, ..user("Customer Community User") };
    let users = BTreeMap::from([
        ("rep".to_owned(), user("Standard User").totp()),
        ("new".to_owned(), user("Standard User")),
        ("temp".to_owned(), user("Standard User").verifier(VerificationMethod::TemporaryCode)),
        ("admin".to_owned(), user("System Administrator")),
        ("visitor".to_owned(), visitor),
    ]);
    RealmSpec {
        users,
        clock: ClockSpec { frozen_at: Some(noon()), ..ClockSpec::default() },
        seed: Some(7),
        ..RealmSpec::new(OrgSpec::sandbox("acme", Date::constant(2026, 11, 2)).login_page(LoginPage::Classic))
    }
}

/// The keys of these tests, made once and valid at [`noon`].
pub(super) fn certs() -> Arc<CertStore> {
    static CERTS: OnceLock<(Arc<CertStore>, TempDir)> = OnceLock::new();
    let open = || {
        let folder = tempfile::tempdir().unwrap();
        (CertStore::open(folder.path(), noon()).unwrap(), folder)
    };
    Arc::clone(&CERTS.get_or_init(open).0)
}

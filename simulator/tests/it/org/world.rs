//! A realm behind a real TLS listener.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Once};

use jiff::Timestamp;
use jiff::civil::Date;
use vestibule_certs::CertStore;
use vestibule_model::Secret;
use vestibule_model::{LoginPage, OrgKind, UserType, VerificationMethod};
use vestibule_simulator::policy::Rulebook;
use vestibule_simulator::realm::{
    ClockSpec, Event, HostNaming, HostRole, LoginRecord, OrgSpec, Realm, RealmSpec, UserSpec,
};
use vestibule_simulator::server::{Listener, Server};

use super::browser::Browser;

/// A served realm. The server ends when it is dropped.
pub(super) struct World {
    pub(super) realm: Arc<Realm>,
    certs: Arc<CertStore>,
    _server: Server,
    _folder: tempfile::TempDir,
}

impl World {
    /// Serves the realm of this spec, its clock standing at noon.
    pub(super) async fn start(change: impl FnOnce(&mut RealmSpec)) -> Self {
        install_provider();
        let mut spec = good_spec();
        change(&mut spec);
        let folder = tempfile::tempdir().unwrap();
        let certs = CertStore::open(folder.path(), noon()).unwrap();
        let listener = Listener::loopback().unwrap();
        let realm = Realm::start(spec, Arc::new(Rulebook::newest()), Arc::clone(&certs), listener.port());
        let server = listener.serve(vec![Arc::clone(&realm)], &certs).unwrap();
        Self { realm, certs, _server: server, _folder: folder }
    }

    /// A browser with no cookies.
    pub(super) fn browser(&self) -> Browser {
        Browser::new(&self.realm, self.certs.authority_pem())
    }

    /// An absolute URL on the My Domain host.
    pub(super) fn url(&self, path: &str) -> String {
        self.realm.hosts.url(&HostRole::MyDomain, path)
    }

    /// An absolute URL on the Lightning host.
    pub(super) fn lightning(&self, path: &str) -> String {
        self.realm.hosts.url(&HostRole::Lightning, path)
    }

    /// The TOTP code of a user, so many steps away from now.
    pub(super) fn totp(&self, user: &str, steps: i64) -> String {
        let secret = self.realm.users.get(user).unwrap().totp_secret.unwrap();
        totp(secret.reveal(), self.realm.clock.now(vestibule_simulator::realm::Component::Org), steps)
    }

    /// The `Status` texts of Login History, oldest first.
    pub(super) fn statuses(&self) -> Vec<String> {
        self.realm.login_history.all().into_iter().map(|LoginRecord { status, .. }| status).collect()
    }

    /// Everything that happened.
    pub(super) fn events(&self) -> Vec<Event> {
        self.realm.journal.all().into_iter().map(|entry| entry.event).collect()
    }
}

/// The code of a base32 secret, so many steps away from this instant.
pub(super) fn totp(secret: &str, now: Timestamp, steps: i64) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build_noncompliant();
    totp.generate(u64::try_from(now.as_second() + steps * 30).unwrap()).to_string()
}

/// Noon of a day on which every wave has reached every sandbox and production org.
pub(super) fn noon() -> Timestamp {
    "2026-11-02T12:00:00Z".parse().unwrap()
}

fn good_spec() -> RealmSpec {
    let org = OrgSpec::new("acme", OrgKind::Sandbox, Date::constant(2026, 11, 2));
    let user = |profile: &str, verifiers: &[VerificationMethod]| UserSpec {
        password: Some(Secret::new("Right-password-1")),
        verifiers: BTreeSet::from_iter(verifiers.iter().copied()),
        ..UserSpec::new(profile)
    };
    let visitor = UserSpec { user_type: UserType::ExperienceCloud, ..user("Customer Community User", &[]) };
    let users = BTreeMap::from([
        ("rep".to_owned(), user("Standard User", &[VerificationMethod::TotpApp])),
        ("new".to_owned(), user("Standard User", &[])),
        ("temp".to_owned(), user("Standard User", &[VerificationMethod::TemporaryCode])),
        ("admin".to_owned(), user("System Administrator", &[])),
        ("visitor".to_owned(), visitor),
    ]);
    RealmSpec {
        org: OrgSpec { login_page: LoginPage::Classic, ..org },
        users,
        idps: BTreeMap::new(),
        clock: ClockSpec { frozen_at: Some(noon()), ..ClockSpec::default() },
        naming: HostNaming::default(),
        seed: Some(7),
    }
}

fn install_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Another test of this process may have installed it first; any provider will do.
        let _installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
    });
}

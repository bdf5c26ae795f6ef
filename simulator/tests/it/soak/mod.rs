//! Many realms behind one listener, with eight logins of all kinds at a time: no realm names another, and memory
//! stays as it is. `make soak` does it with 1,000 realms for ten minutes.

mod logins;
mod memory;
mod visitor;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use jiff::civil::date;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};
use strum::IntoEnumIterator as _;
use vestibule_model::{ConnectedApp, LoginPage, OauthScope, PermittedUsers, Secret, SignInPage};
use vestibule_simulator::Simulator;
use vestibule_simulator::policy::Rulebook;
use vestibule_simulator::realm::{Event, IdpProtocol, IdpSpec, OrgSpec, Realm, RealmSpec, UserSpec};

use self::logins::{KEY, Kind, PASSWORD, SECRET, TOKEN};
use self::memory::Memory;
use self::visitor::{MARKER, Names, Visitor};
use crate::sso_realm::certs;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn realms_behind_one_listener_keep_to_themselves_and_to_their_limits() {
    let seconds = number("VESTIBULE_SOAK_SECONDS").map(Duration::from_secs);
    let count = number("VESTIBULE_SOAK_REALMS").unwrap_or(if seconds.is_some() { 1_000 } else { 12 });
    let simulator = started(usize::try_from(count).unwrap()).await;
    let realms: Vec<Arc<Realm>> = std::iter::once(simulator.realm()).chain(simulator.other_realms()).cloned().collect();
    let names = Names::of(&realms);
    let soak = Soak { realms: &realms, names: &names, begun: AtomicUsize::default() };
    let age = || simulator.clock().age();
    let memory = Memory::default();

    let first_round = soak.log_in_until(|begun| begun >= soak.one_round()).await;
    let began = age();
    // Every limit is reached in the first rounds; what an allocator sets aside settles in the first fifth of the time.
    let steady = began.max(seconds.map_or(Duration::ZERO, |all| all / 5));
    let rest = match seconds {
        Some(all) => {
            let logins = soak.log_in_until(|_| {
                if age() >= steady {
                    memory.measure(age());
                }
                age() >= began + all
            });
            logins.await
        }
        None => Vec::new(),
    };

    let failed: Vec<String> = [first_round, rest].concat();
    assert!(failed.is_empty(), "{} logins failed\n\n{}", failed.len(), failed[..failed.len().min(10)].join("\n\n"));
    assert!(names.own() > count, "what a realm answers names the realm: {}", names.own());
    for realm in &realms {
        let first = realm.journal.events().into_iter().next();
        assert!(matches!(first, Some(Event::Dropped { .. })), "the journal has reached its limit: {first:?}");
        assert!(realm.journal.all().len() <= MOST_KEPT + 1 && realm.login_history.all().len() <= MOST_KEPT);
        assert!(realm.sessions.all().len() <= MOST_KEPT);
        let waiting = realm.sign_on_requests.waiting("okta").len() + realm.sign_on_requests.waiting("corp").len();
        assert!(realm.messages.all().len() <= MOST_KEPT && waiting <= MOST_KEPT, "{waiting}");
    }
    if seconds.is_some() {
        let slope = memory.slope_a_minute();
        println!("{} logins, {} MB, {:+.2} % a minute", soak.begun(), memory.last() / 1024, slope * 100.0);
        assert!(slope < 0.01, "memory grows by {:.2} % a minute: {memory:?}", slope * 100.0);
    }
}

/// Logins of several clients at once, each in the next realm.
struct Soak<'a> {
    realms: &'a [Arc<Realm>],
    names: &'a Names,
    begun: AtomicUsize,
}

impl Soak<'_> {
    /// How many logins it takes for one of each kind in each realm.
    fn one_round(&self) -> usize {
        self.realms.len() * Kind::iter().count()
    }

    fn begun(&self) -> usize {
        self.begun.load(Ordering::Relaxed)
    }

    /// Logs in until this is so of the number of logins that have begun; returns why logins failed.
    async fn log_in_until(&self, is_enough: impl Fn(usize) -> bool) -> Vec<String> {
        let kinds: Vec<Kind> = Kind::iter().collect();
        let one_after_the_other = async || {
            let mut failed = Vec::new();
            loop {
                let number = self.begun.fetch_add(1, Ordering::Relaxed);
                if is_enough(number) || failed.len() >= MOST_FAILED {
                    return failed;
                }
                let realm = &self.realms[number % self.realms.len()];
                let kind = kinds[number / self.realms.len() % kinds.len()];
                let client = client(realm);
                if let Err(why) = kind.log_in(&Visitor::new(realm, &client, self.names)).await {
                    failed.push(format!("{kind:?} at {}: {why}", realm.spec.org.my_domain()));
                }
            }
        };
        join_all((0..LOGINS_AT_ONCE).map(|_| one_after_the_other())).await.concat()
    }
}

async fn started(count: usize) -> Simulator {
    let mut builder = Simulator::builder().spec(spec(0)).certs(certs());
    let rulebook = Arc::new(Rulebook::newest());
    for number in 1..count {
        builder = builder.realm(spec(number), Arc::clone(&rulebook));
    }
    builder.start().await.unwrap()
}

fn spec(number: usize) -> RealmSpec {
    let name = format!("{MARKER}{number:04}");
    let mut org = OrgSpec::production(name.as_str(), date(2026, 9, 1)).login_page(LoginPage::TwoStep);
    let app = ConnectedApp {
        client_id: Some(KEY.to_owned()),
        client_secret: Some(Secret::new(SECRET)),
        permitted_users: PermittedUsers::AdminApproved,
        approved_users: ["rep".to_owned()].into(),
        client_credentials_user: Some("rep".to_owned()),
        scopes: [OauthScope::Openid, OauthScope::Api].into(),
        ..ConnectedApp::default()
    };
    org.connected_apps.insert("CI".to_owned(), app);
    let mut rep = UserSpec::new("Standard User").username(format!("rep@{name}.example")).password(PASSWORD).totp();
    rep.security_token = Some(Secret::new(TOKEN));
    // A signal that the rules take for resistant to phishing, so that SSO leads home.
    let idp = |protocol| IdpSpec {
        amr: Some(vec!["swk".to_owned()]),
        sign_in: SignInPage::AutomaticAs("rep".to_owned()),
        ..IdpSpec::new(protocol)
    };
    let idps = [("okta", IdpProtocol::Saml), ("corp", IdpProtocol::Oidc)];
    RealmSpec {
        users: BTreeMap::from([("rep".to_owned(), rep)]),
        idps: idps.map(|(key, protocol)| (key.to_owned(), idp(protocol))).into(),
        idp_hosts_of_org: true,
        most_kept: Some(MOST_KEPT),
        ..RealmSpec::new(org)
    }
}

/// A client of one login: it closes its connections with the login, so that a listener, which takes 512, has room for others.
fn client(realm: &Realm) -> Client {
    let address = ([127, 0, 0, 1], realm.hosts.port()).into();
    let authority = Certificate::from_pem(realm.certs.authority_pem().as_bytes()).unwrap();
    let builder = Client::builder().no_proxy().redirect(Policy::none()).tls_certs_only([authority]).timeout(LONG);
    realm.hosts.all().into_iter().fold(builder, |builder, host| builder.resolve(&host, address)).build().unwrap()
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable}: `{text}` is no number")))
}

const LOGINS_AT_ONCE: usize = 8;
/// A login of each kind has more events than this. Of what a login leaves once, such as a session at the identity provider, so
/// many are there after as many rounds: before memory is measured.
const MOST_KEPT: usize = 2;
/// Of one client, before it gives up.
const MOST_FAILED: usize = 5;
/// Longer than any answer takes.
const LONG: Duration = Duration::from_secs(60);

//! Performs the two logins and compares them.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde::Serialize;
use vestibule_certs::CertStore;
use vestibule_model::{AuthenticatorKind, EnrolmentGate, OrgSpec, RealmSpec, Secret, UserSpec};
use vestibule_simulator::Simulator;
use vestibule_simulator::org::paths;
use vestibule_simulator::policy::Rulebook;
use vestibule_simulator::realm::{Component, HostRole, Realm};

use super::change::Change;
use super::compare::{KeptLogin, compare, unknown_ids};
use super::kept::{KeptPage, Known};
use super::settings::FoundSettings;
use crate::actor::{AuthenticatorState, CodeSource, HostAccount, LoginRoute, Visit, VisitEnd, VisitPlan, visit};
use crate::authenticator::{CodePlan, CredentialStore, TotpGenerator};
use crate::browser::{Driver, SessionOptions};
use crate::runner::{Broken, prepare_users};
use crate::stopwatch;

/// What probes an org.
pub(crate) struct Probe<'a> {
    /// Opens the browsers.
    pub(crate) driver: &'a Driver,
    /// How the browser reaches the org.
    pub(crate) reach: &'a SessionOptions,
    /// The keys of the simulated org.
    pub(crate) certs: &'a Arc<CertStore>,
    /// The longest wait for one page.
    pub(crate) limit: Duration,
}

/// The org, who signs in there, and what is known about both.
pub(crate) struct ProbeRequest {
    /// The bare name of its My Domain host.
    pub(crate) host: String,
    /// Its login page.
    pub(crate) login_url: String,
    /// Its Lightning home.
    pub(crate) home_url: String,
    /// Who signs in.
    pub(crate) account: HostAccount,
    /// The passkeys of that user.
    pub(crate) passkeys: CredentialStore,
    /// The simulated org under the same facts.
    pub(crate) org: OrgSpec,
    /// The simulated user under the same facts.
    pub(crate) user: UserSpec,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Probed {
    /// How the login at the org ended.
    pub(crate) end: VisitEnd,
    /// The passkeys of the user, with their counters.
    pub(crate) passkeys: CredentialStore,
    /// The pages that came, in order.
    pub(crate) pages: Vec<KeptPage>,
    /// What differs, each with the key of `org.yaml` that says it, if one can.
    pub(crate) changes: Vec<FoundChange>,
    /// The settings with which the simulated org looks the same.
    pub(crate) settings: FoundSettings,
    /// How many ids and texts of the pages the contract does not know.
    pub(crate) unknown: usize,
}

/// A change, and the key of `org.yaml` that says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct FoundChange {
    /// The change.
    pub(crate) change: Change,
    /// The key: `pages.password.title`. `None` if no setting says it.
    pub(crate) setting: Option<String>,
}

/// Signs in at the org and at the simulated one, and compares. A login that stops before home or the gate is not compared.
///
/// # Errors
///
/// If the browser, the driver, the machine or the simulated org broke.
pub(crate) async fn probe(probe: &Probe<'_>, request: ProbeRequest) -> Result<Probed, Broken> {
    let ProbeRequest { host, login_url, home_url, account, passkeys, org, user } = request;
    let route = LoginRoute::Password { login_url };
    let mut authenticator = holding(passkeys, stopwatch::now);
    let plan = VisitPlan {
        route: &route,
        accounts: std::slice::from_ref(&account),
        org_host: &host,
        home_url: &home_url,
        limit: probe.limit,
    };
    let session = probe.driver.open(probe.reach).await?;
    let visited = visit(&session, &mut authenticator, &plan).await;
    // What matters is what was seen.
    let _closed = session.close().await;
    let visited = visited?;
    let reached = matches!(visited.end, VisitEnd::Home | VisitEnd::Gate);

    let mut settings = FoundSettings::default();
    let mut changes: Vec<FoundChange> = Vec::new();
    let mut known = Known::default();
    let mut unknown = 0;
    for _ in 0..MOST_ROUNDS {
        let (simulated, made_up) = probe.simulate(settings.given_to(org.clone()), user.clone()).await?;
        known =
            known.and(Known::of(&simulated.pages, &made_up)).without_user(&account.username, account.password.as_ref());
        if !reached {
            break;
        }
        let (contract, own) = (kept(&known, &simulated), kept(&known, &visited));
        unknown = unknown_ids(&contract, &own).values().map(std::collections::BTreeSet::len).sum::<usize>()
            + own.pages.iter().filter(|page| !page.name.info().needs_session).map(|page| page.dropped).sum::<usize>();
        let before = settings.clone();
        for change in compare(&contract, &own) {
            let setting = settings.take(&change);
            match changes.iter_mut().find(|known| known.change == change) {
                Some(known) => known.setting = setting,
                None => changes.push(FoundChange { change, setting }),
            }
        }
        if settings == before {
            break;
        }
    }
    let pages = visited.pages.iter().map(|page| known.keep(page)).collect();
    changes.sort_by(|one, other| one.change.cmp(&other.change));
    Ok(Probed { end: visited.end, passkeys: authenticator.passkeys, pages, changes, settings, unknown })
}

impl Probe<'_> {
    /// The same login at the simulated org, and the name of its user.
    async fn simulate(&self, org: OrgSpec, user: UserSpec) -> Result<(Visit, String), Broken> {
        let spec = RealmSpec { users: [(USER.to_owned(), user)].into(), ..RealmSpec::new(org) };
        let simulator = Simulator::builder().spec(spec).rulebook(Rulebook::newest()).certs(Arc::clone(self.certs));
        let simulator = simulator.start().await?;
        let realm = simulator.realm();
        let mut passkeys = CredentialStore::default();
        for credential in prepare_users(realm)?.remove(USER).unwrap_or_default() {
            passkeys.store(credential);
        }
        let account = simulated_account(realm)?;
        let clock = Arc::clone(realm);
        let mut authenticator = holding(passkeys, move || clock.clock.now(Component::Authenticator));
        let route = LoginRoute::Password { login_url: realm.hosts.url(&HostRole::MyDomain, "/") };
        let plan = VisitPlan {
            route: &route,
            accounts: std::slice::from_ref(&account),
            org_host: &realm.hosts.name(&HostRole::MyDomain),
            home_url: &realm.hosts.url(&HostRole::Lightning, paths::LIGHTNING_HOME),
            limit: SIMULATED_LIMIT,
        };
        let options = SessionOptions {
            spki_pin: Some(self.certs.spki_pin().to_owned()),
            page_copies: false,
            ..SessionOptions::default()
        };
        let session = self.driver.open(&options).await?;
        let visited = visit(&session, &mut authenticator, &plan).await;
        let _closed = session.close().await;
        Ok((visited?, account.username))
    }
}

/// What the simulated user types.
fn simulated_account(realm: &Arc<Realm>) -> Result<HostAccount, Broken> {
    let user = realm.users.get(USER).ok_or_else(|| Broken::Step("the simulated org has no user".to_owned()))?;
    let app = user.totp_secret.as_ref().map(TotpGenerator::from_base32).transpose()?;
    let codes = app.map(|app| -> CodeSource {
        let (realm, last) = (Arc::clone(realm), Mutex::new(None));
        Arc::new(move || {
            let mut last = last.lock();
            let plan = app.plan(realm.clock.now(Component::Authenticator), *last);
            if let CodePlan::Ready { step, .. } = &plan {
                *last = Some(*step);
            }
            Ok(plan)
        })
    });
    let hosts = realm.hosts.all().into_iter().collect();
    Ok(HostAccount { hosts, username: user.username, password: Some(user.password), codes, guard: None })
}

fn holding(passkeys: CredentialStore, now: impl Fn() -> jiff::Timestamp + Send + Sync + 'static) -> AuthenticatorState {
    let mut state = AuthenticatorState::new(now);
    state.kind = AuthenticatorKind::Full;
    state.passkeys = passkeys;
    state
}

fn kept(known: &Known, visit: &Visit) -> KeptLogin {
    let gate = visit.gate.map(|gate| if gate.leavable { EnrolmentGate::Leavable } else { EnrolmentGate::Hard });
    KeptLogin { pages: visit.pages.iter().map(|page| known.keep(page)).collect(), gate }
}

/// How the identity provider is followed.
pub(crate) struct Sso {
    /// The bare name of the org's My Domain host.
    pub(crate) host: String,
    /// Its login page.
    pub(crate) login_url: String,
    /// Its Lightning home.
    pub(crate) home_url: String,
    /// The label of the button.
    pub(crate) label: String,
    /// The accounts at the identity provider.
    pub(crate) accounts: Vec<HostAccount>,
    /// The passkeys of these accounts.
    pub(crate) passkeys: CredentialStore,
}

/// Where the identity provider's login led, and what was captured there.
#[derive(Debug)]
pub(crate) struct Followed {
    /// How it ended.
    pub(crate) end: VisitEnd,
    /// What the browser was told to send to the org, oldest first.
    pub(crate) answers: Vec<Secret>,
    /// The passkeys, with their counters.
    pub(crate) passkeys: CredentialStore,
}

/// Clicks the button of an identity provider on the org's login page, and goes on as far as the accounts lead.
///
/// # Errors
///
/// If the browser, the driver or the machine broke.
pub(crate) async fn follow_sso(probe: &Probe<'_>, sso: Sso) -> Result<Followed, Broken> {
    let Sso { host, login_url, home_url, label, accounts, passkeys } = sso;
    let route = LoginRoute::Sso { login_url, label };
    let plan =
        VisitPlan { route: &route, accounts: &accounts, org_host: &host, home_url: &home_url, limit: probe.limit };
    let mut authenticator = holding(passkeys, stopwatch::now);
    let session = probe.driver.open(probe.reach).await?;
    let visited = match session.keep_answers().await {
        Ok(()) => visit(&session, &mut authenticator, &plan).await,
        Err(error) => Err(error),
    };
    let answers = session.answers();
    let _closed = session.close().await;
    let visited = visited?;
    Ok(Followed { end: visited.end, answers, passkeys: authenticator.passkeys })
}

/// The key of the simulated user.
const USER: &str = "nobody";
/// The first round finds other pages, the second what is different on them, the third nothing more.
const MOST_ROUNDS: u32 = 3;
/// The simulated org answers at once.
const SIMULATED_LIMIT: Duration = Duration::from_secs(10);

//! Our own org under its real names plays the sandbox.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::date;
use vestibule_certs::{CertStore, cache_folder};
use vestibule_model::{
    EnrolmentGate, HostNaming, IdpProtocol, IdpSpec, OrgSpec, PageName, PageSettings, Secret, SignInPage, UserSpec,
    VerificationMethod,
};
use vestibule_simulator::Simulator;
use vestibule_simulator::inspect::inspect;
use vestibule_simulator::realm::{Event, HostRole, PasswordHolds};

use super::change::Change;
use super::run::{Followed, Probe, ProbeRequest, Probed, Sso, follow_sso, probe};
use crate::actor::{HostAccount, VisitEnd};
use crate::authenticator::CredentialStore;
use crate::browser::SessionOptions;
use crate::browser::tests::chromium::Chromium;
use crate::runner::prepare_users;
use crate::stopwatch;
use crate::trace::{StopReason, TypedText};

#[tokio::test]
async fn changes_of_page_two_the_gate_and_titles_are_named_and_nothing_else() {
    let stand = Stand::start(|org| {
        org.gate = Some(EnrolmentGate::Leavable);
        let password = PageSettings {
            title: Some("Anmelden | Acme".to_owned()),
            ids: [("password".to_owned(), "pwd".to_owned())].into(),
            without: ["pwcaps".to_owned()].into(),
            ..PageSettings::default()
        };
        let gate = PageSettings { title: Some("Passkey erstellen".to_owned()), ..PageSettings::default() };
        org.pages.extend([(PageName::Password, password), (PageName::CreatePasskey, gate)]);
    })
    .await;

    let probed = stand.probe(stand.account()).await;

    assert_eq!(probed.end, VisitEnd::Home);
    let title = |page, simulated: &str, found: &str| Change::Title {
        page,
        simulated: simulated.to_owned(),
        found: Some(found.to_owned()),
    };
    let mut expected = vec![
        Change::gate(Some(EnrolmentGate::Hard), Some(EnrolmentGate::Leavable)),
        title(PageName::Password, "Login | Salesforce", "Anmelden | Acme"),
        title(PageName::CreatePasskey, "Create a Passkey | Salesforce", "Passkey erstellen"),
        Change::OtherId { page: PageName::Password, id: "password".to_owned(), found: "pwd".to_owned() },
        Change::NoId { page: PageName::Password, id: "pwcaps".to_owned() },
    ];
    expected.sort();
    let changes: Vec<_> = probed.changes.iter().map(|found| found.change.clone()).collect();
    assert_eq!(changes, expected);
    assert!(probed.changes.iter().all(|found| found.setting.is_some()), "{:?}", probed.changes);
    // In an org that is set so, nothing differs any more.
    let again = stand.probe_as(stand.account(), probed.settings.given_to(facts())).await;
    assert_eq!(again.changes, []);
    assert!(stand.simulator.user("rep").unwrap().passkeys.is_empty(), "nothing was enrolled");
    stand.chromium.stop().await;
}

#[tokio::test]
async fn an_org_as_the_simulated_one_has_no_drift_and_nothing_kept_names_its_user() {
    let stand = Stand::start(|_| {}).await;
    let account = stand.account();
    let personal = [account.username.clone(), account.password.as_ref().unwrap().reveal().to_owned()];

    let probed = stand.probe(account).await;

    assert_eq!((probed.end, &probed.changes[..]), (VisitEnd::Gate, &[][..]));
    assert!(probed.settings.is_empty());
    let names: Vec<_> = probed.pages.iter().map(|page| page.name).collect();
    assert_eq!(names, [PageName::Username, PageName::Password, PageName::CreatePasskey]);
    let kept = serde_json::to_string(&(&probed.pages, &probed.changes, &probed.settings)).unwrap();
    for word in personal.iter().map(String::as_str).chain(["rep@", "acme--uat", "lovelace"]) {
        assert!(!kept.to_lowercase().contains(&word.to_lowercase()), "{word}: {kept}");
    }
    stand.chromium.stop().await;
}

#[tokio::test]
async fn a_wrong_password_is_sent_once() {
    let stand = Stand::start(|_| {}).await;
    let wrong = HostAccount { password: Some(Secret::new("not-the-password")), ..stand.account() };

    let probed = stand.probe(wrong).await;

    assert!(
        matches!(&probed.end, VisitEnd::Refused { what: TypedText::Password, host, .. } if *host == HOST),
        "{:?}",
        probed.end
    );
    assert_eq!(stand.passwords_sent(), 1);
    assert_eq!(probed.changes, [], "what was not reached is not compared");
    stand.chromium.stop().await;
}

#[tokio::test]
async fn nothing_is_typed_at_a_host_that_the_account_does_not_name() {
    let stand = Stand::start(|_| {}).await;
    let elsewhere = HostAccount { hosts: ["other.my.salesforce.com".to_owned()].into(), ..stand.account() };

    let probed = stand.probe(elsewhere).await;

    assert_eq!(probed.end, VisitEnd::Elsewhere { host: HOST.to_owned() });
    assert_eq!(stand.passwords_sent(), 0);
    stand.chromium.stop().await;
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_ends_the_login_before_anything_is_typed() {
    let mut stand = Stand::start(|_| {}).await;
    stand.reach.spki_pin = None;

    let probed = stand.probe(stand.account()).await;

    assert_eq!(probed.end, VisitEnd::Stopped(StopReason::PrivacyError));
    assert_eq!(stand.passwords_sent(), 0);
    stand.chromium.stop().await;
}

#[tokio::test]
async fn a_passkey_answers_and_its_counter_comes_back() {
    let mut holder = user();
    holder.verifiers.insert(VerificationMethod::BuiltInAuthenticator);
    let stand = Stand::start_for(|_| {}, holder.clone()).await;
    let mut passkeys = CredentialStore::default();
    for credential in prepare_users(stand.simulator.realm()).unwrap().remove("rep").unwrap() {
        passkeys.store(credential);
    }
    let before = passkeys.credentials()[0].sign_count;

    let request = ProbeRequest { passkeys, user: holder, ..stand.request(stand.account(), facts()) };
    let probed = probe(&stand.by(), request).await.unwrap();

    assert_eq!((probed.end, &probed.changes[..]), (VisitEnd::Home, &[][..]));
    assert!(probed.passkeys.credentials()[0].sign_count > before);
    assert_eq!(probed.passkeys.credentials().len(), 1, "nothing was enrolled");
    stand.chromium.stop().await;
}

#[tokio::test]
async fn the_answer_of_an_identity_provider_is_captured_behind_its_page() {
    let stand = Stand::start(|_| {}).await;

    let without = stand.follow(Vec::new()).await;
    let with = stand.follow(vec![HostAccount { hosts: ["okta.localhost".to_owned()].into(), ..stand.account() }]).await;

    assert_eq!(without.end, VisitEnd::Elsewhere { host: "okta.localhost".to_owned() });
    assert!(without.answers.is_empty());
    let answer = with.answers.last().unwrap_or_else(|| panic!("{:?}", with.end));
    let message = inspect(answer.reveal()).unwrap();
    assert_eq!(message.kind, vestibule_simulator::realm::MessageKind::SamlResponse);
    stand.chromium.stop().await;
}

const HOST: &str = "acme--uat.sandbox.my.salesforce.com";

/// An org that plays the sandbox, and a browser that reaches it.
struct Stand {
    chromium: Chromium,
    simulator: Simulator,
    certs: Arc<CertStore>,
    reach: SessionOptions,
}

/// What is known of the org.
fn facts() -> OrgSpec {
    OrgSpec::sandbox("acme--uat", date(2027, 6, 1))
}

fn user() -> UserSpec {
    UserSpec::new("System Administrator")
}

impl Stand {
    async fn start(change: impl FnOnce(&mut OrgSpec)) -> Self {
        Self::start_for(change, user()).await
    }

    async fn start_for(change: impl FnOnce(&mut OrgSpec), user: UserSpec) -> Self {
        let chromium = Chromium::start().await;
        let certs = CertStore::open(&cache_folder(), stopwatch::now()).unwrap();
        let mut org = facts();
        change(&mut org);
        let user = user.username("ada.lovelace@acme.example.uat").password("Correct-horse-7-battery");
        let idp = IdpSpec { sign_in: SignInPage::Own, ..IdpSpec::new(IdpProtocol::Saml) };
        let builder = Simulator::builder().org(org).user("rep", user).idp("okta", idp);
        let simulator = builder.naming(HostNaming::Real).certs(Arc::clone(&certs)).start().await.unwrap();
        let reach = SessionOptions {
            spki_pin: Some(simulator.spki_pin().to_owned()),
            host_rules: Some(simulator.realm().hosts.resolver_rules()),
            ..SessionOptions::default()
        };
        Self { chromium, simulator, certs, reach }
    }

    fn account(&self) -> HostAccount {
        let user = self.simulator.user("rep").unwrap();
        let hosts: BTreeSet<String> = [HOST.to_owned()].into();
        HostAccount { hosts, username: user.username, password: Some(user.password), codes: None, guard: None }
    }

    fn by(&self) -> Probe<'_> {
        Probe { driver: &self.chromium.driver, reach: &self.reach, certs: &self.certs, limit: Duration::from_secs(5) }
    }

    async fn probe(&self, account: HostAccount) -> Probed {
        self.probe_as(account, facts()).await
    }

    async fn probe_as(&self, account: HostAccount, org: OrgSpec) -> Probed {
        probe(&self.by(), self.request(account, org)).await.unwrap()
    }

    fn request(&self, account: HostAccount, org: OrgSpec) -> ProbeRequest {
        ProbeRequest {
            host: HOST.to_owned(),
            login_url: self.simulator.login_url(),
            home_url: self.simulator.url_on(&HostRole::Lightning, "/lightning/page/home"),
            account,
            passkeys: CredentialStore::default(),
            org,
            user: user(),
        }
    }

    async fn follow(&self, accounts: Vec<HostAccount>) -> Followed {
        let sso = Sso {
            host: HOST.to_owned(),
            login_url: self.simulator.login_url(),
            home_url: self.simulator.url_on(&HostRole::Lightning, "/lightning/page/home"),
            label: "okta".to_owned(),
            accounts,
            passkeys: CredentialStore::default(),
        };
        follow_sso(&self.by(), sso).await.unwrap()
    }

    fn passwords_sent(&self) -> usize {
        let sent =
            |event: &Event| matches!(event, Event::LoginFormPosted { password_holds: PasswordHolds::Present, .. });
        self.simulator.journal().all().iter().filter(|entry| sent(&entry.event)).count()
    }
}

//! A served realm with one identity provider, and browsers that submit self-submitting forms.

#![expect(clippy::unwrap_used, reason = "a failed set-up fails the test")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::date;
use vestibule_certs::CertStore;
use vestibule_model::Signal;
use vestibule_simulator::Simulator;
use vestibule_simulator::policy::Rulebook;
use vestibule_simulator::realm::{
    Event, HostRole, IdpProtocol, IdpSpec, LoginRecord, OrgSpec, ProtocolVerdict, Realm, RealmSpec, SsoTrust, UserSpec,
};

pub(crate) use crate::support::browser::{Browser, Page, page, pairs};

pub(crate) const IDP: &str = "okta";
pub(crate) const PASSWORD: &str = "Pw1-of-the-rep";

/// A realm on its own port. The user `rep` is its only employee.
pub(crate) struct TestRealm {
    pub(crate) realm: Arc<Realm>,
    _simulator: Simulator,
}

impl TestRealm {
    pub(crate) async fn saml() -> Self {
        Self::start(IdpSpec::new(IdpProtocol::Saml)).await
    }

    pub(crate) async fn oidc() -> Self {
        Self::start(IdpSpec::new(IdpProtocol::Oidc)).await
    }

    pub(crate) async fn start(idp: IdpSpec) -> Self {
        Self::with(idp, |_| ()).await
    }

    pub(crate) async fn with(idp: IdpSpec, change: impl FnOnce(&mut RealmSpec)) -> Self {
        Self::with_settings(idp, change, &[]).await
    }

    /// The same, with settings of the rulebook changed.
    pub(crate) async fn with_settings(
        idp: IdpSpec,
        change: impl FnOnce(&mut RealmSpec),
        settings: &[(&str, &str)],
    ) -> Self {
        let mut rep = UserSpec::new("Standard User").username("rep@acme.example").password(PASSWORD);
        rep.federation_id = Some("rep-7".to_owned());
        let mut spec = RealmSpec {
            users: BTreeMap::from([("rep".to_owned(), rep)]),
            idps: BTreeMap::from([(IDP.to_owned(), idp)]),
            ..RealmSpec::new(OrgSpec::production("acme", date(2026, 12, 1)))
        };
        change(&mut spec);
        let set = |book: Rulebook, (name, value): &(&str, &str)| book.with_setting(name, value).unwrap();
        let rulebook = settings.iter().fold(Rulebook::newest(), set);
        let simulator = Simulator::builder().spec(spec).rulebook(rulebook).certs(certs()).start().await.unwrap();
        Self { realm: Arc::clone(simulator.realm()), _simulator: simulator }
    }

    pub(crate) fn trust(&self) -> &SsoTrust {
        self.realm.trust(IDP).unwrap()
    }

    /// An address of the identity provider.
    pub(crate) fn idp(&self, path: &str) -> String {
        self.realm.hosts.url(&HostRole::Idp(IDP.to_owned()), path)
    }

    /// An address of the org.
    pub(crate) fn org(&self, path: &str) -> String {
        self.realm.hosts.url(&HostRole::MyDomain, path)
    }

    /// Starts a login at the org by SAML.
    pub(crate) fn saml_start(&self) -> String {
        self.org(&format!("/saml/authn-request.jsp?samlSsoConfig={}", self.trust().config_id))
    }

    /// Starts a login at the org by OpenID Connect.
    pub(crate) fn oidc_start(&self) -> String {
        self.org(&format!("/services/auth/sso/{IDP}"))
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(&self.realm)
    }

    /// A browser that does not follow redirects.
    pub(crate) fn careful_browser(&self) -> Browser {
        Browser::careful(&self.realm)
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        self.realm.journal.events()
    }

    /// The signals that the identity provider sent, login by login.
    pub(crate) fn issued(&self) -> Vec<Vec<Signal>> {
        let issued = self.events().into_iter().filter_map(|event| match event {
            Event::SsoAnswerIssued { signals, .. } => Some(signals),
            _ => None,
        });
        issued.collect()
    }

    /// The signals that the org accepted, login by login.
    pub(crate) fn accepted(&self) -> Vec<Vec<Signal>> {
        let accepted = self.events().into_iter().filter_map(|event| match event {
            Event::SsoAnswerReceived { signals, verdict: ProtocolVerdict::Accepted, .. } => Some(signals),
            _ => None,
        });
        accepted.collect()
    }

    /// The codes of the answers that the org refused.
    pub(crate) fn refused_by_org(&self) -> Vec<String> {
        let refused = self.events().into_iter().filter_map(|event| match event {
            Event::SsoAnswerReceived { verdict: ProtocolVerdict::Refused { code, .. }, .. } => Some(code),
            _ => None,
        });
        refused.collect()
    }

    /// The codes of the requests that the identity provider refused.
    pub(crate) fn refused_by_idp(&self) -> Vec<String> {
        let refused = self.events().into_iter().filter_map(|event| match event {
            Event::SsoRequestReceived { verdict: ProtocolVerdict::Refused { code, .. }, .. } => Some(code),
            _ => None,
        });
        refused.collect()
    }

    /// The number of sign-ins at the identity provider.
    pub(crate) fn sign_ins(&self) -> usize {
        self.events().iter().filter(|event| matches!(event, Event::IdpSignedIn { .. })).count()
    }

    pub(crate) fn last_login(&self) -> LoginRecord {
        self.realm.login_history.all().pop().expect("a row in Login History")
    }
}

/// The login was refused: on the page, in Login History and in the journal.
pub(crate) fn expect_refusal(test: &TestRealm, page: &Page, status: &str) {
    assert_eq!(page.name(), "login-refused", "{}", page.body);
    assert_eq!(test.last_login().status.text(), status, "{}", page.body);
    assert_eq!(test.refused_by_org().last().map(String::as_str), Some(status));
}

/// The `SAMLResponse` of the form on this page.
pub(crate) fn xml_of(page: &Page) -> String {
    String::from_utf8(STANDARD.decode(page.field("SAMLResponse")).unwrap()).unwrap()
}

/// The `SAMLRequest` of the form on this page.
pub(crate) fn xml_of_request(page: &Page) -> String {
    String::from_utf8(STANDARD.decode(page.field("SAMLRequest")).unwrap()).unwrap()
}

/// The keys of all tests, made once and kept between runs.
#[expect(clippy::disallowed_methods, reason = "keys that outlive a run must be valid from today")]
pub(crate) fn certs() -> Arc<CertStore> {
    static CERTS: OnceLock<Arc<CertStore>> = OnceLock::new();
    let open = || CertStore::open(Path::new(env!("CARGO_TARGET_TMPDIR")), jiff::Timestamp::now()).unwrap();
    Arc::clone(CERTS.get_or_init(open))
}

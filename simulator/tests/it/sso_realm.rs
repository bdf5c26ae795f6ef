//! A served realm with one identity provider, and a browser without scripts that submits self-submitting forms.

#![expect(clippy::unwrap_used, reason = "a failed set-up fails the test")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use jiff::civil::date;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use rustls::{ClientConfig, RootCertStore};
use vestibule_certs::{CertStore, tls_provider};
use vestibule_model::Signal;
use vestibule_simulator::Simulator;
use vestibule_simulator::policy::Rulebook;
use vestibule_simulator::realm::{
    Event, Federation, HostRole, IdpProtocol, IdpSpec, LoginRecord, OrgSpec, ProtocolVerdict, Realm, RealmSpec,
    UserSpec,
};

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

    pub(crate) fn trust(&self) -> &Federation {
        self.realm.federation(IDP).unwrap()
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
        Browser { client: self.client(Policy::default()) }
    }

    /// A browser that does not follow redirects.
    pub(crate) fn careful_browser(&self) -> Browser {
        Browser { client: self.client(Policy::none()) }
    }

    fn client(&self, policy: Policy) -> Client {
        let mut roots = RootCertStore::empty();
        roots.add(self.realm.certs.authority_der().clone()).unwrap();
        let tls = ClientConfig::builder_with_provider(tls_provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = Client::builder().tls_backend_preconfigured(tls).cookie_store(true).no_proxy().redirect(policy);
        let hosts = self.realm.hosts.all();
        let client =
            hosts.iter().fold(client, |client, host| client.resolve(host, SocketAddr::from(([127, 0, 0, 1], 0))));
        client.build().unwrap()
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

/// A browser with its own cookies.
pub(crate) struct Browser {
    client: Client,
}

/// The page that a browser shows.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) url: String,
    pub(crate) location: Option<String>,
    pub(crate) body: String,
}

impl Browser {
    pub(crate) async fn get(&self, url: &str) -> Page {
        page(self.client.get(url)).await
    }

    pub(crate) async fn post(&self, url: &str, form: &[(String, String)]) -> Page {
        page(self.client.post(url).form(form)).await
    }

    /// Opens an address and submits every self-submitting form.
    pub(crate) async fn go(&self, url: &str) -> Page {
        let page = self.get(url).await;
        self.go_on(page).await
    }

    /// Submits self-submitting forms until a page has none.
    pub(crate) async fn go_on(&self, mut page: Page) -> Page {
        while page.body.contains("data-submit") {
            page = self.post(&page.action(), &page.hidden()).await;
        }
        page
    }

    pub(crate) fn request(&self, method: reqwest::Method, url: &str) -> RequestBuilder {
        self.client.request(method, url)
    }
}

impl Page {
    /// The page's published name.
    pub(crate) fn name(&self) -> &str {
        between(&self.body, "name=\"vestibule-page\" content=\"", "\"").unwrap_or("none")
    }

    /// The address that the first form posts to.
    pub(crate) fn action(&self) -> String {
        let action = between(&self.body, "action=\"", "\"").expect("a form with an action");
        url::Url::parse(&self.url).unwrap().join(&unescape(action)).unwrap().to_string()
    }

    /// The hidden fields.
    pub(crate) fn hidden(&self) -> Vec<(String, String)> {
        let inputs = self.body.split("<input type=\"hidden\" name=\"").skip(1);
        let fields = inputs.map(|input| {
            let name = input.split('"').next().unwrap_or_default();
            let value = between(input, "value=\"", "\"").unwrap_or_default();
            (name.to_owned(), unescape(value))
        });
        fields.collect()
    }

    pub(crate) fn field(&self, name: &str) -> String {
        let mut fields = self.hidden().into_iter();
        fields.find(|(key, _)| key == name).unwrap_or_else(|| panic!("no field {name} in {}", self.body)).1
    }

    /// A parameter of the redirect's query.
    pub(crate) fn redirected_with(&self, name: &str) -> Option<String> {
        let url = url::Url::parse(self.location.as_deref().expect("a redirect")).unwrap();
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

pub(crate) fn pairs(form: &[(&str, &str)]) -> Vec<(String, String)> {
    form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The keys of all tests, made once and kept between runs.
#[expect(clippy::disallowed_methods, reason = "keys that outlive a run must be valid from today")]
pub(crate) fn certs() -> Arc<CertStore> {
    static CERTS: OnceLock<Arc<CertStore>> = OnceLock::new();
    let open = || CertStore::open(Path::new(env!("CARGO_TARGET_TMPDIR")), jiff::Timestamp::now()).unwrap();
    Arc::clone(CERTS.get_or_init(open))
}

pub(crate) async fn page(request: RequestBuilder) -> Page {
    let response = request.send().await.unwrap();
    let header = response.headers().get("location");
    let location = header.map(|value| response.url().join(value.to_str().unwrap()).unwrap().to_string());
    Page {
        status: response.status().as_u16(),
        url: response.url().to_string(),
        location,
        body: response.text().await.unwrap(),
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found)
}

fn unescape(text: &str) -> String {
    let text = text.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">");
    text.replace("&#38;", "&").replace("&amp;", "&")
}

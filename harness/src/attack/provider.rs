//! Our identity provider, with a world of its own for each login.

use std::sync::Arc;
use std::time::Duration;

use url::{Origin, Url};
use vestibule_certs::CertStore;
use vestibule_model::{EndpointUrl, Fault, IdpProtocol, IdpSpec, OrgSpec, RealmSpec, UserSpec};
use vestibule_redactor::Redactor;
use vestibule_simulator::idp::sign_out_path;
use vestibule_simulator::policy::Rulebook;
use vestibule_simulator::realm::{Event, ProtocolVerdict, Realm};
use vestibule_simulator::{ServeError, Simulator};

/// What the identity provider is made from.
#[derive(Debug, Clone)]
pub(crate) struct ProviderSpec {
    /// Its key, the first label of its host.
    pub(crate) key: String,
    /// It, with the app registered, and without faults.
    pub(crate) idp: IdpSpec,
    /// Who signs in.
    pub(crate) user: UserSpec,
    /// Its org, of which nothing is served.
    pub(crate) org: OrgSpec,
    /// Whether it speaks plain HTTP.
    pub(crate) plain_http: bool,
    /// Its port.
    pub(crate) port: u16,
}

/// The identity provider, running.
#[derive(Debug)]
pub(super) struct Provider {
    simulator: Simulator,
    spec: ProviderSpec,
    rulebook: Arc<Rulebook>,
    realm: Arc<Realm>,
}

impl Provider {
    /// Starts it. It answers well.
    pub(super) async fn start(spec: ProviderSpec, certs: Arc<CertStore>) -> Result<Self, ServeError> {
        // The realm that lasts as long as the listener has no host; each login has a realm behind it.
        let mut base = RealmSpec::new(spec.org.clone());
        (base.serves_org, base.plain_http) = (false, spec.plain_http);
        let simulator = Simulator::builder().spec(base).certs(certs).port(spec.port).start().await?;
        let rulebook = Arc::new(Rulebook::newest());
        let realm = simulator.open_realm(spec.realm(&[]), Arc::clone(&rulebook)).await?;
        Ok(Self { simulator, spec, rulebook, realm })
    }

    /// Ends all sessions and codes of earlier logins; from now on each answer has these faults.
    pub(super) async fn answer_with(&mut self, faults: &[Fault]) -> Result<(), ServeError> {
        let spec = self.spec.realm(faults);
        self.begin_anew(spec).await
    }

    /// The same without faults, for a user of whom no app has heard.
    pub(super) async fn answer_for_stranger(&mut self) -> Result<(), ServeError> {
        let mut spec = self.spec.realm(&[]);
        for user in spec.users.values_mut() {
            user.federation_id = Some(STRANGER.to_owned());
            user.username = Some(STRANGER.to_owned());
            user.email = None;
            user.attributes.clear();
        }
        self.begin_anew(spec).await
    }

    async fn begin_anew(&mut self, spec: RealmSpec) -> Result<(), ServeError> {
        self.simulator.close_realm(&self.realm);
        self.realm = self.simulator.open_realm(spec, Arc::clone(&self.rulebook)).await?;
        Ok(())
    }

    /// How often it has answered a request since then.
    pub(super) fn answers(&self) -> impl Fn() -> usize + Send + Sync + use<> {
        let realm = Arc::clone(&self.realm);
        move || {
            let events = realm.journal.events();
            // A code that nobody redeems is an answer too, and a session saves the second sign-in.
            let signed_in = events.iter().filter(|event| matches!(event, Event::IdpSignedIn { .. })).count();
            let issued = events.iter().filter(|event| matches!(event, Event::SsoAnswerIssued { .. })).count();
            signed_in.max(issued)
        }
    }

    /// What it refused since then, as sentences without a period.
    pub(super) fn refusals(&self) -> Vec<String> {
        let refused = self.realm.journal.events().into_iter().filter_map(|event| match event {
            Event::SsoRequestReceived { verdict: ProtocolVerdict::Refused { why, .. }, .. }
            | Event::RequestRefused { why, .. } => Some(why.trim_end_matches('.').to_owned()),
            _ => None,
        });
        refused.collect()
    }

    /// Whether somebody asked for its key set since then.
    pub(super) fn was_asked_for_keys(&self) -> bool {
        self.realm.requests.all().iter().any(|request| request.path.contains("jwks"))
    }

    /// The text without the secrets of the login.
    pub(super) fn redacted(&self, text: &str) -> String {
        let secrets = self.realm.secrets.all().iter().map(|secret| secret.reveal().to_owned()).collect();
        // More secrets than can be searched for: nothing is shown.
        Redactor::new(secrets).map(|redactor| redactor.redact(text)).unwrap_or_default()
    }

    /// Where it is, under each of its names.
    pub(super) fn origins(&self) -> Vec<Origin> {
        let scheme = if self.spec.plain_http { "http" } else { "https" };
        let own = format!("{scheme}://{}.localhost:{}", self.spec.key, self.simulator.address().port());
        let public = self.spec.idp.public_url.as_ref().map(EndpointUrl::origin);
        let urls = std::iter::once(own).chain(public);
        urls.filter_map(|url| Url::parse(&url).ok()).map(|url| url.origin()).collect()
    }

    /// Its metadata or its discovery document, to set the app up with.
    pub(super) fn document_url(&self) -> String {
        let trust = self.realm.trust(&self.spec.key);
        let url = trust.map(|trust| match trust.spec.protocol {
            IdpProtocol::Saml => trust.idp_entity_id.clone(),
            IdpProtocol::Oidc => format!("{}/.well-known/openid-configuration", trust.issuer),
        });
        url.unwrap_or_default()
    }

    /// Where a browser ends its session there.
    pub(super) fn sign_out_url(&self) -> Option<Url> {
        let path = sign_out_path(self.spec.idp.protocol);
        Url::parse(&self.document_url()).and_then(|document| document.join(path)).ok()
    }

    /// What a browser must trust.
    pub(super) fn spki_pin(&self) -> &str {
        self.simulator.spki_pin()
    }

    /// The authority of its certificates, PEM.
    pub(super) fn ca_pem(&self) -> &str {
        self.simulator.ca_pem()
    }

    pub(super) async fn end(self) {
        self.simulator.shut_down(GRACE).await;
    }
}

impl ProviderSpec {
    /// Whether something can be encrypted for the app.
    pub(super) fn can_encrypt(&self) -> bool {
        self.idp.service_providers.values().any(|app| !app.encryption_certificates.is_empty())
    }

    /// Whether the app says where its sessions are ended.
    pub(crate) fn has_logout(&self) -> bool {
        self.idp.service_providers.values().any(|app| app.single_logout.is_some())
            || self.idp.relying_parties.values().any(|app| app.backchannel_logout_uri.is_some())
    }

    fn realm(&self, faults: &[Fault]) -> RealmSpec {
        let mut idp = self.idp.clone();
        idp.faults.extend_from_slice(faults);
        let mut realm = RealmSpec::new(self.org.clone());
        realm.serves_org = false;
        realm.plain_http = self.plain_http;
        realm.users.insert(USER.to_owned(), self.user.clone());
        realm.idps.insert(self.key.clone(), idp);
        realm
    }
}

/// Key of the user who signs in.
pub(crate) const USER: &str = "rep";
/// Name of a user of whom no app has heard.
pub(super) const STRANGER: &str = "nobody-knows-me@vestibule.example";
/// How long open requests may take at the end.
const GRACE: Duration = Duration::from_secs(1);

//! What the admins of an identity provider and of the org exchanged. Both sides of a sign-on read it.

use super::entropy::Entropy;
use super::foreign_idp::ForeignIdp;
use super::hosts::Hosts;
use vestibule_model::{CallbackHost, EndpointUrl, HostRole, IdpSpec, Secret, SpEntityId};

/// The trust between one identity provider and the org.
///
/// Source: contract D1.1, D1.3 and D1.5; for the callback contract E1.1.
#[derive(Debug, Clone)]
pub struct SsoTrust {
    /// Key of the identity provider in the realm.
    pub idp: String,
    /// The specification of the identity provider.
    pub spec: IdpSpec,
    /// The identity provider itself, if it is not simulated.
    pub foreign: Option<ForeignIdp>,
    /// Whether the org is served too, so that it is one of the parties that the identity provider knows.
    pub org_is_served: bool,
    /// 15-character id of the org's SSO configuration: `0LE…`.
    pub config_id: String,
    /// SAML: entity id of the IdP, which is also where its metadata is served.
    pub idp_entity_id: String,
    /// SAML: the IdP's single sign-on endpoint: both bindings of one that is simulated, else the preferred one.
    pub sso_url: String,
    /// SAML: the single logout endpoint of an IdP that is simulated.
    pub slo_url: String,
    /// SAML: where a simulated IdP resolves artifacts.
    pub artifact_url: String,
    /// SAML: the single logout service of the org.
    pub org_slo_url: String,
    /// SAML: entity id of the SP.
    pub sp_entity_id: String,
    /// SAML: the assertion consumer service.
    pub acs_url: String,
    /// OIDC: issuer identifier; that of a simulated provider is an origin without a path.
    pub issuer: String,
    /// OIDC: client id of the org.
    pub client_id: String,
    /// OIDC: client secret of the org.
    pub client_secret: Secret,
    /// OIDC: redirect URI of the org, which ends in the IdP's key as URL suffix.
    pub redirect_uri: String,
}

impl SsoTrust {
    /// OIDC: whether pages of this origin belong to a client: to one that is registered or, where any on this machine may
    /// ask, to one of those. The pages of a client have the origin of its redirect URIs.
    pub(crate) fn has_client_at(&self, origin: &str) -> bool {
        let is_its = |address: &EndpointUrl| address.origin() == origin;
        let own = self.redirect_uri.parse().is_ok_and(|address: EndpointUrl| is_its(&address));
        let others = || self.spec.relying_parties.values().flat_map(|client| &client.redirect_uris).any(is_its);
        let here = || origin.parse().is_ok_and(|address: EndpointUrl| address.is_loopback());
        (self.org_is_served && own) || others() || (self.spec.accept_loopback && here())
    }

    /// What the admins exchange. `foreign` is the document of an identity provider that is not simulated.
    pub(super) fn agree(
        idp: &str,
        spec: &IdpSpec,
        foreign: Option<ForeignIdp>,
        hosts: &Hosts,
        org_id: &str,
        entropy: &Entropy,
    ) -> Self {
        for client in spec.relying_parties.values() {
            client.client_secret.iter().for_each(|secret| entropy.secrets().learn(secret));
        }
        let role = HostRole::Idp(idp.to_owned());
        let org = hosts.origin(&HostRole::MyDomain);
        let (idp_entity_id, sso_url, issuer) = match &foreign {
            None => (hosts.url(&role, "/saml/metadata"), hosts.url(&role, "/saml/sso"), hosts.origin(&role)),
            Some(ForeignIdp::Saml(saml)) => (saml.entity_id.clone(), saml.endpoint(false).0.to_owned(), String::new()),
            Some(ForeignIdp::Oidc(op)) => (String::new(), String::new(), op.issuer.clone()),
        };
        for secret in spec.client_secret.iter().chain(&spec.scim_token) {
            entropy.secrets().learn(secret);
        }
        Self {
            idp: idp.to_owned(),
            spec: spec.clone(),
            foreign,
            org_is_served: hosts.serves_org(),
            config_id: format!("0LE{}", entropy.alphanumeric(12)),
            slo_url: hosts.url(&role, "/saml/slo"),
            artifact_url: hosts.url(&role, "/saml/artifact"),
            org_slo_url: hosts.url(&HostRole::MyDomain, ORG_SLO_PATH),
            idp_entity_id,
            sso_url,
            acs_url: format!("{org}?so={}", &org_id[..15]),
            issuer,
            client_id: spec.client_id.clone().unwrap_or_else(|| format!("vestibule-{}", entropy.alphanumeric(8))),
            client_secret: spec.client_secret.clone().unwrap_or_else(|| Secret::new(entropy.token())),
            redirect_uri: match spec.callback {
                CallbackHost::MyDomain => format!("{org}/services/authcallback/{idp}"),
                CallbackHost::Shared => {
                    format!("{}/services/authcallback/{org_id}/{idp}", hosts.origin(&HostRole::Login))
                }
            },
            sp_entity_id: match spec.entity_id {
                SpEntityId::MyDomain => org,
                SpEntityId::Shared => SHARED_ENTITY_ID.to_owned(),
            },
        }
    }
}

/// The path of the org's single logout service (contract C1.16).
pub(crate) const ORG_SLO_PATH: &str = "/services/auth/sp/saml2/logout";
/// Contract D1.5.
const SHARED_ENTITY_ID: &str = "https://saml.salesforce.com";

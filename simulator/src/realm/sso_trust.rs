//! What the admins of an identity provider and of the org exchanged. Both sides of a sign-on read it.

use url::Url;

use super::entropy::Entropy;
use super::hosts::Hosts;
use vestibule_model::{HostRole, IdpSpec, Secret};

/// The trust between one identity provider and the org.
///
/// Source: contract D1.1, D1.3 and D1.5; for the callback contract E1.1.
#[derive(Debug, Clone)]
pub struct SsoTrust {
    /// Key of the identity provider in the realm.
    pub idp: String,
    /// The specification of the identity provider.
    pub spec: IdpSpec,
    /// 15-character id of the org's SSO configuration: `0LE…`.
    pub config_id: String,
    /// SAML: entity id of the IdP, which is also where its metadata is served.
    pub idp_entity_id: String,
    /// SAML: the IdP's single sign-on endpoint, Redirect and POST binding.
    pub sso_url: String,
    /// SAML: entity id of the SP, the My Domain origin.
    pub sp_entity_id: String,
    /// SAML: the assertion consumer service.
    pub acs_url: String,
    /// OIDC: issuer identifier, an origin without a path.
    pub issuer: String,
    /// OIDC: client id of the org.
    pub client_id: String,
    /// OIDC: client secret of the org.
    pub client_secret: Secret,
    /// OIDC: redirect URI of the org, `/services/authcallback/<suffix>` with the IdP's key as URL suffix.
    pub redirect_uri: String,
}

impl SsoTrust {
    /// OIDC: the origin of the pages of the client, which is that of its redirect URI.
    pub(crate) fn client_origin(&self) -> String {
        Url::parse(&self.redirect_uri).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
    }

    pub(super) fn agree(idp: &str, spec: &IdpSpec, hosts: &Hosts, org_id: &str, entropy: &Entropy) -> Self {
        let role = HostRole::Idp(idp.to_owned());
        let org = hosts.origin(&HostRole::MyDomain);
        Self {
            idp: idp.to_owned(),
            spec: spec.clone(),
            config_id: format!("0LE{}", entropy.alphanumeric(12)),
            idp_entity_id: hosts.url(&role, "/saml/metadata"),
            sso_url: hosts.url(&role, "/saml/sso"),
            acs_url: format!("{org}?so={}", &org_id[..15]),
            issuer: hosts.origin(&role),
            client_id: format!("vestibule-{}", entropy.alphanumeric(8)),
            client_secret: Secret::new(entropy.token()),
            redirect_uri: format!("{org}/services/authcallback/{idp}"),
            sp_entity_id: org,
        }
    }
}

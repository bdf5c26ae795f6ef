//! `SamlSsoConfig` and `AuthProvider` (contract H6.3): the identity providers that the org trusts.

use super::object::{Caller, Field, Kind, Object, Row, everybody, field};
use crate::org::Org;
use crate::realm::{IdpProtocol, SsoTrust, named_id};

pub(super) static SAML_SSO_CONFIG: Object = Object {
    name: "SamlSsoConfig",
    label: "SAML Single Sign-On Setting",
    key_prefix: Some("0LE"),
    fields: &SAML_FIELDS,
    parents: &[],
    children: &[],
    visible: everybody,
    rows: configs,
};

pub(super) static AUTH_PROVIDER: Object = Object {
    name: "AuthProvider",
    label: "Auth. Provider",
    key_prefix: Some("0SO"),
    fields: &OIDC_FIELDS,
    parents: &[],
    children: &[],
    visible: everybody,
    rows: providers,
};

const SAML_FIELDS: [Field; 11] = [
    field("Id", Kind::Id),
    field("DeveloperName", Kind::Text),
    field("MasterLabel", Kind::Text),
    field("Issuer", Kind::Text),
    field("Audience", Kind::Text),
    field("LoginUrl", Kind::Text),
    field("LogoutUrl", Kind::Text),
    field("IdentityMapping", Kind::Text),
    field("IdentityLocation", Kind::Text),
    field("OptionsSpInitBinding", Kind::Flag),
    field("OptionsUserProvisioning", Kind::Flag),
];

const OIDC_FIELDS: [Field; 6] = [
    field("Id", Kind::Id),
    field("DeveloperName", Kind::Text),
    field("FriendlyName", Kind::Text),
    field("ProviderType", Kind::Text),
    field("ConsumerKey", Kind::Text),
    field("OptionsRequireMfa", Kind::Flag),
];

fn trusts(org: &Org, protocol: IdpProtocol) -> impl Iterator<Item = &SsoTrust> {
    org.realm.trusts.iter().filter(move |trust| trust.spec.protocol == protocol)
}

fn configs(org: &Org, _: &Caller<'_>) -> Vec<Row> {
    let row = |trust: &SsoTrust| {
        Row::new([
            ("Id", format!("{}AAA", trust.config_id).into()),
            ("DeveloperName", trust.idp.as_str().into()),
            ("MasterLabel", trust.idp.as_str().into()),
            ("Issuer", trust.idp_entity_id.as_str().into()),
            ("Audience", trust.sp_entity_id.as_str().into()),
            ("LoginUrl", trust.sso_url.as_str().into()),
            ("IdentityMapping", "FederationId".into()),
            ("IdentityLocation", "SubjectNameId".into()),
            ("OptionsSpInitBinding", true.into()),
            ("OptionsUserProvisioning", false.into()),
        ])
    };
    trusts(org, IdpProtocol::Saml).map(row).collect()
}

fn providers(org: &Org, _: &Caller<'_>) -> Vec<Row> {
    let row = |trust: &SsoTrust| {
        Row::new([
            ("Id", format!("{}AAA", named_id("0SO", &trust.idp)).into()),
            ("DeveloperName", trust.idp.as_str().into()),
            ("FriendlyName", trust.idp.as_str().into()),
            ("ProviderType", "OpenIdConnect".into()),
            ("ConsumerKey", trust.client_id.as_str().into()),
            ("OptionsRequireMfa", trust.spec.salesforce_mfa.into()),
        ])
    };
    trusts(org, IdpProtocol::Oidc).map(row).collect()
}

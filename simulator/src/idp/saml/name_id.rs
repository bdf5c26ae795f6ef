//! The name of a user in an assertion, and who is meant by one. Source: saml-core 3.4.1.1 and 8.3.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::sha::sha256;

use super::parties;
use crate::idp::state::{Idp, SamlRequest};
use crate::realm::User;
use crate::saml::{NameId, name_id_format};

/// The formats of names that other service providers than the org may ask for, besides `unspecified`.
pub(super) const FORMATS: &[&str] = &[name_id_format::EMAIL, name_id_format::PERSISTENT, name_id_format::TRANSIENT];

/// The name in the format that a request asks for, or else in that of its service provider; `None` if there is none that
/// the policy allows. The org has agreed on one format.
pub(super) fn name_id(idp: &Idp, request: &SamlRequest, user: &User) -> Option<NameId> {
    let policy = request.name_id_policy.as_ref();
    let for_another = policy.and_then(|policy| policy.sp_name_qualifier.as_deref());
    if for_another.is_some_and(|qualifier| !qualifier.is_empty() && qualifier != request.audience) {
        return None;
    }
    let free = [name_id_format::UNSPECIFIED, name_id_format::ENCRYPTED];
    let asked = policy.and_then(|policy| policy.format.as_deref()).filter(|format| !free.contains(format));
    let usual = parties::spec_of(idp, &request.audience).and_then(|spec| spec.name_id_format.as_deref());
    let format = asked.or(usual).unwrap_or(name_id_format::UNSPECIFIED);
    let value = match format {
        name_id_format::UNSPECIFIED => user.federation_id.clone(),
        _ if idp.is_org(&request.audience) => return None,
        name_id_format::EMAIL => Some(user.email.clone()).filter(|email| !email.is_empty())?,
        name_id_format::PERSISTENT => {
            let may_create = policy.and_then(|policy| policy.allow_create) != Some(false);
            if !may_create && idp.persistent_names.get(&key(&request.audience, user), idp.now()).is_none() {
                return None;
            }
            pairwise(&idp.trust.idp_entity_id, &request.audience, &user.key)
        }
        name_id_format::TRANSIENT => idp.realm.entropy.xml_id(),
        _ => return None,
    };
    Some(NameId { value, format: Some(format.to_owned()) })
}

/// Whether a request wants its name encrypted.
pub(super) fn is_encrypted(request: &SamlRequest) -> bool {
    let format = request.name_id_policy.as_ref().and_then(|policy| policy.format.as_deref());
    format == Some(name_id_format::ENCRYPTED)
}

/// Remembers a persistent name, so that later requests need not allow its creation.
pub(super) fn given(idp: &Idp, audience: &str, user: &User, name_id: &NameId) {
    if name_id.format.as_deref() == Some(name_id_format::PERSISTENT) {
        idp.persistent_names.put(&key(audience, user), (), jiff::Timestamp::MAX, idp.now());
    }
}

/// The user whom a service provider means by a name.
pub(super) fn user_named(idp: &Idp, audience: &str, name_id: &NameId) -> Option<User> {
    let named = |is_meant: &dyn Fn(&User) -> bool| idp.realm.users.find(is_meant);
    match name_id.format.as_deref() {
        None | Some(name_id_format::UNSPECIFIED) => idp.named(&name_id.value),
        Some(name_id_format::EMAIL) => idp.realm.users.by_email(&name_id.value),
        Some(name_id_format::PERSISTENT) => {
            named(&|user| pairwise(&idp.trust.idp_entity_id, audience, &user.key) == name_id.value)
        }
        _ => None,
    }
}

fn key(audience: &str, user: &User) -> String {
    format!("{audience}\n{}", user.key)
}

/// A name that says nothing about the user and is another one at each service provider (saml-core 8.3.7).
fn pairwise(idp: &str, service_provider: &str, user: &str) -> String {
    URL_SAFE_NO_PAD.encode(sha256(format!("{idp}\n{service_provider}\n{user}").as_bytes()))
}

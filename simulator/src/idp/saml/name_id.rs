//! The name of a user in an assertion. Source: saml-core 3.4.1.1 and 8.3.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::sha::sha256;

use crate::idp::state::{Idp, SamlRequest};
use crate::realm::User;
use crate::saml::{NameId, name_id_format};

/// The name in the format that a request asks for; `None` if there is none. The org has agreed on one format.
pub(super) fn name_id(idp: &Idp, request: &SamlRequest, user: &User) -> Option<NameId> {
    let format = request.name_id_format.as_deref().unwrap_or(name_id_format::UNSPECIFIED);
    let value = match format {
        name_id_format::UNSPECIFIED => user.federation_id.clone(),
        _ if idp.is_org(&request.audience) => return None,
        name_id_format::EMAIL => Some(user.email.clone()).filter(|email| !email.is_empty())?,
        name_id_format::PERSISTENT => pairwise(&idp.trust.idp_entity_id, &request.audience, &user.key),
        name_id_format::TRANSIENT => idp.realm.entropy.xml_id(),
        _ => return None,
    };
    Some(NameId { value, format: Some(format.to_owned()) })
}

/// A name that says nothing about the user and is another one at each service provider (saml-core 8.3.7).
fn pairwise(idp: &str, service_provider: &str, user: &str) -> String {
    URL_SAFE_NO_PAD.encode(sha256(format!("{idp}\n{service_provider}\n{user}").as_bytes()))
}

//! What an access token may be used for, by its scopes (contract F1.10).

use http::StatusCode;
use vestibule_model::OauthScope;

use super::{Org, page};
use crate::http::RequestContext;
use crate::realm::OrgSession;

/// What a session is used for.
#[derive(Clone, Copy)]
pub(crate) enum TokenUse {
    /// The REST and SOAP APIs.
    Api,
    /// A UI session: the front doors, and the token as a cookie.
    Web,
    /// To learn who its user is.
    Identity,
}

impl TokenUse {
    fn scopes(self) -> &'static [OauthScope] {
        match self {
            Self::Api => &[OauthScope::Api],
            Self::Web => &[OauthScope::Web],
            Self::Identity => &[
                OauthScope::Api,
                OauthScope::Openid,
                OauthScope::Id,
                OauthScope::Profile,
                OauthScope::Email,
                OauthScope::Address,
                OauthScope::Phone,
            ],
        }
    }

    fn refusal(self) -> &'static str {
        match self {
            Self::Api => "the access token has neither the scope `api` nor `full`",
            Self::Web => "the access token has neither the scope `web` nor `full`",
            Self::Identity => {
                "the access token has no scope that says who its user is: `openid`, `id`, `api` or `full`"
            }
        }
    }
}

/// Whether a session may be used so. A refusal, which the caller answers with this status, goes into the journal.
pub(crate) fn allows(
    org: &Org,
    request: &RequestContext,
    session: &OrgSession,
    wanted: TokenUse,
    refused: StatusCode,
) -> bool {
    let allowed = org.realm.grants.allows(session.sid.reveal(), wanted.scopes(), org.now());
    if !allowed {
        page::record_refused_request(org, request, refused, wanted.refusal());
    }
    allowed
}

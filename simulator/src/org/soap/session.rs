//! The operations that need a session.

use askama::Template;
use axum::response::Response;
use http::StatusCode;

use super::call::{Call, Endpoint};
use super::fault::{invalid_session, xml};
use super::user_info::UserInfo;
use crate::http::RequestContext;
use crate::org::Org;
use crate::org::token_use::{TokenUse, allows};
use crate::realm::{OrgSession, SessionKind};

/// `logout()`: closes the session of the header.
pub(super) fn logout(org: &Org, request: &RequestContext, endpoint: Endpoint, call: &Call) -> Response {
    let Some(session) = session(org, call) else {
        return invalid_session(org, request, endpoint);
    };
    org.realm.close_session(session.sid.reveal());
    xml(StatusCode::OK, &LogoutTemplate { namespace: endpoint.wsdl.namespace() })
}

/// `getUserInfo()`.
pub(super) fn user_info(org: &Org, request: &RequestContext, endpoint: Endpoint, call: &Call) -> Response {
    let may_call = |session: &OrgSession| {
        session.kind != SessionKind::Gated
            && allows(org, request, session, TokenUse::Api, StatusCode::INTERNAL_SERVER_ERROR)
    };
    let session = session(org, call).filter(may_call);
    let Some(user) = session.and_then(|session| org.realm.users.get(&session.user)) else {
        return invalid_session(org, request, endpoint);
    };
    let template = UserInfoTemplate { namespace: endpoint.wsdl.namespace(), info: UserInfo::new(org, &user) };
    xml(StatusCode::OK, &template)
}

fn session(org: &Org, call: &Call) -> Option<OrgSession> {
    org.realm.use_session(call.header("SessionHeader", "sessionId")?.trim())
}

#[derive(Template)]
#[template(path = "org/soap_logout.xml")]
struct LogoutTemplate<'a> {
    namespace: &'a str,
}

#[derive(Template)]
#[template(path = "org/soap_get_user_info.xml")]
struct UserInfoTemplate<'a> {
    namespace: &'a str,
    info: UserInfo,
}

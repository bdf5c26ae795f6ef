//! OpenID Connect at the identity provider: discovery, authorization code flow with PKCE, UserInfo, end of session.

mod authorize;
mod client;
mod discovery;
mod end_session;
mod register;
mod token;
mod userinfo;

pub(super) use authorize::{answer, received_in_form, received_in_query, refuse_passive};
pub(super) use discovery::{configuration, jwks};
pub(super) use end_session::get as end_session;
pub(super) use register::post as register;
pub(super) use token::post as token;
pub(super) use userinfo::get as userinfo;

//! OpenID Connect at the identity provider: discovery, the flows of RFC 6749 and what grew from them, UserInfo, logout.
//!
//! ```text
//! request (in the query, in an object, pushed)  ->  authorize  ->  consent  ->  issue  <-  token (code, refresh, device, exchange)
//! ```

mod answer;
mod authorize;
mod certificate;
mod client;
mod consent;
mod decide;
mod device;
mod discovery;
mod dpop;
mod end_session;
mod exchange;
mod hint;
mod introspect;
mod issue;
mod par;
mod presented;
mod register;
mod request;
mod revoke;
mod scope;
mod token;
mod userinfo;

pub(super) use authorize::{answer, received_in_form, received_in_query, refuse_passive};
pub(super) use decide::{PATH as CONSENT_PATH, post as decide};
pub(super) use device::{
    PATH as DEVICE_PATH, answer_device, authorize as device_authorization, get as device_page, typed as device_sign_on,
};
pub(super) use discovery::{configuration, jwks};
pub(super) use end_session::{get as end_session, post as end_session_by_form};
pub(super) use introspect::post as introspect;
pub(super) use par::post as push;
pub(super) use register::{delete as unregister, get as registration, post as register, put as change_registration};
pub(super) use revoke::post as revoke;
pub(super) use token::post as token;
pub(super) use userinfo::get as userinfo;

//! `GetUserInfoResult`: a client made from the WSDL wants every element, in this order.

use crate::org::Org;
use crate::realm::{User, profile_id};

/// What the API says of a user. The values that an org here does not have are those of a new org in English.
pub(super) struct UserInfo {
    pub(super) organization_id: String,
    pub(super) organization_name: String,
    pub(super) profile_id: String,
    pub(super) session_seconds_valid: i64,
    pub(super) user_email: String,
    pub(super) user_full_name: String,
    pub(super) user_id: String,
    pub(super) user_name: String,
}

impl UserInfo {
    pub(super) fn new(org: &Org, user: &User) -> Self {
        Self {
            organization_id: org.realm.org_id.clone(),
            organization_name: org.settings().my_domain().to_owned(),
            profile_id: profile_id(&user.spec.profile),
            session_seconds_valid: org.settings().session_timeout.duration().as_secs(),
            user_email: user.email.clone(),
            user_full_name: user.key.clone(),
            user_id: user.id.clone(),
            user_name: user.username.clone(),
        }
    }
}

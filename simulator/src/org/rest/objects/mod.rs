//! The objects that a query finds (contract H1.1, H2.1, H2.2, H6.3).

mod app_tokens;
mod apps;
mod identity_providers;
mod login_history;
mod object;
mod organization;
mod permissions;
mod sessions;
mod two_factor;
mod user_login;
mod users;
mod verification_history;

pub(super) use object::{Caller, Cell, Child, Field, Kind, Object, Parent, Row, field};

/// The object with this name, in any case.
pub(super) fn find(name: &str) -> Option<&'static Object> {
    ALL.into_iter().find(|object| object.name.eq_ignore_ascii_case(name))
}

/// Every object, in the order of their names.
pub(super) static ALL: [&Object; 18] = [
    &identity_providers::AUTH_PROVIDER,
    &sessions::AUTH_SESSION,
    &apps::CONNECTED_APPLICATION,
    &apps::EXTERNAL_CLIENT_APP_POLICY,
    &login_history::LOGIN_HISTORY,
    &app_tokens::OAUTH_TOKEN,
    &organization::ORGANIZATION,
    &permissions::PERMISSION_SET,
    &permissions::PERMISSION_SET_ASSIGNMENT,
    &permissions::PERMISSION_SET_GROUP,
    &permissions::PROFILE,
    &identity_providers::SAML_SSO_CONFIG,
    &two_factor::TWO_FACTOR_INFO,
    &two_factor::TWO_FACTOR_METHODS_INFO,
    &users::USER,
    &permissions::USER_LICENSE,
    &user_login::USER_LOGIN,
    &verification_history::VERIFICATION_HISTORY,
];

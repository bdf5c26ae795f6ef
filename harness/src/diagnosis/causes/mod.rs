//! The rows of the table, by topic.

pub(super) mod environment;
pub(super) mod gate;
pub(super) mod home;
pub(super) mod login_page;
pub(super) mod no_page;
pub(super) mod refused;
pub(super) mod session;
pub(super) mod signal_form;
pub(super) mod sso;
pub(super) mod unknown;
pub(super) mod verification;

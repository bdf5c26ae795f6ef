//! Integration tests of the simulator.

#![expect(clippy::unwrap_used, reason = "a failed set-up fails the test")]

mod attacks;
mod contrast;
mod control;
mod foreign_idp;
mod fuzzed;
mod idp_bad_input;
mod idp_oidc;
mod idp_parties;
mod idp_presets;
mod idp_saml;
mod idp_sign_in;
mod inspected;
mod login_history_texts;
mod next_login;
mod openid;
mod org;
#[path = "../../examples/own_test.rs"]
mod own_test;
mod policy;
mod products;
mod received;
mod saml_parties;
mod scim;
mod skewed_clocks;
mod soak;
mod sso_back_channel;
mod sso_faults;
mod sso_locked_user;
mod sso_oidc;
mod sso_realm;
mod sso_requested;
mod sso_saml;
mod sso_signed_requests;
mod support;
mod two_realms;

//! The simulated org over HTTP: login, verification, enrolment, SSO endpoints, session hand-over, REST.
//!
//! `dispatcher` decides every next page; pages never route to one another. A login under way is a `Flow`: the org holds
//! it, and a cookie names it. Once it is complete, its session is in the realm.

mod activation;
mod api;
mod assets;
mod attempt;
mod ceremony;
mod choose;
mod cookies;
mod cursors;
pub(crate) mod dispatcher;
mod flow;
mod forgot_password;
mod frame;
mod frontdoor;
mod handover;
mod history;
mod identity_verification;
mod inbox;
mod interstitial;
mod lightning;
mod lockout;
mod login;
mod methods;
mod not_simulated;
mod oauth;
mod oauth_state;
mod page;
mod page_behaviour;
mod page_markup;
pub mod passkeys;
mod password;
pub mod paths;
mod recognition;
mod reset_token;
mod rest;
mod return_url;
mod router;
mod soap;
mod sso;
mod sso_state;
mod state;
mod token_use;
mod user_detail;

pub use ceremony::{CeremonyFailure, CeremonyReport};
pub use methods::totp_code;
pub(crate) use rest::parse_soql;
pub(crate) use router::{answer, cross_origin, start};
pub(crate) use state::Org;

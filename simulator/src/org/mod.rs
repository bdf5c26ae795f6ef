//! The simulated org over HTTP: login, verification, enrolment, SSO endpoints, session hand-over, REST.
//!
//! `gate` decides every next page; pages never route to one another. A login that is under way is a `Flow`, held by
//! the org and named by a cookie; once it is through, the session lives in the realm.

mod assets;
mod cookies;
mod enrolment;
mod flow;
mod frontdoor;
pub(crate) mod gate;
mod handover;
mod history;
mod inbox;
mod interstitial;
mod lightning;
mod login;
mod page;
pub mod passkeys;
mod paths;
mod rest;
mod return_url;
mod router;
mod sso;
mod state;
mod totp;
mod verification;

pub use router::router;
pub(crate) use state::Org;
pub(crate) use totp::totp_code;

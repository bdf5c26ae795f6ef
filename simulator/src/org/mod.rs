//! The simulated org over HTTP: login, verification, enrolment, SSO endpoints, session hand-over, REST.
//!
//! [`gate`] decides every next page; pages never route to one another. A login that is under way is a `Flow`, held by
//! the org and named by a cookie; once it is through, the session lives in the realm.

mod assets;
mod cookies;
mod fields;
mod flow;
pub(crate) mod gate;
mod handover;
mod page;
pub mod passkeys;
mod return_url;
mod router;
mod sso;
mod state;
mod visit;

pub(crate) use fields::Fields;
pub use router::router;
pub(crate) use state::Org;
pub(crate) use visit::Visit;

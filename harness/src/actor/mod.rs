//! Performs a login in the browser, as each kind of actor does.

mod adaptive;
mod careful;
mod credentials;
mod enrolment;
mod interstitial;
mod login_driver;
mod persona;
mod routes;
mod scripted;
mod sign_in;

pub(crate) use careful::{CodeSource, HostAccount, SecretGuard, Visit, VisitEnd, VisitPlan, VisitedPage, visit};
pub use credentials::AuthenticatorState;
pub(crate) use enrolment::key_in;
pub(crate) use persona::EmailReader;
pub use persona::Persona;
pub use routes::LoginRoute;
pub use sign_in::sign_in;

#[cfg(test)]
mod tests;

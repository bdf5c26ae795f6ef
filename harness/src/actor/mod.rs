//! Who performs a login in the browser: `adaptive`, `single-page`, `two-step`, `hasty`.

mod adaptive;
mod credentials;
mod enrolment;
mod interstitial;
mod login_driver;
mod persona;
mod routes;
mod scripted;
mod sign_in;

pub use credentials::{AuthenticatorChoice, AuthenticatorState};
pub use persona::{EmailReader, IdpFields, Persona};
pub use routes::LoginRoute;
pub use sign_in::{ActorReport, sign_in};
pub use vestibule_model::ActorKind;

#[cfg(test)]
mod tests;

//! Who performs a login in the browser: `adaptive`, `single-page`, `two-step`, `hasty`.

mod adaptive;
mod arrival;
mod enrolment;
mod fixed;
mod interstitial;
mod outfit;
mod persona;
mod sign_in;
mod stage;

pub use outfit::{AuthenticatorChoice, AuthenticatorState};
pub use persona::{EmailReader, IdpFields, Persona};
pub use sign_in::{ActorKind, ActorReport, Route, sign_in};

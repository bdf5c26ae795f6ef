//! The vocabulary of Vestibule: plain data that `certs`, `simulator` and `harness` share, so that each concept has one
//! type. No I/O, no clock, no randomness, no cryptography, no HTTP.

pub mod diagnostic;
mod login;
mod org;
mod page;
mod secret;
mod signal;
mod user;

pub use login::{LoginKind, SdkVersion, SessionLevel};
pub use org::{EnrolmentGate, LoginPage, OrgKind};
pub use page::PageName;
pub use secret::Secret;
pub use signal::{Carrier, Signal, Strength};
pub use user::{PasswordExpiry, Permission, UserType, VerificationMethod, Waiver};

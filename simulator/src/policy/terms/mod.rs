//! The vocabulary of the rules and of the scenario files: one word, one thing. Imports nothing of the project.

mod login;
mod org;
mod page;
mod signal;
mod user;

pub use login::{LoginKind, SdkVersion, SessionLevel};
pub use org::{EnrolmentGate, LoginPage, OrgKind};
pub use page::PageName;
pub use signal::{Carrier, Signal, Strength};
pub use user::{PasswordExpiry, Permission, UserType, VerificationMethod, Waiver};

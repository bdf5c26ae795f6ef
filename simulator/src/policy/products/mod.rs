//! The rules of the products beside the org: one file for each kind. Each is a table over what somebody gave and what is
//! registered.

pub mod crm;
pub mod integration;
pub mod vendor_management;

use vestibule_model::ProductRefusal;

/// What a product does when the password, or the app password, is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterPassword {
    /// It lets the user in.
    Open,
    /// It asks for a code of the paired authenticator app.
    AskForCode,
    /// It has the user pair an authenticator app first.
    Pair,
    /// It lets nobody in.
    Refuse(ProductRefusal),
}

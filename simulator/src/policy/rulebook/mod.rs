//! A dated data file: signal table, calendar, exemptions, each value with its source and how sure it is.
//!
//! - [`document`](Document): the content of a file
//! - `load`: reading a file, and refusing a bad one with a caret
//! - `setting`: overriding one value by name
//! - `embedded`: the files that come with the program

mod document;
mod embedded;
mod load;
mod setting;
mod sourced;
mod table;
mod value;
mod verifiers;

pub(super) use document::{CarrierRules, Document, Wave};
pub use load::{Rulebook, RulebookError};
pub use setting::{SettingError, SettingInfo};
pub(super) use sourced::Sourced;
pub(super) use value::{
    Calendar, Carriage, FrontdoorRule, IntegrationUsers, Scope, Start, UnverifiedSso, VerifiedSso, WaiverEffect, Winner,
};

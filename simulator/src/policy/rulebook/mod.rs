//! A dated data file: signal table, calendar, exemptions. Each value has a source and a confidence.
//!
//! - [`document`](Document): the content of a file
//! - `load`: reading a file, and reporting its errors with their place
//! - `setting`: overriding one value by name
//! - `validate`: what a file or a setting may not say
//! - `embedded`: the files that come with the program

mod document;
mod embedded;
mod load;
mod setting;
mod sourced;
mod table;
mod validate;
mod value;
mod verifiers;

pub(super) use document::{CarrierRules, Document, Wave};
pub use load::{Rulebook, RulebookError};
pub use setting::{SettingError, SettingInfo};
pub(super) use sourced::{Citation, Sourced};
pub(super) use value::{
    AskedFrom, Calendar, Carriage, ChatterUsers, FrontdoorApp, FrontdoorRule, IntegrationUsers, PasskeyBanner, Scope,
    Start, Stops, UnneededToken, UnverifiedSso, VerifiedSso, WaiverBanner, WaiverEffect, Winner,
};

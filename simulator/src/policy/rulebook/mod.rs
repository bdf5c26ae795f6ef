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

pub use document::{
    AudienceRules, CalendarRules, CarrierRules, Document, EnrolmentRules, ExemptionRules, LoginPageRule, OrgKindRules,
    PrivilegedRules, RouteRules, SessionRules, SignalRules, SsoRules, TrialRules, VerifierRules, Wave, Waves,
};
pub use load::{Rulebook, RulebookError};
pub use setting::{SettingError, SettingInfo};
pub use sourced::{Rival, Source, Sourced};
pub use value::{
    Calendar, Carriage, ExperienceCloudMfa, FrontdoorRule, IntegrationUsers, Matching, Scope, Start, UnverifiedSso,
    VerifiedSso, WaiverEffect, Winner,
};
pub use vestibule_model::Confidence;

//! The interface between the runner and every report: events, and the outcome folded from them.

mod artefact;
mod attack;
mod audit;
mod details;
mod event;
mod example;
mod exit_code;
mod finding;
mod fix;
mod fold;
mod good_end;
mod merge;
mod redaction;
mod suite_location;
mod survival;
mod webdriver_command;

pub use artefact::{Artefact, ArtefactKind};
#[cfg(test)]
pub(crate) use attack::sample as attack_sample;
pub(crate) use attack::{
    AppAnswer, AttackOutcome, AttackTarget, AttackedCase, Conclusion, EndedEarly, Library, LoginEnding,
};
pub(crate) use audit::{AuditOutcome, AuditedOrg, Change, Changes, Fix, FixOwner, Forecast, ForecastRow, Gap, OrgNote};
pub use details::{Command, Details, Message, Proxied, ProxyFate, Request, Shot};
pub(crate) use event::SCHEMA;
pub use event::{Action, CaseInfo, CaseResult, ConditionInfo, Copies, Repeat, RunEvent, Shard};
pub(crate) use example::{EXAMPLE_SUITE, runs_example};
pub use exit_code::ExitCode;
pub use finding::Finding;
pub use fold::{CaseOutcome, Counts, Repeated, RunOutcome, Span};
pub(crate) use good_end::{is_good_end, stops_rightly};
pub(crate) use merge::{Part, merge};
pub(crate) use redaction::redact_event;
pub use suite_location::SuiteLocation;
pub use survival::{Exit, SuiteResult};
pub(crate) use survival::{Way, Witnessed, survival};
pub use vestibule_model::{GoodEnd, Owner, Survival, Verdict};
pub use webdriver_command::WebDriverCommand;

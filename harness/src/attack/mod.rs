//! Runs the catalogue of wrong answers against any service provider or relying party: our identity provider signs a user in
//! to the app, once for each case, and a sign that the user of this program named tells whether that made a session.
//!
//! ```text
//! plan -> proof (a good login works, and the sign says "no" otherwise) -> case by case -> outcome
//! ```
//!
//! One request at a time, each case with an empty cookie jar, and nothing is sent to a host that nobody named.

mod browser_visitor;
mod detector;
mod error;
mod hosts;
mod http_visitor;
mod logout;
mod plan;
mod proof;
mod proved_attack;
mod provider;
mod run;
mod self_step;
#[cfg(test)]
mod tests;
mod visit;
mod visitor;

pub(crate) use detector::Detector;
pub(crate) use error::AttackError;
pub(crate) use hosts::{AllowedHosts, is_here};
pub(crate) use plan::{AttackPlan, BrowserUse};
pub(crate) use provider::{ProviderSpec, USER};
pub(crate) use run::{Progress, run};

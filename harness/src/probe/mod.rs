//! Compares the login of an org that is not simulated with that of the simulated org under the same facts.
//!
//! ```text
//! visit (a real login) -> kept pages (structure only) -\
//!                                                       compare -> changes -> settings of the simulated org (org.yaml)
//! visit (a simulated login) -> kept pages -------------/
//! ```
//!
//! Both logins are recorded by the same code. Nothing that could name a user leaves [`kept`].

mod change;
mod compare;
mod kept;
mod refused_logins;
mod run;
mod settings;

pub(crate) use kept::KeptPage;
pub(crate) use refused_logins::{Noted, RefusedLogins};
pub(crate) use run::{FoundChange, Probe, ProbeRequest, Probed, Sso, follow_sso, probe};
pub(crate) use settings::FoundSettings;

#[cfg(test)]
mod tests;

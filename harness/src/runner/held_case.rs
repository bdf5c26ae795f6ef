//! A case that a person holds open: its realm and a way in, without a verdict.

use jiff::civil::Date;
use vestibule_certs::{CertStore, cache_folder};

use super::access::Access;
use super::case_env::CaseEnv;
use super::error::Broken;
use super::launch;
use super::options::RunOptions;
use super::perform::suite::realm_spec;
use super::performer::{Performer, suite_sign_ins};
use crate::scenario::Case;
use crate::stopwatch;
use crate::suite::Launch;

/// The realm of a case whose sign-ins are those of a command.
pub(crate) struct HeldCase {
    access: Access,
    /// The realm ends with it.
    env: CaseEnv,
}

impl HeldCase {
    /// Starts the realm and opens the way in.
    ///
    /// # Errors
    ///
    /// If there is no browser, or the keys, a port or a folder cannot be had.
    pub(crate) async fn open(case: &Case, options: &RunOptions) -> Result<Self, Broken> {
        let steps = suite_sign_ins(case).unwrap_or_default();
        let certs = CertStore::open(&cache_folder(), stopwatch::now())?;
        let spec = realm_spec(case, &Performer::Suite(steps.clone()), &options.suite);
        let env = CaseEnv::start(case, spec, &certs).await?;
        let plan = launch::plan(&env, case, &steps, &options.suite)?;
        let access = Access::open(&env.realm, &plan, &options.browser).await?;
        Ok(Self { access, env })
    }

    /// The command with its environment.
    pub(crate) fn launch(&self) -> &Launch {
        self.access.launch()
    }

    /// The date of its org, which decides what is in force.
    pub(crate) fn date(&self) -> Date {
        self.env.realm.spec.org.date
    }

    /// Ends what was opened.
    pub(crate) async fn close(self) {
        self.access.close().await;
    }
}

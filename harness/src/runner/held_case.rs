//! A case that a person holds open: its realm and a way in, without a verdict.

use vestibule_certs::{CertStore, cache_folder};

use super::access::Access;
use super::case_env::{CaseEnv, use_up_shared_codes};
use super::error::Broken;
use super::options::RunOptions;
use super::perform::suite::realm_spec;
use super::performer::{Performer, suite_sign_ins};
use crate::scenario::Case;
use crate::stopwatch;
use crate::suite::Launch;
use crate::suite::launch_plan::{LaunchPlan, users_of};

/// The realm of a case whose sign-ins are those of a command.
pub(crate) struct HeldCase {
    access: Access,
    /// The realm ends with it.
    _env: CaseEnv,
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
        use_up_shared_codes(&env.realm);
        let held = |key: &str| Ok((env.user(key)?, env.passkeys(&[key]).into_iter().next()));
        let keys = users_of(&steps);
        let users = keys.iter().map(|key| held(key)).collect::<Result<Vec<_>, Broken>>()?;
        let plan = LaunchPlan::new(case, &steps, &env.realm, &users, &options.suite);
        let access = Access::open(&env.realm, &plan, env.passkeys(&keys), &options.browser).await?;
        Ok(Self { access, _env: env })
    }

    /// The command with its environment.
    pub(crate) fn launch(&self) -> &Launch {
        self.access.launch()
    }

    /// Ends what was opened.
    pub(crate) async fn close(self) {
        self.access.close().await;
    }
}

//! What a command is launched with: the plan of its case, and a connection into the realm.

use std::path::PathBuf;

use vestibule_simulator::realm::Realm;

use super::case_env::{CaseEnv, use_up_shared_codes};
use super::driver_supervisor::DriverSupervisor;
use super::error::Broken;
use crate::scenario::Case;
use crate::scenario::model::SignInStep;
use crate::stopwatch::Stopwatch;
use crate::suite::launch_plan::{LaunchPlan, Machine, users_of};
use crate::suite::{Connection, SuiteOptions, UpstreamProxy, Variables};

/// The plan for the command of these steps. From now on the codes of shared TOTP secrets count as used.
pub(super) fn plan(
    env: &CaseEnv,
    case: &Case,
    steps: &[&SignInStep],
    options: &SuiteOptions,
) -> Result<LaunchPlan, Broken> {
    use_up_shared_codes(&env.realm);
    let users = users_of(steps).into_iter().map(|key| Ok((env.user(key)?, env.passkeys(key))));
    let users = users.collect::<Result<Vec<_>, Broken>>()?;
    Ok(LaunchPlan::new(case, steps, &env.realm, &users, options))
}

/// Opens the connection of a plan, with this folder for its files. Returns the variables that lead there as well.
pub(super) async fn connect(
    realm: &Realm,
    plan: &LaunchPlan,
    driver: &DriverSupervisor,
    page_copies: bool,
    folder: PathBuf,
    clock: Stopwatch,
) -> Result<(Connection, Variables), Broken> {
    let mut variables = Variables::new(&plan.target, &plan.users, &plan.mappings)?;
    let machine = Machine {
        webdriver: driver.webdriver().await?,
        browser: driver.binary().await,
        folder,
        clock,
        upstream: UpstreamProxy::seen_in(&variables),
    };
    let options = plan.connection(realm, page_copies, machine).map_err(Broken::Folder)?;
    let connection = Connection::open(options).await?;
    connection.add_to(&mut variables)?;
    Ok((connection, variables))
}

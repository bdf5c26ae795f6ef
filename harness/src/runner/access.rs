//! A way into a realm for a command that nobody watches or judges: a person works with it.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use vestibule_model::Credential;
use vestibule_simulator::realm::Realm;

use super::driver_supervisor::DriverSupervisor;
use super::error::Broken;
use super::options::BrowserOptions;
use crate::stopwatch::Stopwatch;
use crate::suite::launch_plan::{LaunchPlan, Machine};
use crate::suite::{Connection, Launch, OutputLimit, UpstreamProxy, Variables};

/// The WebDriver endpoint, the proxy, the trusted certificates and the variables that lead there.
pub(crate) struct Access {
    connection: Connection,
    driver: DriverSupervisor,
    launch: Launch,
    /// Removed with everything in it.
    _folder: TempDir,
}

impl Access {
    /// Opens a way into a realm, for the command and the users of a plan.
    ///
    /// # Errors
    ///
    /// If there is no browser, no port is free, or a folder cannot be written.
    pub(crate) async fn open(
        realm: &Realm,
        plan: &LaunchPlan,
        passkeys: Vec<Credential>,
        browser: &BrowserOptions,
    ) -> Result<Self, Broken> {
        let folder = tempfile::Builder::new().prefix("vestibule-").tempdir().map_err(Broken::Folder)?;
        let driver = DriverSupervisor::open(browser, folder.path().to_owned()).await?;
        let mut variables = Variables::new(&plan.target, &plan.users, &plan.mappings)?;
        let machine = Machine {
            webdriver: driver.webdriver().await?,
            browser: driver.binary().await,
            folder: folder_of_clients(folder.path())?,
            clock: Stopwatch::start(),
            upstream: UpstreamProxy::seen_in(&variables),
        };
        let passkeys = plan.gives_passkeys.then_some(passkeys);
        let options = plan.connection(realm, passkeys, false, machine).map_err(Broken::Folder)?;
        let connection = Connection::open(options).await?;
        connection.add_to(&mut variables)?;
        let launch = Launch { command: plan.command.clone(), variables, folder: None, output: OutputLimit::default() };
        Ok(Self { connection, driver, launch, _folder: folder })
    }

    /// The command with its environment.
    pub(crate) fn launch(&self) -> &Launch {
        &self.launch
    }

    /// Ends the browsers that were left open, the endpoint, the proxy and the driver.
    pub(crate) async fn close(self) {
        self.connection.close().await;
        self.driver.close().await;
    }
}

fn folder_of_clients(folder: &Path) -> Result<PathBuf, Broken> {
    let clients = folder.join("clients");
    fs::create_dir(&clients).map_err(Broken::Folder)?;
    Ok(clients)
}

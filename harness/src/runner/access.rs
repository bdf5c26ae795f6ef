//! A way into an org for a command that nobody judges: a person works with it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;
use vestibule_model::Credential;
use vestibule_simulator::realm::Realm;

use super::driver_supervisor::DriverSupervisor;
use super::error::Broken;
use super::launch;
use super::options::BrowserOptions;
use crate::stopwatch::Stopwatch;
use crate::suite::launch_plan::LaunchPlan;
use crate::suite::{
    Connection, ConnectionOptions, Launch, Limits, OutputLimit, PasskeyKeeper, Passkeys, Reach, Recording, Variables,
};

/// The WebDriver endpoint, for a realm the proxy and the trusted certificates, and the variables that lead there.
pub(crate) struct Access {
    connection: Connection,
    driver: DriverSupervisor,
    launch: Launch,
    /// Removed with everything in it.
    _folder: TempDir,
}

impl Access {
    /// Opens a way into a realm that is served: for this command, with every user and the passkeys that each holds.
    ///
    /// # Errors
    ///
    /// If there is no browser, no port is free, or a folder cannot be written.
    pub(crate) async fn of_realm(
        realm: &Realm,
        command: &[String],
        passkeys: &BTreeMap<String, Vec<Credential>>,
    ) -> Result<Self, Broken> {
        let users = realm.users.all().into_iter().map(|user| {
            let held = passkeys.get(&user.key).cloned().unwrap_or_default();
            (user, held)
        });
        let users: Vec<_> = users.collect();
        let plan = LaunchPlan::of_realm(command, realm, &users);
        Self::open(realm, &plan, &BrowserOptions::default()).await
    }

    /// Opens a way into a realm, for the command and the users of a plan.
    pub(super) async fn open(realm: &Realm, plan: &LaunchPlan, browser: &BrowserOptions) -> Result<Self, Broken> {
        let folder = tempfile::Builder::new().prefix("vestibule-").tempdir().map_err(Broken::Folder)?;
        let driver = DriverSupervisor::open(browser, folder.path().to_owned()).await?;
        let clients = folder_of_clients(folder.path())?;
        let (connection, variables) = launch::connect(realm, plan, &driver, false, clients, Stopwatch::start()).await?;
        let launch = Launch { command: plan.command.clone(), variables, folder: None, output: OutputLimit::default() };
        Ok(Self { connection, driver, launch, _folder: folder })
    }

    /// Opens a way to whatever hosts the command names, as this machine reaches them, for browsers with the passkeys of a
    /// keeper. Nothing is recorded.
    ///
    /// # Errors
    ///
    /// If there is no browser, no port is free, or a folder cannot be written.
    pub(crate) async fn as_is(
        command: &[String],
        mut variables: Variables,
        keeper: Arc<dyn PasskeyKeeper>,
        browser: &BrowserOptions,
    ) -> Result<Self, Broken> {
        let folder = tempfile::Builder::new().prefix("vestibule-").tempdir().map_err(Broken::Folder)?;
        let driver = DriverSupervisor::open(browser, folder.path().to_owned()).await?;
        let options = ConnectionOptions {
            reach: Reach::AsIs,
            webdriver: driver.webdriver().await?,
            // A browser can be named beside a WebDriver server that was not started here.
            browser: driver.binary().await.or_else(|| browser.browser.clone()),
            program: std::env::current_exe().map_err(Broken::Folder)?,
            folder: folder_of_clients(folder.path())?,
            clock: Stopwatch::start(),
            passkeys: Some(Passkeys::Kept(keeper)),
            limits: Limits::default(),
            recording: Recording::Nothing,
        };
        let connection = Connection::open(options).await?;
        connection.add_to(&mut variables)?;
        let launch = Launch { command: command.to_vec(), variables, folder: None, output: OutputLimit::default() };
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

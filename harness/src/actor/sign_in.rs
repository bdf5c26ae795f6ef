//! One sign-in, from the route to the page where it ended.

use std::collections::BTreeSet;
use std::time::Duration;

use vestibule_model::ActorKind;

use super::credentials::AuthenticatorState;
use super::login_driver::{LoginDriver, Stop};
use super::persona::Persona;
use super::routes::LoginRoute;
use super::{adaptive, routes, scripted};
use crate::browser::{BrowserError, PageState, WebDriverSession};
use crate::trace::{StopReason, Trace};

/// Where a sign-in ended.
#[derive(Debug, Clone)]
pub struct ActorReport {
    /// The last page.
    pub reached: PageState,
    /// Why the actor stopped; `None` if it reached home as expected.
    pub stopped: Option<StopReason>,
}

/// Performs one sign-in in the open window.
///
/// The authenticator is in the browser only while this runs; new credentials are in the store afterwards. `limit` is
/// the longest wait for one page.
///
/// # Errors
///
/// Only if the browser, the driver or the machine broke. A login that stops is not an error but a report.
pub async fn sign_in(
    kind: ActorKind,
    session: &WebDriverSession,
    persona: &Persona,
    route: &LoginRoute,
    authenticator: &mut AuthenticatorState,
    trace: &mut Trace,
    limit: Duration,
) -> Result<ActorReport, BrowserError> {
    let id = authenticator.add_to(session).await?;
    let mut driver = LoginDriver { session, persona, authenticator, trace, limit, seen: None, typed: BTreeSet::new() };
    let ended = perform(kind, &mut driver, route).await;
    let seen = driver.seen.take();
    let removed = authenticator.remove_from(session, id).await;
    let stopped = match ended {
        Ok(()) => None,
        Err(Stop::Login(why)) => Some(why),
        // What broke first says more than that nothing can be cleaned up after it.
        Err(Stop::Broken(error)) => return Err(error),
    };
    removed?;
    let reached = match seen {
        // Home was the last page that it saw.
        Some(home) if stopped.is_none() => home,
        _ => session.page().await?,
    };
    Ok(ActorReport { reached, stopped })
}

async fn perform(kind: ActorKind, driver: &mut LoginDriver<'_>, route: &LoginRoute) -> Result<(), Stop> {
    let page = routes::open_first_page(driver, route).await?;
    let types_credentials = matches!(route, LoginRoute::Password { .. });
    match kind {
        ActorKind::Adaptive => adaptive::go_on(driver, page).await,
        ActorKind::SinglePage if types_credentials => scripted::single_page(driver).await,
        ActorKind::TwoStep if types_credentials => scripted::two_step(driver).await,
        ActorKind::Hasty if types_credentials => scripted::hasty(driver).await,
        ActorKind::Retrying if types_credentials => scripted::retrying(driver, route).await,
        ActorKind::SinglePage | ActorKind::TwoStep | ActorKind::Hasty | ActorKind::Retrying => {
            scripted::expect_home(driver).await
        }
    }
}

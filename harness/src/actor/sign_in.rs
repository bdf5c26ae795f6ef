//! One sign-in, from the route to the page where it ended.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use vestibule_model::Secret;

use super::outfit::AuthenticatorState;
use super::persona::Persona;
use super::stage::{Stage, Stop};
use super::{adaptive, arrival, fixed};
use crate::browser::{BrowserError, PageState, WebDriverSession};
use crate::trace::{StopReason, Trace};

/// Who performs the login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActorKind {
    /// Looks at each page and does what it asks for.
    Adaptive,
    /// The habit of old suites: both fields on one page, then home.
    SinglePage,
    /// Username, password, then home.
    TwoStep,
    /// Username, a click, and at once the password into the field that is there.
    Hasty,
    /// Sends the username, and opens the login page again where home does not follow.
    Retrying,
}

/// How the login reaches the org.
#[derive(Debug, Clone)]
pub enum Route {
    /// Username and password at a login page.
    Password {
        /// URL of the login page.
        login_url: String,
    },
    /// The SSO button of a My Domain login page.
    Sso {
        /// URL of the login page.
        login_url: String,
        /// Label on the button: `Log in with <label>`.
        label: String,
    },
    /// The identity provider's own start page, which sends an unsolicited response.
    IdpInitiated {
        /// URL at the identity provider.
        url: String,
    },
    /// A URL that carries an API session into the browser: `frontdoor.jsp`, or the answer of `singleaccess`.
    Frontdoor {
        /// The URL, a secret.
        url: Secret,
    },
    /// A raw `sid` cookie, set on the My Domain host before Lightning is opened.
    SidCookie {
        /// A page of the My Domain host, where the cookie is set.
        my_domain_url: String,
        /// Value of `sid`.
        sid: Secret,
        /// The page opened after that.
        home_url: String,
    },
}

/// Where a sign-in ended.
#[derive(Debug, Clone)]
pub struct ActorReport {
    /// The last page.
    pub reached: PageState,
    /// Why the actor went no further; `None` where it reached what it expects, home.
    pub stopped: Option<StopReason>,
}

/// Performs one sign-in in the open window.
///
/// The authenticator is in the browser only while this runs; new credentials are in the vault afterwards. `limit` is the
/// longest wait for one page.
///
/// # Errors
///
/// Only when browser, driver or machine broke. A login that stops is a report.
pub async fn sign_in(
    kind: ActorKind,
    session: &WebDriverSession,
    persona: &Persona,
    route: &Route,
    authenticator: &mut AuthenticatorState,
    trace: &mut Trace,
    limit: Duration,
) -> Result<ActorReport, BrowserError> {
    let id = authenticator.put_on(session).await?;
    let mut stage = Stage { session, persona, authenticator, trace, limit, seen: None };
    let ended = perform(kind, &mut stage, route).await;
    let seen = stage.seen.take();
    authenticator.take_off(session, id).await?;
    let stopped = match ended {
        Ok(()) => None,
        Err(Stop::Login(why)) => Some(why),
        Err(Stop::Broken(error)) => return Err(error),
    };
    let reached = match seen {
        // Home was the last that it saw.
        Some(home) if stopped.is_none() => home,
        _ => session.page().await?,
    };
    Ok(ActorReport { reached, stopped })
}

async fn perform(kind: ActorKind, stage: &mut Stage<'_>, route: &Route) -> Result<(), Stop> {
    let page = arrival::arrive(stage, route).await?;
    let types_credentials = matches!(route, Route::Password { .. });
    match kind {
        ActorKind::Adaptive => adaptive::go_on(stage, page).await,
        ActorKind::SinglePage if types_credentials => fixed::single_page(stage).await,
        ActorKind::TwoStep if types_credentials => fixed::two_step(stage).await,
        ActorKind::Hasty if types_credentials => fixed::hasty(stage).await,
        ActorKind::Retrying if types_credentials => fixed::retrying(stage, route).await,
        ActorKind::SinglePage | ActorKind::TwoStep | ActorKind::Hasty | ActorKind::Retrying => {
            fixed::expect_home(stage).await
        }
    }
}

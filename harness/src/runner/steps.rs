//! Performs the steps of a case, one after the other.

use std::time::Duration;

use jiff::SignedDuration;
use vestibule_model::Secret;
use vestibule_model::SessionLevel;
use vestibule_simulator::realm::{HostRole, Realm};

use super::back_channel;
use super::diagnose::{self, SignInMark};
use super::error::RunError;
use super::world::World;
use crate::actor::{self, ActorKind, Route};
use crate::browser::WebDriverSession;
use crate::scenario::model::{ActorName, HostName, Route as RouteName, Scenario, SignInStep, Step};
use crate::trace::{ActionKind, Destination, StopReason, Trace};

/// Everything that a step works on.
pub(super) struct Stage<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) world: &'a mut World,
    pub(super) session: &'a WebDriverSession,
    pub(super) trace: &'a mut Trace,
    /// The longest wait for one page.
    pub(super) limit: Duration,
    /// Key of the user of the last sign-in.
    pub(super) user: Option<String>,
    /// How many sessions the org had opened before the last sign-in.
    pub(super) sessions_before: u32,
    /// Why the last actor went no further.
    pub(super) stopped: Option<StopReason>,
}

/// Performs one step; an `expect` step is the caller's.
pub(super) async fn perform(stage: &mut Stage<'_>, step: &Step) -> Result<(), RunError> {
    match step {
        Step::SignIn(step) => sign_in(stage, step).await,
        Step::SignOut => {
            let url = stage.world.realm.hosts.url(&HostRole::MyDomain, "/secur/logout.jsp");
            open(stage, ActionKind::SignOut, &url).await
        }
        Step::EndSessions => {
            for session in stage.world.realm.sessions.all() {
                stage.world.realm.close_session(session.sid.reveal());
            }
            note(stage, ActionKind::EndSessions).await?;
            diagnose::begin_again(stage.world, stage.trace);
            Ok(())
        }
        Step::ForgetBrowser => {
            stage.session.reset().await?;
            note(stage, ActionKind::ForgetBrowser).await
        }
        Step::AdvanceClock(step) => {
            stage.world.realm.clock.advance(SignedDuration::from_secs(i64::from(step.seconds)));
            note(stage, ActionKind::AdvanceClock(step.seconds)).await
        }
        Step::Visit(step) => {
            let url = stage.world.realm.hosts.url(&host(stage.scenario, step.host)?, &step.path.value);
            open(stage, ActionKind::Open(Destination::Page), &url).await
        }
        Step::Expect(_) => Ok(()),
    }
}

async fn sign_in(stage: &mut Stage<'_>, step: &SignInStep) -> Result<(), RunError> {
    let user = stage.world.user(&step.user.value)?;
    let idp = idp_of(stage.scenario, step)?;
    let page = idp.as_ref().and_then(|key| stage.scenario.idps.get(key)).and_then(|idp| idp.sign_in.as_ref());
    let (mut persona, mut state) = stage.world.outfit(&user, step.authenticator, page)?;
    persona.remember = step.remember;
    stage.sessions_before = stage.world.realm.sessions.opened();
    let route = route(stage, step, idp.as_deref()).await?;
    let kind = match step.actor.value {
        ActorName::Adaptive => ActorKind::Adaptive,
        ActorName::SinglePage => ActorKind::SinglePage,
        ActorName::TwoStep => ActorKind::TwoStep,
        ActorName::Hasty => ActorKind::Hasty,
        ActorName::Retrying => ActorKind::Retrying,
        ActorName::Command(_) => return Err(RunError::Step("a command is no actor in our browser".to_owned())),
    };
    stage.world.last_sign_in = Some(SignInMark::here(stage, step, &user));
    let report = actor::sign_in(kind, stage.session, &persona, &route, &mut state, stage.trace, stage.limit).await?;
    stage.world.put_back(&user.key, state);
    stage.user = Some(user.key);
    if let Some(mark) = &mut stage.world.last_sign_in {
        mark.stopped.clone_from(&report.stopped);
    }
    stage.stopped = report.stopped;
    Ok(())
}

async fn route(stage: &Stage<'_>, step: &SignInStep, idp: Option<&str>) -> Result<Route, RunError> {
    let realm = &stage.world.realm;
    let login_url = realm.hosts.url(&HostRole::MyDomain, "/");
    let idp =
        || idp.map(str::to_owned).ok_or_else(|| RunError::Step("the route needs an identity provider".to_owned()));
    Ok(match step.via.value {
        RouteName::Password => Route::Password { login_url },
        RouteName::Sso => Route::Sso { login_url, label: idp()? },
        RouteName::IdpInitiated => {
            let path = format!("/saml/idp-initiated?user={}", step.user.value);
            Route::IdpInitiated { url: realm.hosts.url(&HostRole::Idp(idp()?), &path) }
        }
        RouteName::Frontdoor => {
            let sid = api_session(realm, step);
            let path = format!("/secur/frontdoor.jsp?sid={}&retURL={HOME}", sid.reveal());
            Route::Frontdoor { url: Secret::new(realm.hosts.url(&HostRole::MyDomain, &path)) }
        }
        RouteName::Singleaccess => {
            Route::Frontdoor { url: back_channel::single_access(realm, &api_session(realm, step), HOME).await? }
        }
        RouteName::SidCookie => Route::SidCookie {
            my_domain_url: login_url,
            sid: api_session(realm, step),
            home_url: realm.hosts.url(&HostRole::Lightning, HOME),
        },
    })
}

/// The session of an API login, as a JWT bearer flow gives it: no UI login stands behind it.
fn api_session(realm: &Realm, step: &SignInStep) -> Secret {
    realm.open_session(&step.user.value, SessionLevel::Standard, false, true).sid
}

/// The identity provider of a sign-in: the one named, or the only one.
fn idp_of(scenario: &Scenario, step: &SignInStep) -> Result<Option<String>, RunError> {
    if !step.via.value.is_sso() {
        return Ok(None);
    }
    let only = || (scenario.idps.len() == 1).then(|| scenario.idps.keys().next().cloned()).flatten();
    let named = step.idp.as_ref().map(|key| key.value.clone());
    named.or_else(only).map(Some).ok_or_else(|| RunError::Step("several identity providers, none named".to_owned()))
}

fn host(scenario: &Scenario, name: HostName) -> Result<HostRole, RunError> {
    Ok(match name {
        HostName::MyDomain => HostRole::MyDomain,
        HostName::Lightning => HostRole::Lightning,
        HostName::Setup => HostRole::Setup,
        HostName::Login => HostRole::Login,
        HostName::Idp => {
            let key = scenario.idps.keys().next();
            HostRole::Idp(key.cloned().ok_or_else(|| RunError::Step("there is no identity provider".to_owned()))?)
        }
    })
}

async fn open(stage: &mut Stage<'_>, kind: ActionKind, url: &str) -> Result<(), RunError> {
    stage.session.goto(url).await?;
    note(stage, kind).await
}

async fn note(stage: &mut Stage<'_>, kind: ActionKind) -> Result<(), RunError> {
    let page = stage.session.page().await?;
    stage.trace.record(kind, page.name, page.url());
    Ok(())
}

/// Where front doors lead.
const HOME: &str = "/lightning/page/home";

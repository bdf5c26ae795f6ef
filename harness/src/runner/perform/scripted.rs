//! Our own actors perform the steps of a scenario, one after the other, in our own browser.

use std::time::Duration;

use jiff::SignedDuration;
use vestibule_model::diagnostic::Diagnostic;
use vestibule_model::{AuthenticatorFault, HostKind, Secret, SessionLevel, SignInRoute};
use vestibule_redactor::Redactor;
use vestibule_simulator::org::paths;
use vestibule_simulator::realm::{HostRole, Realm, SessionKind, User};

use super::product::{self, ProductVisit};
use super::{Performed, back_channel};
use crate::actor::{self, AuthenticatorState, LoginRoute};
use crate::browser::WebDriverSession;
use crate::outcome::{CaseResult, Verdict};
use crate::runner::case_context::CaseContext;
use crate::runner::case_env::CaseEnv;
use crate::runner::error::Broken;
use crate::runner::judge::{self, Failure, JudgeContext, SnapshotContext};
use crate::runner::observation::{LoginMark, Observation};
use crate::runner::{details, twin};
use crate::scenario::model::{Actor, Expect, Scenario, SignInStep, Step};
use crate::trace::{ActionKind, Destination, Trace};

/// Performs the steps of a case and judges it.
pub(in crate::runner) async fn perform(
    env: &mut CaseEnv,
    session: &WebDriverSession,
    context: &CaseContext<'_>,
) -> Performed {
    let CaseContext { case, clock, .. } = *context;
    let options = &context.run.options;
    let mut trace = Trace::start();
    let mut login = None;
    let context_of_steps =
        StepContext { of_case: context, env: &mut *env, session, trace: &mut trace, login: &mut login };
    let steps = perform_and_judge(context_of_steps);
    let ended = tokio::time::timeout(options.timeout, steps).await;
    let may_pass = !matches!(&ended, Ok(Err(error)) if !error.may_pass());
    let (verdict, failures) = match ended {
        Ok(Ok(failures)) => twin::verdict(case, failures),
        Ok(Err(error)) => (Verdict::Broken, vec![error.diagnostic()]),
        Err(_) => (Verdict::Broken, vec![out_of_time(options.timeout, &trace)]),
    };
    // A broken case says nothing about the login. Diagnosed before the pause, during which no page seems to stand still.
    let finding = if verdict == Verdict::Broken {
        None
    } else {
        Observation::of_actors(env, login.as_ref(), &trace, None).finding
    };
    let last = details::last_page(session, options.shots, verdict, &clock).await;
    if let Some(pause) = context.take_pause(verdict) {
        let title = case.title.clone();
        // If the hook panics, the pause is over.
        let _ended = tokio::task::spawn_blocking(move || pause(&title)).await;
    }
    let details = details::collect(&env.realm, session, options.shots.of(verdict), &clock, &last).await;
    let actions = trace.into_actions();
    let result = CaseResult {
        actions,
        screenshot: last.screenshot,
        finding,
        details,
        ..CaseResult::new(verdict, clock.elapsed_ms(), failures)
    };
    Performed { result, may_pass }
}

/// Performs the steps and judges every expectation, starting with those between the steps.
async fn perform_and_judge(mut context: StepContext<'_>) -> Result<Vec<Failure>, Broken> {
    let scenario = context.scenario();
    let mut failures = Vec::new();
    for step in &scenario.steps {
        match &step.value {
            Step::Expect(expect) => failures.extend(judge(expect, &context).await?),
            other => step_by(&mut context, other).await?,
        }
    }
    failures.extend(judge(&scenario.expect.value, &context).await?);
    Ok(failures)
}

async fn judge(expect: &Expect, context: &StepContext<'_>) -> Result<Vec<Failure>, Broken> {
    let case = context.of_case.case;
    let page = context.session.page().await?;
    let observation = Observation::of_actors(context.env, context.login.as_ref(), context.trace, Some(page));
    let redactor = Redactor::new(context.env.secrets())?;
    let snapshots = SnapshotContext::new(case, context.of_case.run.options.snapshots, &redactor);
    let judged = JudgeContext {
        case,
        realm: &context.env.realm,
        session: Some(context.session),
        observation: &observation,
        snapshots: &snapshots,
    };
    judge::judge(expect, &judged).await
}

/// A page may take a third of the case's time, so that a stopped login gets its cause before the case times out.
fn page_limit(limit: Duration) -> Duration {
    limit / 3
}

fn out_of_time(limit: Duration, trace: &Trace) -> Diagnostic {
    let last = trace.actions().last();
    let page = last.map_or("no page", |action| action.page.as_str());
    let mut diagnostic = Diagnostic::new(
        "timeout",
        format!("the case took longer than {} s; the last page was {page}", limit.as_secs()),
    );
    if let Some(action) = last {
        diagnostic = diagnostic.note(format!("last action: {}", action.what));
    }
    diagnostic.hint("give it more time with --timeout, or use fewer workers")
}

/// Everything that a step works on.
struct StepContext<'a> {
    of_case: &'a CaseContext<'a>,
    env: &'a mut CaseEnv,
    session: &'a WebDriverSession,
    trace: &'a mut Trace,
    /// The last sign-in.
    login: &'a mut Option<LoginMark>,
}

impl<'a> StepContext<'a> {
    fn scenario(&self) -> &'a Scenario {
        &self.of_case.case.scenario
    }
}

/// Performs one step; an `expect` step is the caller's.
async fn step_by(context: &mut StepContext<'_>, step: &Step) -> Result<(), Broken> {
    match step {
        Step::SignIn(step) => sign_in(context, step).await,
        Step::SignOut => {
            let url = context.env.realm.hosts.url(&HostRole::MyDomain, paths::LOGOUT);
            open(context, ActionKind::SignOut, &url).await
        }
        Step::EndSessions => {
            for session in context.env.realm.sessions.all() {
                context.env.realm.close_session(session.sid.reveal());
            }
            note(context, ActionKind::EndSessions).await?;
            if let Some(mark) = context.login.as_mut() {
                mark.begin_again(&context.env.realm, context.trace);
            }
            Ok(())
        }
        Step::ForgetBrowser => {
            context.session.reset().await?;
            note(context, ActionKind::ForgetBrowser).await
        }
        Step::AdvanceClock(step) => {
            context.env.realm.clock.advance(SignedDuration::from_secs(i64::from(step.seconds)));
            note(context, ActionKind::AdvanceClock(step.seconds)).await
        }
        Step::Visit(step) => {
            let url = context.env.realm.hosts.url(&host(context.scenario(), step.host)?, &step.path.value);
            open(context, ActionKind::Open(Destination::Page), &url).await
        }
        Step::SetDate(step) => {
            context.env.realm.set_date(step.date);
            note(context, ActionKind::SetDate(step.date.to_string())).await
        }
        Step::Product(step) => {
            let scenario = context.scenario();
            let none = || Broken::Step("there is not exactly one product".to_owned());
            let key = scenario.product_of(step).ok_or_else(none)?.to_owned();
            let limit = page_limit(context.of_case.run.options.timeout);
            let (realm, session) = (&context.env.realm, context.session);
            product::perform(ProductVisit { realm, session, trace: &mut *context.trace, limit, key }, step).await
        }
        Step::Expect(_) => Ok(()),
    }
}

async fn sign_in(context: &mut StepContext<'_>, step: &SignInStep) -> Result<(), Broken> {
    let user = context.env.user(&step.user.value)?;
    let scenario = context.scenario();
    let idp = scenario.idp_of(step).filter(|_| step.via.value.is_sso());
    let spec = idp.and_then(|key| scenario.idps.get(key));
    // Whatever is typed here belongs to a simulated user, and no real host may see it.
    if spec.is_some_and(|spec| spec.is_foreign()) {
        let why = "the identity provider is not simulated, and Vestibule types nothing there: sign in with a suite of your own, \
                   or by hand at an org of `vestibule serve`";
        return Err(Broken::Step(why.to_owned()));
    }
    let page = spec.map(|spec| &spec.sign_in);
    let (mut persona, mut state) = context.env.credentials_for(&user, step.authenticator, page)?;
    persona.remember = step.remember;
    if let Some(fault) = step.authenticator_fault.as_ref().map(|fault| fault.value) {
        give_fault(context.env, &user, &mut state, fault)?;
    }
    let Actor::Ours(kind) = step.actor.value else {
        return Err(Broken::Step("a command cannot act in the browser of Vestibule".to_owned()));
    };
    // The session that a front door carries counts as a session of this login.
    let sessions_before = context.env.realm.sessions.opened();
    let route = route(context, step, idp).await?;
    let mut mark = LoginMark::now(context.env, &user, step.authenticator, Some(context.trace));
    mark.sessions_before = sessions_before;
    mark.brings_passkeys &= state.fault != Some(AuthenticatorFault::Absent);
    *context.login = Some(mark);
    let limit = page_limit(context.of_case.run.options.timeout);
    let report = actor::sign_in(kind, context.session, &persona, &route, &mut state, context.trace, limit).await?;
    context.env.put_back(&user.key, state);
    if let Some(mark) = context.login.as_mut() {
        mark.stopped = report.stopped;
    }
    Ok(())
}

/// Makes the authenticator of a sign-in do something wrong.
fn give_fault(
    env: &CaseEnv,
    user: &User,
    state: &mut AuthenticatorState,
    fault: AuthenticatorFault,
) -> Result<(), Broken> {
    state.fault = Some(fault);
    if fault == AuthenticatorFault::ExcludedCredential {
        state.excluded = Some(env.excluded_credential(user)?);
    }
    if state.in_browser().is_none() {
        let why = format!(
            "`authenticator-fault: {fault}` needs a passkey with a counter that can be wrong: let `{}` sign in with it {} \
             before this step",
            user.key,
            if fault == AuthenticatorFault::CounterLower { "twice" } else { "once" },
        );
        return Err(Broken::Step(why));
    }
    Ok(())
}

async fn route(context: &StepContext<'_>, step: &SignInStep, idp: Option<&str>) -> Result<LoginRoute, Broken> {
    let realm = &context.env.realm;
    let login_url = realm.hosts.url(&HostRole::MyDomain, "/");
    let no_idp = "the route needs an identity provider, and there is none, or several of which the step names none";
    let idp = || idp.map(str::to_owned).ok_or_else(|| Broken::Step(no_idp.to_owned()));
    Ok(match step.via.value {
        SignInRoute::Password => LoginRoute::Password { login_url },
        SignInRoute::Site => {
            LoginRoute::Password { login_url: realm.hosts.url(&HostRole::MyDomain, paths::SITE_LOGIN) }
        }
        SignInRoute::Sso => LoginRoute::Sso { login_url, label: idp()? },
        SignInRoute::IdpInitiated => {
            let path = format!("/saml/idp-initiated?user={}", step.user.value);
            LoginRoute::IdpInitiated { url: realm.hosts.url(&HostRole::Idp(idp()?), &path) }
        }
        SignInRoute::Frontdoor => {
            let sid = api_session(realm, step);
            let path = paths::frontdoor(&sid, paths::LIGHTNING_HOME);
            LoginRoute::Frontdoor { url: Secret::new(realm.hosts.url(&HostRole::MyDomain, &path)) }
        }
        SignInRoute::Singleaccess => LoginRoute::Frontdoor {
            url: back_channel::single_access(realm, &api_session(realm, step), paths::LIGHTNING_HOME).await?,
        },
        SignInRoute::Product => {
            let none = || Broken::Step("there is not exactly one integration".to_owned());
            let product = HostRole::Product(context.scenario().integration().ok_or_else(none)?.to_owned());
            LoginRoute::Password { login_url: realm.hosts.url(&product, "/connect") }
        }
        SignInRoute::SidCookie => LoginRoute::SidCookie {
            my_domain_url: login_url,
            sid: api_session(realm, step),
            home_url: realm.hosts.url(&HostRole::Lightning, paths::LIGHTNING_HOME),
        },
    })
}

/// The session of an API login, as from a JWT bearer flow: it has no UI login behind it.
fn api_session(realm: &Realm, step: &SignInStep) -> Secret {
    realm.open_session(&step.user.value, SessionLevel::Standard, SessionKind::Api).sid
}

fn host(scenario: &Scenario, host: HostKind) -> Result<HostRole, Broken> {
    scenario.host_role(host).ok_or_else(|| Broken::Step(format!("there is not exactly one host of the kind `{host}`")))
}

async fn open(context: &mut StepContext<'_>, kind: ActionKind, url: &str) -> Result<(), Broken> {
    context.session.goto(url).await?;
    note(context, kind).await
}

async fn note(context: &mut StepContext<'_>, kind: ActionKind) -> Result<(), Broken> {
    let page = context.session.page().await?;
    context.trace.record(kind, page.name, page.url());
    Ok(())
}

//! The user's own suite performs the login. It gets the realm's addresses, is watched, and is judged by its exit and
//! the realm.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use vestibule_model::diagnostic::Diagnostic;
use vestibule_model::{AuthenticatorKind, OrgKind, RealmSpec};
use vestibule_redactor::Redactor;
use vestibule_simulator::realm::HostNaming;

use super::{Performed, survival};
use crate::diagnosis::VariableWithoutValue;
use crate::outcome::{
    Artefact, CaseResult, Details, Exit, Proxied, ProxyFate, SuiteLocation, SuiteResult, Survival, Verdict,
};
use crate::runner::case_context::CaseContext;
use crate::runner::case_env::CaseEnv;
use crate::runner::error::Broken;
use crate::runner::judge::{self, Failure, JudgeContext, SnapshotContext};
use crate::runner::observation::{LoginMark, Observation, SuiteRun};
use crate::runner::options::RunOptions;
use crate::runner::performer::Performer;
use crate::runner::{details, launch, twin};
use crate::scenario::Case;
use crate::scenario::model::SignInStep;
use crate::snapshot::SnapshotMode;
use crate::stopwatch::{self, Stopwatch};
use crate::suite::launch_plan::LaunchPlan;
use crate::suite::watch::{self, LoginProgress, WatchLimits};
use crate::suite::{
    self, Connection, Ended, Keep, Launch, OutputLimit, Records, SuiteOptions, SuiteProcess, Traced, Variables,
};

/// The realm of a case. For a suite it has the host names, the My Domain and the sign-in page that the suite knows.
pub(in crate::runner) fn realm_spec(case: &Case, performer: &Performer<'_>, options: &SuiteOptions) -> RealmSpec {
    match performer {
        Performer::Actors(_) => case.scenario.realm_spec(HostNaming::Localhost),
        Performer::Suite(_) => {
            let naming = if options.real_hosts { HostNaming::Real } else { HostNaming::Localhost };
            as_the_suite_knows_it(case.scenario.realm_spec(naming), options)
        }
    }
}

fn as_the_suite_knows_it(mut spec: RealmSpec, options: &SuiteOptions) -> RealmSpec {
    if let Some(own) = &options.my_domain {
        // One name has the same hosts in each case, whatever kind of org the case is about.
        spec.org = own.given_to(spec.org, Some(OrgKind::Production));
    }
    if let Some(page) = &options.idp_page {
        for idp in spec.idps.values_mut().filter(|idp| !idp.sign_in.is_automatic()) {
            idp.sign_in = page.clone();
        }
    }
    spec
}

/// Runs the suite of a case and judges it. Opens our own browser only to draw the pages that the suite's browser
/// showed.
pub(in crate::runner) async fn perform(
    env: &CaseEnv,
    steps: &[&SignInStep],
    context: &CaseContext<'_>,
) -> Result<Performed, Broken> {
    let CaseContext { case, clock, .. } = *context;
    let options = &context.run.options;
    let plan = launch::plan(env, case, steps, &options.suite)?;
    let marks = login_marks(env, &plan)?;
    let (suite, missing) = run_suite(env, &plan, context).await?;

    let details = suite_details(env, &suite.records, &clock);
    let mark = marks.iter().find(|mark| missing.as_ref() == Some(&mark.user)).or(marks.first());
    let mark = mark.ok_or_else(|| Broken::Step("a suite signs nobody in".to_owned()))?;
    let observed = match Observation::of_suite(env, mark, &suite, &details) {
        Err(ended @ Broken::OutOfTime { .. }) => Err(ended.diagnostic()),
        observed => Ok(observed?),
    };
    let observation = match observed {
        Ok(observation) => observation,
        Err(told) => return Ok(out_of_time(told, suite, details, context, &clock).await),
    };
    let survival = observation.survival.ok_or_else(|| Broken::Step("a suite ended without a verdict".to_owned()))?;
    let failures = judge(case, env, &observation).await?;
    let (verdict, failures) = twin::verdict(case, failures);

    let failed_at = failed_at(survival, &suite.ended).await;
    let copies = if options.shots.of(verdict) { suite.records.copies } else { Vec::new() };
    let shots = details::shots_of_suite(context.run, copies, &clock).await;
    let result = CaseResult {
        finding: observation.finding,
        suite: Some(SuiteResult {
            survival,
            command: plan.command,
            exit: suite.ended.exit,
            output: suite.ended.output,
            output_bytes: suite.ended.output_bytes,
            kept_bytes: Some(suite.ended.kept_bytes),
            failed_at,
            artefacts: suite.artefacts,
        }),
        details: Details { shots, ..with_traced(details, suite.traced) },
        ..CaseResult::new(verdict, clock.elapsed_ms(), failures)
    };
    Ok(Performed { result, may_pass: true })
}

/// Where the suite failed in its own code, if it says that it failed.
async fn failed_at(survival: Survival, ended: &Ended) -> Option<SuiteLocation> {
    if survival == Survival::Survived || ended.exit == Exit::Code(0) {
        return None;
    }
    let (output, folder) = (ended.output.clone(), std::env::current_dir().ok()?);
    tokio::task::spawn_blocking(move || suite::failed_at(&output, &folder)).await.ok()?
}

/// The result of a suite whose time was up before its login was decided: no verdict, but everything that was seen. Another
/// attempt would take as long.
async fn out_of_time(
    told: Diagnostic,
    suite: SuiteRun,
    details: Details,
    context: &CaseContext<'_>,
    clock: &Stopwatch,
) -> Performed {
    let verdict = Verdict::Broken;
    let copies = if context.run.options.shots.of(verdict) { suite.records.copies } else { Vec::new() };
    let shots = details::shots_of_suite(context.run, copies, clock).await;
    let last_line = suite.ended.output.lines().rev().find(|line| !line.trim().is_empty());
    let last_line = last_line.map(|line| format!("the last line of its output: {line}"));
    let failures = vec![last_line.into_iter().fold(told, Diagnostic::note)];
    let details = Details { shots, ..with_traced(details, suite.traced) };
    let result = CaseResult { details, ..CaseResult::new(verdict, clock.elapsed_ms(), failures) };
    Performed { result, may_pass: false }
}

/// A suite that sends commands over WebDriver writes no trace of its own.
fn with_traced(details: Details, Traced { commands, console }: Traced) -> Details {
    if details.commands.is_empty() { Details { commands, console, ..details } } else { details }
}

/// Marks the beginning of each user's login: now.
fn login_marks(env: &CaseEnv, plan: &LaunchPlan) -> Result<Vec<LoginMark>, Broken> {
    let authenticator = if plan.passkeys.is_some() { AuthenticatorKind::Full } else { AuthenticatorKind::Totp };
    let mark = |key: &str| Ok(LoginMark::now(env, &env.user(key)?, authenticator, None));
    plan.users.iter().map(|user| mark(&user.key)).collect()
}

/// Runs the suite until it ends or the login is judged. Also returns the key of a user who was not home.
async fn run_suite(
    env: &CaseEnv,
    plan: &LaunchPlan,
    context: &CaseContext<'_>,
) -> Result<(SuiteRun, Option<String>), Broken> {
    let (run, folder) = (context.run, context.run.case_folder()?);
    let page_copies = run.options.shots.need_copies();
    let files = folder.path().to_owned();
    let (connection, variables) =
        launch::connect(&env.realm, plan, run.driver(), page_copies, files, context.clock).await?;
    let command = match context.overlay {
        Some(overlay) => overlay.command(&plan.command, folder.path()),
        None => plan.command.clone(),
    };
    let launch = Launch { command, variables, folder: None, output: OutputLimit::default() };
    let began = file_time(folder.path());
    let watched = start_and_watch(&launch, env, plan, &connection, &run.options).await;
    connection.close().await;
    let (suite, missing) = watched?;
    let artefacts = kept_artefacts(context, folder.path(), began).await;
    let traced = traced(context, folder.path(), began).await;
    Ok((SuiteRun { artefacts, traced, ..suite }, missing))
}

/// Starts the suite, watches it, and ends it.
async fn start_and_watch(
    launch: &Launch,
    env: &CaseEnv,
    plan: &LaunchPlan,
    connection: &Connection,
    options: &RunOptions,
) -> Result<(SuiteRun, Option<String>), Broken> {
    let users = plan.users.iter().map(|user| user.key.clone()).collect();
    let mut login = LoginProgress::expect(&env.realm, users, plan.sessions_before);
    let mut process = SuiteProcess::start(launch)?;
    let limits = WatchLimits { limit: options.timeout, grace: options.suite.grace, full: options.suite.full };
    let exit = watch::until_judged(&mut process, &mut login, &limits).await;
    let records = connection.records();
    let ended = process.end(exit, KILL_GRACE).await;
    login.look();
    let suite = SuiteRun {
        home: login.is_home(),
        stood_ms: login.stood_ms(),
        on_its_way: login.is_on_its_way(&limits),
        limit: options.timeout,
        ended,
        // That a suite was ended while the driver worked for it is no trouble of the driver.
        records: Records { driver_gone: records.driver_gone, commanding: records.commanding, ..connection.records() },
        without_value: without_value(&launch.variables),
        artefacts: Vec::new(),
        traced: Traced::default(),
    };
    Ok((suite, login.missing().map(str::to_owned)))
}

fn without_value(variables: &Variables) -> Vec<VariableWithoutValue> {
    let without_value = variables.without_value().into_iter();
    without_value.map(|(name, template)| VariableWithoutValue { name, template }).collect()
}

/// The time as the file system has it: what is written from now on has none before it.
fn file_time(case_folder: &Path) -> Option<SystemTime> {
    let marker = case_folder.join("began");
    std::fs::write(&marker, "").ok()?;
    std::fs::metadata(&marker).ok()?.modified().ok()
}

/// What the suite's own tools wrote since then, if that is to be kept.
async fn kept_artefacts(context: &CaseContext<'_>, case_folder: &Path, began: Option<SystemTime>) -> Vec<Artefact> {
    let (Some(reports), Some(began)) = (&context.run.options.suite.artefacts, began) else { return Vec::new() };
    let Some(written_in) = written_in(context, case_folder) else { return Vec::new() };
    let keep = Keep::of_case(reports, &context.case.id);
    let kept = tokio::task::spawn_blocking(move || suite::keep_artefacts(&written_in, began, &keep)).await;
    kept.unwrap_or_default()
}

/// What the suite did according to the traces that it wrote since then.
async fn traced(context: &CaseContext<'_>, case_folder: &Path, began: Option<SystemTime>) -> Traced {
    let (Some(written_in), Some(began)) = (written_in(context, case_folder), began) else { return Traced::default() };
    let case_began = stopwatch::now().as_duration().as_secs_f64() - context.clock.elapsed().as_secs_f64();
    let read = tokio::task::spawn_blocking(move || suite::traced(&written_in, began, case_began)).await;
    read.unwrap_or_default()
}

/// The folder with what the suite wrote.
fn written_in(context: &CaseContext<'_>, case_folder: &Path) -> Option<PathBuf> {
    let changes = context.overlay.map(|overlay| overlay.changes(case_folder));
    changes.or_else(|| std::env::current_dir().ok())
}

fn suite_details(env: &CaseEnv, records: &Records, clock: &Stopwatch) -> Details {
    Details {
        commands: records.commands.clone(),
        proxied: records.proxied.iter().filter(|proxied| !is_own_driver(proxied)).cloned().collect(),
        ..details::of_realm(&env.realm, clock.elapsed())
    }
}

/// Whether the request went to the ChromeDriver that the suite started: clients call it `localhost`, and Python and
/// Node use the proxy for that name.
fn is_own_driver(proxied: &Proxied) -> bool {
    proxied.fate == ProxyFate::PassedOn && proxied.host.starts_with("localhost:")
}

/// Judges what the scenario expects and, if it does not expect `survival`, whether the suite did what a good suite
/// does.
async fn judge(case: &Case, env: &CaseEnv, observation: &Observation) -> Result<Vec<Failure>, Broken> {
    let redactor = Redactor::new(env.secrets())?;
    let snapshots = SnapshotContext::new(case, SnapshotMode::Verify, &redactor);
    let judged = JudgeContext { case, realm: &env.realm, session: None, observation, snapshots: &snapshots };
    let mut failures: Vec<Failure> = survival::owed(case, observation).into_iter().collect();
    failures.extend(judge::judge(&case.scenario.expect.value, &judged).await?);
    Ok(failures)
}

/// How long a suite may take to end after it was asked to.
const KILL_GRACE: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;
    use vestibule_model::{IdpProtocol, IdpSpec, OrgSpec, SignInPage};

    #[test]
    fn a_suite_meets_the_my_domain_and_the_sign_in_page_that_it_knows() {
        let own = |name: &str| SuiteOptions { my_domain: Some(name.parse().unwrap()), ..SuiteOptions::default() };
        let date = jiff::civil::date(2026, 9, 1);
        let hosts = |options: &SuiteOptions, kind| {
            let org = as_the_suite_knows_it(RealmSpec::new(OrgSpec::unnamed(kind, date)), options).org;
            (org.my_domain().to_owned(), org.host_kind, org.kind)
        };

        for kind in [OrgKind::Production, OrgKind::Sandbox] {
            let none = hosts(&SuiteOptions::default(), kind);
            assert_eq!(none.1, None, "the kind decides");
            assert_eq!(hosts(&own("globex"), kind), ("globex".into(), Some(OrgKind::Production), kind));
            assert_eq!(hosts(&own("globex--qa"), kind), ("globex--qa".into(), Some(OrgKind::Sandbox), kind));
        }
        let mut spec = RealmSpec::new(OrgSpec::production("acme", date));
        spec.idps.insert("form".into(), IdpSpec { sign_in: SignInPage::Own, ..IdpSpec::new(IdpProtocol::Saml) });
        spec.idps.insert("none".into(), IdpSpec::new(IdpProtocol::Saml));
        let options = SuiteOptions { idp_page: Some(SignInPage::Entra), ..SuiteOptions::default() };
        let pages: Vec<_> = as_the_suite_knows_it(spec, &options).idps.into_values().map(|idp| idp.sign_in).collect();
        assert_eq!(pages, [SignInPage::Entra, SignInPage::Automatic]);
    }
}

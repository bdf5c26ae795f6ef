//! A case in which a suite of the user's own performs the login: told of the realm, watched, judged by two witnesses.

mod briefing;
mod verdict;
mod watch;

use std::time::Duration;

use vestibule_simulator::realm::{Component, HostNaming};

use super::details;
use super::error::RunError;
use super::execute::Executed;
use super::expect::{self, Failure, SnapshotContext, Witness};
use super::options::{ExternalOptions, RunOptions};
use super::twin;
use super::workshop::Workshop;
use super::world::World;
use crate::diagnosis::{self, Evidence, PersonaEvidence};
use crate::external::{Connection, Ended, Launch, OutputLimit, PersonaFacts, Records, SuiteProcess, Variables};
use crate::outcome::{CaseResult, Details, ExternalResult, Finding, Proxied, ProxyFate, Redactor, Survival};
use crate::scenario::Case;
use crate::scenario::model::{SignInStep, Step};
use crate::snapshot::{SnapshotMode, folder_beside};
use crate::stopwatch::Stopwatch;
use briefing::Briefing;
use watch::{Login, Patience};

/// The sign-ins of a case that a command performs; `None` where our own actors do.
pub(super) fn sign_ins(case: &Case) -> Option<Vec<&SignInStep>> {
    let steps = case.scenario.steps.iter().filter_map(|step| match &step.value {
        Step::SignIn(step) => Some(step.as_ref()),
        _ => None,
    });
    let external: Vec<_> = steps.filter(|step| step.actor.command().is_some()).collect();
    (!external.is_empty()).then_some(external)
}

/// Runs the suite of a case in a world of its own. No browser of ours is opened, but to draw what the suite's browser showed.
pub(super) async fn execute(case: &Case, steps: &[&SignInStep], workshop: &Workshop, options: &RunOptions) -> Executed {
    let clock = Stopwatch::start();
    match attempt(case, steps, workshop, options, clock).await {
        Ok(executed) => executed,
        Err(error) => Executed::broken(&error, &clock),
    }
}

async fn attempt(
    case: &Case,
    steps: &[&SignInStep],
    workshop: &Workshop,
    options: &RunOptions,
    clock: Stopwatch,
) -> Result<Executed, RunError> {
    let world = World::start_as(case, &workshop.certs, naming(&options.external)).await?;
    race_codes(case, &world);
    let briefing = Briefing::prepare(case, steps, &world, &options.external)?;
    let folder = workshop.case_folder()?;
    let connection = Connection::open(briefing.connection(&world, workshop, folder.path(), clock).await?).await?;
    let mut variables = Variables::new(&briefing.target, &briefing.personas, &briefing.mappings)?;
    connection.add_to(&mut variables);
    let command = briefing.command.clone();
    let launch = Launch { command, variables, folder: None, output: OutputLimit::default() };
    let mut process = SuiteProcess::start(&launch)?;

    let users = briefing.personas.iter().map(|persona| persona.key.clone()).collect();
    let mut login = Login::expect(&world.realm, users, briefing.sessions_before);
    let patience = Patience { limit: options.timeout, grace: options.external.grace, full: options.external.full };
    let exit = watch::until_judged(&mut process, &mut login, &patience).await;
    let ended = process.end(exit, KILL_AFTER).await;
    login.look();
    let seen = Seen {
        home: login.is_home(),
        missing: login.missing().map(str::to_owned),
        journal_from: login.journal_from(),
        stood_ms: login.stood_ms(),
        ended,
        records: connection.records(),
    };
    connection.close().await;
    let copies = seen.records.copies.clone();
    let mut executed = judged(case, &world, &briefing, seen, clock).await?;
    if options.shots.of(executed.result.verdict) {
        executed.result.details.shots = details::film_of_suite(workshop, copies, &clock).await;
    }
    Ok(executed)
}

/// Lets another worker be a moment faster with the first code of each user who shares a TOTP secret.
fn race_codes(case: &Case, world: &World) {
    for (key, _) in case.scenario.users.iter().filter(|(_, user)| user.value.totp_shared) {
        world.realm.users.update(key, |user| user.totp_raced = true);
    }
}

fn naming(options: &ExternalOptions) -> HostNaming {
    if options.real_hosts { HostNaming::Real } else { HostNaming::Localhost }
}

/// What both witnesses said.
struct Seen {
    home: bool,
    /// Somebody who was not.
    missing: Option<String>,
    /// Where the login begins in the journal.
    journal_from: u64,
    /// How long nothing had happened at the realm.
    stood_ms: u64,
    ended: Ended,
    records: Records,
}

async fn judged(
    case: &Case,
    world: &World,
    briefing: &Briefing,
    seen: Seen,
    clock: Stopwatch,
) -> Result<Executed, RunError> {
    let survival = verdict::survival(seen.home, seen.ended.exit);
    let details = details(world, &seen.records, &clock);
    let finding = match survival {
        Survival::Survived => None,
        _ => diagnosis::diagnose(&evidence(world, briefing, &seen, &details)),
    };
    let redactor = Redactor::new(world.secrets())?;
    let failures = failures(case, world, briefing, survival, finding.as_ref(), &redactor).await?;
    let (verdict, failures) = twin::verdict(case, failures);
    let result = CaseResult {
        journal: super::execute::values(&world.realm.journal.all()),
        login_history: super::execute::values(&world.realm.login_history.all()),
        finding,
        external: Some(ExternalResult {
            survival,
            command: briefing.command.clone(),
            exit: seen.ended.exit,
            output: redactor.redact_output(&seen.ended.output),
            output_bytes: seen.ended.output_bytes,
        }),
        details,
        ..CaseResult::new(verdict, clock.elapsed_ms(), failures)
    };
    Ok(Executed { result, redactor })
}

fn details(world: &World, records: &Records, clock: &Stopwatch) -> Details {
    Details {
        commands: records.commands.clone(),
        proxied: records.proxied.iter().filter(|proxied| !is_own_driver(proxied)).cloned().collect(),
        ..details::of_realm(&world.realm, clock.elapsed())
    }
}

/// Whether a suite spoke to the ChromeDriver that it started: clients call it `localhost`, and Python and Node go through
/// the proxy for that name.
fn is_own_driver(proxied: &Proxied) -> bool {
    proxied.fate == ProxyFate::PassedOn && proxied.host.starts_with("localhost:")
}

fn evidence(world: &World, briefing: &Briefing, seen: &Seen, details: &Details) -> Evidence {
    let missing = |persona: &&PersonaFacts| seen.missing.as_ref() == Some(&persona.key);
    let persona = briefing.personas.iter().find(missing).or(briefing.personas.first());
    let user = persona.and_then(|persona| world.realm.users.get(&persona.key));
    let now = world.realm.clock.now(Component::Org);
    Evidence {
        signed_in: seen.home,
        journal: world.realm.journal.since(seen.journal_from),
        login_history: world.realm.login_history.all(),
        stood_ms: Some(seen.stood_ms),
        details: details.clone(),
        authenticators: seen.records.authenticators.clone(),
        exit: Some(seen.ended.exit),
        output: seen.ended.output.clone(),
        persona: PersonaEvidence {
            user: persona.map(|persona| persona.key.clone()).unwrap_or_default(),
            has_totp_secret: persona.is_some_and(|persona| persona.totp_secret.is_some()),
            has_passkey: user.as_ref().is_some_and(|user| !user.passkeys.is_empty()),
            passkey_in_browser: briefing.passkeys.as_ref().is_some_and(|passkeys| !passkeys.is_empty()),
            foreign_rp_id: persona.and_then(|persona| world.foreign_rp_id(&persona.key)),
            temporary_code_expired: user.as_ref().is_some_and(|user| user.temporary_code_expired(now)),
            username_remembered: user.as_ref().is_some_and(|user| user.spec.remembered),
            device_activated: user.is_some_and(|user| !user.devices.is_empty()),
        },
        ..Evidence::default()
    }
}

/// What the scenario expects, and the survival that a good suite owes where it says nothing of it.
async fn failures(
    case: &Case,
    world: &World,
    briefing: &Briefing,
    survival: Survival,
    finding: Option<&Finding>,
    redactor: &Redactor,
) -> Result<Vec<Failure>, RunError> {
    let journal = world.realm.journal.all();
    let folder = folder_beside(std::path::Path::new(&case.file));
    let witness = Witness {
        case,
        realm: &world.realm,
        browser: None,
        survival: Some(survival),
        finding: finding.cloned(),
        user: briefing.personas.first().map(|persona| persona.key.as_str()),
        sessions_before: briefing.sessions_before,
        stopped: None,
        journal: &journal,
        snapshots: SnapshotContext { folder: &folder, mode: SnapshotMode::Verify, redactor },
    };
    let mut failures: Vec<Failure> = verdict::owed(case, survival, finding).into_iter().collect();
    failures.extend(expect::judge(case, &case.scenario.expect.value, &witness).await?);
    Ok(failures)
}

/// From the polite signal to the other.
const KILL_AFTER: Duration = Duration::from_secs(2);

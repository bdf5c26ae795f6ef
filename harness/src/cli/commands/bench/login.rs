//! The two-step login with a TOTP code, by our runner and by Playwright, alternating.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde::Serialize;
use vestibule_model::PageName;
use vestibule_model::Secret;

use super::org::{Org, Person};
use super::{Measured, broken, cpu, median};
use crate::actor::{ActorKind, AuthenticatorChoice, AuthenticatorState, IdpFields, LoginRoute, Persona, sign_in};
use crate::authenticator::TotpGenerator;
use crate::browser::{Binaries, BrowserError, Driver, Isolation, Search, SessionOptions, WebDriverSession, locate};
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;
use crate::stopwatch::{self, Stopwatch};
use crate::trace::Trace;

mod playwright;

use playwright::Playwright;

/// The two-step login with a TOTP code: our runner against Playwright, on the same org and browser binary
#[derive(Debug, Args)]
pub(super) struct LoginBenchArgs {
    /// How many logins each side does, after one that does not count
    #[arg(long, value_name = "N", default_value_t = 15)]
    logins: usize,

    /// The folder that holds playwright-core [default: target/clients/node_modules]
    #[arg(long, value_name = "DIR", default_value = "target/clients/node_modules", hide_default_value = true)]
    playwright: PathBuf,

    /// One JSON line instead of text
    #[arg(long, help_heading = "Output")]
    json: bool,
}

/// Figures beside the reused session: times in milliseconds, medians; CPU in seconds per login, browser and driver included.
#[derive(Debug, Serialize)]
struct More {
    /// A user context of its own per login, divided by Playwright, whose logins each get one as well.
    isolated_ratio: f64,
    isolated: f64,
    cpu_s: f64,
    isolated_cpu_s: f64,
    playwright_cpu_s: f64,
    server_cpu_s: f64,
    logins: usize,
    browser: String,
}

/// Measures. The first round warms both sides up and does not count.
pub(super) fn bench(args: &LoginBenchArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| broken("start the runtime", &error))?;
    let measured = runtime.block_on(measure(args))?;
    if args.json {
        let line = serde_json::to_string(&measured).map_err(|error| broken("write the figures", &error))?;
        writeln!(console.out, "{line}")?;
    } else {
        let (more, out) = (&measured.more, &mut console.out);
        writeln!(out, "two-step login with a TOTP code, median of {} ({})", more.logins, more.browser)?;
        writeln!(
            out,
            "Playwright, a context per login     {:6.0} ms  {:.3} CPU s",
            measured.baseline, more.playwright_cpu_s
        )?;
        writeln!(out, "ours, a reused session with a reset {:6.0} ms  {:.3} CPU s", measured.ours, more.cpu_s)?;
        writeln!(
            out,
            "ours, a context per login           {:6.0} ms  {:.3} CPU s",
            more.isolated, more.isolated_cpu_s
        )?;
        writeln!(out, "ratio {:.2} reused, {:.2} isolated", measured.ratio, more.isolated_ratio)?;
    }
    Ok(ExitCode::Passed)
}

async fn measure(args: &LoginBenchArgs) -> Result<Measured<More>, CliError> {
    playwright::check(&args.playwright)?;
    let failed = |error: BrowserError| CliError::failed_to(&error, ExitCode::Broken).hint(error.remedy());
    let binaries = locate(&Search::from_environment(None, None, false)).await.map_err(failed)?;
    let rounds = args.logins + 1;
    let org = Org::start(rounds * SIDES)?;
    let folder = tempfile::tempdir().map_err(|error| broken("make a temporary folder", &error))?;
    let mut playwright = Playwright::start(&args.playwright, &binaries.browser, &org.ready.spki_pin)?;
    let mut reused =
        Ours::start(&binaries, Isolation::Reset, &folder.path().join("reset"), &org).await.map_err(failed)?;
    let mut isolated =
        Ours::start(&binaries, Isolation::Context, &folder.path().join("context"), &org).await.map_err(failed)?;
    let mut baseline = Side::default();
    let mut server_start = 0.0;
    for (round, people) in org.ready.users.chunks_exact(SIDES).enumerate() {
        let [first, second, third] = people else { continue };
        if round == 1 {
            server_start = cpu::of_tree(org.process_id());
            (baseline, reused.side, isolated.side) = (Side::default(), Side::default(), Side::default());
        }
        let before = cpu::of_tree(playwright.process_id());
        let ms = playwright.login(&org, first)?;
        tokio::time::sleep(REST).await;
        baseline.add(ms, cpu::of_tree(playwright.process_id()) - before);
        reused.login(&org, second).await?;
        isolated.login(&org, third).await?;
    }
    let server = cpu::of_tree(org.process_id()) - server_start;
    let logins = f64::from(u32::try_from(args.logins).unwrap_or(u32::MAX));
    let (reused, isolated) = (reused.stop().await, isolated.stop().await);
    let (ours, separate, theirs) = (median(reused.ms), median(isolated.ms), median(baseline.ms));
    let more = More {
        isolated_ratio: separate / theirs,
        isolated: separate,
        cpu_s: reused.cpu / logins,
        isolated_cpu_s: isolated.cpu / logins,
        playwright_cpu_s: baseline.cpu / logins,
        server_cpu_s: server / logins / f64::from(u32::try_from(SIDES).unwrap_or(u32::MAX)),
        logins: args.logins,
        browser: format!("{} {}", binaries.browser.display(), binaries.version),
    };
    Ok(Measured { bench: "login", ratio: ours / theirs, ours, baseline: theirs, unit: "ms", more })
}

/// What one side took.
#[derive(Debug, Default)]
struct Side {
    ms: Vec<f64>,
    cpu: f64,
}

impl Side {
    fn add(&mut self, ms: f64, cpu: f64) {
        self.ms.push(ms);
        self.cpu += cpu;
    }
}

/// Our runner's actor in a browser of its own.
struct Ours {
    driver: Driver,
    session: WebDriverSession,
    isolation: Isolation,
    side: Side,
}

impl Ours {
    async fn start(
        binaries: &Binaries,
        isolation: Isolation,
        folder: &std::path::Path,
        org: &Org,
    ) -> Result<Self, BrowserError> {
        let driver = Driver::start(binaries.clone(), folder).await?;
        let pin = Some(org.ready.spki_pin.clone());
        let options = SessionOptions { spki_pin: pin, film: false, ..SessionOptions::default() };
        let session = driver.open(&options).await?;
        Ok(Self { driver, session, isolation, side: Side::default() })
    }

    /// One login with what separates it from the next, as a worker of a run does them.
    async fn login(&mut self, org: &Org, person: &Person) -> Result<(), CliError> {
        let tree = self.driver.process_id().unwrap_or_default();
        let cpu_before = cpu::of_tree(tree) + cpu::of_this_process();
        let clock = Stopwatch::start();
        let failed = |error: BrowserError| CliError::failed_to(&error, ExitCode::Broken);
        match self.isolation {
            Isolation::Context => self.session.fresh_context().await.map_err(failed)?,
            Isolation::Reset | Isolation::Session => self.session.reset().await.map_err(failed)?,
        }
        let totp = TotpGenerator::from_base32(&Secret::new(person.totp_secret.clone()))
            .map_err(|error| broken("read the TOTP secret", &error))?;
        let persona = Persona {
            username: person.username.clone(),
            password: Secret::new(person.password.clone()),
            totp: Some(totp),
            temporary_code: None,
            email: None,
            idp_fields: IdpFields::default(),
            remember: false,
        };
        let mut state = AuthenticatorState::new(AuthenticatorChoice::None, stopwatch::now);
        let route = LoginRoute::Password { login_url: format!("{}/", org.ready.my_domain_url) };
        let mut trace = Trace::start();
        let report = sign_in(ActorKind::Adaptive, &self.session, &persona, &route, &mut state, &mut trace, LIMIT)
            .await
            .map_err(failed)?;
        if report.reached.name != PageName::Home {
            let why = report.stopped.map(|why| why.to_string()).unwrap_or_else(|| report.reached.described());
            return Err(CliError::broken(format!("failed to sign in: {why}")));
        }
        let ms = clock.elapsed().as_secs_f64() * 1000.0;
        tokio::time::sleep(REST).await;
        self.side.add(ms, cpu::of_tree(tree) + cpu::of_this_process() - cpu_before);
        Ok(())
    }

    async fn stop(self) -> Side {
        // What cannot be closed any more is ended with its driver.
        let _closed = self.session.close().await;
        self.driver.stop().await;
        self.side
    }
}

/// Playwright, ours reused, ours isolated.
const SIDES: usize = 3;
/// What a browser still does after a login, such as ending the processes of a closed context, belongs to that side's CPU
/// time and not to the next side's login.
const REST: Duration = Duration::from_millis(100);
const LIMIT: Duration = Duration::from_secs(20);

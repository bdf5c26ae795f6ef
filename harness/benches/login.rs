//! The two-step login with a TOTP code, by our runner, by Playwright and by a client without anything around it, in turn.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use serde::Serialize;
use vestibule::Isolation;
use vestibule::bench_internals::{
    AuthenticatorState, Binaries, BrowserError, Driver, LoginRoute, Persona, Search, SessionOptions, Stopwatch,
    TotpGenerator, Trace, WebDriverSession, locate, now, sign_in,
};
use vestibule_model::{ActorKind, PageName, Secret, SignInPage, with_causes};

#[path = "support/figures.rs"]
mod figures;
#[path = "support/median.rs"]
mod median;
#[path = "support/playwright.rs"]
mod playwright;
#[path = "support/process_cpu.rs"]
mod process_cpu;
#[path = "support/program.rs"]
mod program;
#[path = "support/raw_cdp.rs"]
mod raw_cdp;
#[path = "support/reaped.rs"]
mod reaped;
#[path = "support/served_org.rs"]
mod served_org;
#[path = "support/steps.rs"]
mod steps;

use figures::{Common, Failure, Measured, failed_to};
use median::median;
use playwright::Playwright;
use raw_cdp::RawCdp;
use served_org::{Org, Person};
use steps::{STEPS, Times, typical};

/// The two-step login with a TOTP code: our runner against Playwright, on the same org and browser binary
#[derive(Debug, Parser)]
struct LoginBench {
    /// How many logins each side does, after one that does not count
    #[arg(long, value_name = "N", default_value_t = 15)]
    logins: usize,

    /// The folder that holds playwright-core [default: target/clients/node_modules]
    #[arg(long, value_name = "DIR", default_value = "target/clients/node_modules", hide_default_value = true)]
    playwright: PathBuf,

    #[command(flatten)]
    common: Common,
}

/// Figures besides those of the reused session: median times in milliseconds; CPU seconds per login, including browser
/// and driver.
#[derive(Debug, Serialize)]
struct More {
    /// A new user context per login, divided by Playwright, which also uses one per login.
    isolated_ratio: f64,
    isolated: f64,
    /// The least that a client can take: DevTools commands and nothing else, in a reused tab, divided by Playwright.
    raw_cdp_ratio: f64,
    raw_cdp: f64,
    /// The same with a new user context per login.
    raw_cdp_isolated_ratio: f64,
    raw_cdp_isolated: f64,
    cpu_s: f64,
    isolated_cpu_s: f64,
    raw_cdp_cpu_s: f64,
    playwright_cpu_s: f64,
    server_cpu_s: f64,
    logins: usize,
    browser: String,
    steps: Vec<Step>,
}

/// The typical milliseconds of one step of a login, by side.
#[derive(Debug, Serialize)]
struct Step {
    step: &'static str,
    raw_cdp: f64,
    ours: f64,
    raw_cdp_isolated: f64,
    isolated: f64,
}

fn main() -> ExitCode {
    let args = LoginBench::parse();
    figures::run(|| bench(&args))
}

/// Measures. The first round warms every side up and does not count.
fn bench(args: &LoginBench) -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new().map_err(failed_to("start the runtime"))?;
    let measured = runtime.block_on(measure(args))?;
    measured.write(&args.common, &text(&measured)?)
}

fn text(measured: &Measured<More>) -> Result<String, Failure> {
    let more = &measured.more;
    let mut text = format!(
        "two-step login with a TOTP code, median of {} ({})\n\
         Playwright, a context per login     {:6.0} ms  {:.3} CPU s\n\
         raw CDP, a reused tab               {:6.0} ms  {:.3} CPU s\n\
         ours, a reused session with a reset {:6.0} ms  {:.3} CPU s\n\
         raw CDP, a context per login        {:6.0} ms\n\
         ours, a context per login           {:6.0} ms  {:.3} CPU s\n\
         ratio {:.3} reused (raw CDP {:.3}), {:.3} isolated (raw CDP {:.3})\n\n\
         where the milliseconds go             raw CDP   ours     raw CDP   ours\n\
         {:36}  reused   reused   isolated  isolated",
        more.logins,
        more.browser,
        measured.baseline,
        more.playwright_cpu_s,
        more.raw_cdp,
        more.raw_cdp_cpu_s,
        measured.ours,
        more.cpu_s,
        more.raw_cdp_isolated,
        more.isolated,
        more.isolated_cpu_s,
        measured.ratio,
        more.raw_cdp_ratio,
        more.isolated_ratio,
        more.raw_cdp_isolated_ratio,
        ""
    );
    for Step { step, raw_cdp, ours, raw_cdp_isolated, isolated } in &more.steps {
        write!(text, "\n{step:36} {raw_cdp:7.1}  {ours:7.1}  {raw_cdp_isolated:9.1}  {isolated:8.1}")?;
    }
    Ok(text)
}

async fn measure(args: &LoginBench) -> Result<Measured<More>, Failure> {
    playwright::check(&args.playwright)?;
    let binaries = locate(&Search::from_environment(None, None, false)).await.map_err(told)?;
    let rounds = args.logins + 1;
    let org = Org::start(rounds * SIDES)?;
    let folder = tempfile::tempdir().map_err(failed_to("make a temporary folder"))?;
    let mut playwright = Playwright::start(&args.playwright, &binaries.browser, &org.ready.spki_pin)?;
    let start_raw = |name| RawCdp::start(&binaries, &options(&org), &folder.path().join(name));
    let (mut raw, mut raw_isolated) = (start_raw("raw")?, start_raw("raw-context")?);
    let start_ours =
        async |isolation, name| Ours::start(&binaries, isolation, &folder.path().join(name), &org).await.map_err(told);
    let mut reused = start_ours(Isolation::Reset, "reset").await?;
    let mut isolated = start_ours(Isolation::Context, "context").await?;
    let (mut baseline, mut raw_side, mut raw_isolated_side) = (Side::default(), Side::default(), Side::default());
    let mut server_start = 0.0;
    for (round, people) in org.ready.users.chunks_exact(SIDES).enumerate() {
        let [first, second, third, fourth, fifth] = people else { continue };
        if round == 1 {
            server_start = process_cpu::of_tree(org.process_id());
            (baseline, raw_side, raw_isolated_side) = (Side::default(), Side::default(), Side::default());
            (reused.side, isolated.side) = (Side::default(), Side::default());
        }
        let before = process_cpu::of_tree(playwright.process_id());
        baseline.ms.push(playwright.login(&org, first)?);
        tokio::time::sleep(REST).await;
        baseline.cpu += process_cpu::of_tree(playwright.process_id()) - before;
        raw_side.raw_login(&mut raw, &org, second, false).await?;
        reused.login(&org, third).await?;
        raw_isolated_side.raw_login(&mut raw_isolated, &org, fourth, true).await?;
        isolated.login(&org, fifth).await?;
    }
    let server = process_cpu::of_tree(org.process_id()) - server_start;
    let logins = f64::from(u32::try_from(args.logins).unwrap_or(u32::MAX));
    let (reused, isolated) = (reused.stop().await, isolated.stop().await);
    let (ours, separate, theirs) = (median(reused.ms), median(isolated.ms), median(baseline.ms));
    let (least, least_isolated) = (median(raw_side.ms), median(raw_isolated_side.ms));
    let sides = [&raw_side.steps, &reused.steps, &raw_isolated_side.steps, &isolated.steps].map(|steps| typical(steps));
    let steps = STEPS.iter().enumerate().map(|(number, step)| {
        let [raw_cdp, ours, raw_cdp_isolated, isolated] = [0, 1, 2, 3].map(|side: usize| sides[side][number]);
        Step { step, raw_cdp, ours, raw_cdp_isolated, isolated }
    });
    let more = More {
        isolated_ratio: separate / theirs,
        isolated: separate,
        raw_cdp_ratio: least / theirs,
        raw_cdp: least,
        raw_cdp_isolated_ratio: least_isolated / theirs,
        raw_cdp_isolated: least_isolated,
        cpu_s: reused.cpu / logins,
        isolated_cpu_s: isolated.cpu / logins,
        raw_cdp_cpu_s: raw_side.cpu / logins,
        playwright_cpu_s: baseline.cpu / logins,
        server_cpu_s: server / logins / f64::from(u32::try_from(SIDES).unwrap_or(u32::MAX)),
        logins: args.logins,
        browser: format!("{} {}", binaries.browser.display(), binaries.version),
        steps: steps.collect(),
    };
    Ok(Measured { bench: "login", ratio: ours / theirs, ours, baseline: theirs, unit: "ms", more })
}

/// The browser of every side but Playwright.
fn options(org: &Org) -> SessionOptions {
    let pin = Some(org.ready.spki_pin.clone());
    SessionOptions { spki_pin: pin, page_copies: false, ..SessionOptions::default() }
}

/// The times of one side.
#[derive(Debug, Default)]
struct Side {
    ms: Vec<f64>,
    cpu: f64,
    steps: Vec<Times>,
}

impl Side {
    fn add(&mut self, times: Times, cpu: f64) {
        self.ms.push(times.total());
        self.cpu += cpu;
        self.steps.push(times);
    }

    async fn raw_login(
        &mut self,
        raw: &mut RawCdp,
        org: &Org,
        person: &Person,
        new_context: bool,
    ) -> Result<(), Failure> {
        let before = process_cpu::of_tree(raw.process_id());
        let times = raw.login(org, person, new_context)?;
        tokio::time::sleep(REST).await;
        self.add(times, process_cpu::of_tree(raw.process_id()) - before);
        Ok(())
    }
}

/// Our runner's actor in its own browser.
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
        let session = driver.open(&options(org)).await?;
        Ok(Self { driver, session, isolation, side: Side::default() })
    }

    /// One login, including the isolation from the next login, as in a worker of a run.
    async fn login(&mut self, org: &Org, person: &Person) -> Result<(), Failure> {
        let tree = self.driver.process_id().unwrap_or_default();
        let cpu_before = process_cpu::of_tree(tree) + process_cpu::of_this_process();
        let clock = Stopwatch::start();
        match self.isolation {
            Isolation::Context => self.session.fresh_context().await.map_err(told)?,
            Isolation::Reset | Isolation::Session => self.session.reset().await.map_err(told)?,
        }
        let separated = clock.elapsed().as_secs_f64() * 1000.0;
        let totp = TotpGenerator::from_base32(&Secret::new(person.totp_secret.clone()))
            .map_err(failed_to("read the TOTP secret"))?;
        let persona = Persona {
            username: person.username.clone(),
            password: Secret::new(person.password.clone()),
            totp: Some(totp),
            temporary_code: None,
            email: None,
            answers_push: false,
            idp_page: SignInPage::default(),
            remember: false,
        };
        let mut state = AuthenticatorState::new(now);
        let route = LoginRoute::Password { login_url: format!("{}/", org.ready.my_domain_url) };
        let mut trace = Trace::start();
        let report = sign_in(ActorKind::Adaptive, &self.session, &persona, &route, &mut state, &mut trace, LIMIT)
            .await
            .map_err(told)?;
        if report.reached.name != PageName::Home {
            let why = report.stopped.map(|why| why.to_string()).unwrap_or_else(|| report.reached.described());
            return Err(format!("failed to sign in: {why}").into());
        }
        self.session.make_next(self.isolation);
        let ms = clock.elapsed().as_secs_f64() * 1000.0;
        let done = trace.times_ms().map(|at| separated + Duration::from_millis(at).as_secs_f64() * 1000.0);
        let mut ends: Vec<f64> = std::iter::once(separated).chain(done).collect();
        // The trace counts whole milliseconds.
        ends.pop();
        ends.push(ms);
        tokio::time::sleep(REST).await;
        let times = Times::of_ends(ends).ok_or("failed to time the steps of the login: the actor took other ones")?;
        self.side.add(times, process_cpu::of_tree(tree) + process_cpu::of_this_process() - cpu_before);
        Ok(())
    }

    async fn stop(self) -> Side {
        // A browser that can no longer be closed ends with its driver.
        let _closed = self.session.close().await;
        self.driver.stop().await;
        self.side
    }
}

fn told(error: BrowserError) -> Failure {
    format!("failed to {}; {}", with_causes(&error), error.remedy()).into()
}

/// Playwright, raw CDP and ours, both reused and isolated.
const SIDES: usize = 5;
/// A pause, so that work after a login (such as ending the processes of a closed context) counts as that side's CPU
/// time, not as the next side's.
const REST: Duration = Duration::from_millis(100);
const LIMIT: Duration = Duration::from_secs(20);

//! The two-step login with a TOTP code, by our runner and by Playwright, alternating.

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
#[path = "support/reaped.rs"]
mod reaped;
#[path = "support/served_org.rs"]
mod served_org;

use figures::{Common, Failure, Measured, failed_to};
use median::median;
use playwright::Playwright;
use served_org::{Org, Person};

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
    cpu_s: f64,
    isolated_cpu_s: f64,
    playwright_cpu_s: f64,
    server_cpu_s: f64,
    logins: usize,
    browser: String,
}

fn main() -> ExitCode {
    let args = LoginBench::parse();
    figures::run(|| bench(&args))
}

/// Measures. The first round warms both sides up and does not count.
fn bench(args: &LoginBench) -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new().map_err(failed_to("start the runtime"))?;
    let measured = runtime.block_on(measure(args))?;
    let more = &measured.more;
    let text = format!(
        "two-step login with a TOTP code, median of {} ({})\n\
         Playwright, a context per login     {:6.0} ms  {:.3} CPU s\n\
         ours, a reused session with a reset {:6.0} ms  {:.3} CPU s\n\
         ours, a context per login           {:6.0} ms  {:.3} CPU s\n\
         ratio {:.2} reused, {:.2} isolated",
        more.logins,
        more.browser,
        measured.baseline,
        more.playwright_cpu_s,
        measured.ours,
        more.cpu_s,
        more.isolated,
        more.isolated_cpu_s,
        measured.ratio,
        more.isolated_ratio
    );
    measured.write(&args.common, &text)
}

async fn measure(args: &LoginBench) -> Result<Measured<More>, Failure> {
    playwright::check(&args.playwright)?;
    let binaries = locate(&Search::from_environment(None, None, false)).await.map_err(told)?;
    let rounds = args.logins + 1;
    let org = Org::start(rounds * SIDES)?;
    let folder = tempfile::tempdir().map_err(failed_to("make a temporary folder"))?;
    let mut playwright = Playwright::start(&args.playwright, &binaries.browser, &org.ready.spki_pin)?;
    let mut reused =
        Ours::start(&binaries, Isolation::Reset, &folder.path().join("reset"), &org).await.map_err(told)?;
    let mut isolated =
        Ours::start(&binaries, Isolation::Context, &folder.path().join("context"), &org).await.map_err(told)?;
    let mut baseline = Side::default();
    let mut server_start = 0.0;
    for (round, people) in org.ready.users.chunks_exact(SIDES).enumerate() {
        let [first, second, third] = people else { continue };
        if round == 1 {
            server_start = process_cpu::of_tree(org.process_id());
            (baseline, reused.side, isolated.side) = (Side::default(), Side::default(), Side::default());
        }
        let before = process_cpu::of_tree(playwright.process_id());
        let ms = playwright.login(&org, first)?;
        tokio::time::sleep(REST).await;
        baseline.add(ms, process_cpu::of_tree(playwright.process_id()) - before);
        reused.login(&org, second).await?;
        isolated.login(&org, third).await?;
    }
    let server = process_cpu::of_tree(org.process_id()) - server_start;
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

/// The times of one side.
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
        let pin = Some(org.ready.spki_pin.clone());
        let options = SessionOptions { spki_pin: pin, page_copies: false, ..SessionOptions::default() };
        let session = driver.open(&options).await?;
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
        let ms = clock.elapsed().as_secs_f64() * 1000.0;
        tokio::time::sleep(REST).await;
        self.side.add(ms, process_cpu::of_tree(tree) + process_cpu::of_this_process() - cpu_before);
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

/// Playwright, ours reused, ours isolated.
const SIDES: usize = 3;
/// A pause, so that work after a login (such as ending the processes of a closed context) counts as that side's CPU
/// time, not as the next side's.
const REST: Duration = Duration::from_millis(100);
const LIMIT: Duration = Duration::from_secs(20);

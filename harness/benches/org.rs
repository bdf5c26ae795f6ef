//! Two-step logins with a TOTP code at 1,000 realms behind one listener; baseline: as many users in one realm.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::civil::date;
use serde::Serialize;
use vestibule::bench_internals::Stopwatch;
use vestibule_model::{LoginKind, OrgSpec, UserSpec};
use vestibule_simulator::policy::{Evidence, Origin, Rulebook, decide};

#[path = "support/figures.rs"]
mod figures;
#[path = "support/http_login.rs"]
mod http_login;
#[path = "support/median.rs"]
mod median;
#[path = "support/memory.rs"]
mod memory;
#[path = "support/org_servers.rs"]
mod org_servers;
#[path = "support/process_cpu.rs"]
mod process_cpu;
#[path = "support/reaped.rs"]
mod reaped;

use figures::{Common, Failure, Measured, failed_to};
use http_login::HttpClient;
use median::median;
use memory::resident_mb;
use org_servers::{Person, Served, Server};

/// Two-step logins with a TOTP code over eight connections: 1,000 realms behind one listener against one realm with as many users
#[derive(Debug, Parser)]
struct OrgBench {
    /// How many realms are behind the listener, and how many users sign in each round
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    realms: usize,

    /// How many rounds are measured, after one that does not count
    #[arg(long, value_name = "N", default_value_t = 5)]
    rounds: usize,

    /// Be one of the servers that are measured
    #[arg(long, value_enum, hide = true)]
    serve: Option<Served>,

    #[command(flatten)]
    common: Common,
}

/// Figures besides the rates.
#[derive(Debug, Serialize)]
struct More {
    /// Resident memory of one idle realm with one user, kB of 1,024 bytes.
    realm_kb: f64,
    /// CPU time of a request at the org divided by that of an empty handler of the same server stack.
    floor_x: f64,
    /// One decision of the rules, nanoseconds, best of many.
    decide_ns: f64,
    /// CPU time of a request at the org, milliseconds.
    request_cpu_ms: f64,
    /// CPU time of a request in the client, which shares the machine, milliseconds.
    client_cpu_ms: f64,
    requests_per_login: f64,
    realms: usize,
}

fn main() -> ExitCode {
    let args = OrgBench::parse();
    match args.serve {
        Some(served) => figures::run(|| org_servers::serve(served)),
        None => figures::run(|| bench(&args)),
    }
}

fn bench(args: &OrgBench) -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new().map_err(failed_to("start the runtime"))?;
    let measured = runtime.block_on(measure(args))?;
    let more = &measured.more;
    let text = format!(
        "two-step logins with a TOTP code, {CONNECTIONS} connections, median of {} rounds\n\
         {:5} realms behind one listener  {:7.1} logins/s\n\
         one realm with as many users      {:7.1} logins/s (ratio {:.2})\n\
         memory of an idle realm           {:7.1} kB\n\
         CPU time of a request             {:7.3} ms, {:.1} times that of an empty handler\n\
         a decision of the rules           {:7.0} ns",
        args.rounds,
        more.realms,
        measured.ours,
        measured.baseline,
        measured.ratio,
        more.realm_kb,
        more.request_cpu_ms,
        more.floor_x,
        more.decide_ns
    );
    measured.write(&args.common, &text)
}

async fn measure(args: &OrgBench) -> Result<Measured<More>, Failure> {
    let mut one = Side::start(Server::start(Served::Realms)?)?;
    one.people = one.server.open("one", args.realms)?;
    let mut many = Side::start(Server::start(Served::Realms)?)?;
    std::thread::sleep(PAUSE_BEFORE_MEMORY_READ);
    let alone = resident_mb(many.server.process_id())?;
    for number in 0..args.realms {
        let people = many.server.open(&format!("realm-{number}"), 1)?;
        many.people.extend(people);
    }
    std::thread::sleep(PAUSE_BEFORE_MEMORY_READ);
    let realm_kb = (resident_mb(many.server.process_id())? - alone) * 1024.0 / float(args.realms);

    let mut client_before = 0.0;
    for round in 0..=args.rounds {
        if round == 1 {
            client_before = process_cpu::of_this_process();
            // The round that warms up makes the certificates of all hosts.
            one.begin_to_count();
            many.begin_to_count();
        }
        one.round().await?;
        many.round().await?;
    }
    let client_cpu = process_cpu::of_this_process() - client_before;
    let request = one.cpu_of_request();
    let empty = Server::start(Served::Nothing)?;
    let client = HttpClient::new(&empty.place)?;
    let floor = cpu_of_empty_request(&client, &empty, args.realms * args.rounds).await?;
    let logins = float(args.realms * args.rounds);
    let (ours, baseline) = (median(many.rates.clone()), median(one.rates.clone()));
    let more = More {
        realm_kb,
        floor_x: request / floor,
        decide_ns: decide_ns(),
        request_cpu_ms: request * 1000.0,
        client_cpu_ms: client_cpu * 1000.0 / float_of(one.requests() + many.requests()),
        requests_per_login: float_of(one.requests()) / logins,
        realms: args.realms,
    };
    Ok(Measured { bench: "org", ratio: ours / baseline, ours, baseline, unit: "logins/s", more })
}

/// A server, its client and its users.
struct Side {
    server: Server,
    client: HttpClient,
    people: Vec<Person>,
    /// Logins a second, round by round.
    rates: Vec<f64>,
    requests_before: u64,
    cpu_before: f64,
}

impl Side {
    fn start(server: Server) -> Result<Self, Failure> {
        let client = HttpClient::new(&server.place)?;
        Ok(Self { server, client, people: Vec::new(), rates: Vec::new(), requests_before: 0, cpu_before: 0.0 })
    }

    fn begin_to_count(&mut self) {
        self.rates.clear();
        self.requests_before = self.client.requests();
        self.cpu_before = process_cpu::of_tree(self.server.process_id());
    }

    /// Everybody signs in once.
    async fn round(&mut self) -> Result<(), Failure> {
        let unix = self.server.advance()?;
        let clock = Stopwatch::start();
        // A round may take longer than a code is good.
        let now = || unix + clock.elapsed().as_secs();
        let logins = stream::iter(&self.people).map(|person| self.client.log_in(person, now()));
        logins.buffer_unordered(CONNECTIONS).try_collect::<Vec<()>>().await?;
        self.rates.push(float(self.people.len()) / clock.elapsed().as_secs_f64());
        Ok(())
    }

    /// CPU seconds of the server for one request.
    fn cpu_of_request(&self) -> f64 {
        let seconds = process_cpu::of_tree(self.server.process_id()) - self.cpu_before;
        seconds / float_of(self.requests())
    }

    /// How many requests count.
    fn requests(&self) -> u64 {
        self.client.requests() - self.requests_before
    }
}

async fn cpu_of_empty_request(client: &HttpClient, server: &Server, count: usize) -> Result<f64, Failure> {
    let all = || stream::iter(0..count).map(|_| client.ask()).buffer_unordered(CONNECTIONS);
    all().try_collect::<Vec<()>>().await?;
    let (cpu, requests) = (process_cpu::of_tree(server.process_id()), client.requests());
    // A tick of the clock is as long as a hundred requests.
    for _ in 0..EMPTY_ROUNDS {
        all().try_collect::<Vec<()>>().await?;
    }
    Ok((process_cpu::of_tree(server.process_id()) - cpu) / float_of(client.requests() - requests))
}

/// A decision about a password login of an administrator: the best of many hundreds, each of many.
fn decide_ns() -> f64 {
    let book = Rulebook::newest();
    let day = date(2026, 9, 1);
    let org = OrgSpec::production("acme", day).facts("00D000000000001EAA", true);
    let user = UserSpec::new("System Administrator").totp().facts();
    let evidence = Evidence {
        login: LoginKind::PasswordUi,
        through_sso: false,
        verified_with: None,
        signals: Vec::new(),
        salesforce_mfa_for_sso: false,
        origin: Origin::default(),
    };
    let batch = || {
        let clock = Stopwatch::start();
        for _ in 0..DECISIONS {
            black_box(decide(black_box(&book), &org, &user, black_box(&evidence), day));
        }
        clock.elapsed().as_secs_f64() * 1e9 / f64::from(DECISIONS)
    };
    (0..BATCHES).map(|_| batch()).fold(f64::INFINITY, f64::min)
}

fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn float_of(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

const CONNECTIONS: usize = 8;
const DECISIONS: u32 = 1_000;
const BATCHES: u32 = 300;
const EMPTY_ROUNDS: usize = 4;
const PAUSE_BEFORE_MEMORY_READ: Duration = Duration::from_millis(500);

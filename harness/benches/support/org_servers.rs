//! Servers in processes of their own, so that their CPU time and memory are measured separately: one of realms, and one whose
//! handler does nothing. The benchmark starts itself again as one of them, and talks to it by lines.

use std::io::{BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;

use axum::Router;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use clap::ValueEnum;
use jiff::SignedDuration;
use jiff::civil::date;
use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;
use vestibule::bench_internals::now;
use vestibule_certs::{CertStore, cache_folder};
use vestibule_model::{HostRole, LoginPage, OrgSpec, RealmSpec, UserSpec};
use vestibule_simulator::Simulator;
use vestibule_simulator::policy::Rulebook;

use super::figures::{Failure, failed_to};
use super::reaped::Reaped;

/// What a process serves.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Served {
    /// Realms behind one listener.
    Realms,
    /// Nothing, by the same server stack.
    Nothing,
}

/// Where a server is.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) port: u16,
    /// Host name and port.
    pub(crate) host: String,
    /// The certificate that clients must trust, PEM.
    pub(crate) authority: String,
}

/// Somebody who can sign in.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Person {
    /// My Domain host name and port.
    pub(crate) host: String,
    pub(crate) username: String,
    pub(crate) totp_secret: String,
}

/// A running server.
pub(crate) struct Server {
    pub(crate) place: Place,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    process: Reaped,
}

impl Server {
    /// Starts this program again as a server.
    pub(crate) fn start(served: Served) -> Result<Self, Failure> {
        let name = served.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        let program = std::env::current_exe().map_err(failed_to("find this program"))?;
        let mut command = Command::new(program);
        command.args(["--serve", name.as_str()]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = Reaped(command.spawn().map_err(failed_to("start a server"))?);
        let (to, from) = process.0.stdin.take().zip(process.0.stdout.take()).ok_or("failed to talk to a server")?;
        let mut from = BufReader::new(from);
        let place = read(&mut from)?;
        Ok(Self { place, to, from, process })
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.process.0.id()
    }

    /// Opens a realm with so many users.
    pub(crate) fn open(&mut self, my_domain: &str, users: usize) -> Result<Vec<Person>, Failure> {
        self.ask(&Asked::Open { my_domain: my_domain.to_owned(), users })
    }

    /// Moves the clocks of all realms to the next code of each TOTP app, and says what time it is there.
    pub(crate) fn advance(&mut self) -> Result<u64, Failure> {
        self.ask(&Asked::Advance)
    }

    fn ask<T: for<'de> Deserialize<'de>>(&mut self, asked: &Asked) -> Result<T, Failure> {
        writeln!(self.to, "{}", serde_json::to_string(asked)?).map_err(failed_to("talk to a server"))?;
        read(&mut self.from)
    }
}

fn read<T: for<'de> Deserialize<'de>>(from: &mut impl std::io::BufRead) -> Result<T, Failure> {
    let mut line = String::new();
    from.read_line(&mut line).map_err(failed_to("read from a server"))?;
    serde_json::from_str(&line).map_err(failed_to("read from a server: see its error above"))
}

#[derive(Debug, Serialize, Deserialize)]
enum Asked {
    Open { my_domain: String, users: usize },
    Advance,
}

/// Is a server until its stdin ends.
pub(crate) fn serve(served: Served) -> Result<(), Failure> {
    let runtime = Runtime::new().map_err(failed_to("start the runtime"))?;
    match served {
        Served::Realms => realms(&runtime),
        Served::Nothing => nothing(&runtime),
    }
}

fn realms(runtime: &Runtime) -> Result<(), Failure> {
    let simulator = runtime.block_on(Simulator::builder().org(org("first")).start())?;
    let host = with_port(simulator.realm().hosts.name(&HostRole::MyDomain), simulator.address().port());
    say(&Place { port: simulator.address().port(), host, authority: simulator.ca_pem().to_owned() })?;
    let rulebook = Arc::new(Rulebook::newest());
    let mut realms = Vec::new();
    for line in std::io::stdin().lines() {
        match serde_json::from_str(&line?)? {
            Asked::Open { my_domain, users } => {
                let user = || UserSpec::new("Standard User").password(PASSWORD).totp();
                let users = (0..users).map(|number| (format!("rep{number}"), user())).collect();
                let spec = RealmSpec { users, ..RealmSpec::new(org(&my_domain)) };
                let realm = runtime.block_on(simulator.open_realm(spec, Arc::clone(&rulebook)))?;
                let host = with_port(realm.hosts.name(&HostRole::MyDomain), simulator.address().port());
                let people = realm.users.all().into_iter().map(|user| Person {
                    host: host.clone(),
                    username: user.username,
                    totp_secret: user.totp_secret.map(|secret| secret.reveal().to_owned()).unwrap_or_default(),
                });
                say(&people.collect::<Vec<_>>())?;
                realms.push(realm);
            }
            Asked::Advance => {
                for realm in &realms {
                    realm.clock.advance(SignedDuration::from_secs(TOTP_STEP));
                }
                let time = realms.last().map(|realm| realm.clock.unix(vestibule_model::Component::Org));
                say(&time.unwrap_or_default())?;
            }
        }
    }
    Ok(())
}

/// The server stack of a listener, with a handler that does nothing.
fn nothing(runtime: &Runtime) -> Result<(), Failure> {
    let certs = CertStore::open(&cache_folder(), now())?;
    let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.set_nonblocking(true)?;
    let port = socket.local_addr()?.port();
    let place =
        Place { port, host: with_port("localhost".to_owned(), port), authority: certs.authority_pem().to_owned() };
    let config = RustlsConfig::from_config(certs.server_config()?);
    let app = Router::new().fallback(|| async {}).into_make_service();
    let _entered = runtime.enter();
    let acceptor = RustlsAcceptor::new(config).acceptor(NoDelayAcceptor::new());
    let server = axum_server::from_tcp(socket)?.acceptor(acceptor).http1_only();
    runtime.spawn(server.serve(app));
    say(&place)?;
    std::io::stdin().lines().try_for_each(|line| line.map(drop))?;
    Ok(())
}

fn org(my_domain: &str) -> OrgSpec {
    // MFA is enforced for everybody on this day.
    OrgSpec::production(my_domain, date(2026, 9, 1)).login_page(LoginPage::TwoStep)
}

fn with_port(name: String, port: u16) -> String {
    format!("{name}:{port}")
}

fn say(value: &impl Serialize) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(value)?)?;
    Ok(out.flush()?)
}

/// The password of everybody.
pub(crate) const PASSWORD: &str = "Vestibule-bench-1";
/// Seconds (RFC 6238, 4.1).
const TOTP_STEP: i64 = 30;

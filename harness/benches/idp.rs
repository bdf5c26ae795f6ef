//! The identity provider over TLS: its CPU time per answer, on eight connections; baseline: one RSA-2048 signature by OpenSSL.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, ExitCode, Stdio};
use std::thread::{self, available_parallelism};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Parser;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use futures_util::future::try_join_all;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::Signer;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Request};
use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;
use url::Url;
use vestibule::bench_internals::{Stopwatch, now};

#[path = "support/cpu_clock.rs"]
mod cpu_clock;
#[path = "support/figures.rs"]
mod figures;
#[path = "support/median.rs"]
mod median;
#[path = "support/memory.rs"]
mod memory;
#[path = "support/program.rs"]
mod program;
#[path = "support/reaped.rs"]
mod reaped;

use figures::{Common, Failure, Measured, failed_to};
use median::median;
use memory::resident_mb;
use program::PROGRAM;
use reaped::Reaped;

/// The identity provider over TLS: its CPU time per answer, on eight connections; baseline: one RSA-2048 signature by OpenSSL
#[derive(Debug, Parser)]
struct IdpBench {
    /// How many tokens and how many responses of each kind are measured; of discovery documents, five times as many
    #[arg(long, value_name = "N", default_value_t = 2400)]
    answers: usize,

    /// How many starts are measured, after one that does not count
    #[arg(long, value_name = "N", default_value_t = 11)]
    starts: u32,

    /// A folder with node_modules/oidc-provider, such as target/clients/interop, to measure beside
    #[arg(long, value_name = "PATH")]
    peer: Option<PathBuf>,

    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Serialize)]
struct More {
    /// A token with RS256, in signatures.
    token_x: f64,
    /// A fresh `AuthnRequest` in, a `Response` with one signature out, in signatures.
    saml_x: f64,
    /// The same with two signatures.
    saml_both_x: f64,
    /// A discovery document, in signatures.
    discovery_x: f64,
    /// Real time to each kind of answer, milliseconds.
    latency_ms: BTreeMap<&'static str, Latency>,
    /// Start of the process to the end of the first discovery answer, beyond what `--version` takes, milliseconds, median.
    start_ms: f64,
    /// Resident memory when idle, MiB, median.
    idle_mib: f64,
    /// Resident memory after everything that was measured, MiB.
    loaded_mib: f64,
    /// Tokens per CPU second, divided by those of oidc-provider, which speaks plain HTTP here.
    #[serde(skip_serializing_if = "Option::is_none")]
    peer_ratio: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Latency {
    p50: f64,
    p99: f64,
}

fn main() -> ExitCode {
    let args = IdpBench::parse();
    figures::run(|| bench(&args))
}

fn bench(args: &IdpBench) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (start_ms, idle_mib) = starts(args.starts, &runtime)?;
    let mut signature = Signature::new()?;
    let served = Served::start()?;
    let measured = runtime.block_on(served.measure(args.answers, &mut signature))?;
    let loaded_mib = resident_mb(served.server.0.id())?;
    drop(served);
    let token = &measured["token"];
    let peer_ratio = match &args.peer {
        Some(folder) => {
            let peer = peer_tokens(folder, args.answers / 4, &runtime, &mut signature)?;
            Some(peer.in_signatures() / token.in_signatures())
        }
        None => None,
    };
    let in_signatures = |kind: &str| measured[kind].in_signatures();
    let more = More {
        token_x: in_signatures("token"),
        saml_x: in_signatures("saml"),
        saml_both_x: in_signatures("saml_both"),
        discovery_x: in_signatures("discovery"),
        latency_ms: measured.iter().map(|(kind, rounds)| (*kind, rounds.latency())).collect(),
        start_ms,
        idle_mib,
        loaded_mib,
        peer_ratio,
    };
    let (ours, ratio, baseline) = (median(token.cpu_ms.clone()), more.token_x, median(signature.cpu_ms));
    let measured = Measured { bench: "idp", ratio, ours, baseline, unit: "ms", more };
    measured.write(&args.common, &text(&measured))
}

fn text(measured: &Measured<More>) -> String {
    let More { token_x, saml_x, saml_both_x, discovery_x, start_ms, idle_mib, loaded_mib, .. } = &measured.more;
    let mut text = format!("an RSA-2048 signature {:.3} ms of CPU time\n", measured.baseline);
    let kinds = [("token", token_x), ("saml", saml_x), ("saml_both", saml_both_x), ("discovery", discovery_x)];
    for (kind, times) in kinds {
        let Latency { p50, p99 } = &measured.more.latency_ms[kind];
        text.push_str(&format!("{kind:21} {times:.2} of a signature; p50 {p50:.2} ms, p99 {p99:.2} ms\n"));
    }
    text.push_str(&format!("start {start_ms:.1} ms; memory {idle_mib:.1} MiB idle, {loaded_mib:.1} MiB after all"));
    if let Some(ratio) = measured.more.peer_ratio {
        text.push_str(&format!("\n{ratio:.2} times the tokens per CPU second of oidc-provider"));
    }
    text
}

/// What answers are compared with. It is measured before and after each round of them: the speed of a machine drifts.
struct Signature {
    key: PKey<Private>,
    /// CPU time of one signature, milliseconds, each time that it was measured.
    cpu_ms: Vec<f64>,
}

impl Signature {
    fn new() -> Result<Self, Failure> {
        Ok(Self { key: PKey::from_rsa(Rsa::generate(2048)?)?, cpu_ms: Vec::new() })
    }

    /// CPU time of one signature, milliseconds, while every core signs, as every core works when the server is measured.
    fn measure(&mut self) -> Result<f64, Failure> {
        let threads = available_parallelism().map_or(1, std::num::NonZero::get);
        let before = cpu_clock::seconds(process::id())?;
        thread::scope(|scope| {
            let sign = || {
                for _ in 0..SIGNATURES {
                    Signer::new(MessageDigest::sha256(), &self.key)?.sign_oneshot_to_vec(b"what is signed")?;
                }
                Ok::<(), openssl::error::ErrorStack>(())
            };
            let running: Vec<_> = (0..threads).map(|_| scope.spawn(sign)).collect();
            running.into_iter().try_for_each(|one| one.join().unwrap_or(Ok(())))
        })?;
        let seconds = cpu_clock::seconds(process::id())? - before;
        let each = seconds * 1000.0 / count(SIGNATURES * threads);
        self.cpu_ms.push(each);
        Ok(each)
    }
}

/// What was measured of one kind of answer.
#[derive(Default)]
struct Rounds {
    /// CPU time of the server per answer, of each round: milliseconds, and signatures.
    cpu_ms: Vec<f64>,
    signatures: Vec<f64>,
    /// Real time of each answer, milliseconds.
    times: Vec<f64>,
}

impl Rounds {
    /// Measures rounds of answers, so many of each connection in all.
    async fn measure<F: Future<Output = Result<Round, Failure>>>(
        each: usize,
        signature: &mut Signature,
        round: impl Fn(usize) -> F,
    ) -> Result<Self, Failure> {
        let mut rounds = Self::default();
        let mut before = signature.measure()?;
        for _ in 0..ROUNDS {
            let Round { cpu, times } = round(each.div_ceil(ROUNDS)).await?;
            let after = signature.measure()?;
            let cpu_ms = cpu * 1000.0 / count(times.len());
            rounds.cpu_ms.push(cpu_ms);
            rounds.signatures.push(cpu_ms / f64::midpoint(before, after));
            rounds.times.extend(times);
            before = after;
        }
        Ok(rounds)
    }

    /// CPU time of the server per answer, signatures.
    fn in_signatures(&self) -> f64 {
        median(self.signatures.clone())
    }

    fn latency(&self) -> Latency {
        let mut times = self.times.clone();
        times.sort_by(f64::total_cmp);
        let at = |percent: usize| times.get(times.len() * percent / 100).or(times.last()).copied().unwrap_or_default();
        Latency { p50: at(50), p99: at(99) }
    }
}

/// What was measured at once.
#[derive(Default)]
struct Round {
    /// CPU time of the server, seconds.
    cpu: f64,
    /// Real time of each answer, milliseconds.
    times: Vec<f64>,
}

impl Round {
    /// Sends these requests, those of one connection one after the other, and measures the process that answers.
    async fn run(
        pid: u32,
        connections: &[Client],
        requests: Vec<Vec<Request>>,
        expected: &'static str,
    ) -> Result<Self, Failure> {
        let before = cpu_clock::seconds(pid)?;
        let each = connections.iter().zip(requests).map(|(client, requests)| async move {
            let mut times = Vec::with_capacity(requests.len());
            for request in requests {
                let clock = Stopwatch::start();
                let answer = client.execute(request).await.map_err(failed_to("get an answer"))?;
                let body = answer.text().await.map_err(failed_to("read an answer"))?;
                times.push(clock.elapsed().as_secs_f64() * 1000.0);
                if !body.contains(expected) {
                    return Err(Failure::from(format!("failed to find {expected} in an answer: {body}")));
                }
            }
            Ok(times)
        });
        let times: Vec<f64> = try_join_all(each).await?.into_iter().flatten().collect();
        Ok(Self { cpu: cpu_clock::seconds(pid)? - before, times })
    }

    /// Asks for tokens. Only so many codes are asked for as are used at once, since a provider may keep few.
    async fn tokens(
        pid: u32,
        connections: &[Client],
        (authorize, token): (&Url, &Url),
        each: usize,
    ) -> Result<Self, Failure> {
        let mut round = Self::default();
        let mut left = each;
        while left > 0 {
            let asked = left.min(CODES_AT_ONCE);
            let requests = token_requests(connections, authorize, token, asked).await?;
            let Self { cpu, times } = Self::run(pid, connections, requests, "id_token").await?;
            round.cpu += cpu;
            round.times.extend(times);
            left -= asked;
        }
        Ok(round)
    }
}

/// A running `vestibule idp`.
struct Served {
    server: Reaped,
    ready: Ready,
}

/// The part of the readiness line that is needed here.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Ready {
    ca_file: PathBuf,
    idps: BTreeMap<String, ReadyIdp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct ReadyIdp {
    metadata_url: Url,
    sign_on_url: Url,
}

impl Served {
    fn start() -> Result<Self, Failure> {
        let mut command = Command::new(PROGRAM);
        command.args(["idp", "--json", "--port=0", "--user=rep"]);
        command.args(["--idp=saml:protocol=saml,sign-in=automatic,amr=pwd"]);
        command.args(["--idp=saml-both:protocol=saml,sign-in=automatic,amr=pwd,sign=both"]);
        command.args(["--idp=oidc:protocol=oidc,sign-in=automatic,amr=pwd"]);
        command.arg(format!("--client=id={CLIENT},secret={CLIENT_SECRET},redirect={REDIRECT}"));
        let (child, line) = begun(command.stderr(Stdio::null()))?;
        let server = Reaped(child);
        let ready = serde_json::from_str(&line).map_err(failed_to("read the readiness line"))?;
        Ok(Self { server, ready })
    }

    /// A connection of a browser.
    fn connection(&self) -> Result<Client, Failure> {
        let pem = fs::read(&self.ready.ca_file).map_err(failed_to("read the test CA"))?;
        let certificate = Certificate::from_pem(&pem).map_err(failed_to("read the test CA"))?;
        let mut builder = Client::builder().no_proxy().cookie_store(true).redirect(Policy::none());
        builder = builder.tls_certs_only([certificate]);
        for idp in self.ready.idps.values() {
            let host = idp.sign_on_url.host_str().unwrap_or_default();
            builder = builder.resolve(host, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        }
        builder.build().map_err(failed_to("make a client"))
    }

    async fn measure(
        &self,
        answers: usize,
        signature: &mut Signature,
    ) -> Result<BTreeMap<&'static str, Rounds>, Failure> {
        let pid = self.server.0.id();
        let each = answers / CONNECTIONS;
        let mut measured = BTreeMap::new();
        for (kind, key) in [("saml", "saml"), ("saml_both", "saml-both")] {
            let connections = self.connections()?;
            let sso_url = &self.ready.idps[key].sign_on_url;
            let ids = Cell::new(0);
            let round = |each| {
                let requests = authn_requests(sso_url, &ids, each);
                async { Round::run(pid, &connections, requests?, "SAMLResponse").await }
            };
            // The first answer of each connection opens it, and a session.
            round(1).await?;
            measured.insert(kind, Rounds::measure(each, signature, round).await?);
        }
        let connections = self.connections()?;
        let idp = &self.ready.idps["oidc"];
        let gets = |count: usize| many(count, || Request::new(reqwest::Method::GET, idp.metadata_url.clone()));
        Round::run(pid, &connections, gets(1), "issuer").await?;
        let round = |each| Round::run(pid, &connections, gets(each), "issuer");
        measured.insert("discovery", Rounds::measure(5 * each, signature, round).await?);
        let token_url = idp.sign_on_url.join("token").map_err(failed_to("write the token endpoint"))?;
        let urls = (&idp.sign_on_url, &token_url);
        measured.insert("token", tokens(pid, &connections, urls, each, signature).await?);
        Ok(measured)
    }

    fn connections(&self) -> Result<Vec<Client>, Failure> {
        (0..CONNECTIONS).map(|_| self.connection()).collect()
    }
}

/// Tokens of a provider. Those of a first round do not count: they open the connections, and let a just-in-time compiler see
/// the code.
async fn tokens(
    pid: u32,
    connections: &[Client],
    urls: (&Url, &Url),
    each: usize,
    signature: &mut Signature,
) -> Result<Rounds, Failure> {
    Round::tokens(pid, connections, urls, FIRST_CODES).await?;
    Rounds::measure(each, signature, |each| Round::tokens(pid, connections, urls, each)).await
}

/// Tokens of oidc-provider.
fn peer_tokens(folder: &Path, answers: usize, runtime: &Runtime, signature: &mut Signature) -> Result<Rounds, Failure> {
    let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed_to("find a free port"))?;
    let port = socket.local_addr().map_err(failed_to("find a free port"))?.port();
    drop(socket);
    let folder = folder.canonicalize().map_err(failed_to("find the folder of oidc-provider"))?;
    let scripts = tempfile::tempdir().map_err(failed_to("make a temporary folder"))?;
    let script = scripts.path().join("peer.mjs");
    fs::write(&script, PEER).map_err(failed_to("write the script"))?;
    let mut command = Command::new("node");
    command.arg(&script).arg(&folder).arg(port.to_string()).args([CLIENT, CLIENT_SECRET, REDIRECT]);
    let (child, _) = begun(command.stderr(Stdio::null()))?;
    let peer = Reaped(child);
    let url = |path: &str| Url::parse(&format!("http://127.0.0.1:{port}/{path}")).map_err(failed_to("write a URL"));
    let (authorize, token) = (url("auth")?, url("token")?);
    let connection = || Client::builder().no_proxy().cookie_store(true).redirect(Policy::none()).build();
    let connections = (0..CONNECTIONS).map(|_| connection()).collect::<Result<Vec<_>, _>>();
    let connections = connections.map_err(failed_to("make a client"))?;
    let each = answers / CONNECTIONS;
    runtime.block_on(tokens(peer.0.id(), &connections, (&authorize, &token), each, signature))
}

/// Token requests, each with a fresh code.
async fn token_requests(
    connections: &[Client],
    authorize: &Url,
    token: &Url,
    each: usize,
) -> Result<Vec<Vec<Request>>, Failure> {
    let asked = connections.iter().map(|client| async move {
        let mut requests = Vec::new();
        for number in 0..each {
            let code = code(client, authorize, number).await?;
            let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", REDIRECT)];
            let request = client.post(token.clone()).basic_auth(CLIENT, Some(CLIENT_SECRET)).form(&form);
            requests.push(request.build().map_err(failed_to("write a token request"))?);
        }
        Ok::<_, Failure>(requests)
    });
    try_join_all(asked).await
}

/// A code, after the redirects that lead to it.
async fn code(client: &Client, authorize: &Url, number: usize) -> Result<String, Failure> {
    let mut url = authorize.clone();
    url.query_pairs_mut().extend_pairs([
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("redirect_uri", REDIRECT),
        ("scope", "openid"),
        ("state", &number.to_string()),
        ("nonce", &number.to_string()),
    ]);
    for _ in 0..MOST_REDIRECTS {
        let answer = client.get(url.clone()).send().await.map_err(failed_to("ask for a code"))?;
        let location = answer.headers().get("location").and_then(|value| value.to_str().ok());
        let location = location.ok_or_else(|| format!("failed to get a code: {}", answer.status()))?;
        url = url.join(location).map_err(failed_to("follow a redirect"))?;
        if url.as_str().starts_with(REDIRECT) {
            let code = url.query_pairs().find(|(name, _)| name == "code").map(|(_, value)| value.into_owned());
            return code.ok_or_else(|| format!("failed to get a code: {url}").into());
        }
    }
    Err("failed to get a code: too many redirects".into())
}

/// Requests by HTTP-Redirect for each connection, each with the next id.
fn authn_requests(sso_url: &Url, ids: &Cell<usize>, each: usize) -> Result<Vec<Vec<Request>>, Failure> {
    let instant = now();
    let one = || -> Result<Request, Failure> {
        let id = ids.replace(ids.get() + 1);
        let xml = format!(
            "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
             xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_{id}\" \
             Version=\"2.0\" IssueInstant=\"{instant:.3}\" Destination=\"{sso_url}\" \
             ProtocolBinding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" \
             AssertionConsumerServiceURL=\"http://127.0.0.1:9/acs\"><saml:Issuer>urn:bench</saml:Issuer>\
             <samlp:NameIDPolicy Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified\" AllowCreate=\"true\"/>\
             </samlp:AuthnRequest>"
        );
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::default());
        deflated.write_all(xml.as_bytes()).map_err(failed_to("deflate a request"))?;
        let deflated = deflated.finish().map_err(failed_to("deflate a request"))?;
        let mut url = sso_url.clone();
        url.query_pairs_mut().append_pair("SAMLRequest", &STANDARD.encode(deflated));
        Ok(Request::new(reqwest::Method::GET, url))
    };
    (0..CONNECTIONS).map(|_| (0..each).map(|_| one()).collect()).collect()
}

/// So many requests for each connection.
fn many(each: usize, request: impl Fn() -> Request) -> Vec<Vec<Request>> {
    (0..CONNECTIONS).map(|_| (0..each).map(|_| request()).collect()).collect()
}

/// Start to the first discovery answer beyond `--version`, milliseconds, and memory when idle, MiB. The first start may have
/// to make keys and does not count.
fn starts(runs: u32, runtime: &Runtime) -> Result<(f64, f64), Failure> {
    let (mut times, mut weights, mut versions) = (Vec::new(), Vec::new(), Vec::new());
    // Its client knows the certificates, which stay the same, before the server that is measured starts.
    let client = Served::start()?.connection()?;
    for _ in 0..runs {
        let clock = Stopwatch::start();
        let served = Served::start()?;
        let url = served.ready.idps["oidc"].metadata_url.clone();
        let answer = async { client.get(url).send().await?.error_for_status()?.bytes().await };
        runtime.block_on(answer).map_err(failed_to("ask for the discovery document"))?;
        times.push(clock.elapsed().as_secs_f64() * 1000.0);
        // Lets the server free the memory that the answer used.
        thread::sleep(PAUSE_BEFORE_MEMORY_READ);
        weights.push(resident_mb(served.server.0.id())?);
        let clock = Stopwatch::start();
        let version = Command::new(PROGRAM).arg("--version").stdout(Stdio::null()).status();
        version.map_err(failed_to("ask for the version"))?;
        versions.push(clock.elapsed().as_secs_f64() * 1000.0);
    }
    Ok((median(times) - median(versions), median(weights)))
}

/// Starts a program, and waits for its first line.
fn begun(command: &mut Command) -> Result<(Child, String), Failure> {
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(failed_to("start a server"))?;
    let stdout = child.stdout.take().ok_or("failed to read from a server")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).map_err(failed_to("read the readiness line"))?;
    Ok((child, line))
}

/// As a divisor.
fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from).max(1.0)
}

const CONNECTIONS: usize = 8;
const ROUNDS: usize = 10;
/// Of each thread.
const SIGNATURES: usize = 200;
/// Of each connection. oidc-provider keeps a thousand entries in memory, of which a code and its tokens are about eight.
const CODES_AT_ONCE: usize = 8;
const FIRST_CODES: usize = 5 * CODES_AT_ONCE;
const MOST_REDIRECTS: usize = 8;
const PAUSE_BEFORE_MEMORY_READ: Duration = Duration::from_millis(200);
const CLIENT: &str = "bench";
const CLIENT_SECRET: &str = "bench-secret";
const REDIRECT: &str = "http://127.0.0.1:9/callback";
const PEER: &str = include_str!("support/peer.mjs");

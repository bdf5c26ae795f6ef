//! `vestibule attack`: the catalogue of wrong answers, run against an app of anybody.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use jiff::civil::Date;
use tokio::sync::watch;
use url::Url;
use vestibule_model::{EndpointUrl, IdpProtocol, IdpSpec, OrgSpec, SamlSigning, SignInPage, UserSpec};
use vestibule_simulator::attacks::{Case, Protocol};

use crate::attack::{
    AllowedHosts, AttackError, AttackPlan, BrowserUse, Detector, Progress, ProviderSpec, USER, is_here, run,
};
use crate::cli::arguments::parties::PartyArgs;
use crate::cli::arguments::value_parsers::{pair, port, server_url, time_limit, word};
use crate::cli::interrupt::StopSignals;
use crate::cli::output::console::Console;
use crate::cli::output::error::{CliError, unwritable};
use crate::cli::output::warning::warn;
use crate::cli::runtime;
use crate::outcome::{AttackOutcome, ExitCode, Library};
use crate::report::{ATTACK_FORMATS, attack_json, write_case_line, write_results};

mod selection;
#[cfg(test)]
mod tests;

use selection::{Only, listed, selected};

/// Send every wrong answer of an identity provider to an app of yours, and say which it accepts
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  vestibule attack --list                        what is sent, and what a correct app does
  vestibule attack --sp entity=my-app,acs=http://localhost:3000/acs --start http://localhost:3000/login \\
    --signed-in-when '#logout'
  vestibule attack --client id=my-app,redirect=http://localhost:3000/callback --start http://localhost:3000/login \\
    --check http://localhost:3000/me --signed-in-when '200+\"user\":'
  vestibule attack ... --only saml-wrapping,saml.sig.none      some families and cases
  vestibule attack --sp entity=my-app,acs=http://localhost:3000/acs,logout=http://localhost:3000/slo ...   logouts too
  vestibule attack ... --library @node-saml/node-saml@5.1.0    also a report card for a library
  vestibule attack --start https://test.example/login --target test.example ...   not on this machine, on purpose

How it works:
  1. Set the app up with our identity provider: `vestibule idp` prints its metadata, `--snippet` its settings.
  2. Start the app. --start begins a login there; the identity provider signs a user in without a page.
  3. A good login must work, and --signed-in-when must hold after it, but neither before it nor after a failed
     login. Then each case is one login with an empty cookie jar, without a browser or in one.
  4. If the app has a logout address, cases of logout sign in and out: does the session still exist after it?

Exit codes:
  0  the app did as it should in every case
  1  findings: it accepted what must be refused, refused what is legal, crashed or hung
  2  wrong usage, or a host that is not on this machine and not named by --target
  3  a good login does not work, --signed-in-when holds without one, or the app or the browser broke
  4  nothing was selected
  130  interrupted; the reports hold what ran")]
pub(crate) struct AttackArgs {
    #[command(flatten)]
    parties: PartyArgs,

    /// The address at the app that begins a login
    #[arg(long, value_name = "URL", value_parser = server_url, required_unless_present = "list", help_heading = "App")]
    start: Option<Url>,

    /// What shows that somebody is signed in: a CSS selector, url:/path, cookie:NAME, or STATUS+TEXT such as 200+Hello
    #[arg(long, value_name = "SIGN", required_unless_present = "list", help_heading = "App")]
    signed_in_when: Option<Detector>,

    /// The page on which to look for that sign [default: where a good login ends]
    #[arg(long, value_name = "URL", value_parser = server_url, help_heading = "App")]
    check: Option<Url>,

    /// A host that is not on this machine, named again on purpose (repeatable)
    #[arg(long, value_name = "HOST", value_parser = host, help_heading = "App")]
    target: Vec<String>,

    /// The certificate of an authority that issued the app's own certificate, PEM (repeatable)
    #[arg(long, value_name = "FILE", help_heading = "App")]
    trust: Vec<PathBuf>,

    // As a doc comment, `rep@` would be read as a link.
    #[arg(long, value_name = "VALUE", help_heading = "Identity provider", help = NAME_ID_HELP)]
    name_id: Option<String>,

    /// An attribute or claim of that user that the app needs (repeatable)
    #[arg(long = "attribute", value_name = "NAME=VALUE", value_parser = pair, help_heading = "Identity provider")]
    attributes: Vec<(String, String)>,

    /// The parts of a good SAML response that are signed: response, assertion or both [default: assertion]
    #[arg(long, value_name = "PART", value_parser = word::<SamlSigning>, help_heading = "Identity provider")]
    sign: Option<SamlSigning>,

    /// Port of the identity provider on 127.0.0.1; 0 picks a free port
    #[arg(long, value_name = "PORT", value_parser = port, default_value_t = 8443, help_heading = "Identity provider")]
    #[arg(env = "VESTIBULE_PORT", hide_env_values = true)]
    port: u16,

    /// Speak plain HTTP instead of HTTPS, for apps that cannot trust a certificate
    #[arg(long, help_heading = "Identity provider")]
    http: bool,

    /// The origin in the URLs of the identity provider, where the app reaches it under another name
    #[arg(long, value_name = "URL", help_heading = "Identity provider")]
    public_url: Option<EndpointUrl>,

    /// Only these families and cases, by their names or the beginning of an id: saml-wrapping, saml.sig (repeatable)
    #[arg(long, value_name = "FAMILY|ID", value_delimiter = ',', help_heading = "Run")]
    only: Vec<Only>,

    /// List the cases, and run nothing
    #[arg(long, help_heading = "Run")]
    list: bool,

    /// When a browser drives the logins: auto (where a good login needs one), never or always
    #[arg(long, value_name = "WHEN", value_enum, default_value_t, hide_possible_values = true, help_heading = "Run")]
    browser: BrowserUse,

    /// How long one login may take
    #[arg(long, value_name = "DURATION", value_parser = time_limit, default_value = "20s", help_heading = "Run")]
    timeout: Duration,

    /// How long the app may take to start
    #[arg(long, value_name = "DURATION", value_parser = time_limit, default_value = "30s", help_heading = "Run")]
    wait: Duration,

    /// Folder for the reports: HTML, JUnit, SARIF, JSON, and a library's card and badge
    #[arg(long, value_name = "DIR", default_value = "vestibule-attack", help_heading = "Report")]
    #[arg(env = "VESTIBULE_ATTACK_DIR", hide_env_values = true)]
    report_dir: PathBuf,

    /// The library that the results are about, for a report card and a badge
    #[arg(long, value_name = "NAME@VERSION", value_parser = library, help_heading = "Report")]
    library: Option<Library>,

    /// Leave out how to reproduce a finding, while it is not public
    #[arg(long, help_heading = "Report")]
    hide_payloads: bool,

    /// Print JSON on stdout; the text goes to stderr
    #[arg(long, help_heading = "Output")]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// If the app, or what is said of it, cannot be used.
pub(crate) fn attack(args: &AttackArgs, today: Date, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    if args.list {
        return list(args, console);
    }
    let protocol = args.protocol()?.ok_or_else(|| {
        CliError::usage("the app is missing")
            .hint("name it: --sp FILE|URL|entity=ID,acs=URL, or --client id=ID,redirect=URL")
    })?;
    let runtime = runtime::start()?;
    let plan = runtime.block_on(args.plan(protocol, today))?;
    fs::create_dir_all(&args.report_dir).map_err(|error| unwritable(&args.report_dir, &error))?;
    let elsewhere: Vec<&str> = plan.allowed.elsewhere().collect();
    if !elsewhere.is_empty() {
        let hosts = elsewhere.join(", ");
        warn(&format!("ATTACKING {hosts}, WHICH IS NOT ON THIS MACHINE. Go on only if it is yours to test."), console)?;
    }
    let (total, color) = (plan.cases.len(), console.terminal.color_err);
    let outcome = runtime.block_on(async {
        let (told, stop) = watch::channel(false);
        let mut signals = StopSignals::listen()?;
        let twice = async {
            signals.wait().await;
            let _told = told.send(true);
            signals.wait().await;
        };
        // What cannot be written about the progress changes no result.
        let tell = |progress: Progress<'_>| {
            let _shown = console.err.with(|stream| write_progress(stream, &progress, total, color));
        };
        tokio::select! {
            ran = run(&plan, stop, tell) => ran.map_err(|error| failed(&error)),
            () = twice => Err(CliError::interrupted("stopped immediately; no report was written")),
        }
    });
    // Browsers end with the tasks that hold them.
    runtime.shutdown_timeout(SHUTDOWN);
    args.tell(&outcome?, console)
}

const NAME_ID_HELP: &str = "NameID or `sub` of the user who signs in [default: rep@acme.example]";

impl AttackArgs {
    /// What the app speaks; `None` if there is no app.
    fn protocol(&self) -> Result<Option<Protocol>, CliError> {
        match [IdpProtocol::Saml, IdpProtocol::Oidc].map(|one| !self.parties.is_empty(one)) {
            [true, true] => Err(CliError::usage("`--sp` and `--client` are two apps: attack one after the other")),
            [true, false] => Ok(Some(Protocol::Saml)),
            [false, true] => Ok(Some(Protocol::Oidc)),
            [false, false] => Ok(None),
        }
    }

    async fn plan(&self, protocol: Protocol, today: Date) -> Result<AttackPlan, CliError> {
        let (Some(start), Some(sign)) = (self.start.clone(), self.signed_in_when.clone()) else {
            return Err(CliError::usage("`--start` and `--signed-in-when` are missing"));
        };
        let spoken = if protocol == Protocol::Oidc { IdpProtocol::Oidc } else { IdpProtocol::Saml };
        let mut idp = IdpSpec::new(spoken);
        idp.sign_in = SignInPage::AutomaticAs(USER.to_owned());
        idp.signing = self.sign.unwrap_or_default();
        idp.public_url.clone_from(&self.public_url);
        let key = spoken.to_string();
        let mut idps = BTreeMap::from([(key.clone(), idp)]);
        let allowed = AllowedHosts::new(self.target.iter().cloned());
        check_host(&allowed, "--start", &start)?;
        if let Some(check) = &self.check {
            check_host(&allowed, "--check", check)?;
        }
        self.parties.metadata_addresses().try_for_each(|url| check_host(&allowed, "--sp", url))?;
        self.parties.register(&mut idps).await?;
        let idp = idps.remove(&key).unwrap_or_else(|| IdpSpec::new(spoken));
        for (option, address) in addresses(&idp) {
            let url = Url::parse(address.as_str());
            url.map_or(Ok(()), |url| check_host(&allowed, option, &url))?;
        }
        let mut user = UserSpec::new("Standard User");
        user.federation_id.clone_from(&self.name_id);
        for (name, value) in &self.attributes {
            user.attributes.entry(name.clone()).or_default().push(value.clone());
        }
        let authorities = self.trust.iter().map(|path| {
            fs::read(path).map_err(|error| CliError::usage(format!("failed to read {}: {error}", path.display())))
        });
        let provider = ProviderSpec {
            key,
            idp,
            user,
            org: OrgSpec::production(COMPANY, today),
            plain_http: self.http,
            port: self.port,
        };
        Ok(AttackPlan {
            start,
            check: self.check.clone(),
            sign,
            allowed,
            authorities: authorities.collect::<Result<_, _>>()?,
            cases: selected(&self.only, protocol, provider.has_logout())?,
            provider,
            protocol,
            browser: self.browser,
            limit: self.timeout,
            wait: self.wait,
            library: self.library.clone(),
            hide_payloads: self.hide_payloads,
        })
    }

    /// Writes the results and the reports.
    fn tell(&self, outcome: &AttackOutcome, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
        let mut written: Vec<(&str, PathBuf)> = Vec::new();
        let mut trouble = None;
        for format in ATTACK_FORMATS.iter().filter(|format| !format.of_library || self.library.is_some()) {
            let path = self.report_dir.join(format.file);
            let text = format.render(outcome).map_err(|error| CliError::failed_to(&error, ExitCode::Broken));
            match text.and_then(|text| fs::write(&path, text).map_err(|error| unwritable(&path, &error))) {
                Ok(()) => written.push((format.name, path)),
                Err(error) => drop(trouble.get_or_insert(error)),
            }
        }
        let (results, looks) = console.results(self.json);
        let shown = results.with(|stream| {
            write_results(stream, outcome, looks)?;
            written.iter().try_for_each(|(name, path)| writeln!(stream, "{name}: {}", path.display()))
        });
        CliError::unless_reader_gone(shown)?;
        if self.json {
            let json = attack_json(outcome);
            let json = json.map_err(|error| CliError::broken(format!("failed to write JSON: {error}")))?;
            CliError::unless_reader_gone(writeln!(console.out, "{json}"))?;
        }
        match trouble {
            Some(error) => Err(error),
            None => Ok(outcome.exit_code()),
        }
    }
}

/// Refuses an address that is not on this machine and whose host is not named a second time.
fn check_host(allowed: &AllowedHosts, option: &str, url: &Url) -> Result<(), CliError> {
    allowed.check(url).map_err(|refused| {
        let host = refused.host;
        let title = format!("{host}, of {option}, is not on this machine: nothing was sent");
        CliError::usage(title).hint(format!("if it is yours to attack, name it a second time: --target {host}"))
    })
}

/// Where the identity provider would send an answer or a logout to, or ask for keys.
fn addresses(idp: &IdpSpec) -> Vec<(&'static str, &EndpointUrl)> {
    let acs = idp.service_providers.values().flat_map(|sp| &sp.acs).map(|acs| ("--sp", &acs.url));
    let redirects = idp.relying_parties.values().flat_map(|rp| &rp.redirect_uris).map(|uri| ("--client", uri));
    let keys = idp.relying_parties.values().filter_map(|rp| rp.jwks_uri.as_ref()).map(|uri| ("--client", uri));
    let logouts = idp.service_providers.values().filter_map(|sp| sp.single_logout.as_ref());
    let logouts = logouts.flat_map(|service| [&service.url, service.answers_at()]).map(|url| ("--sp", url));
    let back_channels = idp.relying_parties.values().filter_map(|rp| rp.backchannel_logout_uri.as_ref());
    let back_channels = back_channels.map(|uri| ("--client", uri));
    acs.chain(redirects).chain(keys).chain(logouts).chain(back_channels).collect()
}

/// Lists the cases that would run.
fn list(args: &AttackArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let cases = match args.protocol()? {
        Some(protocol) => selected(&args.only, protocol, true)?,
        None => listed(&args.only),
    };
    for case in &cases {
        if args.json {
            console.out.json_line(&ListedCase::of(case))?;
        } else {
            writeln!(console.out, "{:<36} {:<9} {}; {}", case.id, case.severity, case.expected, case.about)?;
        }
    }
    if cases.is_empty() {
        return Err(CliError::nothing_selected("no case is selected"));
    }
    Ok(ExitCode::Passed)
}

#[derive(serde::Serialize)]
#[serde(rename_all = "kebab-case")]
struct ListedCase {
    id: &'static str,
    family: String,
    protocol: String,
    expected: String,
    severity: String,
    about: &'static str,
    clause: &'static str,
    fix: &'static str,
}

impl ListedCase {
    fn of(case: &Case) -> Self {
        Self {
            id: case.id.as_str(),
            family: case.family.to_string(),
            protocol: case.protocol.to_string(),
            expected: case.expected.to_string(),
            severity: case.severity.to_string(),
            about: case.about,
            clause: case.clause,
            fix: case.fix,
        }
    }
}

fn write_progress(
    out: &mut dyn std::io::Write,
    progress: &Progress<'_>,
    total: usize,
    color: bool,
) -> std::io::Result<()> {
    match progress {
        Progress::Waiting { document, start } => {
            writeln!(out, "our identity provider: {document}\nthe app: {start}")
        }
        Progress::Proved { check, driven_by, notes } => {
            writeln!(out, "a good login works by {driven_by}, and {check} shows who is signed in")?;
            notes.iter().try_for_each(|note| writeln!(out, "note: {note}"))
        }
        Progress::Done { number, case } => write_case_line(out, *number, total, case, color),
    }
}

fn failed(error: &AttackError) -> CliError {
    let code = if matches!(error, AttackError::Interrupted) { ExitCode::Interrupted } else { ExitCode::Broken };
    CliError::failed_to(error, code).hint_if(error.remedy())
}

/// `app.example`: a host and nothing else.
fn host(text: &str) -> Result<String, String> {
    let url = Url::parse(&format!("https://{text}/")).ok();
    let host = url.as_ref().filter(|url| url.port().is_none() && url.path() == "/" && url.username().is_empty());
    let host = host.and_then(|url| url.host_str()).filter(|host| host.eq_ignore_ascii_case(text));
    let host = host.ok_or("write the host alone, without scheme, port and path: app.example")?;
    let here = url.as_ref().is_some_and(is_here);
    if here { Err(format!("{host} is on this machine: leave it out")) } else { Ok(host.to_owned()) }
}

/// `NAME@VERSION`, where a name may begin with `@`.
fn library(text: &str) -> Result<Library, String> {
    match text.rsplit_once('@') {
        Some((name, version)) if !name.is_empty() && !version.is_empty() => {
            Ok(Library { name: name.to_owned(), version: version.to_owned() })
        }
        _ => Err("write the name and the version: python3-saml@1.16.0, @node-saml/node-saml@5.1.0".to_owned()),
    }
}

/// The name in the addresses of the users, as that of `vestibule idp`.
const COMPANY: &str = "acme";
const SHUTDOWN: Duration = Duration::from_secs(2);

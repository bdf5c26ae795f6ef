//! `vestibule idp`: identity providers without an org, for service providers and relying parties of anybody.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use jiff::civil::Date;
use serde::Serialize;
use vestibule_certs::CertStore;
use vestibule_model::{EndpointUrl, IdpProtocol, IdpSpec, KeyState, OrgSpec, RealmSpec, UserSpec};
use vestibule_simulator::Simulator;
use vestibule_simulator::realm::{HostRole, Realm, SsoTrust};

use super::answers::AnswerArgs;
use super::ready::{Trusted, exports, metadata_url};
use super::snippets::{Facts, Snippet};
use super::spec::{Named, by_key, usual_users, with_lasting_secrets};
use super::{GRACE, STOP, make_signing_keys, tell_decisions, write_trusted};
use crate::cli::arguments::parties::PartyArgs;
use crate::cli::arguments::value_parsers::{pair, port};
use crate::cli::interrupt::StopSignals;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::output::output_error::OutputError;
use crate::cli::output::warning::warn;
use crate::cli::runtime;
use crate::outcome::ExitCode;
use crate::report::Styles;
use crate::runner::cache_folder;
use crate::stopwatch;

/// Serve identity providers without an org
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  vestibule idp                                  one for SAML and one for OpenID Connect, for any app on this machine
  vestibule idp --sp sp-metadata.xml             a service provider by its metadata, and no other
  vestibule idp --sp entity=my-app,acs=http://localhost:3000/acs
  vestibule idp --client id=my-app,redirect=http://localhost:3000/callback,secret=my-secret
  vestibule idp --idp 'okta:method=push' --idp entra --user rep
  vestibule idp --idp okta --next okta:amr=pwd+swk,faults=signals-joined   one wrong answer, then the usual ones
  vestibule idp --http --public-url oidc=http://localhost:8443   for an app that knows neither the host nor the CA
  vestibule idp --snippet node-saml              also the settings of an app, ready to paste
  vestibule idp --port 0 --json > ready.json &   one JSON line once they answer

Exit codes:
  0  stopped by a signal
  2  wrong usage, or metadata that cannot be used
  3  the port is in use, keys cannot be made, or metadata cannot be fetched")]
pub(crate) struct IdpArgs {
    /// Port; 0 picks a free port
    #[arg(long, value_name = "PORT", value_parser = port, default_value_t = 8443, help_heading = "Run")]
    #[arg(env = "VESTIBULE_PORT", hide_env_values = true)]
    port: u16,

    /// Address to listen on; on any but loopback, other machines may reach it, only named parties are answered, and the sign-in
    /// pages ask for a token
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), help_heading = "Run")]
    bind: IpAddr,

    /// Speak plain HTTP instead of HTTPS, for apps that cannot trust a certificate
    #[arg(long, help_heading = "Run")]
    http: bool,

    /// The origin in the URLs of an identity provider, where apps reach it under another name: oidc=http://localhost:8443
    /// (repeatable)
    #[arg(long = "public-url", value_name = "KEY=URL", value_parser = public_url, help_heading = "Run")]
    public_urls: Vec<(String, EndpointUrl)>,

    /// An identity provider: KEY or KEY:preset=...,protocol=saml|oidc,method=... (repeatable) [default: saml and oidc, where
    /// you choose who signs in]
    #[arg(long = "idp", value_name = "IDP", help_heading = "Identity providers")]
    idps: Vec<Named<IdpSpec>>,

    /// A user: KEY or KEY:password=...,username=...,federation-id=... (repeatable) [default: admin and rep]
    #[arg(long = "user", value_name = "USER", help_heading = "Identity providers")]
    users: Vec<Named<UserSpec>>,

    #[command(flatten)]
    answers: AnswerArgs,

    #[command(flatten)]
    parties: PartyArgs,

    /// Also print the settings of an app for the first identity provider that speaks its protocol
    #[arg(long, value_enum, value_name = "APP", help_heading = "Output", conflicts_with = "json")]
    snippet: Option<Snippet>,

    /// One JSON line instead of text, once they answer
    #[arg(long, help_heading = "Output")]
    json: bool,
}

/// Serves until a signal comes.
///
/// # Errors
/// If the port is in use, keys cannot be made, or metadata cannot be read.
pub(crate) fn idp(args: &IdpArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let runtime = runtime::start()?;
    let folder = cache_folder();
    let mut spec = with_lasting_secrets(args.spec(stopwatch::today())?);
    let certs = runtime.spawn_blocking({
        let folder = folder.clone();
        move || CertStore::open(&folder, stopwatch::now())
    });
    runtime.block_on(async {
        args.parties.register(&mut spec.idps).await?;
        let certs = certs.await.map_err(|error| CliError::broken(format!("failed to read the keys: {error}")))?;
        let certs = certs.map_err(|error| CliError::failed_to(&error, ExitCode::Broken).hint_if(error.remedy()))?;
        let trusted = write_trusted(&folder, &certs, console)?;
        // Signals are handled before the readiness line is printed: its reader may stop the program at once.
        let mut stop = StopSignals::listen()?;
        let builder = Simulator::builder().spec(spec).certs(certs).bind(args.bind).port(args.port);
        let simulator = builder.start().await;
        let simulator =
            simulator.map_err(|error| CliError::failed_to(&error, ExitCode::Broken).hint_if(error.remedy()))?;
        let realm = simulator.realm();
        make_signing_keys(realm);
        let ready = Ready::of(realm, trusted);
        if args.json {
            console.out.json_line(&ready)?;
            console.out.flush()?;
        } else {
            ready.write_text(console)?;
            if let Some(snippet) = args.snippet {
                writeln!(console.out, "\n{}", ready.snippet(snippet, realm)?)?;
                console.out.flush()?;
            }
            writeln!(console.err, "\n{STOP}")?;
        }
        if let Some(token) = &realm.guard {
            let text = format!(
                "other machines may reach {}: apps need no token there, and the sign-in pages ask for {}",
                simulator.address(),
                token.reveal()
            );
            warn(&text, console)?;
        }
        let stopped = async {
            stop.wait().await;
            ExitCode::Passed
        };
        let code = tell_decisions(realm, console, stopped).await?;
        simulator.shut_down(GRACE).await;
        Ok(code)
    })
}

impl IdpArgs {
    /// The realm that the arguments describe, without its parties. Where no party of a protocol is named, every one on this
    /// machine is answered.
    fn spec(&self, today: Date) -> Result<RealmSpec, CliError> {
        let mut users = by_key("--user", &self.users)?;
        if users.is_empty() {
            users = usual_users();
            users.iter_mut().for_each(|(key, user)| give_mail(key, user));
        }
        let mut idps = by_key("--idp", &self.idps)?;
        if idps.is_empty() {
            let usual = [IdpProtocol::Saml, IdpProtocol::Oidc];
            idps = usual.map(|protocol| (protocol.to_string(), IdpSpec::new(protocol))).into();
        }
        let guarded = !self.bind.is_loopback();
        if guarded && [IdpProtocol::Saml, IdpProtocol::Oidc].into_iter().all(|one| self.parties.is_empty(one)) {
            let title = format!("other machines may reach {}, so only parties that are named are answered", self.bind);
            return Err(
                CliError::usage(title).hint("name yours: --sp entity=ID,acs=URL or --client id=ID,redirect=URL")
            );
        }
        if guarded && idps.values().any(|idp| idp.accept_loopback) {
            let title = format!(
                "other machines may reach {}, and `accept-loopback` answers the apps of each of them",
                self.bind
            );
            return Err(CliError::usage(title).hint("leave it out: only parties that are named are answered there"));
        }
        for idp in idps.values_mut() {
            idp.accept_loopback |= !guarded && self.parties.is_empty(idp.protocol);
        }
        self.name_in_public(&mut idps)?;
        self.answers.set_up(&mut idps, &users)?;
        let realm = RealmSpec::new(OrgSpec::production(COMPANY, today));
        Ok(RealmSpec { users, idps, serves_org: false, plain_http: self.http, guarded, ..realm })
    }

    /// Gives identity providers the origins of `--public-url`.
    fn name_in_public(&self, idps: &mut BTreeMap<String, IdpSpec>) -> Result<(), CliError> {
        let mut hosts = BTreeSet::new();
        for (key, url) in &self.public_urls {
            let keys = idps.keys().cloned().collect::<Vec<_>>().join(", ");
            let unknown = || CliError::usage(format!("there is no identity provider `{key}`; there are: {keys}"));
            let idp = idps.get_mut(key).ok_or_else(unknown)?;
            if idp.public_url.replace(url.clone()).is_some() {
                return Err(CliError::usage(format!("`--public-url {key}` is given twice")));
            }
            if !hosts.insert(url.host()) {
                let title = format!("two identity providers cannot have the host `{}`", url.host());
                return Err(CliError::usage(title).hint("a request is told apart by its host, and not by its port"));
            }
        }
        Ok(())
    }
}

/// Gives a user an attribute, since some service providers refuse an answer without an `AttributeStatement`.
fn give_mail(key: &str, user: &mut UserSpec) {
    user.attributes.insert("mail".to_owned(), vec![format!("{key}@{COMPANY}.example")]);
}

/// `KEY=URL`, where the URL is an origin.
fn public_url(text: &str) -> Result<(String, EndpointUrl), String> {
    let (key, url) = pair(text)?;
    let url: EndpointUrl = url.parse()?;
    if !url.is_origin() {
        return Err("leave out the path: write KEY=http://localhost:8443".to_owned());
    }
    Ok((key, url))
}

/// Where everything is and who can sign in. Passwords are printed on purpose: they belong to simulated users.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Ready {
    idps: BTreeMap<String, ServedIdp>,
    users: Vec<ServedUser>,
    /// The test CA's certificate alone.
    ca_file: PathBuf,
    /// The same with the authorities of this machine.
    ca_bundle_file: PathBuf,
    spki_pin: String,
    /// For programs whose resolver does not know names below `.localhost`.
    hosts: Vec<String>,
    /// What the sign-in pages ask for, where other machines may reach them.
    sign_in_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct ServedIdp {
    protocol: IdpProtocol,
    /// SAML metadata or OpenID Connect discovery.
    metadata_url: String,
    /// Entity id or issuer.
    name: String,
    /// Where a request of the browser goes.
    sign_on_url: String,
    /// Entity ids or client ids of those who are registered.
    registered: Vec<String>,
    /// Whether everybody else on this machine is answered too.
    accepts_loopback: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct ServedUser {
    key: String,
    username: String,
    password: String,
    /// `NameID`, `sub`.
    federation_id: String,
}

impl Ready {
    fn of(realm: &Realm, trusted: Trusted) -> Self {
        let users = realm.users.all().into_iter().map(|user| ServedUser {
            key: user.key,
            username: user.username,
            password: user.password.reveal().to_owned(),
            federation_id: user.federation_id,
        });
        Self {
            idps: realm.trusts.iter().map(|trust| (trust.idp.clone(), ServedIdp::of(realm, trust))).collect(),
            users: users.collect(),
            ca_file: trusted.authority,
            ca_bundle_file: trusted.bundle,
            spki_pin: realm.certs.spki_pin().to_owned(),
            hosts: realm.hosts.all().into_iter().filter(|host| host.ends_with(".localhost")).collect(),
            sign_in_token: realm.guard.as_ref().map(|token| token.reveal().to_owned()),
        }
    }

    fn write_text(&self, console: &mut Console<'_>) -> Result<(), OutputError> {
        let styles = Styles::new(console.terminal.color_out);
        let (path, strong) = (styles.path, styles.strong);
        let out = &mut console.out;
        let reach = if self.sign_in_token.is_none() { "on this machine only" } else { "other machines too" };
        writeln!(out, "Simulated identity providers answer {reach}.")?;
        for (key, idp) in &self.idps {
            let (metadata, name) = match idp.protocol {
                IdpProtocol::Saml => ("metadata", "entity id"),
                IdpProtocol::Oidc => ("discovery", "issuer"),
            };
            writeln!(out, "\n{strong}{key}{strong:#}")?;
            writeln!(out, "  {metadata:10} {path}{}{path:#}", idp.metadata_url)?;
            writeln!(out, "  {name:10} {}", idp.name)?;
            writeln!(out, "  {:10} {}", "sign-on", idp.sign_on_url)?;
            writeln!(out, "  {:10} {}", "answers", idp.answered())?;
        }
        writeln!(out, "\n{strong}users{strong:#}")?;
        for ServedUser { key, username, password, .. } in &self.users {
            writeln!(out, "  {key:10} {username}  password {password}")?;
        }
        writeln!(out, "\n{strong}for an app{strong:#}")?;
        for (variable, file) in exports(&self.ca_file, &self.ca_bundle_file) {
            writeln!(out, "  export {variable}={file}")?;
        }
        writeln!(out, "  chromium --ignore-certificate-errors-spki-list={} ...", self.spki_pin)?;
        writeln!(out, "  In /etc/hosts, where names below .localhost are unknown: 127.0.0.1 {}", self.hosts.join(" "))?;
        out.flush()
    }
}

impl Ready {
    /// The settings of an app for the first identity provider that speaks its protocol.
    fn snippet(&self, snippet: Snippet, realm: &Realm) -> Result<String, CliError> {
        let spoken = self.idps.iter().find(|(_, idp)| idp.protocol == snippet.protocol());
        let none = || CliError::usage(format!("no identity provider speaks the protocol {}", snippet.protocol()));
        let (key, idp) = spoken.ok_or_else(none)?;
        let certificate = match (idp.protocol, realm.trust(key)) {
            (IdpProtocol::Saml, Some(trust)) => {
                let key = realm.certs.signing_key(trust.spec.algorithm, KeyState::Valid);
                let key = key.map_err(|error| CliError::failed_to(&error, ExitCode::Broken))?;
                STANDARD.encode(key.certificate_der())
            }
            _ => String::new(),
        };
        Ok(snippet.text(&Facts {
            metadata: &idp.metadata_url,
            name: &idp.name,
            sign_on: &idp.sign_on_url,
            certificate: &certificate,
            ca_file: &self.ca_file.display().to_string(),
        }))
    }
}

impl ServedIdp {
    fn of(realm: &Realm, trust: &SsoTrust) -> Self {
        let spec = &trust.spec;
        let origin = realm.hosts.origin(&HostRole::Idp(trust.idp.clone()));
        let (name, sign_on_url, registered) = match spec.protocol {
            IdpProtocol::Saml => {
                (trust.idp_entity_id.clone(), trust.sso_url.clone(), spec.service_providers.keys().cloned().collect())
            }
            IdpProtocol::Oidc => {
                let sign_on_url = format!("{origin}/oidc/authorize");
                (trust.issuer.clone(), sign_on_url, spec.relying_parties.keys().cloned().collect())
            }
        };
        Self {
            protocol: spec.protocol,
            metadata_url: metadata_url(trust),
            name,
            sign_on_url,
            registered,
            accepts_loopback: spec.accept_loopback,
        }
    }

    /// Whom it answers, in words.
    fn answered(&self) -> String {
        let (whoever, option) = match self.protocol {
            IdpProtocol::Saml => ("every service provider whose ACS is on this machine", "--sp"),
            IdpProtocol::Oidc => ("every client whose redirect URI is on this machine", "--client"),
        };
        if self.accepts_loopback {
            format!("{whoever}; name yours with {option} to close it to others")
        } else if self.registered.is_empty() {
            "nobody: name somebody with ".to_owned() + option
        } else {
            self.registered.join(", ")
        }
    }
}

/// The name in the addresses of the users.
const COMPANY: &str = "acme";

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::cli::arguments::parse_one::parse;

    fn spec(words: &[&str]) -> RealmSpec {
        let args: IdpArgs = parse(words).unwrap();
        args.spec(date(2026, 11, 2)).unwrap()
    }

    #[test]
    fn without_options_there_is_one_of_each_protocol_for_everybody_on_this_machine() {
        let spec = spec(&[]);

        assert!(!spec.serves_org);
        let idps: Vec<_> = spec.idps.iter().map(|(key, idp)| (key.as_str(), idp.protocol)).collect();
        assert_eq!(idps, [("oidc", IdpProtocol::Oidc), ("saml", IdpProtocol::Saml)]);
        assert!(spec.idps.values().all(|idp| idp.accept_loopback && idp.sign_in.is_automatic()));
        let mail: Vec<_> = spec.users.iter().map(|(key, user)| (key.as_str(), &user.attributes["mail"][..])).collect();
        assert_eq!(
            mail,
            [("admin", &["admin@acme.example".to_owned()][..]), ("rep", &["rep@acme.example".to_owned()][..])]
        );
    }

    #[test]
    fn a_user_who_is_named_has_the_attributes_that_are_named() {
        assert!(spec(&["--user=rep"]).users["rep"].attributes.is_empty());
    }

    #[test]
    fn who_names_a_party_closes_its_protocol_to_others() {
        let open = |words: &[&str]| {
            let spec = spec(words);
            ["saml", "oidc"].map(|key| spec.idps[key].accept_loopback)
        };
        let (sp, client) = ("--sp=entity=a,acs=http://localhost/acs", "--client=id=a,redirect=http://localhost/cb");

        assert_eq!(open(&[sp]), [false, true]);
        assert_eq!(open(&[client]), [true, false]);
        assert_eq!(open(&[sp, client]), [false, false]);
    }

    #[test]
    fn whoever_lets_other_machines_in_names_the_parties() {
        let client = "--client=id=a,redirect=http://localhost/cb";

        let open = spec(&["--bind=0.0.0.0", client]);
        let loopback = spec(&["--bind=::1"]);

        assert!(open.guarded && open.idps.values().all(|idp| !idp.accept_loopback));
        assert!(!loopback.guarded && loopback.idps.values().all(|idp| idp.accept_loopback));
        for (words, expected) in [
            (&["--bind=0.0.0.0"][..], "only parties that are named are answered"),
            (&["--bind=0.0.0.0", client, "--idp=okta:accept-loopback=true"][..], "`accept-loopback` answers the apps"),
        ] {
            let args: IdpArgs = parse(words).unwrap();
            let refused = args.spec(date(2026, 11, 2)).unwrap_err();
            assert_eq!(refused.code(), ExitCode::Usage);
            assert!(format!("{refused:?}").contains(expected), "{refused:?}");
        }
    }

    #[test]
    fn an_origin_for_others_belongs_to_one_identity_provider() {
        let named = spec(&["--http", "--public-url=oidc=http://localhost:8443"]);
        assert!(named.plain_http);
        let public = |key: &str| named.idps[key].public_url.as_ref().map(EndpointUrl::origin);
        assert_eq!((public("oidc").as_deref(), public("saml")), (Some("http://localhost:8443"), None));

        for (words, expected) in [
            (&["--public-url=okta=http://localhost:8443"][..], "there is no identity provider `okta`"),
            (&["--public-url=oidc=http://a.example", "--public-url=oidc=http://b.example"][..], "is given twice"),
            (
                &["--public-url=oidc=http://a.example", "--public-url=saml=http://a.example:1"][..],
                "cannot have the host",
            ),
        ] {
            let args: IdpArgs = parse(words).unwrap();
            let refused = args.spec(date(2026, 11, 2)).unwrap_err();
            assert_eq!(refused.code(), ExitCode::Usage);
            assert!(format!("{refused:?}").contains(expected), "{refused:?}");
        }
        for (word, expected) in [
            ("--public-url=http://localhost:8443", "write NAME=VALUE"),
            ("--public-url=oidc=http://localhost:8443/idp", "leave out the path"),
            ("--public-url=oidc", "write NAME=VALUE"),
        ] {
            let refused = parse::<IdpArgs>(&[word]).unwrap_err();
            assert!(refused.contains(expected), "{word}: {refused}");
        }
    }

    #[test]
    fn several_identity_providers_and_users_are_as_in_serve() {
        let spec = spec(&["--idp=okta:method=push", "--idp=entra-v2", "--user=ann:federation-id=ann-7"]);

        let idps: Vec<_> = spec.idps.iter().map(|(key, idp)| (key.as_str(), idp.protocol)).collect();
        assert_eq!(idps, [("entra-v2", IdpProtocol::Oidc), ("okta", IdpProtocol::Saml)]);
        assert_eq!(spec.users["ann"].federation_id.as_deref(), Some("ann-7"));
    }
}

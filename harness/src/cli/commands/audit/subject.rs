//! What is audited: an org, or a file by its content.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use reqwest::Certificate;
use serde_json::Value;
use vestibule_model::{OrgKind, Secret, with_causes};

use super::{AuditArgs, vault_token};
use crate::audit::{
    Connection, Facts, OrgAddress, Patience, ReadError, hardis_of_csv, is_hardis, read_hardis, read_org, read_sf,
    read_table, sf_error,
};
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::runtime;
use crate::outcome::ExitCode;
use crate::runner::cache_folder;

/// What is audited.
pub(super) enum Subject {
    /// A users file.
    Users(PathBuf),
    /// What a file says.
    Facts(Box<Facts>),
    /// An org.
    Org(OrgToRead),
}

/// An org, and the token for it.
pub(super) struct OrgToRead {
    address: OrgAddress,
    token: Secret,
}

/// Finds out what is audited.
///
/// # Errors
/// If it is nothing that can be audited, or a token is missing.
pub(super) fn of(args: &AuditArgs, console: &mut Console<'_>) -> Result<Subject, CliError> {
    if let Some(path) = &args.sf_json {
        let document = json(&shown(path), &read_text(path)?)?;
        return org_of_sf(args, &document, args.subject.as_deref(), console);
    }
    let Some(subject) = args.subject.as_deref() else {
        return Err(CliError::usage("the org is missing"));
    };
    let path = Path::new(subject);
    if subject == "-" || path.is_file() {
        return of_file(args, path, console);
    }
    if path.exists() {
        return Err(CliError::usage(format!("{subject} is a folder")).hint("name an org or a file"));
    }
    if !subject.contains("://") && !subject.contains('.') && !subject.starts_with("localhost") {
        let error = CliError::usage(format!("there is no file `{subject}`, and it is not the address of an org"));
        return Err(error.hint(format!(
            "if it is an alias of `sf`: sf org auth show-access-token --target-org {subject} > token.txt, then \
             vestibule audit https://MY-DOMAIN.my.salesforce.com --token-file token.txt"
        )));
    }
    if ["csv", "json", "yaml", "yml"].iter().any(|ext| path.extension().is_some_and(|own| own == *ext)) {
        return Err(CliError::usage(format!("there is no file {subject}")));
    }
    org(args, subject, None, console)
}

/// What a file, or stdin, holds.
fn of_file(args: &AuditArgs, path: &Path, console: &mut Console<'_>) -> Result<Subject, CliError> {
    let is_stdin = path == Path::new("-");
    let extension = path.extension().and_then(|ext| ext.to_str()).unwrap_or_default().to_lowercase();
    if !is_stdin && matches!(extension.as_str(), "yaml" | "yml") {
        return Ok(Subject::Users(path.to_owned()));
    }
    let name = shown(path);
    let text = read_text(path)?;
    let begins = text.trim_start_matches('\u{feff}').trim_start().chars().next();
    if matches!(begins, Some('{' | '[')) {
        let document = json(&name, &text)?;
        if is_hardis(&document) {
            return Ok(Subject::Facts(Box::new(read_hardis(&name, &document, args.org_kind))));
        }
        return org_of_sf(args, &document, None, console);
    }
    if begins.is_none() {
        return Err(CliError::nothing_selected(format!("{name} is empty")));
    }
    if !is_stdin && !matches!(extension.as_str(), "csv" | "tsv" | "txt") {
        return Ok(Subject::Users(path.to_owned()));
    }
    if let Some(document) = hardis_of_csv(&text) {
        return Ok(Subject::Facts(Box::new(read_hardis(&name, &document, args.org_kind))));
    }
    let facts = read_table(&name, &text, args.org_kind);
    let facts = facts.map_err(|error| CliError::failed_to(&error, ExitCode::Usage).hint_if(error.remedy()))?;
    Ok(Subject::Facts(Box::new(facts)))
}

/// The org of what `sf` printed.
fn org_of_sf(
    args: &AuditArgs,
    document: &Value,
    named: Option<&str>,
    console: &mut Console<'_>,
) -> Result<Subject, CliError> {
    if let Some(said) = sf_error(document) {
        return Err(CliError::usage(format!("`sf` says: {said}")).hint("log in with `sf org login web --alias uat`"));
    }
    let Some(sf) = read_sf(document) else {
        return Err(CliError::usage("the JSON is neither of `sf org display` nor of an sfdx-hardis report")
            .hint("run `sf org display --target-org uat --json`"));
    };
    let given = given_token(args)?;
    if given.is_none() && sf.redacted {
        return Err(CliError::usage("`sf org display` hides the token since version 2.136.8: [REDACTED]").hint(
            "run `sf org auth show-access-token --target-org uat > token.txt`, and give --token-file token.txt too",
        ));
    }
    let address = named.or(sf.url.as_deref()).ok_or_else(|| {
        CliError::usage("the output of `sf` has a token, but no address").hint("name the org's My Domain, too")
    })?;
    org(args, address, sf.token, console)
}

/// The org at an address, with the token that was given, or else that of `sf`.
fn org(args: &AuditArgs, address: &str, of_sf: Option<Secret>, console: &mut Console<'_>) -> Result<Subject, CliError> {
    let address: OrgAddress = address.parse().map_err(|why: String| CliError::usage(why))?;
    if address.kind() == Some(OrgKind::Production) && !args.production {
        return Err(CliError::usage(format!(
            "{} is the address of a production org: nothing was sent",
            address.shown()
        ))
        .hint("if you mean this org, add --production; an audit only reads"));
    }
    if args.token_from.is_some() {
        let token = vault_token::token(args, &address, authorities(args)?, &cache_folder(), console)?;
        return Ok(Subject::Org(OrgToRead { address, token: checked(token)? }));
    }
    let token = given_token(args)?.or(of_sf).ok_or_else(|| {
        CliError::usage(format!("there is no token for {}", address.shown())).hint(
            "run `sf org auth show-access-token --target-org uat > token.txt` and give --token-file token.txt, or set \
             VESTIBULE_ORG_TOKEN; or log in with an account of the vault: --token-from vault --as USER",
        )
    })?;
    Ok(Subject::Org(OrgToRead { address, token: checked(token)? }))
}

/// The token of `--token-file`, or else of the environment. It is never an argument: other users see those.
fn given_token(args: &AuditArgs) -> Result<Option<Secret>, CliError> {
    let text = match &args.token_file {
        Some(path) => Some(read_text(path)?),
        None => std::env::var(TOKEN_VARIABLE).ok(),
    };
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let Some(text) = text else {
        return match &args.token_file {
            Some(path) => Err(CliError::usage(format!("{} is empty", path.display()))),
            None => Ok(None),
        };
    };
    // `sf org auth show-access-token --json > token.txt`
    match serde_json::from_str::<Value>(&text).ok().as_ref().and_then(read_sf) {
        Some(sf) if sf.redacted => checked(Secret::new("[REDACTED]")).map(Some),
        Some(sf) => Ok(sf.token),
        None => Ok(Some(Secret::new(text))),
    }
}

fn checked(token: Secret) -> Result<Secret, CliError> {
    let text = token.reveal();
    if text.starts_with("[REDACTED]") {
        return Err(CliError::usage("`sf` printed [REDACTED] instead of the token")
            .hint("run `sf org auth show-access-token --target-org uat > token.txt`"));
    }
    let plain = text.chars().all(|c| c.is_ascii_graphic());
    if !plain || text.len() > LONGEST_TOKEN {
        return Err(CliError::usage("this is not a token: it has blanks, line breaks or other characters in it")
            .hint("write the token alone, as `sf org auth show-access-token` prints it"));
    }
    Ok(token)
}

/// Reads an org.
///
/// # Errors
/// If it gives no answer, or is a production org.
pub(super) fn read(org: &OrgToRead, args: &AuditArgs, console: &mut Console<'_>) -> Result<Facts, CliError> {
    let runtime = runtime::start()?;
    let connection =
        Connection::new(org.address.clone(), org.token.clone(), Patience::with_limit(args.timeout), authorities(args)?)
            .map_err(|error| {
                let title = format!("failed to set up the HTTP client: {}", with_causes(&error));
                CliError::broken(title).hint("apt-get install ca-certificates, or name an authority with `--trust`")
            })?;
    // What cannot be written about the progress changes no result.
    let told = |object: &str, rows: usize| {
        let _shown = writeln!(console.err, "read {object}: {rows} rows");
    };
    let facts = runtime.block_on(read_org(&connection, args.production, told));
    facts.map_err(|error| {
        let code = if matches!(error, ReadError::Production(_)) { ExitCode::Usage } else { ExitCode::Broken };
        CliError::failed_to(&error, code).hint_if(error.remedy())
    })
}

/// The authorities of `--trust`, and those of the variable that `sf` reads (contract K1.4).
fn authorities(args: &AuditArgs) -> Result<Vec<Certificate>, CliError> {
    let of_sf = std::env::var_os("NODE_EXTRA_CA_CERTS").map(PathBuf::from);
    let of_sf = of_sf.filter(|path| !path.as_os_str().is_empty());
    let mut all = Vec::new();
    for path in args.trust.iter().chain(&of_sf) {
        let text = read_text(path)?;
        let bundle = Certificate::from_pem_bundle(text.as_bytes());
        let bundle = bundle.ok().filter(|bundle| !bundle.is_empty());
        let not_one = || CliError::usage(format!("{} is not an X.509 certificate in PEM", path.display()));
        all.extend(bundle.ok_or_else(not_one)?);
    }
    Ok(all)
}

/// The text of a file, or of stdin where it is called `-`.
///
/// # Errors
/// If it cannot be read, is no text, or is longer than any such file.
pub(super) fn read_text(path: &Path) -> Result<String, CliError> {
    let failed = |error: std::io::Error| CliError::usage(format!("failed to read {}: {error}", shown(path)));
    let mut bytes = Vec::new();
    let most = LONGEST_FILE.saturating_add(1);
    if path == Path::new("-") {
        std::io::stdin().take(most).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        if fs::metadata(path).map_err(failed)?.is_dir() {
            return Err(CliError::usage(format!("{} is a folder", path.display())));
        }
        File::open(path).map_err(failed)?.take(most).read_to_end(&mut bytes).map_err(failed)?;
    }
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LONGEST_FILE {
        return Err(CliError::usage(format!("{} has more than {} MB", shown(path), LONGEST_FILE / 1024 / 1024)));
    }
    String::from_utf8(bytes).map_err(|_| {
        CliError::usage(format!("{} is not in UTF-8", shown(path)))
            .hint("save it again as UTF-8; Excel calls that \"CSV UTF-8\"")
    })
}

fn json(name: &str, text: &str) -> Result<Value, CliError> {
    let text = text.trim_start_matches('\u{feff}');
    serde_json::from_str(text).map_err(|error| CliError::usage(format!("failed to read {name} as JSON: {error}")))
}

fn shown(path: &Path) -> String {
    if path == Path::new("-") { "stdin".to_owned() } else { path.display().to_string() }
}

const TOKEN_VARIABLE: &str = "VESTIBULE_ORG_TOKEN";
/// Of real tokens, those with the most scopes have a few hundred characters.
const LONGEST_TOKEN: usize = 8 * 1024;
const LONGEST_FILE: u64 = 64 * 1024 * 1024;

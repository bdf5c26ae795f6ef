//! Whether the service accounts of a users file are a weak link.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use vestibule_model::UserSpec;
use vestibule_model::diagnostic::unknown_word;
use vestibule_simulator::policy::{ServiceAccountFinding, audit_service_account, is_service_account};

use super::AuditArgs;
use crate::cli::arguments::users_file;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;

/// A service account with what is wrong with it.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Audited<'a> {
    user: &'a str,
    /// Whether nothing is wrong, as far as the file says.
    good: bool,
    findings: Vec<Shown>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Shown {
    finding: ServiceAccountFinding,
    /// Whether it cannot be known from the file.
    open: bool,
    text: String,
}

/// Audits the service accounts of a users file.
///
/// # Errors
/// If the file cannot be read, has no such user or no service account, or stdout cannot be written to.
pub(super) fn audit(file: &Path, args: &AuditArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    if args.by.is_some() || args.since.is_some() || args.report_dir.is_some() || args.fix.is_some() {
        return Err(CliError::usage(
            "`--by`, `--since`, `--report-dir` and `--fix` need a forecast, and a users file gives none",
        )
        .hint("name an org, a CSV of users or an sfdx-hardis report"));
    }
    let read = users_file::read(file)?;
    let users: BTreeMap<String, UserSpec> = read.into_iter().map(|(key, user)| (key, user.value)).collect();
    let mut all_good = true;
    for key in accounts(args, &users)? {
        let audited = audited(&key, &users);
        all_good &= audited.good;
        if args.json { console.out.json_line(&audited)? } else { write(&audited, console)? }
    }
    Ok(if all_good { ExitCode::Passed } else { ExitCode::Failed })
}

/// The keys of the accounts in question.
fn accounts(args: &AuditArgs, users: &BTreeMap<String, UserSpec>) -> Result<Vec<String>, CliError> {
    if let Some(unknown) = args.users.iter().find(|key| !users.contains_key(*key)) {
        let keys = users.keys().map(String::as_str);
        let diagnostic = unknown_word("unknown-user", "user of this file", unknown, keys);
        return Err(CliError::usage(diagnostic.title).hint_if(diagnostic.hint));
    }
    if !args.users.is_empty() {
        return Ok(args.users.clone());
    }
    let by_type: Vec<String> =
        users.iter().filter(|(_, user)| is_service_account(user)).map(|(key, _)| key.clone()).collect();
    if by_type.is_empty() {
        return Err(CliError::nothing_selected("the file has no service account")
            .hint("name the account with `--user KEY`, or write `user-type: api-only`"));
    }
    Ok(by_type)
}

fn audited<'a>(key: &'a str, users: &BTreeMap<String, UserSpec>) -> Audited<'a> {
    let findings = audit_service_account(key, users);
    let good = findings.iter().all(ServiceAccountFinding::is_open);
    let shown = |finding: ServiceAccountFinding| Shown { open: finding.is_open(), text: finding.text(), finding };
    Audited { user: key, good, findings: findings.into_iter().map(shown).collect() }
}

fn write(audited: &Audited<'_>, console: &mut Console<'_>) -> Result<(), CliError> {
    let verdict = if audited.good { "nothing is wrong" } else { "is a weak link" };
    writeln!(console.out, "{}: {verdict}", audited.user)?;
    for Shown { finding, open, text } in &audited.findings {
        let mark = if *open { "?" } else { "!" };
        writeln!(console.out, "  {mark} {:20} {text}", finding.name())?;
    }
    Ok(())
}

//! `vestibule audit`: whose logins stop at an org, by date; and whether the service accounts of a users file are a weak link.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use vestibule_model::OrgKind;
use vestibule_model::diagnostic::unknown_word;
use vestibule_simulator::policy::Rulebook;

use crate::audit::{Facts, Former, changes, forecast, notes, plan};
use crate::cli::arguments::rules::RulesArgs;
use crate::cli::arguments::value_parsers::{date, time_limit, word};
use crate::cli::arguments::vault::VaultArgs;
use crate::cli::output::console::Console;
use crate::cli::output::error::{CliError, unwritable};
use crate::outcome::{AuditOutcome, AuditedOrg, ExitCode};
use crate::report::{AUDIT_FORMATS, audit_json, write_audit};

mod service_accounts;
mod subject;
#[cfg(test)]
mod tests;
mod vault_token;

use subject::Subject;

/// Say whose logins stop at an org, and when
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sf org auth show-access-token --target-org uat > token.txt
  vestibule audit acme--uat.sandbox.my.salesforce.com --token-file token.txt
  vestibule audit acme--uat.sandbox.my.salesforce.com --token-from vault --as admin@acme.example.uat
  vestibule audit ... --by 2027-03-01 --report-dir audit    reports for people and CI
  vestibule audit ... --since audit/audit.json              what has changed
  vestibule audit ... --fix plan --output plan              changes to review, as files
  sf org display --target-org uat --json | vestibule audit -
  vestibule audit users.csv --org-kind production           without an org
  vestibule audit users.yaml                                the service accounts of a users file

Exit codes:
  0  nobody is known to stop by the day; what is unknown is listed
  1  somebody stops, or something is wrong with an account
  2  wrong usage, or a mistake in a file
  3  the org could not be read
  4  there is nobody to audit")]
pub(crate) struct AuditArgs {
    /// My Domain of the org, a CSV of users, an sfdx-hardis report, a users file, or - for the JSON of `sf` on stdin
    #[arg(value_name = "ORG|FILE", required_unless_present = "sf_json")]
    subject: Option<String>,

    /// Take the address and the token from the output of `sf org display --json` or `sf org auth show-access-token --json`
    #[arg(long, value_name = "FILE", help_heading = "Org")]
    sf_json: Option<PathBuf>,

    /// Read the token from this file [default: the variable VESTIBULE_ORG_TOKEN, or the output of `sf`]
    #[arg(long, value_name = "FILE", help_heading = "Org")]
    token_file: Option<PathBuf>,

    /// Get the token by a SOAP login with the account of the vault that `--as` names; sends its password once
    #[arg(long, value_name = "SOURCE", value_enum, requires = "as_user", help_heading = "Org")]
    #[arg(conflicts_with_all = ["token_file", "sf_json"])]
    token_from: Option<TokenSource>,

    /// The user name of an account of the vault
    #[arg(long = "as", value_name = "USER", requires = "token_from", help_heading = "Org")]
    as_user: Option<String>,

    #[command(flatten)]
    vault: VaultArgs,

    /// Allow a production org
    #[arg(long, help_heading = "Org")]
    production: bool,

    /// The certificate of an authority that issued the org's or the proxy's own certificate, PEM (repeatable)
    #[arg(long, value_name = "FILE", help_heading = "Org")]
    trust: Vec<PathBuf>,

    /// How long one answer may take
    #[arg(long, value_name = "DURATION", value_parser = time_limit, default_value = "30s", help_heading = "Org")]
    timeout: Duration,

    /// The kind of org, for a CSV or a report
    #[arg(long, value_name = "KIND", default_value = "sandbox", value_parser = word::<OrgKind>, help_heading = "Org")]
    org_kind: OrgKind,

    /// A user whose waiver Support has approved, by its username; may be repeated
    #[arg(long, value_name = "USERNAME", help_heading = "Org")]
    waiver_approved: Vec<String>,

    #[command(flatten)]
    rules: RulesArgs,

    /// Fail only for logins that stop by this day [default: on any day that the rulebook knows]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date, help_heading = "Filter")]
    by: Option<Date>,

    /// Only this user, by its username, or by its key in a users file; may be repeated
    #[arg(long = "user", value_name = "USER", help_heading = "Filter")]
    users: Vec<String>,

    /// Say what has changed since an earlier audit, from its audit.json
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    since: Option<PathBuf>,

    /// Folder for the reports: HTML, CSV, JUnit, JSON
    #[arg(long, value_name = "DIR", help_heading = "Report")]
    report_dir: Option<PathBuf>,

    /// Write the changes as files to review: metadata, permission sets and a list; changes nothing in the org
    #[arg(long, value_name = "HOW", value_enum, requires = "output", help_heading = "Report")]
    fix: Option<FixMode>,

    /// Folder for the files of --fix
    #[arg(long, value_name = "DIR", requires = "fix", help_heading = "Report")]
    output: Option<PathBuf>,

    /// Print JSON; for a users file, one object per account
    #[arg(long, help_heading = "Output")]
    json: bool,
}

/// Where a token comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TokenSource {
    /// A login with an account of the vault.
    Vault,
}

/// What is done about what stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FixMode {
    /// Files are written.
    Plan,
}

/// Runs the command.
///
/// # Errors
/// If the org or a file cannot be read, has nobody to audit, or a report cannot be written.
pub(crate) fn audit(args: &AuditArgs, today: Date, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let rulebook = args.rules.rulebook()?;
    let former = args.former()?;
    let mut facts = match subject::of(args, console)? {
        Subject::Users(file) => return service_accounts::audit(&file, args, console),
        Subject::Facts(facts) => *facts,
        Subject::Org(org) => subject::read(&org, args, console)?,
    };
    if let Some(former) = former.as_ref().filter(|former| differs(former.source(), &facts.source)) {
        let (before, now) = (former.source(), &facts.source);
        return Err(CliError::usage(format!("the earlier audit is of {before}, and this one is of {now}"))
            .hint("give the audit.json of the same org to --since"));
    }
    args.narrow(&mut facts)?;
    let outcome = args.outcome(&facts, &rulebook, former.as_ref(), args.rules.date.unwrap_or(today));
    if outcome.rows.is_empty() {
        return Err(CliError::nothing_selected(format!("{} has no user that can log in", outcome.source))
            .hint("an audit needs users: name an org, a CSV with a column Username, or a report with its rows"));
    }
    args.tell(&facts, &outcome, console)
}

/// Whether two audits are of two orgs. Files may have been renamed.
fn differs(before: &str, now: &str) -> bool {
    let is_org = |source: &str| source.contains("://");
    is_org(before) && is_org(now) && before != now
}

impl AuditArgs {
    fn former(&self) -> Result<Option<Former>, CliError> {
        let Some(path) = &self.since else { return Ok(None) };
        let text = subject::read_text(path)?;
        let former = Former::read(&text).map_err(|error| {
            CliError::failed_to(&error, ExitCode::Usage)
                .hint("give the audit.json of `vestibule audit --report-dir DIR`")
        })?;
        Ok(Some(former))
    }

    /// Leaves only the users that were asked for, and notes whose waiver is approved.
    fn narrow(&self, facts: &mut Facts) -> Result<(), CliError> {
        for named in self.users.iter().chain(&self.waiver_approved) {
            if !facts.users.contains_key(named) {
                let usernames = facts.users.keys().map(String::as_str);
                let diagnostic = unknown_word("unknown-user", "user of this audit", named, usernames);
                return Err(CliError::usage(diagnostic.title).hint_if(diagnostic.hint));
            }
        }
        for named in &self.waiver_approved {
            if let Some(user) = facts.users.get_mut(named) {
                user.waiver_approved = true;
            }
        }
        if !self.users.is_empty() {
            let kept: BTreeSet<&String> = self.users.iter().collect();
            facts.users.retain(|username, _| kept.contains(username));
        }
        Ok(())
    }

    fn outcome(&self, facts: &Facts, rulebook: &Rulebook, former: Option<&Former>, date: Date) -> AuditOutcome {
        let rows = forecast(facts, rulebook, date);
        AuditOutcome {
            schema: AuditOutcome::SCHEMA,
            vestibule: env!("CARGO_PKG_VERSION").to_owned(),
            date,
            by: self.by,
            source: facts.source.clone(),
            org: AuditedOrg { id: facts.org.id.clone(), name: facts.org.name.clone(), kind: facts.org.kind },
            rulebook: rulebook.name().to_owned(),
            notes: notes(facts, rulebook, date),
            unknown: facts.gaps.iter().cloned().collect(),
            changes: former.map(|former| changes(former, &rows)),
            rows,
        }
    }

    /// Writes the results, the reports and the plan.
    fn tell(&self, facts: &Facts, outcome: &AuditOutcome, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
        let mut written: Vec<(&str, PathBuf)> = Vec::new();
        if let Some(folder) = &self.report_dir {
            fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
            for format in AUDIT_FORMATS {
                let path = folder.join(format.file);
                let text = format.render(outcome).map_err(|error| CliError::failed_to(&error, ExitCode::Broken))?;
                fs::write(&path, text).map_err(|error| unwritable(&path, &error))?;
                written.push((format.name, path));
            }
        }
        if let (Some(FixMode::Plan), Some(folder)) = (self.fix, &self.output) {
            for file in plan(facts, outcome) {
                let path = folder.join(&file.path);
                let parent = path.parent().unwrap_or(folder);
                let wrote = fs::create_dir_all(parent).and_then(|()| fs::write(&path, &file.text));
                wrote.map_err(|error| {
                    CliError::broken(format!("failed to write the plan {}: {error}", path.display()))
                        .hint("name a folder that you can write to with `--output DIR`")
                })?;
                written.push(("plan", path));
            }
        }
        let (results, looks) = console.results(self.json);
        let shown = results.with(|stream| {
            write_audit(stream, outcome, looks)?;
            written.iter().try_for_each(|(name, path)| writeln!(stream, "{name}: {}", path.display()))
        });
        CliError::unless_reader_gone(shown)?;
        if self.json {
            let json = audit_json(outcome);
            let json = json.map_err(|error| CliError::broken(format!("failed to write JSON: {error}")))?;
            CliError::unless_reader_gone(writeln!(console.out, "{json}"))?;
        }
        Ok(outcome.exit_code())
    }
}

//! `vestibule presets`: what products send after each sign-in method, and what the org makes of it.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde::Serialize;
use vestibule_model::diagnostic::unknown_word;
use vestibule_model::{
    Carriage, Carrier, IdpProtocol, LoginKind, MethodUsed, OrgKind, Preset, Signal, Strength, names_a_preset_file,
};
use vestibule_simulator::idp::presets;
use vestibule_simulator::policy::Rulebook;

use crate::cli::arguments::rules::RulesArgs;
use crate::cli::arguments::value_parsers::word;
use crate::cli::output::console::Console;
use crate::cli::output::decision_words;
use crate::cli::output::error::CliError;
use crate::cli::sso_login::SentSignals;
use crate::diagnosis::SsoEvidence;
use crate::outcome::ExitCode;
use crate::preset_file::{PresetFault, preset_of_file};

mod learn;
#[cfg(test)]
mod tests;
mod text;

use learn::LearnArgs;

/// List what products send after each sign-in method, and what the org makes of it
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "\
Examples:
  vestibule presets                             every product, method by method
  vestibule presets okta --date 2026-07-25      one of them on that day
  vestibule presets --json | jq -r 'select(.strength == \"weak\") | .preset'
  vestibule presets --presets presets/          yours beside the built-in ones
  vestibule presets corp.yaml                   a file of yours alone
  vestibule presets learn trace.har --method push --output corp.yaml   a file from a real response

Exit codes:
  0  the presets were listed
  2  wrong usage or rulebook, or a file that is not a preset
  3  a file cannot be written")]
pub(crate) struct PresetsArgs {
    #[command(subcommand)]
    command: Option<PresetsCommand>,
    /// The preset to show: a name, or a file
    #[arg(value_name = "NAME|FILE")]
    name: Option<String>,
    /// Presets of your own: a file, or a folder of them; may be repeated
    #[arg(long = "presets", value_name = "DIR|FILE")]
    own: Vec<PathBuf>,
    #[command(flatten)]
    rules: RulesArgs,
    /// production, sandbox, trial, converted-trial, scratch, developer-edition, partner-developer-edition or trailhead-playground
    #[arg(long, value_name = "KIND", default_value = "production", value_parser = word::<OrgKind>)]
    #[arg(help_heading = "Org")]
    org_kind: OrgKind,
    /// Print one JSON object per line
    #[arg(long, help_heading = "Output")]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum PresetsCommand {
    /// Make a preset file from a real response
    ///
    /// Reads a SAML response, an ID token, a HAR file or the export of a SAML tracer, as `vestibule inspect` does. Writes
    /// what it says about the sign-in, and nothing about the user. Use the file as `preset: corp.yaml` in a scenario, or
    /// as `--idp corp:preset=corp.yaml`.
    Learn(LearnArgs),
}

/// What a product sends after one method, and what the org makes of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Sent {
    preset: String,
    describe: String,
    /// The first day on which the product sends this, where it is known.
    from: Option<Date>,
    method: MethodUsed,
    protocol: IdpProtocol,
    /// Where `amr` is carried.
    carriage: Carriage,
    amr: Vec<String>,
    /// `acr`, or the `AuthnContextClassRef`.
    acr: Option<String>,
    mark: &'static str,
    source: String,
    addresses: Vec<String>,
    date: Date,
    strength: Strength,
    /// Why it is not enough for a privileged user on this day.
    cause: Option<String>,
    /// What to change, where it is not phishing-resistant.
    fix: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// If a preset, the rulebook or a message cannot be used, or nothing can be written.
pub(crate) fn presets(args: &PresetsArgs, today: Date, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    if let Some(PresetsCommand::Learn(args)) = &args.command {
        return learn::learn(args, console);
    }
    let rulebook = args.rules.rulebook()?;
    let date = args.rules.date.unwrap_or(today);
    let mut all = Vec::new();
    for (name, preset) in chosen(args)? {
        all.push((name.clone(), sent(&name, &preset, &rulebook, args.org_kind, date), preset));
    }
    if args.json {
        for row in all.iter().flat_map(|(_, rows, _)| rows) {
            console.out.json_line(row)?;
        }
        return Ok(ExitCode::Passed);
    }
    let heading = format!("{}, {}, {date}", rulebook.name(), decision_words::word(&args.org_kind));
    let shown = text::presets(&heading, &all, console.terminal.color_out);
    writeln!(console.out, "{}", shown.trim_end())?;
    Ok(ExitCode::Passed)
}

/// The presets that are asked for, by name: the built-in ones, then those of the user.
fn chosen(args: &PresetsArgs) -> Result<Vec<(String, Preset)>, CliError> {
    let mut all = Vec::new();
    for name in presets::names() {
        let preset = presets::describe(name).map_err(|error| CliError::failed_to(&error, ExitCode::Broken))?;
        all.push((name.to_owned(), preset.clone()));
    }
    for place in &args.own {
        for file in files_at(place)? {
            all.push((name_of(&file), preset_of_file(&file).map_err(refused)?));
        }
    }
    let Some(name) = &args.name else { return Ok(all) };
    if let Some(found) = all.iter().find(|(known, _)| known == name) {
        return Ok(vec![found.clone()]);
    }
    if names_a_preset_file(name) {
        let file = Path::new(name);
        return Ok(vec![(name_of(file), preset_of_file(file).map_err(refused)?)]);
    }
    let known = all.iter().map(|(known, _)| known.as_str());
    Err(CliError::usage(unknown_word("unknown-preset", "preset", name, known).in_one_line()))
}

/// The preset files of a folder in the order of their names, or the file itself.
fn files_at(place: &Path) -> Result<Vec<PathBuf>, CliError> {
    if !place.is_dir() {
        return Ok(vec![place.to_owned()]);
    }
    let unreadable = |error| CliError::usage(format!("failed to read {}: {error}", place.display()));
    let mut files = Vec::new();
    for entry in fs::read_dir(place).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        if file.to_str().is_some_and(names_a_preset_file) {
            files.push(file);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(CliError::usage(format!("there is no preset file in {}", place.display()))
            .hint("a preset file ends in .yaml; `vestibule presets learn` makes one"));
    }
    Ok(files)
}

fn name_of(file: &Path) -> String {
    file.file_stem().map_or_else(|| file.display().to_string(), |stem| stem.to_string_lossy().into_owned())
}

fn refused(fault: PresetFault) -> CliError {
    let title = fault.title();
    match fault {
        PresetFault::Invalid { name, mistakes } => {
            CliError::diagnostics(mistakes, format!("{name} is not a valid preset"))
        }
        PresetFault::Unreadable { .. } | PresetFault::Incomplete { .. } => CliError::usage(title),
    }
}

/// Every row of a preset on a day.
fn sent(name: &str, preset: &Preset, rulebook: &Rulebook, org_kind: OrgKind, date: Date) -> Vec<Sent> {
    let known = SsoEvidence::of(rulebook);
    let mut rows = Vec::new();
    for protocol in [IdpProtocol::Saml, IdpProtocol::Oidc] {
        let Some(emission) = preset.emission(protocol) else { continue };
        for (method, row) in &emission.methods {
            let Ok(signals) = presets::signals_on(preset, name, protocol, *method, date) else { continue };
            let kind = match protocol {
                IdpProtocol::Saml => LoginKind::Saml,
                IdpProtocol::Oidc => LoginKind::Oidc,
            };
            let arrived = SentSignals { kind: &kind, signals: &signals, rulebook, known: &known, org_kind };
            let login = arrived.privileged(date);
            let finding = login.finding;
            let enough = login.strength == Strength::PhishingResistant;
            let general = || finding.as_ref().map(|finding| finding.remedy.clone());
            let fix = preset.fix.clone().or_else(general).filter(|_| !enough);
            rows.push(Sent {
                preset: name.to_owned(),
                describe: preset.describe.clone(),
                from: preset.from,
                method: *method,
                protocol,
                carriage: carriage(preset, protocol),
                amr: values(&signals, false),
                acr: values(&signals, true).pop(),
                mark: row.mark.mark(),
                source: row.source.clone(),
                addresses: preset.addresses(row).into_iter().map(str::to_owned).collect(),
                date,
                strength: login.strength,
                fix,
                cause: finding.map(|finding| finding.cause),
            });
        }
    }
    rows
}

/// Where a preset carries `amr`.
fn carriage(preset: &Preset, protocol: IdpProtocol) -> Carriage {
    let emission = preset.emission(protocol);
    if let Some(carriage) = emission.and_then(|emission| emission.carriage.clone()) {
        return carriage;
    }
    let attribute = || emission.and_then(|emission| emission.amr_attribute.clone()).unwrap_or_else(|| "amr".to_owned());
    match protocol {
        IdpProtocol::Saml => Carriage(Carrier::SamlAttribute(attribute())),
        IdpProtocol::Oidc => Carriage(Carrier::IdTokenAmr),
    }
}

/// The values of the contexts among these signals, or of all others.
fn values(signals: &[Signal], of_contexts: bool) -> Vec<String> {
    let is_context = |signal: &Signal| matches!(signal.carrier, Carrier::AuthnContextClassRef | Carrier::IdTokenAcr);
    signals.iter().filter(|signal| is_context(signal) == of_contexts).map(|signal| signal.value.clone()).collect()
}

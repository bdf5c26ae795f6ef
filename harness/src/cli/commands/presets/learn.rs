//! `vestibule presets learn`: a preset file from a real response.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use clap::Args;
use vestibule_model::{Carriage, Carrier, Confidence, Emission, MethodUsed, Preset, PresetRow, Signal};
use vestibule_redactor::Redactor;
use vestibule_simulator::inspect::{Inspected, Keys};
use vestibule_simulator::policy::Rulebook;
use vestibule_simulator::realm::MessageKind;

use crate::cli::arguments::message::message;
use crate::cli::arguments::value_parsers::word;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::output::warning::warn;
use crate::outcome::ExitCode;

#[derive(Debug, Args)]
pub(super) struct LearnArgs {
    /// File with the response, or the response itself; - reads stdin
    #[arg(value_name = "FILE|-")]
    file: PathBuf,
    /// How the user signed in: password, push, totp, passkey, certificate, sms, email or windows-integrated
    /// [default: password]
    #[arg(long, value_name = "METHOD", value_parser = word::<MethodUsed>)]
    method: Option<MethodUsed>,
    /// What the preset is about, in one sentence [default: by the issuer]
    #[arg(long, value_name = "TEXT")]
    describe: Option<String>,
    /// Write the preset to this file [default: stdout]
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
}

/// Writes the preset.
///
/// # Errors
/// If there is no response in the file, or the preset cannot be written.
pub(super) fn learn(args: &LearnArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let message = message(&args.file, &Keys::default(), console)?;
    if args.method.is_none() {
        warn(&"a response does not say how the user signed in: name the method with --method", console)?;
    }
    let preset = learned(&message, args.method.unwrap_or_default(), args.describe.as_deref(), &Rulebook::newest());
    let yaml = serde_saphyr::to_string(&preset);
    let yaml = yaml.map_err(|error| CliError::broken(format!("failed to write YAML: {error}")))?;
    let text = format!("{HEADING}{}\n", yaml.trim_end());
    match &args.output {
        None => write!(console.out, "{text}")?,
        Some(file) => {
            let failed = |error| CliError::broken(format!("failed to write {}: {error}", file.display()));
            fs::write(file, text).map_err(failed)?;
            writeln!(console.err, "wrote {}", file.display())?;
        }
    }
    Ok(ExitCode::Passed)
}

/// What a message says about the sign-in, as a preset.
fn learned(message: &Inspected, method: MethodUsed, describe: Option<&str>, rulebook: &Rulebook) -> Preset {
    let redactor = Redactor::default();
    let harmless = |text: &str| redactor.redact(text);
    let issuer = message.issuer.as_deref().map_or_else(|| "an unknown issuer".to_owned(), harmless);
    let signals: Vec<&Signal> = message.signals.iter().map(|found| &found.signal).collect();
    let of = |carrier: &Carrier| -> Vec<String> {
        let here = signals.iter().filter(|signal| signal.carrier == *carrier);
        here.map(|signal| harmless(&signal.value)).collect()
    };
    let (context, carrier) = match message.kind {
        MessageKind::SamlResponse => (Carrier::AuthnContextClassRef, telling_attribute(&signals, rulebook)),
        MessageKind::IdToken => {
            let is_text = signals.iter().any(|signal| signal.carrier == Carrier::IdTokenAmrText);
            let carrier = if is_text { Carrier::IdTokenAmrText } else { Carrier::IdTokenAmr };
            (Carrier::IdTokenAcr, Some(carrier))
        }
    };
    let row = PresetRow {
        amr: carrier.as_ref().map(of).unwrap_or_default(),
        acr: of(&context).into_iter().next(),
        mark: Confidence::Seen,
        source: format!("a {} of {issuer}", message.kind.name()),
    };
    let mut emission = Emission { methods: [(method, row)].into(), ..Emission::default() };
    match carrier {
        Some(Carrier::SamlAttribute(name)) => emission.amr_attribute = Some(harmless(&name)),
        Some(Carrier::IdTokenAmrText) => emission.carriage = Some(Carriage(Carrier::IdTokenAmrText)),
        _ => {}
    }
    let (saml, oidc) = match message.kind {
        MessageKind::SamlResponse => (Some(emission), None),
        MessageKind::IdToken => (None, Some(emission)),
    };
    Preset {
        describe: describe.map_or_else(|| format!("Learned from a {} of {issuer}", message.kind.name()), str::to_owned),
        issuers: Vec::new(),
        like: None,
        from: None,
        before: None,
        fix: None,
        sources: BTreeMap::new(),
        saml,
        oidc,
    }
}

/// The attribute that says how the user signed in: one that the org reads, or the first with a value that it knows.
fn telling_attribute(signals: &[&Signal], rulebook: &Rulebook) -> Option<Carrier> {
    let attributes = || signals.iter().filter(|signal| matches!(signal.carrier, Carrier::SamlAttribute(_)));
    let is_read = |signal: &&&Signal| matches!(&signal.carrier, Carrier::SamlAttribute(name) if rulebook.read_attributes().contains(name));
    let is_known = |signal: &&&Signal| rulebook.signal_tier(&signal.value).is_some();
    let found = attributes().find(is_read).or_else(|| attributes().find(is_known));
    found.map(|signal| signal.carrier.clone())
}

const HEADING: &str = "\
# Made by `vestibule presets learn` from a real response. Only what it says about the sign-in is here.
# Add a row for each further method, or `like: okta` to take those of a built-in preset.
";

#[cfg(test)]
mod tests;

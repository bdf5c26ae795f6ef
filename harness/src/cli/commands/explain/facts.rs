//! Converts the arguments to the facts that the rules decide on.

use std::path::Path;
use std::str::FromStr;

use jiff::civil::Date;
use strum::IntoEnumIterator;
use vestibule_model::{
    Carrier, IdpProtocol, IdpSpec, LoginKind, MethodUsed, OrgFacts, OrgSpec, Preset, Signal, UserFacts, UserSpec,
    VerificationMethod, names_a_preset_file,
};
use vestibule_simulator::idp::{emitted, presets};
use vestibule_simulator::policy::{Evidence, Origin};

use super::ExplainArgs;
use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;
use crate::preset_file::{preset_of_file, read_preset};

/// The values of one `--amr`: `pwd,swk`, or an array as a decoded token shows it. Some shells take the quotes out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AmrValues(Vec<String>);

impl FromStr for AmrValues {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let copied = text.trim();
        let array = match copied.chars().next() {
            Some('[') => copied.to_owned(),
            Some('"') => format!("[{copied}]"),
            _ => return Ok(Self(text.split(',').map(str::to_owned).collect())),
        };
        // Each JSON array is one in YAML, which asks for no quotes.
        let values = serde_saphyr::from_str(&array);
        values.map(Self).map_err(|_| "write pwd,swk or a whole JSON array: [\"pwd\",\"swk\"]".to_owned())
    }
}

/// The value of the claim `acr`, or that value as a decoded token shows it.
pub(super) fn acr(text: &str) -> Result<String, String> {
    let copied = text.trim();
    match copied.chars().next() {
        Some('[') => Err("the claim acr has one value, without brackets".to_owned()),
        Some('"') => serde_json::from_str(copied).map_err(|_| "write the value without quotes".to_owned()),
        _ => Ok(text.to_owned()),
    }
}

/// The words for every verification method.
pub(super) fn methods() -> String {
    let words: Vec<_> = VerificationMethod::iter().map(VerificationMethod::word).collect();
    words.join(", ")
}

/// The words for every way to sign in at an identity provider.
pub(super) fn sign_in_methods() -> String {
    let words: Vec<_> = MethodUsed::iter().map(|method| method.to_string()).collect();
    words.join(", ")
}

/// The id of an org: the key prefix of `Organization`, and the rest of 15 or 18 letters and digits.
pub(super) fn org_id(text: &str) -> Result<String, String> {
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric());
    if plain && text.starts_with("00D") && matches!(text.len(), 15 | 18) {
        return Ok(text.to_owned());
    }
    Err("write the 15 or 18 letters and digits of the id, which begins with 00D".to_owned())
}

/// What the chosen preset is, and how its row is known: `Okta; SAML with … (OFF: contract E3.1)`.
pub(super) fn preset(args: &ExplainArgs) -> Option<String> {
    let preset = chosen(args)?;
    let row = preset.emission(protocol(args))?.methods.get(&args.method.unwrap_or_default())?;
    Some(format!("{} ({}: {})", preset.describe, row.mark.mark(), row.source))
}

/// The preset that was chosen: a built-in one, or that of a file.
fn chosen(args: &ExplainArgs) -> Option<Preset> {
    let name = args.preset.as_deref()?;
    if names_a_preset_file(name) {
        return preset_of_file(Path::new(name)).ok();
    }
    presets::describe(name).ok().cloned()
}

pub(super) fn org(args: &ExplainArgs, date: Date) -> OrgFacts {
    let org = OrgSpec {
        mfa_setting: args.mfa_setting,
        methods: args.methods.iter().copied().collect(),
        passwordless: args.passwordless,
        stagger_day: if args.org_id.is_some() { None } else { Some(args.stagger_day.unwrap_or_default()) },
        converted_on: args.converted_on,
        ..OrgSpec::unnamed(args.org_kind, date)
    };
    org.facts(args.org_id.clone().unwrap_or_default(), through_sso(args))
}

pub(super) fn user(args: &ExplainArgs) -> UserFacts {
    let user = UserSpec {
        user_type: args.user_type,
        permissions: args.permissions.iter().copied().collect(),
        mfa_for_ui_logins: args.mfa_for_ui_logins,
        waiver: args.waiver,
        verifiers: args.verifiers.iter().copied().collect(),
        ..UserSpec::new(args.profile.clone())
    };
    user.facts()
}

/// What the login proved.
///
/// # Errors
/// If there is no such preset, or it is not one for the protocol.
pub(super) fn evidence(args: &ExplainArgs, date: Date) -> Result<Evidence, CliError> {
    Ok(Evidence {
        login: login(args),
        through_sso: through_sso(args),
        verified_with: args.verified_with,
        signals: signals(args, date)?,
        salesforce_mfa_for_sso: args.org_mfa_for_sso,
        origin: Origin::default(),
    })
}

/// The signals that were named, or those that the preset sends.
fn signals(args: &ExplainArgs, date: Date) -> Result<Vec<Signal>, CliError> {
    if let Some(preset) = &args.preset {
        let mut idp = IdpSpec { preset: Some(preset.clone()), ..IdpSpec::new(protocol(args)) };
        read_preset(&mut idp, Path::new("")).map_err(|fault| CliError::usage(fault.title()))?;
        let sent = emitted(&idp, args.method.unwrap_or_default(), date);
        return sent.map_err(|error| CliError::failed_to(&error, ExitCode::Usage));
    }
    let carrier = match login(args) {
        LoginKind::Saml => Carrier::SamlAttribute("amr".to_owned()),
        _ => Carrier::IdTokenAmr,
    };
    let amr = args.amr.iter().flat_map(|AmrValues(values)| values).map(|value| Signal::new(value, carrier.clone()));
    let acr = args.acr.iter().map(|value| Signal::new(value, Carrier::IdTokenAcr));
    let class_refs = args.class_ref.iter().map(|value| Signal::new(value, Carrier::AuthnContextClassRef));
    let attributes = args.attribute.iter();
    let attributes = attributes.map(|(name, value)| Signal::new(value, Carrier::SamlAttribute(name.clone())));
    Ok(amr.chain(acr).chain(class_refs).chain(attributes).collect())
}

/// Only an identity provider sends signals.
fn through_sso(args: &ExplainArgs) -> bool {
    let signals = !args.amr.is_empty()
        || args.acr.is_some()
        || !args.class_ref.is_empty()
        || !args.attribute.is_empty()
        || args.preset.is_some();
    args.through_sso || signals || matches!(login(args), LoginKind::Saml | LoginKind::Oidc)
}

/// The protocol over which a preset sends: that of the login, or else SAML where the preset covers it.
fn protocol(args: &ExplainArgs) -> IdpProtocol {
    let preset = chosen(args);
    let covers_saml = preset.as_ref().is_none_or(|preset| preset.saml.is_some());
    match &args.login {
        Some(LoginKind::Oidc) => IdpProtocol::Oidc,
        None if !covers_saml => IdpProtocol::Oidc,
        _ => IdpProtocol::Saml,
    }
}

/// The signals imply the protocol.
fn login(args: &ExplainArgs) -> LoginKind {
    match &args.login {
        Some(LoginKind::MobileWebView { .. }) => LoginKind::MobileWebView { sdk: args.sdk },
        Some(kind) => kind.clone(),
        None if args.preset.is_some() => match protocol(args) {
            IdpProtocol::Saml => LoginKind::Saml,
            IdpProtocol::Oidc => LoginKind::Oidc,
        },
        None if !args.amr.is_empty() || args.acr.is_some() => LoginKind::Oidc,
        None if !args.class_ref.is_empty() || !args.attribute.is_empty() || args.through_sso => LoginKind::Saml,
        None => LoginKind::PasswordUi,
    }
}

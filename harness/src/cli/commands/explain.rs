//! `vestibule explain`: what the org would do with a login, and which rules say so.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use jiff::civil::Date;
use strum::VariantNames as _;
use vestibule_model::{
    LoginKind, MethodUsed, OrgKind, Permission, SdkVersion, StaggerDay, UserType, VerificationMethod, Waiver,
    profile_name,
};
use vestibule_simulator::policy;

use crate::cli::arguments::rules::RulesArgs;
use crate::cli::arguments::value_parsers::{date, pair, word};
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;

mod facts;
#[cfg(test)]
mod tests;
mod text;

/// Explain what the org would do with a login, with the rules and their sources
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  vestibule explain --profile 'System Administrator'     an admin without a passkey, today
  vestibule explain --amr pwd,mfa,swk                    how strong Okta's push is
  vestibule explain --preset okta --method push          the same, by the names of product and method
  vestibule explain --class-ref urn:oasis:names:tc:SAML:2.0:ac:classes:X509
  vestibule explain --attribute amr=mfa --set signals.unlisted=standard
  vestibule explain --org-kind sandbox --date 2026-07-05 --waiver assigned
  vestibule explain --login frontdoor --verifiers totp --json
  vestibule explain --settings                           every value that --set can change

Exit codes:
  0  explained
  2  wrong usage or rulebook")]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub rules: RulesArgs,
    /// Print every setting with its value, its source and conflicting sources
    #[arg(long, help_heading = "Rules")]
    pub settings: bool,

    /// production, sandbox, trial, converted-trial, scratch, developer-edition, partner-developer-edition or trailhead-playground
    #[arg(long, value_name = "KIND", default_value = "production", value_parser = word::<OrgKind>)]
    #[arg(help_heading = "Org")]
    pub org_kind: OrgKind,
    /// Take the org's position in the staggered rollout from its ID
    #[arg(long, value_name = "ID", value_parser = facts::org_id, help_heading = "Org", conflicts_with = "stagger_day")]
    pub org_id: Option<String>,
    /// The org's position in the staggered rollout, 0 to 29 [default: 0]
    #[arg(long, value_name = "DAY", allow_negative_numbers = true, help_heading = "Org")]
    pub stagger_day: Option<StaggerDay>,
    /// The day on which a converted trial became a subscription
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date, help_heading = "Org")]
    pub converted_on: Option<Date>,
    /// The admin has turned on "Require MFA for all direct UI logins"
    #[arg(long, help_heading = "Org")]
    pub mfa_setting: bool,
    /// The org allows passwordless login with passkeys
    #[arg(long, help_heading = "Org")]
    pub passwordless: bool,
    /// Methods enabled in the org
    #[arg(long, value_name = "METHOD,...", value_delimiter = ',', value_parser = word::<VerificationMethod>)]
    #[arg(default_value = "passkey,security-key,totp,salesforce-authenticator", help_heading = "Org")]
    pub methods: Vec<VerificationMethod>,

    /// employee, experience-cloud, chatter, api-only or integration
    #[arg(long, value_name = "TYPE", default_value = "employee", value_parser = word::<UserType>)]
    #[arg(help_heading = "User")]
    pub user_type: UserType,
    /// Profile; "System Administrator" is privileged
    #[arg(long, value_name = "NAME", value_parser = profile_name, default_value = "Standard User")]
    #[arg(help_heading = "User")]
    pub profile: String,
    /// modify-all-data, view-all-data, customize-application or author-apex
    #[arg(long, value_name = "PERMISSION,...", value_delimiter = ',', value_parser = word::<Permission>)]
    #[arg(help_heading = "User")]
    pub permissions: Vec<Permission>,
    #[arg(long, value_name = "METHOD,...", value_delimiter = ',', value_parser = word::<VerificationMethod>)]
    #[arg(help = format!("Registered methods: {}", facts::methods()), help_heading = "User")]
    pub verifiers: Vec<VerificationMethod>,
    /// The waiver permission: none, assigned or approved-by-support
    #[arg(long, value_name = "WAIVER", default_value = "none", value_parser = word::<Waiver>)]
    #[arg(help_heading = "User")]
    pub waiver: Waiver,
    /// The user holds "Multi-Factor Authentication for User Interface Logins"
    #[arg(long, help_heading = "User")]
    pub mfa_for_ui_logins: bool,

    /// The route [default: password-ui; saml or oidc if signals are given]
    #[arg(long, value_name = "ROUTE", value_parser = PossibleValuesParser::new(LoginKind::VARIANTS).try_map(|text| text.parse::<LoginKind>()))]
    #[arg(help_heading = "Login")]
    pub login: Option<LoginKind>,
    /// The login went through an identity provider, as signals show too
    #[arg(long, help_heading = "Login")]
    pub through_sso: bool,
    /// Version of the Mobile SDK, for `--login mobile-web-view`
    #[arg(long, value_name = "VERSION", default_value_t = SdkVersion::default(), help_heading = "Login")]
    pub sdk: SdkVersion,
    /// The verification method used at the org
    #[arg(long, value_name = "METHOD", value_parser = word::<VerificationMethod>, help_heading = "Login")]
    pub verified_with: Option<VerificationMethod>,
    /// Values of the ID token's amr; with `--login saml`, of the attribute amr
    #[arg(long, value_name = "VALUE,...", help_heading = "Login")]
    pub amr: Vec<facts::AmrValues>,
    /// The ID token's acr
    #[arg(long, value_name = "VALUE", value_parser = facts::acr, help_heading = "Login")]
    pub acr: Option<String>,
    /// An AuthnContextClassRef; may be repeated
    #[arg(long, value_name = "URI", help_heading = "Login")]
    pub class_ref: Vec<String>,
    /// A SAML attribute; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair, help_heading = "Login")]
    pub attribute: Vec<(String, String)>,
    /// Take the signals that a real identity provider sends: okta, entra, adfs …, or a preset file
    #[arg(long, value_name = "NAME|FILE", conflicts_with_all = ["amr", "acr", "class_ref", "attribute"])]
    #[arg(help_heading = "Login")]
    pub preset: Option<String>,
    #[arg(long, value_name = "METHOD", requires = "preset", value_parser = word::<MethodUsed>)]
    #[arg(help = format!("How the user signed in there: {} [default: password]", facts::sign_in_methods()))]
    #[arg(help_heading = "Login")]
    pub method: Option<MethodUsed>,
    /// The SSO provider is configured to use the org's own MFA
    #[arg(long, help_heading = "Login")]
    pub org_mfa_for_sso: bool,

    /// Print JSON
    #[arg(long, help_heading = "Output")]
    pub json: bool,
}

/// Runs the command.
///
/// # Errors
/// If the rulebook or a setting is invalid, or stdout cannot be written to.
pub(crate) fn explain(args: &ExplainArgs, today: Date, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let rulebook = args.rules.rulebook()?;
    if args.settings {
        let settings = rulebook.settings();
        let shown = if args.json { json(&settings)? } else { text::settings(&settings) };
        writeln!(console.out, "{}", shown.trim_end())?;
        return Ok(ExitCode::Passed);
    }
    let date = args.rules.date.unwrap_or(today);
    let explanation =
        policy::explain(&rulebook, facts::org(args, date), facts::user(args), facts::evidence(args, date)?, date);
    let shown = if args.json { json(&explanation)? } else { text::explanation(&explanation, facts::preset(args)) };
    writeln!(console.out, "{}", shown.trim_end())?;
    Ok(ExitCode::Passed)
}

fn json(value: &impl serde::Serialize) -> Result<String, CliError> {
    serde_json::to_string_pretty(value).map_err(|error| CliError::broken(format!("failed to write JSON: {error}")))
}

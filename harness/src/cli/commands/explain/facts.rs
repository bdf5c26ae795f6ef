//! Converts the arguments to the facts that the rules decide on.

use jiff::civil::Date;
use strum::IntoEnumIterator;
use vestibule_model::with_causes;
use vestibule_model::{
    Carrier, LoginKind, OrgFacts, OrgSpec, RulebookChoice, Signal, UserFacts, UserSpec, VerificationMethod,
};
use vestibule_simulator::policy::{Evidence, Origin, Rulebook};

use super::ExplainArgs;
use crate::cli::arguments::rulebook::chosen_rulebook;
use crate::cli::output::error::CliError;

/// The words for every verification method.
pub(super) fn methods() -> String {
    let words: Vec<_> = VerificationMethod::iter().map(VerificationMethod::word).collect();
    words.join(", ")
}

/// `NAME=VALUE`; what follows the first `=` is the value.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    if name.is_empty() { Err("write NAME=VALUE".to_owned()) } else { Ok((name.to_owned(), value.to_owned())) }
}

/// The id of an org: the key prefix of `Organization`, and the rest of 15 or 18 letters and digits.
pub(super) fn org_id(text: &str) -> Result<String, String> {
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric());
    if plain && text.starts_with("00D") && matches!(text.len(), 15 | 18) {
        return Ok(text.to_owned());
    }
    Err("write the 15 or 18 letters and digits of the id, which begins with 00D".to_owned())
}

/// The chosen rulebook, with the settings that were changed.
pub(super) fn rulebook(args: &ExplainArgs) -> Result<Rulebook, CliError> {
    let chosen = chosen_rulebook(&RulebookChoice { name: args.rulebook.clone(), ..RulebookChoice::default() })?;
    args.set.iter().try_fold(chosen, |rulebook, (name, value)| {
        rulebook.with_setting(name, value).map_err(|error| {
            CliError::usage(format!("failed to {}", with_causes(&error))).hint("`--settings` lists every setting")
        })
    })
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

pub(super) fn evidence(args: &ExplainArgs) -> Evidence {
    let carrier = match login(args) {
        LoginKind::Saml => Carrier::SamlAttribute("amr".to_owned()),
        _ => Carrier::IdTokenAmr,
    };
    let amr = args.amr.iter().map(|value| Signal::new(value, carrier.clone()));
    let acr = args.acr.iter().map(|value| Signal::new(value, Carrier::IdTokenAcr));
    let class_refs = args.class_ref.iter().map(|value| Signal::new(value, Carrier::AuthnContextClassRef));
    let attributes = args.attribute.iter();
    let attributes = attributes.map(|(name, value)| Signal::new(value, Carrier::SamlAttribute(name.clone())));
    Evidence {
        login: login(args),
        through_sso: through_sso(args),
        verified_with: args.verified_with,
        signals: amr.chain(acr).chain(class_refs).chain(attributes).collect(),
        salesforce_mfa_for_sso: args.org_mfa_for_sso,
        origin: Origin::default(),
    }
}

/// Only an identity provider sends signals.
fn through_sso(args: &ExplainArgs) -> bool {
    let signals =
        !args.amr.is_empty() || args.acr.is_some() || !args.class_ref.is_empty() || !args.attribute.is_empty();
    args.through_sso || signals || matches!(login(args), LoginKind::Saml | LoginKind::Oidc)
}

/// The signals imply the protocol.
fn login(args: &ExplainArgs) -> LoginKind {
    match &args.login {
        Some(LoginKind::MobileWebView { .. }) => LoginKind::MobileWebView { sdk: args.sdk },
        Some(kind) => kind.clone(),
        None if !args.amr.is_empty() || args.acr.is_some() => LoginKind::Oidc,
        None if !args.class_ref.is_empty() || !args.attribute.is_empty() || args.through_sso => LoginKind::Saml,
        None => LoginKind::PasswordUi,
    }
}

//! Names of users, identity providers, presets, rulebooks and rules that lead nowhere.

use vestibule_model::diagnostic::{Diagnostic, unknown_word};

use super::{Vocabulary, error, expects};
use crate::scenario::model::{Idp, Protocol, Route, Scenario, SignInStep, Step};
use crate::scenario::read::ReadError;
use crate::scenario::spanned::{Span, Spanned};

/// Every name that leads nowhere.
pub(super) fn check(scenario: &Scenario, vocabulary: &Vocabulary) -> Vec<ReadError> {
    let mut errors = Vec::new();
    for step in &scenario.steps {
        match &step.value {
            Step::SignIn(sign_in) => errors.extend(sign_in_names(scenario, sign_in, step.span)),
            Step::Visit(visit) if !visit.path.starts_with('/') => {
                errors.push(error("wrong-value", "a path begins with `/`", visit.path.span, "not a path"));
            }
            _ => {}
        }
    }
    if let Some(rulebook) = &scenario.rulebook {
        errors.extend(unknown("rulebook", &rulebook.name, &vocabulary.rulebooks));
    }
    for idp in scenario.idps.values() {
        errors.extend(idp.preset.iter().filter_map(|preset| unknown("preset", preset, &vocabulary.presets)));
        errors.extend(idp.faults.iter().filter_map(|fault| unknown("fault", fault, &vocabulary.faults)));
        errors.extend(wrong_protocol(idp));
    }
    for rules in expects(scenario).filter_map(|expect| expect.rules.as_ref()) {
        errors.extend(rules.iter().filter_map(|rule| unknown("rule", rule, &vocabulary.rules)));
    }
    let causes = expects(scenario).filter_map(|expect| expect.cause.as_ref());
    let causes = causes.chain(scenario.condition.iter().flat_map(|condition| &condition.causes));
    errors.extend(causes.filter_map(|cause| unknown("cause", cause, &vocabulary.causes)));
    errors
}

fn sign_in_names(scenario: &Scenario, step: &SignInStep, at: Span) -> Vec<ReadError> {
    let mut errors = Vec::new();
    let users: Vec<&str> = scenario.users.keys().map(String::as_str).collect();
    if !scenario.users.contains_key(&step.user.value) {
        let mut diagnostic = unknown_word("unknown-user", "user of this scenario", &step.user, users.iter().copied());
        if users.is_empty() {
            diagnostic = diagnostic.hint(format!("add `users: {{ {}: {{}} }}`", step.user.value));
        }
        errors.push(ReadError::new(diagnostic, step.user.span, "nobody has this name"));
    }
    let idps: Vec<&str> = scenario.idps.keys().map(String::as_str).collect();
    match (&step.idp, step.via.value.is_sso()) {
        (Some(idp), true) if !scenario.idps.contains_key(&idp.value) => {
            let diagnostic =
                unknown_word("unknown-idp", "identity provider of this scenario", idp, idps.iter().copied());
            errors.push(ReadError::new(diagnostic, idp.span, "no identity provider has this name"));
        }
        (Some(idp), false) => {
            let title = "this route asks no identity provider";
            errors.push(error("conflicting-keys", title, idp.span, "write `via: sso` to use it"));
        }
        (None, true) if idps.is_empty() => {
            let diagnostic =
                Diagnostic::new("unknown-idp", "the login goes to an identity provider, and there is none")
                    .hint("add `idp: { preset: okta }`, or another route");
            errors.push(ReadError::new(diagnostic, step.via.span, "needs an identity provider"));
        }
        (None, true) if idps.len() > 1 => {
            let diagnostic = Diagnostic::new("unknown-idp", "there are several identity providers")
                .note(format!("valid: {}", idps.join(", ")))
                .hint(format!("add `idp: {}` to the step", idps[0]));
            errors.push(ReadError::new(diagnostic, at, "which of them?"));
        }
        _ => {}
    }
    if step.via.value == Route::IdpInitiated
        && scenario.idps.values().any(|idp| idp.protocol == Protocol::Oidc && scenario.idps.len() == 1)
    {
        let title = "an OpenID Connect login begins at the org: there is no IdP-initiated one here";
        errors.push(error("conflicting-keys", title, step.via.span, "only SAML has this"));
    }
    errors
}

fn wrong_protocol(idp: &Idp) -> Option<ReadError> {
    match (idp.protocol, &idp.acr, &idp.class_ref) {
        (Protocol::Saml, Some(acr), _) => Some(error(
            "conflicting-keys",
            "`acr` is a claim of OpenID Connect, and this identity provider speaks SAML",
            acr.span,
            "write `class-ref`, or `protocol: oidc`",
        )),
        (Protocol::Oidc, _, Some(class)) => Some(error(
            "conflicting-keys",
            "`class-ref` is an element of SAML, and this identity provider speaks OpenID Connect",
            class.span,
            "write `acr`, or `protocol: saml`",
        )),
        _ => None,
    }
}

fn unknown(what: &str, name: &Spanned<String>, valid: &[String]) -> Option<ReadError> {
    if valid.contains(&name.value) {
        return None;
    }
    let diagnostic = unknown_word(&format!("unknown-{what}"), what, name, valid.iter().map(String::as_str));
    Some(ReadError::new(diagnostic, name.span, format!("unknown {what}")))
}

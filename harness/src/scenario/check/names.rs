//! Unknown names of users, identity providers, presets, rulebooks and rules, and parties of identity providers that have no
//! address or no certificate behind their names.

use openssl::x509::X509;
use vestibule_model::diagnostic::{Diagnostic, unknown_word};
use vestibule_model::yaml::{ReadError, Span, Spanned};
use vestibule_model::{HostKind, IdpProtocol, IdpSpec, ProductKind, SignInRoute};

use super::{FieldWords, Vocabulary, error, expects};
use crate::scenario::model::{EventPattern, ProductStep, Scenario, SignInStep, Step};

/// Every unknown name.
pub(super) fn check(scenario: &Scenario, vocabulary: &Vocabulary) -> Vec<ReadError> {
    let mut errors = Vec::new();
    for step in &scenario.steps {
        match &step.value {
            Step::SignIn(sign_in) => errors.extend(sign_in_names(scenario, sign_in, step.span)),
            Step::Visit(visit) => {
                errors.extend(ambiguous_host(scenario, visit.host, step.span));
                if !visit.path.starts_with('/') {
                    errors.push(error("wrong-value", "a path begins with `/`", visit.path.span, "not a path"));
                }
            }
            Step::Product(act) => errors.extend(product_names(scenario, act, step.span)),
            _ => {}
        }
    }
    for (key, product) in scenario.products.iter().filter(|(key, _)| scenario.idps.contains_key(*key)) {
        let title = format!("an identity provider and a product are both called `{key}`: they would have one host");
        errors.push(error("duplicate-key", title, product.span, "again here"));
    }
    for (key, product) in &scenario.products {
        errors.extend(product.misplaced_key().map(|wrong| {
            let at = scenario.places.of(&["products", key.as_str(), "users", wrong.user, wrong.key]);
            error("conflicting-keys", wrong.why, at, "no such thing here")
        }));
    }
    for (key, idp) in &scenario.idps {
        let at = |path: &[&str]| scenario.places.of_idp(key, path);
        errors.extend(wrong_protocol(idp, at));
        errors.extend(missing_key(key, idp));
        errors.extend(unusable_parties(idp, at));
        errors.extend(answers_for_nobody(scenario, idp, at));
    }
    let cookies = expects(scenario).filter_map(|expect| expect.cookie.as_ref());
    errors.extend(cookies.filter_map(|cookie| ambiguous_host(scenario, cookie.host, cookie.span)));
    errors.extend(words(scenario, vocabulary));
    errors
}

/// Every unknown preset, rulebook, rule, event and cause.
pub(super) fn words(scenario: &Scenario, vocabulary: &Vocabulary) -> Vec<ReadError> {
    let mut errors = Vec::new();
    if let Some(rulebook) = &scenario.rulebook {
        let at = scenario.places.of(&["rulebook", "name"]);
        // A file is looked for when the cases are read.
        let built_in = rulebook.name.iter().filter(|_| !rulebook.value.names_a_file());
        errors.extend(built_in.filter_map(|name| unknown("rulebook", name, at, &vocabulary.rulebooks)));
    }
    for (key, idp) in &scenario.idps {
        let at = scenario.places.of_idp(key, &["preset"]);
        // A file is looked for when the cases are read.
        let built_in = idp.preset.iter().filter(|_| !idp.preset_is_a_file());
        errors.extend(built_in.filter_map(|preset| unknown("preset", preset, at, &vocabulary.presets)));
    }
    for rules in expects(scenario).filter_map(|expect| expect.rules.as_ref()) {
        errors.extend(rules.iter().filter_map(|rule| unknown("rule", rule, rule.span, &vocabulary.rules)));
    }
    for pattern in expects(scenario).filter_map(|expect| expect.journal.as_ref()).flat_map(|journal| &journal.value) {
        errors.extend(event_words(pattern, vocabulary));
    }
    let causes = expects(scenario).filter_map(|expect| expect.cause.as_ref());
    let causes = causes.chain(scenario.condition.iter().flat_map(|condition| &condition.causes));
    errors.extend(causes.filter_map(|cause| unknown("cause", cause, cause.span, &vocabulary.causes)));
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
            let title = "this route does not use an identity provider";
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
    if step.via.value == SignInRoute::Product && scenario.integration().is_none() {
        let diagnostic =
            Diagnostic::new("unknown-product", "the login begins at an integration, and there is not exactly one")
                .hint("add `products: { sync: { kind: integration } }`");
        errors.push(ReadError::new(diagnostic, step.via.span, "needs an integration"));
    }
    let idp = scenario.idp_of(step).and_then(|key| scenario.idps.get(key));
    if step.via.value == SignInRoute::IdpInitiated && idp.is_some_and(|idp| idp.protocol == IdpProtocol::Oidc) {
        let title = "an OpenID Connect login begins at the org: only SAML can be IdP-initiated";
        errors.push(error("conflicting-keys", title, step.via.span, "needs SAML"));
    }
    errors
}

/// A product or a user of it that the scenario does not have, or a product that could be any of several.
fn product_names(scenario: &Scenario, step: &ProductStep, at: Span) -> Vec<ReadError> {
    let products = scenario.products.keys().map(String::as_str);
    if let Some(key) = step.product.as_ref().filter(|key| !scenario.products.contains_key(&key.value)) {
        let diagnostic = unknown_word("unknown-product", "product of this scenario", key, products);
        return vec![ReadError::new(diagnostic, key.span, "no product has this name")];
    }
    let Some(product) = scenario.product_of(step).and_then(|key| scenario.products.get(key)) else {
        let diagnostic = Diagnostic::new("unknown-product", "the step needs a product, and there is none, or several")
            .hint("add `product: KEY` to the step, and `products: { KEY: { kind: crm } }` to the scenario");
        return vec![ReadError::new(diagnostic, at, "which of them?")];
    };
    let Some(user) = &step.user else {
        let missing = || error("missing-key", "the key `user` is missing", at, "who does it?");
        return if product.kind == ProductKind::Integration { Vec::new() } else { vec![missing()] };
    };
    if product.users.contains_key(&user.value) {
        return Vec::new();
    }
    let users = product.users.keys().map(String::as_str);
    let diagnostic = unknown_word("unknown-user", "user of this product", user, users);
    vec![ReadError::new(diagnostic, user.span, "nobody has this name")]
}

/// `host: idp` or `host: product` where there is none of them, or more than one.
fn ambiguous_host(scenario: &Scenario, host: HostKind, at: Span) -> Option<ReadError> {
    let (code, word, of, count) = match host {
        HostKind::Product => ("unknown-product", "product", "product", scenario.products.len()),
        _ => ("unknown-idp", "idp", "identity provider", scenario.idps.len()),
    };
    let title = format!("`host: {word}` needs exactly one {of}, and there are {count}");
    scenario.host_role(host).is_none().then(|| error(code, title, at, "which host?"))
}

/// An event that no journal has, or a field or a value that it never has: it could not happen.
fn event_words(pattern: &Spanned<EventPattern>, vocabulary: &Vocabulary) -> Vec<ReadError> {
    let wrong = |what: &str, word: &str, valid: Vec<&str>| {
        let diagnostic =
            unknown_word(&format!("unknown-{}", what.replace(' ', "-")), what, word, valid.iter().copied());
        ReadError::new(diagnostic, pattern.span, format!("unknown {what}"))
    };
    let event = &pattern.value.event;
    let Some(fields) = vocabulary.events.get(event) else {
        return vec![wrong("event", event, vocabulary.events.keys().map(String::as_str).collect())];
    };
    let mut errors = Vec::new();
    for (field, value) in &pattern.value.fields {
        match (fields.get(field), value.as_str()) {
            (None, _) => errors.push(wrong("event field", field, fields.keys().map(String::as_str).collect())),
            (Some(FieldWords::OneOf(words)), Some(word)) if !words.iter().any(|known| known == word) => {
                errors.push(wrong("event value", word, words.iter().map(String::as_str).collect()));
            }
            (Some(_), _) => {}
        }
    }
    errors
}

/// A key that the protocol of the identity provider has no place for.
fn wrong_protocol(idp: &IdpSpec, at: impl Fn(&[&str]) -> Span) -> Option<ReadError> {
    let misplaced = idp.misplaced_key()?;
    Some(error("conflicting-keys", misplaced.why, at(&[misplaced.key]), misplaced.instead))
}

fn missing_key(name: &str, idp: &Spanned<IdpSpec>) -> Option<ReadError> {
    let key = idp.missing_key()?;
    let title = format!("`{key}` is missing: the OpenID provider `{name}` gave it to the org");
    Some(error("missing-key", title, idp.span, format!("needs `{key}`")))
}

/// Answers about users that the scenario does not have.
fn answers_for_nobody(scenario: &Scenario, idp: &IdpSpec, at: impl Fn(&[&str]) -> Span) -> Vec<ReadError> {
    let users: Vec<&str> = scenario.users.keys().map(String::as_str).collect();
    let unknown = |user: &String, place: &[&str]| {
        let diagnostic = unknown_word("unknown-user", "user of this scenario", user, users.iter().copied());
        (!users.contains(&user.as_str())).then(|| ReadError::new(diagnostic, at(place), "nobody has this name"))
    };
    let about = idp.per_user.keys().filter_map(|user| unknown(user, &["per-user", user]));
    let next = idp
        .next
        .iter()
        .enumerate()
        .filter_map(|(number, answer)| unknown(answer.user.as_ref()?, &["next", &number.to_string(), "user"]));
    about.chain(next).collect()
}

/// Parties that can never be answered, or whose signatures can never be verified.
fn unusable_parties(idp: &IdpSpec, at: impl Fn(&[&str]) -> Span) -> Vec<ReadError> {
    let mut errors = Vec::new();
    for (entity_id, spec) in &idp.service_providers {
        if spec.acs.is_empty() {
            let title = format!("the service provider `{entity_id}` has no address for answers");
            errors.push(error("wrong-value", title, at(&["service-providers", entity_id]), "add `acs`"));
        }
        let is_certificate = |pem: &String| X509::from_pem(pem.as_bytes()).is_ok();
        if !spec.certificates.iter().all(is_certificate) {
            let title =
                format!("a certificate of the service provider `{entity_id}` is not an X.509 certificate in PEM");
            let place = at(&["service-providers", entity_id, "certificates"]);
            errors.push(error("wrong-value", title, place, "from `-----BEGIN CERTIFICATE-----` on"));
        }
    }
    for (client_id, spec) in &idp.relying_parties {
        if spec.redirect_uris.is_empty() {
            let title = format!("the relying party `{client_id}` has no address for answers");
            errors.push(error("wrong-value", title, at(&["relying-parties", client_id]), "add `redirect-uris`"));
        }
    }
    errors
}

fn unknown(what: &str, name: &str, at: Span, valid: &[String]) -> Option<ReadError> {
    if valid.iter().any(|known| known == name) {
        return None;
    }
    let diagnostic = unknown_word(&format!("unknown-{what}"), what, name, valid.iter().map(String::as_str));
    Some(ReadError::new(diagnostic, at, format!("unknown {what}")))
}

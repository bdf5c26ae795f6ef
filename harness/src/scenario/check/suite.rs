//! Scenarios in which the user's own suite performs the login: refuses what only our own browser can do or see.

use vestibule_model::diagnostic::Diagnostic;
use vestibule_model::yaml::{ReadError, Spanned};

use super::expects;
use crate::scenario::model::{Actor, Expectation, Scenario, SignInStep, Step};

/// Everything impossible in a scenario whose actor is, or must be, a command.
pub(super) fn check(scenario: &Scenario) -> Vec<ReadError> {
    let sign_ins: Vec<&SignInStep> = scenario.steps.iter().filter_map(|step| sign_in(&step.value)).collect();
    match sign_ins.iter().find_map(|step| step.actor.command().map(|_| &step.actor)) {
        None => without_command(scenario, &sign_ins),
        Some(first) => with_command(scenario, &sign_ins, first),
    }
}

fn without_command(scenario: &Scenario, sign_ins: &[&SignInStep]) -> Vec<ReadError> {
    let mut errors = Vec::new();
    let needs = |diagnostic: Diagnostic| diagnostic.hint("write `actor: { command: [pytest, -x] }` in the step");
    for step in sign_ins {
        let env = step.env.values().next().map(|text| ("env", text.span));
        let passkey = step.passkey.as_ref().map(|flag| ("passkey", flag.span));
        if let Some((key, span)) = env.or(passkey) {
            let diagnostic = Diagnostic::new("conflicting-keys", format!("`{key}` is for a command, and none is run"));
            errors.push(ReadError::new(needs(diagnostic), span, "needs a command"));
        }
    }
    let survival = expects(scenario).filter_map(|expect| expect.survival.as_ref());
    errors.extend(survival.map(|survival| {
        let diagnostic = Diagnostic::new("impossible-expectation", "`survival` is about a command, and none is run");
        ReadError::new(needs(diagnostic), survival.span, "needs a command")
    }));
    errors
}

fn with_command(scenario: &Scenario, sign_ins: &[&SignInStep], first: &Spanned<Actor>) -> Vec<ReadError> {
    let mut errors = Vec::new();
    if first.command().is_some_and(|command| command.first().is_none_or(|program| program.trim().is_empty())) {
        let diagnostic = Diagnostic::new("empty-command", "the command is empty").hint("write `command: [pytest, -x]`");
        errors.push(ReadError::new(diagnostic, first.span, "no program"));
    }
    for step in sign_ins {
        if step.actor.value != first.value {
            let title = "one command performs all sign-ins of a scenario, or none of them";
            let diagnostic =
                Diagnostic::new("mixed-actors", title).hint("the command runs once, with every user that a step names");
            let span = if step.actor.span.end == 0 { step.user.span } else { step.actor.span };
            errors.push(ReadError::new(diagnostic, span, "another actor"));
        }
    }
    for fault in sign_ins.iter().filter_map(|step| step.authenticator_fault.as_ref()) {
        let title = "`authenticator-fault` is about the browser of Vestibule, and a command uses its own";
        let diagnostic = Diagnostic::new("conflicting-keys", title)
            .hint("leave it out, or let an actor of Vestibule sign in: `actor: adaptive`");
        errors.push(ReadError::new(diagnostic, fault.span, "a command has an authenticator of its own"));
    }
    for step in &scenario.steps {
        let name = match &step.value {
            Step::SignIn(_) => continue,
            Step::SignOut => "sign-out",
            Step::EndSessions => "end-sessions",
            Step::ForgetBrowser => "forget-browser",
            Step::Expect(_) => "expect",
            Step::AdvanceClock(_) => "advance-clock",
            Step::Visit(_) => "visit",
            Step::SetDate(_) => "set-date",
            Step::Product(_) => "product",
        };
        let diagnostic = Diagnostic::new("step-of-our-browser", format!("`{name}` cannot be combined with a command"))
            .hint("a command performs everything itself; put what must hold afterwards into the final `expect`");
        errors.push(ReadError::new(diagnostic, step.span, "a command performs its own steps"));
    }
    for (expectation, span) in expects(scenario).flat_map(|expect| expect.entries()) {
        if needs_our_browser(expectation) {
            let title = format!("`{expectation}` needs the browser of Vestibule, and a command uses its own");
            let diagnostic = Diagnostic::new("impossible-expectation", title)
                .hint("expect `survival`, `cause`, `signed-in`, `journal`, `login-history`, `strength` or `rules`");
            errors.push(ReadError::new(diagnostic, span, "cannot be seen"));
        }
    }
    errors
}

fn sign_in(step: &Step) -> Option<&SignInStep> {
    match step {
        Step::SignIn(step) => Some(step),
        _ => None,
    }
}

fn needs_our_browser(expectation: Expectation) -> bool {
    matches!(
        expectation,
        Expectation::Page | Expectation::Url | Expectation::Cookie | Expectation::Text | Expectation::Snapshot
    )
}

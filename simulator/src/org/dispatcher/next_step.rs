//! Asks the rules what a login still needs.

use vestibule_model::{EnrolmentGate, LoginStatus, Secret, SessionLevel, VerificationMethod};

use super::login::{Login, Next};
use super::refusal::{Refusal, record, refuse, words_of};
use crate::http::{RequestContext, found};
use crate::org::attempt::LoginAttempt;
use crate::org::flow::Step;
use crate::org::{Org, cookies};
use crate::policy::{BlockReason, Decision, Outcome, asks_for_activation, decide as ask_the_rules};
use crate::realm::{Component, Event, Realm, User};

/// Asks the rules and does what they say.
pub(super) fn decide(login: &mut Login<'_>) -> Next {
    let realm = &login.org.realm;
    let Some(user) = login.user() else {
        return Next::Answer(found("/"));
    };
    let decision = decision(realm, &user, &login.flow.attempt);
    realm.record(Event::Decided { user: user.key.clone(), decision: decision.clone() });

    match decision.outcome {
        Outcome::Allow { session_level } if needs_activation(login, &user) => {
            activate_device(login, &user, session_level)
        }
        Outcome::Allow { session_level } => Next::Finalize(session_level),
        Outcome::Verify { methods } => verify(login, methods),
        Outcome::Enrol { methods, gate } => enrol(login, methods, gate),
        Outcome::Block { reason } => block(login, reason),
    }
}

/// Refuses a login at the login page that the rules do not admit, whatever it proves. Returns the text for the page; `None`
/// if the login can begin.
pub(crate) fn turn_away(org: &Org, request: &RequestContext, attempt: &LoginAttempt) -> Option<&'static str> {
    let user = org.realm.users.get(&attempt.user)?;
    let decision = decision(&org.realm, &user, attempt);
    let Outcome::Block { reason } = decision.outcome else { return None };
    if !reason.is_of_admission() {
        return None;
    }
    org.realm.record(Event::LoginStarted { user: Some(attempt.user.clone()), kind: attempt.kind.clone() });
    org.realm.record(Event::Decided { user: user.key, decision });
    record(org, request, &refusal(attempt, reason));
    Some(words_of(reason).1)
}

/// Asks the rules about a login that has one step only, and records their decision.
pub(crate) fn decide_once(org: &Org, user: &User, attempt: &LoginAttempt) -> Outcome {
    let decision = decision(&org.realm, user, attempt);
    org.realm.record(Event::LoginStarted { user: Some(user.key.clone()), kind: attempt.kind.clone() });
    org.realm.record(Event::Decided { user: user.key.clone(), decision: decision.clone() });
    decision.outcome
}

fn decision(realm: &Realm, user: &User, attempt: &LoginAttempt) -> Decision {
    let facts = user.facts(realm.clock.now(Component::Org));
    ask_the_rules(&realm.rulebook, &realm.org_facts(), &facts, &attempt.evidence(realm), realm.date())
}

/// Sends a new code, for device activation or a step-up: by text message to a user with a verified phone (which goes first is
/// inferred), else by email (contract C3.5, C7.3, M1.10).
pub(crate) fn send_code(login: &mut Login<'_>, user: &User) {
    let realm = &login.org.realm;
    let code = realm.entropy.digits(6);
    let why = if login.flow.step_up.is_some() {
        "You recently tried to open a report or dashboard in Salesforce."
    } else {
        "You recently tried to log in to Salesforce from an unrecognized browser."
    };
    let body = |what: &str| {
        format!(
            "{why}\n\
             Verification Code: {code}\n\
             This {what} was sent by a simulated org of Vestibule."
        )
    };
    match &user.phone {
        Some(phone) => realm.send_text_message(phone, body("text message")),
        None => realm.send_email(&user.email, "Verify your identity in Salesforce", body("email")),
    }
    login.flow.sent_by_sms = user.phone.is_some();
    login.flow.sent_code = Some(Secret::new(code));
}

/// Device activation is required in an unrecognised browser, if the org has it on and the login does not skip it.
fn needs_activation(login: &Login<'_>, user: &User) -> bool {
    let realm = &login.org.realm;
    let recognised = cookies::presented_devices(login.request).any(|device| user.devices.contains(device));
    let asked = || {
        let facts = user.facts(realm.clock.now(Component::Org));
        let evidence = login.flow.attempt.evidence(realm);
        asks_for_activation(&realm.rulebook, &realm.org_facts(), &facts, &evidence, realm.date())
    };
    realm.spec.org.device_activation && !recognised && asked()
}

fn activate_device(login: &mut Login<'_>, user: &User, level: SessionLevel) -> Next {
    login.org.realm.record(Event::DeviceActivationRequired { user: user.key.clone() });
    login.record_row(LoginStatus::ComputerActivationRequired);
    send_code(login, user);
    login.flow.step = Step::ActivateDevice { level };
    Next::Resume
}

fn verify(login: &mut Login<'_>, methods: Vec<VerificationMethod>) -> Next {
    let Some(chosen) = methods.first().copied() else {
        return block(login, BlockReason::NoMethodAvailable);
    };
    record_pending(login);
    login.flow.step = Step::Verify { methods, chosen, ceremony: None };
    Next::Resume
}

fn enrol(login: &mut Login<'_>, methods: Vec<VerificationMethod>, gate: EnrolmentGate) -> Next {
    record_pending(login);
    let totp_secret = Secret::new(login.org.realm.entropy.totp_key());
    login.flow.step = Step::Enrol { methods, gate, ceremony: None, totp_secret };
    login.open_gated_session();
    Next::Resume
}

fn block(login: &Login<'_>, reason: BlockReason) -> Next {
    Next::Answer(refuse(login.org, login.request, refusal(&login.flow.attempt, reason)))
}

fn refusal(attempt: &LoginAttempt, reason: BlockReason) -> Refusal<'_> {
    let (status, why) = words_of(reason);
    Refusal {
        user: Some(&attempt.user),
        login_type: attempt.login_type,
        status,
        why,
        auth_method_reference: attempt.auth_method_reference.clone(),
    }
}

/// Adds the row of a login that waits for a verification or an enrolment, once per login.
fn record_pending(login: &Login<'_>) {
    if matches!(login.flow.step, Step::Deciding) {
        login.record_row(LoginStatus::MultiFactorRequired);
    }
}

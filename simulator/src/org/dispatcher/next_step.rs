//! Asks the rules what a login still needs.

use vestibule_model::{EnrolmentGate, LoginStatus, Secret, SessionLevel, VerificationMethod};

use super::login::{Login, Next};
use super::refusal::{Refusal, refuse};
use crate::http::found;
use crate::org::cookies;
use crate::org::flow::Step;
use crate::policy::{BlockReason, Outcome, asks_for_activation, decide as ask_the_rules};
use crate::realm::{Component, Event, User};

/// Asks the rules and does what they say.
pub(super) fn decide(login: &mut Login<'_>) -> Next {
    let realm = &login.org.realm;
    let Some(user) = login.user() else {
        return Next::Answer(found("/"));
    };
    let facts = user.facts(realm.clock.now(Component::Org));
    let evidence = login.flow.attempt.evidence();
    let decision = ask_the_rules(&realm.rulebook, &realm.org_facts(), &facts, &evidence, realm.spec.org.date);
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

/// Sends a new device activation code by email (contract M1.10).
pub(crate) fn send_code(login: &mut Login<'_>, user: &User) {
    let realm = &login.org.realm;
    let code = realm.entropy.digits(6);
    let body = format!(
        "You recently tried to log in to Salesforce from an unrecognized browser.\n\
         Verification Code: {code}\n\
         This email was sent by a simulated org of Vestibule."
    );
    realm.send_email(&user.email, "Verify your identity in Salesforce", body);
    login.flow.sent_code = Some(Secret::new(code));
}

/// Device activation is required in an unrecognised browser, if the org has it on and the login does not skip it.
fn needs_activation(login: &Login<'_>, user: &User) -> bool {
    let realm = &login.org.realm;
    let recognised = cookies::presented_devices(login.request).any(|device| user.devices.contains(device));
    let asked = || asks_for_activation(&realm.rulebook, &login.flow.attempt.evidence(), realm.spec.org.date);
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
    let (status, why) = match reason {
        BlockReason::NoMethodAvailable => (
            PENDING,
            "Multi-factor authentication is required, but this org has not enabled a verification method for you.",
        ),
        BlockReason::ApiOnlyUser => (LoginStatus::ApiOnlyUser, "This user may only log in through the API."),
        BlockReason::WebViewCannotUsePasskey => {
            (PENDING, "This app's embedded browser cannot use a passkey. Log in through the system browser.")
        }
        BlockReason::PasswordlessNotAllowed => {
            (LoginStatus::RestrictedDomain, "This org does not allow passwordless login with passkeys.")
        }
        BlockReason::PasskeyNotRegistered => {
            (PENDING, "Logging in without a password needs a passkey, but this user has none.")
        }
        BlockReason::WeakSsoLogin => {
            (PENDING, "The identity provider sent no sufficient signal of multi-factor authentication.")
        }
    };
    let attempt = &login.flow.attempt;
    let refusal = Refusal {
        user: Some(&attempt.user),
        login_type: attempt.login_type,
        status,
        why,
        auth_method_reference: attempt.auth_method_reference.clone(),
    };
    Next::Answer(refuse(login.org, login.request, refusal))
}

/// Adds the row of a login that waits for a verification or an enrolment, once per login.
fn record_pending(login: &Login<'_>) {
    if matches!(login.flow.step, Step::Deciding) {
        login.record_row(PENDING);
    }
}

const PENDING: LoginStatus = LoginStatus::MultiFactorRequired;

//! Asking the rules, and doing what they say.

use axum::response::Response;

use super::attempt::LoginAttempt;
use super::refusal::{Refusal, refuse};
use super::resume::{go_to, path_of};
use super::{complete, resume};
use crate::http::{RequestContext, found, with_cookies};
use crate::org::flow::{Flow, Step};
use crate::org::{Org, cookies};
use crate::policy::{BlockReason, Outcome, decide};
use crate::realm::{Component, Event, HostRole, LoginRecord, User, totp_secret};
use vestibule_model::Secret;
use vestibule_model::{LoginKind, SessionLevel, Strength, VerificationMethod};

/// Takes a login after its first proof and answers with what comes next.
///
/// A login made at another host than My Domain goes on there: its verification pages and the browser's device cookie
/// belong to the My Domain host.
pub(crate) fn begin(org: &Org, request: &RequestContext, attempt: LoginAttempt) -> Response {
    org.realm.record(Event::LoginStarted { user: Some(attempt.user.clone()), kind: attempt.kind.clone() });
    let shared = org.flows.start(&org.realm, attempt);
    let mut flow = shared.lock();
    if request.host == HostRole::MyDomain { advance(org, request, &mut flow) } else { resume::carry_over(org, &flow) }
}

/// Takes a login on after the user answered, or registered, this method.
pub(crate) fn proved(org: &Org, request: &RequestContext, flow: &mut Flow, method: VerificationMethod) -> Response {
    flow.attempt.verified_with = Some(method);
    advance(org, request, flow)
}

/// Asks the rules and does what they say.
pub(super) fn advance(org: &Org, request: &RequestContext, flow: &mut Flow) -> Response {
    let realm = &org.realm;
    let Some(user) = realm.users.get(&flow.attempt.user) else {
        return found("/");
    };
    let facts = user.facts(realm.clock.now(Component::Org));
    let decision = decide(&realm.rulebook, &realm.org_facts(), &facts, &flow.attempt.evidence(), realm.spec.org.date);
    let strength = decision.strength;
    realm.record(Event::Decided { user: user.key.clone(), decision: decision.clone() });

    match decision.outcome {
        Outcome::Allow { session_level } if needs_activation(org, request, flow, &user, strength) => {
            activate_device(org, request, flow, &user, session_level)
        }
        Outcome::Allow { session_level } => complete::complete(org, request, flow, session_level),
        Outcome::Verify { methods } => verify(org, request, flow, methods),
        Outcome::Enrol { methods, gate } => {
            record_pending(org, flow);
            let totp_secret = totp_secret(&org.realm.entropy);
            let gate = realm.spec.org.gate.unwrap_or(gate);
            flow.step = Step::Enrol { methods, gate, ceremony: None, totp_secret };
            open_gated(org, request, flow)
        }
        Outcome::Block { reason } => block(org, request, flow, reason),
    }
}

/// Takes a login on after the code sent by email was right.
pub(crate) fn complete_activation(org: &Org, request: &RequestContext, flow: &mut Flow) -> Response {
    match flow.step {
        Step::ActivateDevice { level, .. } => complete::complete(org, request, flow, level),
        _ => resume::resume(org, request, flow),
    }
}

/// Sends a new code for device activation by email and returns it (contract M1.10).
pub(crate) fn send_code(org: &Org, user: &User) -> Secret {
    let code = org.realm.entropy.digits(6);
    let body = format!(
        "You recently tried to log in to Salesforce from an unrecognized browser.\n\
         Verification Code: {code}\n\
         This mail was made by a simulated org of Vestibule."
    );
    org.realm.send_email(&user.email, "Verify your identity in Salesforce", body);
    Secret::new(code)
}

fn verify(org: &Org, request: &RequestContext, flow: &mut Flow, methods: Vec<VerificationMethod>) -> Response {
    let Some(chosen) = methods.first().copied() else {
        return block(org, request, flow, BlockReason::NoMethodAvailable);
    };
    record_pending(org, flow);
    flow.step = Step::Verify { methods, chosen, ceremony: None };
    go_to(org, request, flow, &path_of(org, flow))
}

/// The session exists from here on, but a page stands before it (contract C5.2).
pub(super) fn open_gated(org: &Org, request: &RequestContext, flow: &mut Flow) -> Response {
    let sid = flow
        .sid
        .get_or_insert_with(|| org.realm.open_session(&flow.attempt.user, SessionLevel::Standard, true, false).sid);
    org.flows.bind(&org.realm, sid, &flow.id);
    let cookie = cookies::session(sid);
    with_cookies(go_to(org, request, flow, &path_of(org, flow)), [cookie])
}

/// Device activation is asked for where no stronger verification took place; sessions from the API are none of its
/// business (contract C6.4).
fn needs_activation(org: &Org, request: &RequestContext, flow: &Flow, user: &User, strength: Strength) -> bool {
    let asked = matches!(flow.attempt.kind, LoginKind::PasswordUi | LoginKind::Saml | LoginKind::Oidc);
    let recognised = cookies::presented_devices(request).any(|device| user.devices.contains(device));
    let proved = flow.attempt.verified_with.is_some() || strength > Strength::Weak;
    org.realm.spec.org.device_activation && asked && !recognised && !proved
}

fn activate_device(org: &Org, request: &RequestContext, flow: &mut Flow, user: &User, level: SessionLevel) -> Response {
    org.realm.record(Event::DeviceActivationRequired { user: user.key.clone() });
    record_row(org, flow, "Failed: Computer activation required");
    flow.step = Step::ActivateDevice { code: send_code(org, user), level };
    go_to(org, request, flow, &path_of(org, flow))
}

fn block(org: &Org, request: &RequestContext, flow: &mut Flow, reason: BlockReason) -> Response {
    let (status, why) = match reason {
        BlockReason::NoMethodAvailable => (
            PENDING,
            "Multi-factor authentication is required, and this org has enabled no verification method that you may use.",
        ),
        BlockReason::ApiOnlyUser => ("Failed: API-only user", "This user may only log in through the API."),
        BlockReason::WebViewCannotUsePasskey => {
            (PENDING, "This app's embedded browser cannot use a passkey. Log in through the system browser.")
        }
        BlockReason::PasswordlessNotAllowed => {
            ("Restricted domain", "This org does not allow passwordless login with passkeys.")
        }
        BlockReason::PasskeyNotRegistered => {
            (PENDING, "Logging in without a password needs a passkey, and this user has none.")
        }
        BlockReason::WeakSsoLogin => {
            (PENDING, "The identity provider sent no signal of multi-factor authentication that is enough.")
        }
    };
    let refusal = Refusal {
        user: Some(&flow.attempt.user),
        login_type: flow.attempt.login_type,
        status,
        why,
        auth_method_reference: flow.attempt.auth_method_reference.clone(),
    };
    refuse(org, request, refusal)
}

/// The row of a login that waits for a verification or an enrolment, once per login.
fn record_pending(org: &Org, flow: &Flow) {
    if matches!(flow.step, Step::Deciding) {
        record_row(org, flow, PENDING);
    }
}

pub(super) fn record_row(org: &Org, flow: &Flow, status: &str) {
    org.realm.record_login(LoginRecord {
        time: org.realm.shown_time(),
        user: Some(flow.attempt.user.clone()),
        login_type: flow.attempt.login_type.to_owned(),
        status: status.to_owned(),
        auth_method_reference: flow.attempt.auth_method_reference.clone(),
        application: "Browser".to_owned(),
        login_url: org.realm.hosts.name(&flow.attempt.host),
    });
}

const PENDING: &str = "Multi-factor required";

//! Whether an app may have tokens of a user, and whether the user may log in where no page asks anything.

use super::error::{FAILURE, OauthError};
use crate::http::RequestContext;
use crate::org::Org;
use crate::org::attempt::{LoginAttempt, login_type};
use crate::org::dispatcher::{decide_once, words_of};
use crate::policy::{AppDecision, AppFacts, AppRefusal, BlockReason, Decision, Outcome, decide, decide_app};
use crate::realm::{App, Component, LoginRecord, User};
use vestibule_model::{LoginKind, LoginStatus, OauthFlow, SessionLevel};

/// What the rules say of an app that asks for tokens of a user.
pub(super) fn decide_for(org: &Org, app: &App, user: &User, flow: OauthFlow) -> AppDecision {
    let realm = &org.realm;
    let facts = AppFacts {
        kind: app.spec.kind,
        installed: app.spec.installed,
        permitted_users: app.spec.permitted_users,
        admin_approved: app.spec.approved_users.contains(&user.key),
        user_approved: realm.grants.is_approved(&user.key, &app.name, org.now()),
        approves_uninstalled: user.spec.approve_uninstalled_apps,
        flow,
    };
    decide_app(&realm.rulebook, &facts, realm.date())
}

/// The refusal of an app, as the token endpoint says it.
pub(super) fn refusal(app: &App, user: &str, reason: AppRefusal) -> OauthError {
    let error = match reason {
        AppRefusal::NoSuchFlow => {
            OauthError::invalid_grant(FAILURE, "external client apps have no username-password flow")
        }
        AppRefusal::NotAdminApproved => OauthError::new(
            "invalid_app_access",
            "user is not admin approved to access this app",
            "only users whom an admin has approved may use the app, and this user is none",
        ),
        // No public source shows what the token endpoint says; the page says OAUTH_APPROVAL_ERROR_GENERIC.
        AppRefusal::NotInstalled => OauthError::new(
            "invalid_app_access",
            "user is not admin approved to access this app",
            "the app is not installed, and the user lacks the permission \"Approve Uninstalled Connected Apps\"",
        ),
        AppRefusal::DeviceFlowBlocked => device_flow_blocked(),
    };
    error.of_app(app).of_user(user)
}

/// No public source shows the text.
pub(super) fn device_flow_blocked() -> OauthError {
    let why = "the device flow is blocked for apps that are not installed";
    OauthError::new("invalid_app_access", "device flow is blocked for uninstalled apps", why)
}

/// Lets a user in by a flow that shows no page, if the rules do; returns the level of the session.
///
/// # Errors
/// If the rules refuse the login, or a rulebook asks in it for what only a page can give.
pub(super) fn without_page(
    org: &Org,
    request: &RequestContext,
    app: &App,
    user: &User,
    flow: OauthFlow,
) -> Result<SessionLevel, OauthError> {
    let attempt = LoginAttempt::new(&user.key, flow.login(), login_type::REMOTE_ACCESS, &request.host);
    match decide_once(org, user, &attempt) {
        Outcome::Allow { session_level } => Ok(session_level),
        Outcome::Block { reason } => Err(blocked(org, (request, app), user, reason, Some(flow))),
        Outcome::Verify { .. } | Outcome::Enrol { .. } => {
            record_row(org, (request, app), Some(&user.key), LoginStatus::MultiFactorRequired, Some(flow));
            let why = "the rulebook asks for a verification in a flow that shows no page";
            Err(OauthError::invalid_grant(FAILURE, why).of_app(app).of_user(&user.key))
        }
    }
}

/// The user of a grant, if still allowed in.
///
/// # Errors
/// If the user is gone, deactivated, frozen or otherwise kept out.
pub(super) fn of_grant(org: &Org, request: &RequestContext, app: &App, user: &str) -> Result<User, OauthError> {
    let gone = || OauthError::invalid_grant("inactive user", "the user no longer exists").of_app(app).of_user(user);
    let user = org.realm.users.get(user).ok_or_else(gone)?;
    match decided(org, request, &user, LoginKind::Api).outcome {
        Outcome::Block { reason } => Err(blocked(org, (request, app), &user, reason, None)),
        Outcome::Allow { .. } | Outcome::Verify { .. } | Outcome::Enrol { .. } => Ok(user),
    }
}

fn decided(org: &Org, request: &RequestContext, user: &User, login: LoginKind) -> Decision {
    let realm = &org.realm;
    let attempt = LoginAttempt::new(&user.key, login, login_type::REMOTE_ACCESS, &request.host);
    let facts = user.facts(realm.clock.now(Component::Org));
    decide(&realm.rulebook, &realm.org_facts(), &facts, &attempt.evidence(realm), realm.date())
}

/// A login that the rules refuse.
fn blocked(
    org: &Org,
    (request, app): (&RequestContext, &App),
    user: &User,
    reason: BlockReason,
    flow: Option<OauthFlow>,
) -> OauthError {
    let status = words_of(reason).0;
    record_row(org, (request, app), Some(&user.key), status, flow);
    OauthError::invalid_grant(description_of(reason), format!("the org refuses the login: {status}"))
        .of_app(app)
        .of_user(&user.key)
}

/// `error_description` of such a login. Only `inactive user` is a text that public sources show; `ip restricted` is
/// background.
pub(super) fn description_of(reason: BlockReason) -> &'static str {
    match reason {
        BlockReason::UserInactive | BlockReason::UserFrozen => "inactive user",
        BlockReason::OutsideLoginIpRanges => "ip restricted",
        _ => FAILURE,
    }
}

/// Adds the row of a call of the token endpoint to Login History, with the flow where it is known.
pub(super) fn record_row(
    org: &Org,
    (request, app): (&RequestContext, &App),
    user: Option<&str>,
    status: LoginStatus,
    flow: Option<OauthFlow>,
) {
    org.realm.record_login(LoginRecord {
        time: org.realm.shown_time(),
        user: user.map(str::to_owned),
        login_type: login_type::REMOTE_ACCESS.to_owned(),
        status,
        auth_method_reference: None,
        application: app.name.clone(),
        login_url: org.realm.hosts.name(&request.host),
        api: None,
        flow,
    });
}

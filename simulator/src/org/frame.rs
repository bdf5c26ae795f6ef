//! What verification and enrolment pages share: the hidden fields of their form, and the login that they belong to.

use axum::response::Response;

use crate::http::{Fields, RequestContext, found};
use crate::org::flow::{Flow, Step};
use crate::org::return_url::ReturnUrl;
use crate::org::{Org, gate};

/// The hidden fields of `form#editPage` (contract C2.2) and the error above it.
pub(crate) struct Frame {
    /// Where the form is posted: its own path.
    pub(crate) action: String,
    /// Anti-forgery token.
    pub(crate) vcsrf: String,
    /// Absolute URL of the page after the login; also the way out of a gate that can be left.
    pub(crate) return_url: String,
    /// Verification policy: `ic` is identity confirmation.
    pub(crate) vpol: &'static str,
    /// Error text.
    pub(crate) error: Option<String>,
    /// Username of the login.
    pub(crate) username: String,
}

impl Frame {
    /// The frame of a page of this login.
    pub(crate) fn new(org: &Org, request: &RequestContext, flow: &Flow, error: Option<&str>) -> Self {
        let prefix = if org.realm.spec.org.error_prefix { "Error: " } else { "" };
        let user = org.realm.users.get(&flow.attempt.user);
        Self {
            action: request.path.clone(),
            vcsrf: flow.vcsrf.reveal().to_owned(),
            return_url: flow.attempt.return_url.absolute(&org.realm.hosts),
            vpol: if matches!(flow.step, Step::ActivateDevice { .. }) { "ic" } else { "default" },
            error: error.map(|text| format!("{prefix}{text}")),
            username: user.map(|user| user.username).unwrap_or_default(),
        }
    }
}

/// Answers with the login under way in this browser; without one, or with a `vcsrf` of another, leads back.
pub(crate) fn with_flow(org: &Org, request: &RequestContext, then: impl FnOnce(&mut Flow) -> Response) -> Response {
    match gate::current(org, request) {
        Some(shared) => {
            let mut flow = shared.lock();
            let stale = request.query.get("vcsrf").is_some_and(|token| token != flow.vcsrf.reveal());
            if stale { gate::stale(org, request, &mut flow) } else { then(&mut flow) }
        }
        None => found(&gate::login_page(org, &ReturnUrl::read(request.query.text("retURL"), &org.realm.hosts))),
    }
}

/// As [`with_flow`], for a posted form: its `vcsrf` must be right. A form of a login that is through already, as a
/// second click posts it, leads on to where the first one did.
pub(crate) fn with_form(
    org: &Org,
    request: &RequestContext,
    fields: &Fields,
    then: impl FnOnce(&mut Flow) -> Response,
) -> Response {
    with_flow(org, request, |flow| {
        if fields.text("vcsrf") != flow.vcsrf.reveal() {
            gate::stale(org, request, flow)
        } else if matches!(flow.step, Step::Done) {
            gate::resume(org, request, flow)
        } else {
            then(flow)
        }
    })
}

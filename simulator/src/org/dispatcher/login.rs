//! The input of a login step, and its result.

use askama::Template;
use axum::response::Response;
use axum_extra::extract::cookie::Cookie;
use vestibule_model::{LoginStatus, PageName, Secret, SessionLevel, VerificationMethod};

use crate::http::{RequestContext, found, with_cookies};
use crate::org::flow::Flow;
use crate::org::{Org, cookies, lockout, page};
use crate::realm::{HostRole, InterstitialExit, LoginRecord, SessionKind, User};

/// A request that belongs to a login under way.
pub(crate) struct Login<'a> {
    /// The org.
    pub(crate) org: &'a Org,
    /// The request.
    pub(crate) request: &'a RequestContext,
    /// The login.
    pub(crate) flow: &'a mut Flow,
    /// Cookies to send with the answer.
    pub(crate) cookies: Vec<Cookie<'static>>,
}

/// What comes after a step of a login.
pub(crate) enum Next {
    /// Ask the rules what the login still needs.
    Decide,
    /// The user verified with or registered this method: ask the rules again.
    Proved(VerificationMethod),
    /// The user verified again for a report.
    SteppedUp,
    /// The login succeeded: open its session at this level.
    Finalize(SessionLevel),
    /// The user left the page between the login and its destination.
    Leave(InterstitialExit),
    /// The form does not belong to the login's current page: record that, and lead the browser back.
    Stale,
    /// Lead the browser to the login's current page.
    Resume,
    /// Send this answer.
    Answer(Response),
}

impl<'a> Login<'a> {
    /// A request that belongs to this login.
    pub(super) fn new(org: &'a Org, request: &'a RequestContext, flow: &'a mut Flow) -> Self {
        Self { org, request, flow, cookies: Vec::new() }
    }

    /// The user, if not deleted since.
    pub(crate) fn user(&self) -> Option<User> {
        self.org.realm.users.get(&self.flow.attempt.user)
    }

    /// Whether the user is locked out now. No method verifies such a user.
    pub(crate) fn is_locked_out(&self) -> bool {
        self.user().is_some_and(|user| lockout::is_locked(self.org, &user))
    }

    /// Answers with a page of the login and records it.
    pub(crate) fn show(&self, page: PageName, template: &impl Template) -> Next {
        Next::Answer(page::show(self.org, self.request, page, template))
    }

    /// Redirects to a page of the login, with the flow cookie.
    pub(crate) fn redirect_to(&self, path: &str) -> Next {
        let location =
            if self.request.host == HostRole::MyDomain { path.to_owned() } else { self.org.my_domain_url(path) };
        Next::Answer(with_cookies(found(&location), [cookies::flow(&self.flow.id)]))
    }

    /// Opens the gated session behind the login's current page (contract C5.2).
    pub(super) fn open_gated_session(&mut self) {
        let realm = &self.org.realm;
        let open = || realm.open_session(&self.flow.attempt.user, SessionLevel::Standard, SessionKind::Gated).sid;
        let sid = self.flow.sid.clone().unwrap_or_else(open);
        self.org.flows.bind(realm, &sid, &self.flow.id);
        self.end_session_in_time(&sid);
        self.cookies.push(cookies::session(&sid));
        self.flow.sid = Some(sid);
    }

    /// Ends the session of the login when the identity provider said (saml-core 2.7.2, `SessionNotOnOrAfter`), or says.
    pub(super) fn end_session_in_time(&self, sid: &Secret) {
        if let Some(login) = &self.flow.attempt.saml_login {
            self.org.realm.sessions.came_from(sid.reveal(), login.clone());
        }
        if let Some(end) = self.flow.attempt.session_end {
            self.org.realm.sessions.end_at(sid.reveal(), end);
        }
    }

    /// Adds a row about this login to Login History.
    pub(super) fn record_row(&self, status: LoginStatus) {
        let (realm, attempt) = (&self.org.realm, &self.flow.attempt);
        realm.record_login(LoginRecord {
            time: realm.shown_time(),
            user: Some(attempt.user.clone()),
            login_type: attempt.login_type.to_owned(),
            status,
            auth_method_reference: attempt.auth_method_reference.clone(),
            application: "Browser".to_owned(),
            login_url: realm.hosts.name(&attempt.host),
            api: None,
            flow: None,
        });
    }
}

//! What the pages of a login share: the hidden fields of their form and the error above it.

use super::dispatcher::Login;
use super::flow::{Step, StepUpFor};
use super::lockout::TOO_MANY;

/// The hidden fields of `form#editPage` (contract C2.2) and the error above it.
pub(crate) struct Frame {
    /// Where the form is posted: its own path.
    pub(crate) action: String,
    /// Anti-forgery token.
    pub(crate) vcsrf: String,
    /// Absolute URL of the page after the login; also the exit of a leavable gate.
    pub(crate) return_url: String,
    /// Verification policy: `ic` is identity confirmation.
    pub(crate) vpol: &'static str,
    /// What the user is doing.
    pub(crate) doing: &'static str,
    /// Error text.
    pub(crate) error: Option<String>,
    /// Username of the login.
    pub(crate) username: String,
}

impl Frame {
    /// The frame of the requested page. If the user is locked out, its error says so.
    pub(crate) fn new(login: &Login<'_>, error: Option<&str>) -> Self {
        let (realm, flow) = (&login.org.realm, &login.flow);
        let proves = !matches!(flow.step, Step::Interstitial { .. });
        let error = if proves && login.is_locked_out() { Some(TOO_MANY) } else { error };
        Self {
            action: login.request.path.clone(),
            vcsrf: flow.vcsrf.reveal().to_owned(),
            return_url: flow.attempt.return_url.absolute(&realm.hosts),
            // Ours but for a login: no public source shows the words.
            doing: match &flow.step_up {
                None => "Log In to Salesforce",
                Some(of) => match of.purpose {
                    StepUpFor::Report { .. } => "Access Reports and Dashboards",
                    StepUpFor::Registration => "Register a Passkey",
                },
            },
            vpol: if matches!(flow.step, Step::ActivateDevice { .. }) { "ic" } else { "default" },
            error: error.map(|text| login.org.error_text(text)),
            username: login.user().map(|user| user.username).unwrap_or_default(),
        }
    }
}

//! The paths of the org (contract C1.1 to C1.15). Paths that identify a page are in its row of [`PageName::info`].

use vestibule_model::{PageName, Secret, VerificationMethod};

/// Lightning home.
pub const LIGHTNING_HOME: &str = path_of(PageName::Home);
/// A UI session from a session id or a one-time code.
pub const FRONTDOOR: &str = "/secur/frontdoor.jsp";
/// Logout.
pub const LOGOUT: &str = path_of(PageName::LoggedOut);

/// Where the page of a passkey ceremony says how far it got. No real org has it; no event comes of it.
pub const CEREMONY: &str = "/vestibule/ceremony";

/// Setup home.
pub(crate) const SETUP_HOME: &str = "/lightning/setup/SetupOneHome/home";
/// Login History.
pub(crate) const LOGIN_HISTORY: &str = path_of(PageName::LoginHistory);
/// The inbox of the simulated org.
pub(crate) const INBOX: &str = path_of(PageName::Inbox);
/// Opens the session of a ticket on this host.
pub(crate) const CONTENT_DOOR: &str = "/secur/contentDoor";
/// A front door URL for an access token.
pub(crate) const SINGLE_ACCESS: &str = "/services/oauth2/singleaccess";
/// Starts SP-initiated SAML (contract D1.4).
pub(crate) const SAML_START: &str = "/saml/authn-request.jsp";
/// The dispatcher.
pub(crate) const START: &str = "/_ui/identity/verification/policy/VerificationStartUi";
/// Device activation by email.
pub(crate) const EMAIL: &str = path_of(PageName::VerifyEmail);
/// Sends the email again.
pub(crate) const EMAIL_RESEND: &str = "/_ui/identity/verification/method/EmailVerificationStartUi/e";
/// Another registered method. No public source shows its path.
pub(crate) const CHOOSE_VERIFIER: &str = path_of(PageName::ChooseVerificationMethod);
/// The passkey enrolment gate.
pub(crate) const ADD_PASSKEY: &str = path_of(PageName::CreatePasskey);
/// "Choose a Verification Method" in an enrolment; suites know this path as related to the gate (contract M1.11).
pub(crate) const ADD_OTHER: &str = "/_ui/identity/verification/addTwoFactor";

/// Path and query that open a UI session from this session id and lead to `return_url`.
pub fn frontdoor(sid: &Secret, return_url: &str) -> String {
    format!("{FRONTDOOR}?sid={}&retURL={return_url}", sid.reveal())
}

/// The page on which an enrolment with these methods begins: the gate, if a passkey is among them.
pub(crate) fn enrolment(methods: &[VerificationMethod]) -> &'static str {
    if methods.iter().any(|method| method.is_passkey()) {
        return ADD_PASSKEY;
    }
    match methods {
        [only] => only.enrolment_path().unwrap_or(ADD_OTHER),
        _ => ADD_OTHER,
    }
}

/// The path of a page. A page without one does not compile.
pub(crate) const fn path_of(page: PageName) -> &'static str {
    match page.info().path {
        Some(path) => path,
        None => panic!("the page has no path of its own"),
    }
}

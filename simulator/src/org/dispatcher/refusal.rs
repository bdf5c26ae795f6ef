//! The end of a login that failed.

use askama::Template;
use axum::response::Response;
use http::StatusCode;

use crate::http::RequestContext;
use crate::org::{Org, page};
use crate::policy::BlockReason;
use crate::realm::LoginRecord;
use vestibule_model::{LoginStatus, PageName};

/// A login that failed, as Login History will show it.
pub(crate) struct Refusal<'a> {
    /// Key of the user, if known.
    pub(crate) user: Option<&'a str>,
    /// `LoginType` label.
    pub(crate) login_type: &'a str,
    /// `Status`.
    pub(crate) status: LoginStatus,
    /// One sentence for the page.
    pub(crate) why: &'a str,
    /// The `amr` of an ID token.
    pub(crate) auth_method_reference: Option<String>,
}

/// What Login History and the page say of a login that the rules refuse (contract A2.2, H1.4, H5.1 to H5.7).
pub(crate) fn words_of(reason: BlockReason) -> (LoginStatus, &'static str) {
    match reason {
        BlockReason::UserInactive => (LoginStatus::UserInactive, BAD_CREDENTIALS),
        BlockReason::UserFrozen => (LoginStatus::UserFrozen, BAD_CREDENTIALS),
        BlockReason::UserLockedOut => (LoginStatus::PasswordLockout, BAD_CREDENTIALS),
        BlockReason::OutsideLoginIpRanges => (LoginStatus::RestrictedIp, BAD_CREDENTIALS),
        BlockReason::OutsideLoginHours => (LoginStatus::RestrictedTime, BAD_CREDENTIALS),
        BlockReason::OnlySingleSignOn => (
            LoginStatus::InvalidPassword,
            "We can't log you in because you're only allowed to use single sign-on. For help, contact your Salesforce administrator.",
        ),
        BlockReason::RouteRetired => (LoginStatus::RestrictedDomain, "The org no longer offers this way to log in."),
        BlockReason::SoapLoginDisabled => (LoginStatus::RestrictedDomain, "The org has SOAP login() disabled."),
        BlockReason::UseAnyApiAuthMissing => {
            (LoginStatus::RestrictedDomain, "SOAP login() needs the permission \"Use Any API Auth\" in this org.")
        }
        BlockReason::NoMethodAvailable => (
            LoginStatus::MultiFactorRequired,
            "Multi-factor authentication is required, but this org has not enabled a verification method for you.",
        ),
        BlockReason::ApiOnlyUser => (LoginStatus::ApiOnlyUser, "This user may only log in through the API."),
        BlockReason::WebViewCannotUsePasskey => (
            LoginStatus::MultiFactorRequired,
            "This app's embedded browser cannot use a passkey. Log in through the system browser.",
        ),
        BlockReason::PasswordlessNotAllowed => {
            (LoginStatus::RestrictedDomain, "This org does not allow passwordless login with passkeys.")
        }
        BlockReason::PasskeyNotRegistered => {
            (LoginStatus::MultiFactorRequired, "Logging in without a password needs a passkey, but this user has none.")
        }
        BlockReason::WeakSsoLogin => (
            LoginStatus::MultiFactorRequired,
            "The identity provider sent no sufficient signal of multi-factor authentication.",
        ),
    }
}

/// Exact text of public test suites (contract A2.2).
pub(crate) const BAD_CREDENTIALS: &str =
    "Please check your username and password. If you still can't log in, contact your Salesforce administrator.";

/// Ends a login: a row in Login History, and the page that says why.
pub(crate) fn refuse(org: &Org, request: &RequestContext, refusal: Refusal<'_>) -> Response {
    record(org, request, &refusal);
    let login = org.realm.hosts.url(&crate::realm::HostRole::MyDomain, "/");
    let template = RefusedLoginTemplate {
        page: PageName::LoginRefused,
        status: refusal.status.text(),
        why: refusal.why,
        login: &login,
    };
    page::show_with_status(org, request, PageName::LoginRefused, StatusCode::FORBIDDEN, &template)
}

/// Adds the row of a failed login to Login History.
pub(crate) fn record(org: &Org, request: &RequestContext, refusal: &Refusal<'_>) {
    org.realm.record_login(LoginRecord {
        time: org.realm.shown_time(),
        user: refusal.user.map(str::to_owned),
        login_type: refusal.login_type.to_owned(),
        status: refusal.status,
        auth_method_reference: refusal.auth_method_reference.clone(),
        application: "Browser".to_owned(),
        login_url: org.realm.hosts.name(&request.host),
        api: None,
        flow: None,
    });
}

#[derive(Template)]
#[template(path = "org/login_refused.html")]
struct RefusedLoginTemplate<'a> {
    page: PageName,
    status: &'a str,
    why: &'a str,
    login: &'a str,
}

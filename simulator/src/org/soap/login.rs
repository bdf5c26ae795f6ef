//! `login()`.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use vestibule_model::{LoginKind, LoginStatus, OrgKind};

use super::call::{Call, Endpoint};
use super::fault::{Fault, xml};
use super::user_info::UserInfo;
use crate::http::RequestContext;
use crate::org::attempt::{LoginAttempt, login_type};
use crate::org::dispatcher::decide_once;
use crate::org::password::{Admitted, ApiRefusal, Refused, Route, check};
use crate::org::{Org, interstitial};
use crate::policy::{BlockReason, first_version_without_soap_login, soap_login_refusal};
use crate::realm::{ApiOfLogin, HostRole, LoginRecord, SessionKind};

/// Logs a user in (contract G1.1 to G1.10).
pub(super) fn login(org: &Org, request: &RequestContext, endpoint: Endpoint, call: &Call) -> Response {
    let realm = &org.realm;
    if endpoint.version >= first_version_without_soap_login(&realm.rulebook) {
        return no_longer_available(endpoint).answer(org, request, endpoint.wsdl);
    }
    // Whether the org offers the call at all does not depend on the credentials.
    let route = Route { kind: LoginKind::SoapLogin, login_type: login_type::OTHER_APEX_API };
    if let Some(reason) = soap_login_refusal(&realm.rulebook, &realm.org_facts(), realm.date()) {
        // The journal says whose login it was, and which rule refused it.
        if let Some(user) = realm.users.by_username(call.argument("username").trim()) {
            let attempt = LoginAttempt::new(&user.key, route.kind.clone(), route.login_type, &request.host);
            let _refused = decide_once(org, &user, &attempt);
        }
        return fault(ApiRefusal::NotAdmitted(reason), endpoint).answer(org, request, endpoint.wsdl);
    }
    let checked = check(org, request, &route, call.argument("username"), call.argument("password"));
    let record = |user: Option<String>, status| {
        realm.record_login(LoginRecord {
            time: realm.shown_time(),
            user,
            login_type: route.login_type.to_owned(),
            status,
            auth_method_reference: None,
            application: client(call),
            login_url: realm.hosts.name(&request.host),
            api: Some(ApiOfLogin {
                api_type: endpoint.wsdl.api_type().to_owned(),
                version: format!("{}.0", endpoint.version),
            }),
            flow: None,
        });
    };
    match checked {
        Ok(admitted) => {
            record(Some(admitted.user.key.clone()), LoginStatus::Success);
            logged_in(org, endpoint, admitted)
        }
        Err(Refused { user, status, why }) => {
            record(user, status);
            fault(why, endpoint).answer(org, request, endpoint.wsdl)
        }
    }
}

/// Opens the session: one of the API, or, with an expired password, one that can do nothing (contract G1.9).
fn logged_in(org: &Org, endpoint: Endpoint, admitted: Admitted) -> Response {
    let Admitted { user, level } = admitted;
    let password_expired = interstitial::password_is_expired(&user);
    let kind = if password_expired { SessionKind::Gated } else { SessionKind::Api };
    let session = org.realm.open_session(&user.key, level, kind);
    let url = |letter: &str| {
        let org_id = &org.realm.org_id[..15];
        org.realm.hosts.url(&HostRole::MyDomain, &format!("/services/Soap/{letter}/{}.0/{org_id}", endpoint.version))
    };
    let template = LoginTemplate {
        namespace: endpoint.wsdl.namespace(),
        metadata_server_url: url("m"),
        password_expired,
        sandbox: org.settings().kind == OrgKind::Sandbox,
        server_url: url(endpoint.wsdl.letter()),
        session_id: session.sid.reveal(),
        info: UserInfo::new(org, &user),
    };
    xml(StatusCode::OK, &template)
}

fn fault(why: ApiRefusal, endpoint: Endpoint) -> Fault {
    match why {
        ApiRefusal::WrongCredentials | ApiRefusal::MfaRequired => Fault::login("INVALID_LOGIN", WRONG),
        ApiRefusal::SuffixMissing => Fault::login("LOGIN_MUST_USE_SECURITY_TOKEN", format!("{WRONG} {NEW_LOCATION}")),
        ApiRefusal::NotAdmitted(reason) => match reason {
            BlockReason::OutsideLoginIpRanges => {
                Fault::login("LOGIN_DURING_RESTRICTED_DOMAIN", "cannot log in from current domain")
            }
            BlockReason::OutsideLoginHours => {
                Fault::login("LOGIN_DURING_RESTRICTED_TIME", "cannot log in during restricted time")
            }
            BlockReason::RouteRetired => no_longer_available(endpoint),
            BlockReason::SoapLoginDisabled => Fault::unexpected("INVALID_OPERATION", DISABLED),
            BlockReason::UseAnyApiAuthMissing => Fault::unexpected("INVALID_OPERATION", NO_API_AUTH),
            BlockReason::UserInactive
            | BlockReason::UserFrozen
            | BlockReason::UserLockedOut
            | BlockReason::OnlySingleSignOn
            | BlockReason::NoMethodAvailable
            | BlockReason::ApiOnlyUser
            | BlockReason::WebViewCannotUsePasskey
            | BlockReason::PasswordlessNotAllowed
            | BlockReason::PasskeyNotRegistered
            | BlockReason::WeakSsoLogin => Fault::login("INVALID_LOGIN", WRONG),
        },
    }
}

/// Also from the day on which the call ends for every version; what the org then says is inferred.
fn no_longer_available(endpoint: Endpoint) -> Fault {
    let message = format!(
        "The SOAP Login operation is not available in the API version specified ({}.0). Refer to the documentation for \
         supported versions.",
        endpoint.version
    );
    Fault::unexpected("INVALID_OPERATION", message)
}

/// What the client calls itself (contract G1.10). Anything but a plain name is left out.
fn client(call: &Call) -> String {
    let plain = |name: &&str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b" ._/-()".contains(&byte);
        (1..=LONGEST_CLIENT).contains(&name.len()) && name.bytes().all(allowed)
    };
    call.header("CallOptions", "client").map(str::trim).filter(plain).unwrap_or("N/A").to_owned()
}

#[derive(Template)]
#[template(path = "org/soap_login.xml")]
struct LoginTemplate<'a> {
    namespace: &'a str,
    metadata_server_url: String,
    password_expired: bool,
    sandbox: bool,
    server_url: String,
    session_id: &'a str,
    info: UserInfo,
}

const LONGEST_CLIENT: usize = 80;

/// Exact texts of public clients and reports (contract G1.2, G1.3).
const WRONG: &str = "Invalid username, password, security token; or user locked out.";
const NEW_LOCATION: &str = "Are you at a new location? When accessing Salesforce--either via a desktop client or the \
     API--from outside of your company’s trusted networks, you must add a security token to your password to log in. To \
     get your new security token, log in to Salesforce. From your personal settings, enter Reset My Security Token in the \
     Quick Find box, then select Reset My Security Token.";
const DISABLED: &str = "SOAP API login() is disabled by default in this org. Contact the org administrator to enable SOAP \
     API login().";
/// Ours: no public source shows it (contract G1.5).
const NO_API_AUTH: &str = "SOAP API login() needs the user permission Use Any API Auth in this org.";

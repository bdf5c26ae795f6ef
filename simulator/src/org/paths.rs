//! The paths of the org (contract C1.1 to C1.15). Paths that identify a page are in its row of [`PageName::info`].

use url::form_urlencoded;
use vestibule_model::{IdpProtocol, PageName, Secret, VerificationMethod};

use crate::realm::{HostRole, Realm, SsoTrust};

/// Lightning home.
pub const LIGHTNING_HOME: &str = path_of(PageName::Home);
/// A UI session from a session id or a one-time code.
pub const FRONTDOOR: &str = "/secur/frontdoor.jsp";
/// The paths of the same page, newest first.
pub(crate) const HOMES: [&str; 4] = [LIGHTNING_HOME, "/lightning", "/one/one.app", "/home/home.jsp"];

/// Whether this path leads to the home page.
pub fn is_home(path: &str) -> bool {
    HOMES.contains(&path)
}

/// The login page of an Experience Cloud site. A site of a real org has a host of its own.
pub const SITE_LOGIN: &str = path_of(PageName::SiteLogin);

/// Another address of the login page (contract A1.10).
pub(crate) const LOGIN: &str = "/login.jsp";

/// Logout.
pub const LOGOUT: &str = path_of(PageName::LoggedOut);

/// Where the page of a passkey ceremony makes its [reports](super::CeremonyReport). No real org has it.
pub(super) const CEREMONY: &str = "/vestibule/ceremony";

/// Where the page that waits for Salesforce Authenticator asks whether it was answered. No real org has it.
pub(crate) const PUSH: &str = "/vestibule/push";
/// Where a page says what it did as its settings say. No real org has it.
pub(crate) const PAGE_BEHAVIOUR: &str = "/vestibule/pages";
/// The script of such a page.
pub(crate) const PAGE_SCRIPT: &str = "/vestibule/page-behaviour.js";

/// Where a real org takes a session before the Lightning page in `url` (contract A6.4).
pub(crate) const VISUALFORCE_SESSION: &str = "/visualforce/session";

/// Whether a path leads to a page that only somebody who is signed in sees: Lightning, Setup, Visualforce, a record or a tab
/// of the classic pages. Only a few of these pages are simulated.
pub fn is_behind_the_login(path: &str) -> bool {
    let mut segments = path.split('/').skip(1);
    let first = segments.next().unwrap_or_default();
    match first {
        "lightning" | "one" | "setup" | "apex" | "sfsites" => true,
        // Background: the switch between Lightning and the classic pages, packages, flows, and the classic Setup.
        "ltng" | "packaging" | "flow" | "ui" | "p" | "udd" => segments.next().is_some_and(|next| !next.is_empty()),
        // Beside the pages of a login.
        "_ui" => matches!(segments.next(), Some("core" | "common" | "search")),
        "visualforce" => path == VISUALFORCE_SESSION,
        _ if is_record_id(first) => true,
        // A tab of the classic pages: `/001`, `/001/o`.
        _ => is_key_prefix(first) && matches!(segments.next(), None | Some("" | "o" | "e")),
    }
}

/// Whether a path leads to Experience Builder (background).
pub fn is_experience_builder(path: &str) -> bool {
    path.starts_with("/sfsites/picasso/")
}

/// Whether a path leads to a report or a dashboard: a record page of Lightning, or the record itself, by which a report is
/// exported too (contract C7.1). Escapes hide nothing.
pub(crate) fn is_report(path: &str) -> bool {
    let segments = path.split('/').skip(1);
    let segments: Vec<String> = segments
        .map(|segment| {
            form_urlencoded::parse(segment.as_bytes()).next().map_or_else(String::new, |(name, _)| name.into())
        })
        .collect();
    let names_one = |segment: &String| {
        let id = is_record_id(segment) && REPORTS.contains(&&segment[..3]);
        id || OBJECTS.iter().any(|object| segment.eq_ignore_ascii_case(object))
    };
    match segments.as_slice() {
        [lightning, record, rest @ ..] if lightning == "lightning" && record == "r" => rest.iter().any(names_one),
        [id, ..] => is_record_id(id) && names_one(id),
        [] => false,
    }
}

/// The API names of the objects.
const OBJECTS: [&str; 2] = ["Report", "Dashboard"];
/// How their record ids begin.
const REPORTS: [&str; 2] = ["00O", "01Z"];

/// 15 characters, or 18 with the check characters.
fn is_record_id(segment: &str) -> bool {
    matches!(segment.len(), 15 | 18) && is_alphanumeric_with_a_digit(segment)
}

/// The first three characters of a record id name its object.
fn is_key_prefix(segment: &str) -> bool {
    segment.len() == 3 && is_alphanumeric_with_a_digit(segment)
}

fn is_alphanumeric_with_a_digit(segment: &str) -> bool {
    let alphanumeric = segment.bytes().all(|byte| byte.is_ascii_alphanumeric());
    alphanumeric && segment.bytes().any(|byte| byte.is_ascii_digit())
}

/// Setup home.
pub(crate) const SETUP_HOME: &str = "/lightning/setup/SetupOneHome/home";
/// Login History.
pub(crate) const LOGIN_HISTORY: &str = path_of(PageName::LoginHistory);
/// Sends a link that resets a password, and is where the link leads (contract A4.1, A4.2).
pub(crate) const FORGOT_PASSWORD: &str = path_of(PageName::ForgotPassword);
/// Stands for the page of another host behind "Log In with Email" (contract A4.4).
pub(crate) const LOG_IN_WITH_EMAIL: &str = path_of(PageName::EmailLogin);
/// Stands for the page of another host behind "Try for Free" (contract A4.5). Not simulated.
pub(crate) const SIGN_UP: &str = "/vestibule/sign-up";
/// "Reset My Security Token" in the personal settings.
pub(crate) const RESET_TOKEN: &str = path_of(PageName::ResetSecurityToken);
/// The same page in Lightning.
pub(crate) const RESET_TOKEN_IN_LIGHTNING: &str = "/lightning/settings/personal/ResetApiToken/home";
/// The page of the user in `address`, inside Lightning (contract C5.18).
pub(crate) const MANAGE_USERS: &str = "/lightning/setup/ManageUsers/page";
/// Deletes the record in `delID`. Background.
pub(crate) const DELETE_RECORD: &str = "/setup/own/deleteredirect.jsp";
/// "Identity Verification" in Setup.
pub(crate) const IDENTITY_VERIFICATION: &str = path_of(PageName::IdentityVerification);
/// The inbox of the simulated org.
pub const INBOX: &str = path_of(PageName::Inbox);
/// Opens the session of a ticket on this host.
pub(crate) const CONTENT_DOOR: &str = "/secur/contentDoor";
/// A front door URL for an access token.
pub const SINGLE_ACCESS: &str = "/services/oauth2/singleaccess";
/// Authorization endpoint of the org (contract F1.1).
pub(crate) const AUTHORIZE: &str = "/services/oauth2/authorize";
/// Token endpoint of the org.
pub(crate) const TOKEN: &str = "/services/oauth2/token";
/// Revokes a token of the org.
pub(crate) const REVOKE: &str = "/services/oauth2/revoke";
/// Says what a token of the org stands for.
pub(crate) const INTROSPECT: &str = "/services/oauth2/introspect";
/// Who holds an access token of the org.
pub(crate) const USERINFO: &str = "/services/oauth2/userinfo";
/// The keys that sign ID tokens of the org.
pub(crate) const IDENTITY_KEYS: &str = "/id/keys";
/// OpenID Provider metadata of the org.
pub(crate) const OPENID_CONFIGURATION: &str = "/.well-known/openid-configuration";
/// What the Mobile SDK asks before a login (contract F1.4).
pub(crate) const AUTH_CONFIGURATION: &str = "/.well-known/auth-configuration";
/// The approval page (contract C1.11).
pub(crate) const APPROVAL: &str = "/setup/secur/RemoteAccessAuthorizationPage.apexp";
/// The other address of contract C1.11: leads on to the same page, or asks for itself between a login and its destination.
pub(crate) const APPROVAL_UI: &str = "/_ui/identity/oauth/ui/AuthorizationPage";
/// Where a user types the code that a device shows.
pub(crate) const CONNECT_DEVICE: &str = "/setup/connect";
/// Starts SP-initiated SAML (contract D1.4).
pub(crate) const SAML_START: &str = "/saml/authn-request.jsp";
/// SAML metadata of the org. The real org has no public address for it.
pub(crate) const SP_METADATA: &str = "/vestibule/saml-metadata";
/// Single logout by SAML (contract C1.16).
pub(crate) const SAML_LOGOUT: &str = crate::realm::ORG_SLO_PATH;
/// "SAML Assertion Validator".
pub(crate) const SAML_VALIDATOR: &str = path_of(PageName::SamlValidator);
/// Takes the answers of OpenID Connect; the URL suffix of the Auth. Provider follows (contract E1.1).
pub(crate) const AUTH_CALLBACK: &str = "/services/authcallback/";

/// The id of the organization that the path of a callback names, as at the shared login host (contract E1.1).
pub(crate) fn organization_of(path: &str) -> Option<&str> {
    path.strip_prefix(AUTH_CALLBACK)?.split_once('/').map(|(organization, _)| organization)
}
/// The dispatcher.
pub(crate) const START: &str = "/_ui/identity/verification/policy/VerificationStartUi";
/// Device activation by email.
pub(crate) const EMAIL: &str = path_of(PageName::VerifyEmail);
/// The same by text message.
pub(crate) const SMS: &str = path_of(PageName::VerifySms);
/// Sends the text message again. Inferred from the email.
pub(crate) const SMS_RESEND: &str = "/_ui/identity/verification/method/SmsVerificationStartUi/e";
/// Sends the email again.
pub(crate) const EMAIL_RESEND: &str = "/_ui/identity/verification/method/EmailVerificationStartUi/e";
/// Another registered method. No public source shows its path.
pub(crate) const CHOOSE_VERIFIER: &str = path_of(PageName::ChooseVerificationMethod);
/// The passkey enrolment gate.
pub(crate) const ADD_PASSKEY: &str = path_of(PageName::CreatePasskey);
/// Registers one more passkey of whoever is signed in. Only its last segment is public (contract C5.15).
pub(crate) const REGISTRATION: &str = "/setup/secur/registrationInterstitial.apexp";
/// "Choose a Verification Method" in an enrolment; suites know this path as related to the gate (contract M1.11).
pub(crate) const ADD_OTHER: &str = "/_ui/identity/verification/addTwoFactor";
/// Another address of that page (contract M1.11); its folder is inferred.
pub(crate) const ADD_OTHER_ONLY: &str = "/_ui/identity/verification/addTwoFactorOnly";
/// Another address of the dispatcher (contract M1.11); its folder is inferred.
pub(crate) const CHALLENGE: &str = "/_ui/identity/challenge";

/// Path and query that open a UI session from this session id and lead to `return_url`.
pub fn frontdoor(sid: &Secret, return_url: &str) -> String {
    format!("{FRONTDOOR}?sid={}&retURL={return_url}", sid.reveal())
}

/// Path and query on My Domain that start single sign-on at this identity provider. An org with several SAML settings
/// refuses a start that names none of them.
pub fn sso_start(trust: &SsoTrust) -> String {
    match trust.spec.protocol {
        IdpProtocol::Saml => format!("{SAML_START}?samlSsoConfig={}", trust.config_id),
        IdpProtocol::Oidc => format!("/services/auth/sso/{}", trust.idp),
    }
}

/// Path and query on My Domain of the SAML metadata of the org for this identity provider.
pub fn sp_metadata(trust: &SsoTrust) -> String {
    format!("{SP_METADATA}?samlSsoConfig={}", trust.config_id)
}

/// The assertion consumer service of a site: its login page, with the ids of the org and of the setting (contract D1.2).
pub fn site_acs(realm: &Realm, trust: &SsoTrust) -> String {
    let path = format!("{SITE_LOGIN}?so={}&sc={}", &realm.org_id[..15], trust.config_id);
    realm.hosts.url(&HostRole::MyDomain, &path)
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

#[cfg(test)]
mod tests {
    use super::{is_behind_the_login, is_report};

    #[test]
    fn a_report_is_known_by_its_object_or_its_id_however_it_is_written() {
        for path in [
            "/lightning/r/Report/00O5e000008fXyZEAU/view",
            "/lightning/r/report/00O5e000008fXyZ/view",
            "/lightning/r/Dashboard/01Z5e000000AbCdEAK/view",
            "/lightning/r/00O5e000008fXyZEAU/view",
            "/lightning/r/%52eport/00O5e000008fXyZEAU/edit",
            "/lightning/r/sObject/01Z5e000000AbCd/view",
            "/00O5e000008fXyZ",
            "/00O5e000008fXyZEAU/e",
            "/%300O5e000008fXyZ",
        ] {
            assert!(is_report(path), "{path}");
        }
        for path in [
            "/lightning/r/Account/0015e000008fXyZEAU/view",
            "/lightning/o/Report/home",
            "/lightning/page/home",
            "/0015e000008fXyZEAU",
            "/00O/o",
            "/r/Report/x",
            "/",
            "",
        ] {
            assert!(!is_report(path), "{path}");
        }
    }

    #[test]
    fn what_lies_behind_the_login_is_known_by_its_path() {
        for path in [
            "/lightning/o/Account/list",
            "/lightning",
            "/one/one.app",
            "/setup/ui/recordtypefields.jsp",
            "/apex/MyPage",
            "/sfsites/picasso/core/config/commeditor.jsp",
            "/visualforce/session",
            "/001000000000001",
            "/001000000000001AAA/e",
            "/a0B7R000001abcdUAA",
            "/001/o",
            "/001",
            "/001/",
            "/ltng/switcher",
            "/packaging/installPackage.apexp",
            "/flow/Onboarding",
            "/ui/setup/Setup",
            "/p/setup/custent/CustomObjectsPage",
            "/udd/Role/viewRole.apexp",
            "/_ui/core/userprofile/UserProfilePage",
            "/_ui/common/apex/debug/ApexCSIPage",
        ] {
            assert!(is_behind_the_login(path), "{path}");
        }
        for path in [
            "/",
            "/lightnings",
            "/onelogin",
            "/secur/nothing.jsp",
            "/_ui/nothing",
            "/visualforce/other",
            "/_ui/identity/nothing",
            "/_ui/system/security/nothing",
            "/ltng",
            "/ui/",
            "/foo",
            "/foo/o",
            "/001/x",
            "/internationally",
            "/0010000000000011",
            "/services/data",
        ] {
            assert!(!is_behind_the_login(path), "{path}");
        }
    }
}

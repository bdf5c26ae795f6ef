//! The values of the documented variables, for a realm and its users.

use url::Url;
use vestibule_model::{Credential, Secret};

use super::documented::for_user;
use crate::authenticator::browser_commands::{to_devtools, to_webdriver};

/// The addresses of an org: of a realm, which has all of them, or of a real one, of which less is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Target {
    /// Name of the condition, or of the case.
    pub condition: Option<String>,
    /// The login page on the My Domain host.
    pub login_url: String,
    /// The login page on the shared login host.
    pub shared_login_url: Option<String>,
    /// Origin of the org.
    pub org_url: Option<String>,
    /// Origin of Lightning.
    pub lightning_url: Option<String>,
    /// URL that starts SSO, if there is an identity provider.
    pub sso_url: Option<String>,
    /// Organization id, 18 characters.
    pub org_id: Option<String>,
}

/// The credentials of a user.
#[derive(Debug, Clone)]
pub(crate) struct SuiteUser {
    /// Key of the user.
    pub key: String,
    /// Username.
    pub username: String,
    /// Password.
    pub password: Option<Secret>,
    /// TOTP secret, base32, if the user has a TOTP app.
    pub totp_secret: Option<Secret>,
    /// Temporary verification code, if an admin made one.
    pub temporary_code: Option<Secret>,
    /// The first passkey that the user holds.
    pub passkey: Option<Credential>,
    /// Access token of an API login.
    pub access_token: Option<Secret>,
    /// A `frontdoor.jsp` URL of an API login.
    pub frontdoor_url: Option<Secret>,
}

/// A variable, and its value if it has one.
pub(super) type Value = (String, Option<Secret>);

/// The variables of a realm.
pub(super) fn of_target(target: &Target) -> Vec<Value> {
    let org_url = target.org_url.as_deref();
    let org_host = org_url.map(|url| url.split_once("://").map_or(url, |(_, host)| host).trim_end_matches('/'));
    let given = [
        ("VESTIBULE_CONDITION", target.condition.as_deref()),
        ("VESTIBULE_LOGIN_URL", Some(target.login_url.as_str())),
        ("VESTIBULE_SHARED_LOGIN_URL", target.shared_login_url.as_deref()),
        ("VESTIBULE_ORG_URL", org_url),
        ("VESTIBULE_ORG_HOST", org_host),
        ("VESTIBULE_LIGHTNING_URL", target.lightning_url.as_deref()),
        ("VESTIBULE_SSO_URL", target.sso_url.as_deref()),
        ("VESTIBULE_ORG_ID", target.org_id.as_deref()),
    ];
    given.into_iter().map(|(name, value)| (name.to_owned(), value.map(Secret::new))).collect()
}

/// The variables of the users, each under its key; the first user also has the names without a key.
pub(super) fn of_users(users: &[SuiteUser]) -> Vec<Value> {
    let keyed =
        users.iter().flat_map(|user| of_user(user).into_iter().map(|(name, value)| (for_user(name, &user.key), value)));
    let first = users.first().into_iter().flat_map(of_user).map(|(name, value)| (name.to_owned(), value));
    first.chain(keyed).collect()
}

fn of_user(user: &SuiteUser) -> Vec<(&'static str, Option<Secret>)> {
    let own = [
        ("VESTIBULE_USERNAME", Some(Secret::new(&user.username))),
        ("VESTIBULE_PASSWORD", user.password.clone()),
        ("VESTIBULE_TOTP_SECRET", user.totp_secret.clone()),
        ("VESTIBULE_TOTP_URI", user.totp_secret.as_ref().map(|secret| totp_uri(&user.username, secret))),
        ("VESTIBULE_TEMPORARY_CODE", user.temporary_code.clone()),
        ("VESTIBULE_ACCESS_TOKEN", user.access_token.clone()),
        ("VESTIBULE_FRONTDOOR_URL", user.frontdoor_url.clone()),
    ];
    own.into_iter().chain(of_passkey(user.passkey.as_ref())).collect()
}

/// What a suite needs to load the passkey into an authenticator of its own: the parameters of "Add Credential"
/// (WebAuthn Level 3, 11.5), in base64url as WebDriver takes them and in base64 as DevTools does.
fn of_passkey(passkey: Option<&Credential>) -> impl Iterator<Item = (&'static str, Option<Secret>)> {
    let webdriver = passkey.map(to_webdriver);
    let devtools = passkey.map(to_devtools);
    PASSKEY.into_iter().map(move |(name, parameter, form)| {
        let parameters = if form == Base64::Url { &webdriver } else { &devtools };
        let value = parameters.as_ref().map(|parameters| &parameters[parameter]).filter(|value| !value.is_null());
        (name, value.map(|value| Secret::new(value.as_str().map_or_else(|| value.to_string(), str::to_owned))))
    })
}

/// `otpauth://totp/Salesforce:user?secret=...&issuer=Salesforce`, in the Key Uri Format that authenticator apps read.
fn totp_uri(username: &str, secret: &Secret) -> Secret {
    let mut uri = Url::parse("otpauth://totp").expect("invariant: a fixed text is a URL");
    uri.set_path(&format!("/{ISSUER}:{username}"));
    uri.query_pairs_mut().append_pair("secret", secret.reveal()).append_pair("issuer", ISSUER);
    Secret::new(uri)
}

/// The alphabet of binary parameters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Base64 {
    Url,
    Plain,
}

/// Each variable of a passkey, with the parameter that it holds.
const PASSKEY: [(&str, &str, Base64); 8] = [
    ("VESTIBULE_PASSKEY_RP_ID", "rpId", Base64::Url),
    ("VESTIBULE_PASSKEY_CREDENTIAL_ID", "credentialId", Base64::Url),
    ("VESTIBULE_PASSKEY_PRIVATE_KEY", "privateKey", Base64::Url),
    ("VESTIBULE_PASSKEY_USER_HANDLE", "userHandle", Base64::Url),
    ("VESTIBULE_PASSKEY_SIGN_COUNT", "signCount", Base64::Url),
    ("VESTIBULE_PASSKEY_CREDENTIAL_ID_BASE64", "credentialId", Base64::Plain),
    ("VESTIBULE_PASSKEY_PRIVATE_KEY_BASE64", "privateKey", Base64::Plain),
    ("VESTIBULE_PASSKEY_USER_HANDLE_BASE64", "userHandle", Base64::Plain),
];

const ISSUER: &str = "Salesforce";

//! Shows the login form.

use askama::Template;
use axum::response::Response;

use super::ceremony;
use super::combined::{is_combined, is_site};
use crate::http::{RequestContext, with_cookies};
use crate::org::return_url::encode;
use crate::org::{Org, cookies, page, paths};
use crate::realm::{HostRole, IdpProtocol};
use vestibule_model::{OrgKind, PageName};

/// Which fields a login page shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Username and password.
    Both,
    /// Username only.
    Username,
    /// Password only.
    Password,
    /// A passkey, with the password as an alternative.
    Passkey,
}

impl Shape {
    /// The shape of the page that a browser sees first.
    pub(super) fn first(org: &Org, request: &RequestContext) -> Self {
        if is_combined(org, request) { Self::Both } else { Self::Username }
    }

    fn page(self) -> PageName {
        match self {
            Self::Both => PageName::Login,
            Self::Username => PageName::Username,
            Self::Password => PageName::Password,
            Self::Passkey => PageName::LoginPasskey,
        }
    }
}

/// The content of a login page.
#[derive(Default)]
pub(super) struct Filled<'a> {
    /// The username, kept from the last post or remembered.
    pub(super) username: &'a str,
    /// Whether "Remember me" is ticked.
    pub(super) remember: bool,
    /// Whether the username is shown on the card instead of in the field.
    pub(super) card: bool,
    /// Error text, without prefix.
    pub(super) error: Option<&'a str>,
    /// The destination of the login.
    pub(super) start_url: &'a str,
    /// Options of the passkey ceremony, as JSON, and the token that names it.
    pub(super) ceremony: Option<(String, String)>,
    /// Another name for the page in the journal.
    pub(super) page: Option<PageName>,
    /// A sentence above the form.
    pub(super) notice: Option<&'a str>,
}

/// The page that a browser sees first, with the username that an app names or the browser remembers.
pub(super) fn first(org: &Org, request: &RequestContext) -> Response {
    let shape = Shape::first(org, request);
    let start_url = request.query.get("startURL").or_else(|| request.query.get("retURL")).unwrap_or_default();
    let named = named_by_app(org, request, start_url);
    let newly = newly_remembered(org, request).filter(|_| named.is_none());
    let remembered = newly.clone().or_else(|| remembered(request)).filter(|_| named.is_none());
    let hinted = named.or_else(|| hinted(org).filter(|_| remembered.is_none()));
    let filled = Filled {
        username: hinted.as_deref().or(remembered.as_deref()).unwrap_or_default(),
        remember: remembered.is_some(),
        card: remembered.is_some(),
        start_url,
        ceremony: remembered
            .as_deref()
            .filter(|_| shape == Shape::Username)
            .and_then(|username| ceremony::start(org, username)),
        ..Filled::default()
    };
    let response = show(org, request, shape, filled);
    match newly {
        Some(username) => with_cookies(response, cookies::begin_remembering(&username)),
        None => response,
    }
}

/// Shows a login page.
pub(super) fn show(org: &Org, request: &RequestContext, shape: Shape, filled: Filled<'_>) -> Response {
    let realm = &org.realm;
    let on_my_domain = request.host == HostRole::MyDomain;
    let site = is_site(request);
    let page = filled.page.unwrap_or(if site { PageName::SiteLogin } else { shape.page() });
    let sandbox = realm.spec.org.kind == OrgKind::Sandbox;
    let second = matches!(shape, Shape::Password | Shape::Passkey);
    let saved_passkey = filled.card && !second && filled.ceremony.is_some();
    let (ceremony, ceremony_token) = filled.ceremony.unwrap_or_default();
    let idps = if on_my_domain { idp_buttons(org, filled.start_url) } else { Vec::new() };
    let hinted = request.cookie(cookies::IDP_HINT).filter(|_| realm.spec.org.idp_hint && !second && !site);
    let idp_hint = hinted.and_then(|hinted| idps.iter().position(|idp| idp.label == hinted));
    let template = LoginTemplate {
        page,
        action: realm.hosts.url(&request.host, if site { paths::SITE_LOGIN } else { "/" }),
        second,
        username_field: matches!(shape, Shape::Both | Shape::Username),
        password_field: matches!(shape, Shape::Both | Shape::Password),
        passkey: shape == Shape::Passkey,
        saved_passkey,
        card: filled.card || second,
        username: filled.username,
        remember: filled.remember,
        error: filled.error.map(|text| org.error_text(text)),
        notice: filled.notice,
        button: if sandbox { "Log In to Sandbox" } else { "Log In" },
        second_page_delay: if shape == Shape::Username { realm.spec.org.second_page_delay.as_millis() } else { 0 },
        start_url: filled.start_url,
        query: &request.raw_query,
        idps,
        idp_hint: idp_hint.filter(|_| filled.error.is_none()),
        empty_password: org.error_text(EMPTY_PASSWORD),
        display: org.oauth.display_behind(&org.return_url(filled.start_url).path, org.now()).into(),
        shared_host: !on_my_domain,
        trial: !on_my_domain && !sandbox,
        ceremony,
        ceremony_token,
    };
    let handlers: Vec<&str> = template.idps.iter().map(|idp| idp.handler.as_str()).collect();
    page::show_with_handlers(org, request, page, &handlers, &template)
}

/// The username that an app names in `login_hint` of its authorization request, or that the URL of the login page names. The
/// page still asks for a click (contract B1.9).
fn named_by_app(org: &Org, request: &RequestContext, start_url: &str) -> Option<String> {
    let in_url = request.query.get("login_hint").filter(|hint| !hint.is_empty());
    let of_app = || org.oauth.login_hint_behind(&org.return_url(start_url).path, org.now());
    in_url.map(str::to_owned).or_else(of_app)
}

/// The username that the realm fills in as if an app named it.
fn hinted(org: &Org) -> Option<String> {
    org.realm.users.hinted().map(|user| user.username)
}

pub(super) fn remembered(request: &RequestContext) -> Option<String> {
    request.cookie(cookies::REMEMBER).filter(|value| *value == "true")?;
    request.cookie(cookies::LOGIN).filter(|name| !name.is_empty()).map(str::to_owned)
}

/// The username that a new browser remembers, if the realm is set up with one.
fn newly_remembered(org: &Org, request: &RequestContext) -> Option<String> {
    if request.cookie(cookies::LOGIN).is_some() || request.cookie(cookies::CAME_BEFORE).is_some() {
        return None;
    }
    org.realm.users.remembered().map(|user| user.username)
}

/// One button per identity provider, on the My Domain login page only (contract A5.1).
fn idp_buttons(org: &Org, start_url: &str) -> Vec<IdpButton> {
    let button = |trust: &crate::realm::SsoTrust| {
        let path = match trust.spec.protocol {
            IdpProtocol::Saml => format!(
                "{}?saml_request_id={}&saml_acs={}&saml_binding_type=HttpPost&Issuer={}&samlSsoConfig={}&RelayState={}",
                paths::SAML_START,
                org.realm.entropy.xml_id(),
                encode(&trust.acs_url),
                encode(&trust.sp_entity_id),
                trust.config_id,
                encode(start_url),
            ),
            IdpProtocol::Oidc => format!("{}?startURL={}", paths::sso_start(trust), encode(start_url)),
        };
        let (label, url) = (trust.idp.clone(), org.my_domain_url(&path));
        IdpButton { handler: format!("IdpOptions.useIdp('{}','{}');", in_script(&label), in_script(&url)), label }
    };
    org.realm.trusts.iter().map(button).collect()
}

struct IdpButton {
    label: String,
    /// What a click runs. Contract A5.2.
    handler: String,
}

impl IdpButton {
    fn onclick(&self) -> String {
        in_attribute(&self.handler)
    }
}

/// A text as it is written between single quotes in JavaScript.
fn in_script(text: &str) -> String {
    let escaped = |char: char| match char {
        '\'' | '\\' | '\u{2028}' | '\u{2029}' => format!("\\u{:04x}", u32::from(char)),
        char if char.is_control() => format!("\\u{:04x}", u32::from(char)),
        char => char.to_string(),
    };
    text.chars().map(escaped).collect()
}

/// A text as it is written between double quotes in HTML. Single quotes stay, as on the real page.
fn in_attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

impl LoginTemplate<'_> {
    /// The identity provider that is offered in place of the form.
    fn hinted(&self) -> Option<&IdpButton> {
        self.idps.get(self.idp_hint?)
    }

    /// Whether a script refuses an empty password (contract A2.4).
    fn is_combined(&self) -> bool {
        self.username_field && self.password_field
    }
}

/// Exact text of public test suites (contract A2.3).
pub(super) const EMPTY_PASSWORD: &str = "Please enter your password.";

#[derive(Template)]
#[template(path = "org/login.html")]
struct LoginTemplate<'a> {
    page: PageName,
    action: String,
    second: bool,
    username_field: bool,
    password_field: bool,
    passkey: bool,
    /// Whether a click on the saved username starts the passkey ceremony.
    saved_passkey: bool,
    card: bool,
    username: &'a str,
    remember: bool,
    error: Option<String>,
    notice: Option<&'a str>,
    button: &'static str,
    second_page_delay: u128,
    start_url: &'a str,
    query: &'a str,
    idps: Vec<IdpButton>,
    /// Which of them is offered in place of the form.
    idp_hint: Option<usize>,
    /// What the page says of an empty password that it does not send.
    empty_password: String,
    /// How the app that waits for the login has pages shown.
    display: &'static str,
    shared_host: bool,
    trial: bool,
    ceremony: String,
    ceremony_token: String,
}

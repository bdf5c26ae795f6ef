//! The sign-in page, and the sessions that make it unnecessary.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::Response;
use http::StatusCode;
use jiff::SignedDuration;

use super::page;
use super::state::{Idp, IdpSession, Request, SignOn};
use super::{oidc, saml};
use crate::http::{Fields, Form, RequestContext, see_other, with_cookies};
use crate::realm::{Event, MethodUsed, SignInPage, User};
use vestibule_model::{PageName, UserType};

/// Answers a sign-on immediately if the user has a session or signs in automatically; otherwise sends the browser to
/// the sign-in page.
pub(super) async fn begin(idp: &Arc<Idp>, context: &RequestContext, sign_on: SignOn) -> Response {
    if let Some(session) = idp.session_for(context, &sign_on) {
        return answer(idp, context, sign_on.request, &session).await;
    }
    if sign_on.passive {
        return match sign_on.request {
            Request::Saml(request) => saml::refuse_passive(idp, context, &request).await,
            Request::Oidc(request) => oidc::refuse_passive(idp, &request),
        };
    }
    if let Some(user) = automatic_user(idp, &sign_on) {
        return sign_in(idp, context, sign_on, &user, idp.trust.spec.method).await;
    }
    let id = idp.realm.entropy.token();
    idp.waiting.put(id.clone(), sign_on, idp.after(WAITING_LIFETIME), idp.now());
    see_other(&format!("{PATH}?request={id}"))
}

/// The sign-in page of a waiting request.
pub(super) async fn get(State(idp): State<Arc<Idp>>, context: RequestContext) -> Response {
    let id = context.query.text("request");
    match idp.waiting.get(id, idp.now()) {
        Some(sign_on) => show(&idp, id, sign_on.hint.as_deref().unwrap_or_default(), None),
        None => unknown_request(&idp),
    }
}

/// Handles the posted sign-in page: checks the password or takes the chosen user, then answers the waiting request.
/// Suites press Enter and then click, so a form may be posted twice (contract M1.7): the request stays until it
/// expires.
pub(super) async fn post(
    State(idp): State<Arc<Idp>>,
    context: RequestContext,
    form: Result<Form, BytesRejection>,
) -> Response {
    let fields = form.map(|form| form.fields).unwrap_or_default();
    let id = fields.text("request");
    let Some(sign_on) = idp.waiting.get(id, idp.now()) else { return unknown_request(&idp) };
    let signed_in = match &idp.trust.spec.sign_in {
        SignInPage::Automatic | SignInPage::AutomaticAs(_) => idp.realm.users.get(fields.text("user")),
        SignInPage::Own | SignInPage::Fields { .. } => by_password(&idp, &fields),
    };
    let Some(user) = signed_in else {
        let (username, _, _) = field_names(&idp.trust.spec.sign_in);
        return show(&idp, id, fields.text(username), Some("Wrong username or password."));
    };
    let method = fields.text("method").parse().unwrap_or(idp.trust.spec.method);
    sign_in(&idp, &context, sign_on, &user, method).await
}

async fn sign_in(
    idp: &Arc<Idp>,
    context: &RequestContext,
    sign_on: SignOn,
    user: &User,
    method: MethodUsed,
) -> Response {
    let (session, cookie) = idp.open_session(user, method);
    with_cookies(answer(idp, context, sign_on.request, &session).await, [cookie])
}

async fn answer(idp: &Arc<Idp>, context: &RequestContext, request: Request, session: &IdpSession) -> Response {
    match request {
        Request::Saml(request) => saml::answer(idp, context, &request, session).await,
        Request::Oidc(request) => oidc::answer(idp, context, request, session),
    }
}

/// The user that an automatic page signs in: the configured one, the one that the request names, or the only employee.
fn automatic_user(idp: &Idp, sign_on: &SignOn) -> Option<User> {
    match &idp.trust.spec.sign_in {
        SignInPage::Automatic => {}
        SignInPage::AutomaticAs(key) => return idp.realm.users.get(key),
        SignInPage::Own | SignInPage::Fields { .. } => return None,
    }
    let named = sign_on.hint.as_deref().and_then(|hint| idp.named(hint));
    named.or_else(|| {
        let mut employees = idp.realm.users.all().into_iter().filter(|user| user.spec.user_type == UserType::Employee);
        let only = employees.next();
        only.filter(|_| employees.next().is_none())
    })
}

fn by_password(idp: &Idp, fields: &Fields) -> Option<User> {
    let (username, password, _) = field_names(&idp.trust.spec.sign_in);
    let user = idp.realm.users.by_username(fields.text(username).trim());
    let given = fields.text(password);
    user.filter(|user| same_bytes(user.password.reveal().as_bytes(), given.as_bytes()))
}

/// Compares in constant time.
fn same_bytes(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && openssl::memcmp::eq(left, right)
}

fn show(idp: &Idp, id: &str, username: &str, error: Option<&'static str>) -> Response {
    let name = &idp.trust.idp;
    let page = PageName::IdpSignIn;
    if matches!(idp.trust.spec.sign_in, SignInPage::Automatic | SignInPage::AutomaticAs(_)) {
        let users = idp.realm.users.all();
        return page::show(idp, PATH, page, StatusCode::OK, &ChooserTemplate { page, idp: name, request: id, users });
    }
    let (username_field, password_field, submit_id) = field_names(&idp.trust.spec.sign_in);
    let methods = METHODS.iter().map(|(method, label)| MethodOption {
        name: method.into(),
        label,
        selected: *method == idp.trust.spec.method,
    });
    let template = SignInTemplate {
        page,
        idp: name,
        request: id,
        error,
        username,
        username_field,
        password_field,
        submit_id,
        methods: methods.collect(),
    };
    page::show(idp, PATH, page, StatusCode::OK, &template)
}

fn unknown_request(idp: &Idp) -> Response {
    let why = "This sign-on cannot continue: it has expired or is already complete. Start again at the org.";
    idp.realm.record(Event::RequestRefused {
        host: idp.role(),
        path: PATH.to_owned(),
        status: StatusCode::BAD_REQUEST.as_u16(),
        why: why.to_owned(),
    });
    page::error(idp, PATH, "unknown_request", why)
}

/// `id` and `name` of the fields for username and password, `id` of the button.
fn field_names(page: &SignInPage) -> (&str, &str, &str) {
    match page {
        SignInPage::Fields { username, password, submit } => (username, password, submit),
        SignInPage::Automatic | SignInPage::AutomaticAs(_) | SignInPage::Own => ("username", "password", "sign-in"),
    }
}

struct MethodOption {
    name: &'static str,
    label: &'static str,
    selected: bool,
}

#[derive(Template)]
#[template(path = "idp/sign_in.html")]
struct SignInTemplate<'a> {
    page: PageName,
    idp: &'a str,
    request: &'a str,
    error: Option<&'a str>,
    username: &'a str,
    username_field: &'a str,
    password_field: &'a str,
    submit_id: &'a str,
    methods: Vec<MethodOption>,
}

#[derive(Template)]
#[template(path = "idp/chooser.html")]
struct ChooserTemplate<'a> {
    page: PageName,
    idp: &'a str,
    request: &'a str,
    users: Vec<User>,
}

pub(super) const PATH: &str = "/sign-in";
/// How long a request waits for its user.
const WAITING_LIFETIME: SignedDuration = SignedDuration::from_mins(30);

const METHODS: [(MethodUsed, &str); 8] = [
    (MethodUsed::Password, "Password only"),
    (MethodUsed::Push, "Push to the app"),
    (MethodUsed::Totp, "TOTP code"),
    (MethodUsed::Passkey, "Passkey or security key"),
    (MethodUsed::Certificate, "Certificate or smart card"),
    (MethodUsed::Sms, "Code by SMS"),
    (MethodUsed::Email, "Code by email"),
    (MethodUsed::WindowsIntegrated, "Integrated Windows authentication"),
];

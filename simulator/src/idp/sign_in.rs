//! The sign-in page, and the sessions that make it unnecessary.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::Response;
use futures_util::future::BoxFuture;
use http::StatusCode;
use strum::IntoEnumIterator as _;

use super::chosen::Chosen;
use super::guard;
use super::page;
use super::state::{Idp, IdpSession, Request, SignOn, WAITING_LIFETIME};
use super::{oidc, saml};
use crate::attacks::{Case, Protocol, catalogue};
use crate::http::{Form, RequestContext, see_other, with_cookies};
use crate::realm::{Event, IdpProtocol, MethodUsed, SignInPage, User};
use vestibule_model::{Fault, PageName, SignInFields};

/// Answers a sign-on immediately if the user has a session or signs in automatically; otherwise sends the browser to
/// the sign-in page.
pub(super) async fn begin(idp: &Arc<Idp>, context: &RequestContext, sign_on: SignOn) -> Response {
    let choose = sign_on.chooses_account();
    let meant = planned_user(idp);
    let session = idp.session_for(context, &sign_on).filter(|_| !choose);
    if let Some(session) = session.filter(|session| meant.as_ref().is_none_or(|user| user.key == session.user)) {
        return answer(idp, context, sign_on.request, &session, None).await;
    }
    if sign_on.passive {
        return match sign_on.request {
            Request::Saml(request) => saml::refuse_passive(idp, context, &request).await,
            Request::Oidc(request) => oidc::refuse_passive(idp, &request).await,
            Request::Device(_) => unknown_request(idp),
        };
    }
    if choose && meant.is_none() {
        return wait(idp, sign_on);
    }
    let user = meant.or_else(|| automatic_user(idp, &sign_on));
    if let Some(user) = user.filter(|user| idp.directory.admits(&user.key)) {
        let (session, cookie) = idp.open_session(&user, idp.trust.spec.method, Chosen::default());
        return with_cookies(answer(idp, context, sign_on.request, &session, None).await, [cookie]);
    }
    wait(idp, sign_on)
}

/// Sends the browser to the sign-in page.
fn wait(idp: &Idp, sign_on: SignOn) -> Response {
    let id = idp.realm.entropy.token();
    idp.waiting.put(&id, sign_on, idp.after(WAITING_LIFETIME), idp.now());
    see_other(&format!("{PATH}?request={id}"))
}

/// The sign-in page of a waiting request.
pub(super) async fn get(State(idp): State<Arc<Idp>>, context: RequestContext) -> Response {
    let id = context.query.text("request");
    match idp.waiting.get(id, idp.now()) {
        Some(sign_on) if !guard::admits(&idp, &sign_on) => guard::ask(&idp, PATH, id, false),
        Some(sign_on) if sign_on.chooses_account() && idp.session_for(&context, &sign_on).is_some() => {
            show_accounts(&idp, &context, id)
        }
        Some(sign_on) => show(&idp, id, FormPart::first(&idp.page), sign_on.hint.as_deref().unwrap_or_default(), None),
        None => unknown_request(&idp),
    }
}

/// Handles a posted sign-in page: checks the password or takes the chosen user, then answers the waiting request, or asks
/// for what the next page of the form asks. Suites press Enter and then click, so a form may be posted twice (contract
/// M1.7): the request stays until it expires.
pub(super) async fn post(
    State(idp): State<Arc<Idp>>,
    context: RequestContext,
    form: Result<Form, BytesRejection>,
) -> Response {
    let fields = form.map(|form| form.fields).unwrap_or_default();
    let id = fields.text("request");
    let Some(sign_on) = idp.waiting.get(id, idp.now()) else { return unknown_request(&idp) };
    if !guard::admits(&idp, &sign_on) {
        let given = fields.get("token");
        let known = given.is_some_and(|given| guard::knows(&idp, given));
        if !known {
            return guard::ask(&idp, PATH, id, given.is_some());
        }
        idp.waiting.update(id, idp.now(), |sign_on| sign_on.admitted = true);
        return see_other(&format!("{PATH}?request={id}"));
    }
    if let Some(account) = fields.get(ACCOUNT).filter(|_| sign_on.chooses_account()) {
        let session = idp.session_for(&context, &sign_on).filter(|session| session.user == account);
        if let Some(session) = session {
            return answer(&idp, &context, sign_on.request, &session, Some(id)).await;
        }
        idp.waiting.update(id, idp.now(), |sign_on| sign_on.fresh = true);
        return see_other(&format!("{PATH}?request={id}"));
    }
    let method = fields.text("method").parse().unwrap_or(idp.trust.spec.method);
    let chosen =
        if has_choices(&idp.page) { Chosen::read(&fields, idp.trust.spec.protocol) } else { Chosen::default() };
    if idp.page.is_automatic() {
        return match idp.realm.users.get(fields.text("user")) {
            Some(user) if idp.directory.admits(&user.key) => {
                sign_in(&idp, &context, id, sign_on, &user, (method, chosen)).await
            }
            _ => show(&idp, id, FormPart::Both, "", Some(WRONG)),
        };
    }
    if fields.has(STAY_SIGNED_IN) {
        return match idp.session_opened_by(&context, &sign_on) {
            Some(session) => answer(&idp, &context, sign_on.request, &session, Some(id)).await,
            None => unknown_request(&idp),
        };
    }
    let named = idp.page.fields();
    let typed = fields.text(named.username.name).trim();
    let user = idp.realm.users.by_username(typed).filter(|user| idp.directory.admits(&user.key));
    let next = FormPart::after_username(&idp.page);
    let refuse = |part, why| {
        let user = user.as_ref().map(|user| user.key.clone());
        idp.realm.record(Event::IdpSignInRefused { idp: idp.trust.idp.clone(), user });
        show(&idp, id, part, typed, Some(why))
    };
    if next == FormPart::Password && !fields.has(named.password.name) {
        // Entra says at once that it does not know a username; Okta does not.
        let unknown = user.is_none() && idp.page == SignInPage::Entra;
        return if unknown { refuse(FormPart::Username, UNKNOWN) } else { show(&idp, id, next, typed, None) };
    }
    let given = fields.text(named.password.name).as_bytes();
    match user.as_ref().filter(|user| same_bytes(user.password.reveal().as_bytes(), given)) {
        Some(user) => sign_in(&idp, &context, id, sign_on, user, (method, chosen)).await,
        None => refuse(next, WRONG),
    }
}

/// Opens the session, and answers the request, unless a page asks whether to stay signed in.
async fn sign_in(
    idp: &Arc<Idp>,
    context: &RequestContext,
    id: &str,
    sign_on: SignOn,
    user: &User,
    (method, chosen): (MethodUsed, Chosen),
) -> Response {
    let (session, cookie) = idp.open_session(user, method, chosen);
    let response = if idp.page == SignInPage::Entra {
        idp.waiting.update(id, idp.now(), |sign_on| sign_on.opened = Some(session.index.clone()));
        let page = PageName::IdpSignIn;
        let template = StayTemplate { page, idp: &idp.trust.idp, request: id, username: &user.username };
        page::show(idp, PATH, page, StatusCode::OK, &template)
    } else {
        answer(idp, context, sign_on.request, &session, Some(id)).await
    };
    with_cookies(response, [cookie])
}

/// Answers a request; `waiting` is its id if it waited for a page.
async fn answer(
    idp: &Arc<Idp>,
    context: &RequestContext,
    request: Request,
    session: &IdpSession,
    waiting: Option<&str>,
) -> Response {
    let session = &idp.answering(session, waiting);
    // In boxes: each function on the way here would copy the largest of them. As `dyn`, so that the
    // compiler need not prove for each handler that leads here that what is in them is `Send`.
    let answered: BoxFuture<'_, Response> = match request {
        Request::Saml(ref request) => Box::pin(saml::answer(idp, context, request, session)),
        Request::Oidc(request) => Box::pin(oidc::answer(idp, context, *request, session)),
        Request::Device(code) => return oidc::answer_device(idp, context, code, session),
    };
    answered.await
}

/// The user whom the next answer is planned for, where an automatic page signs in whoever that is.
fn planned_user(idp: &Idp) -> Option<User> {
    let key = idp.page.is_automatic().then(|| idp.realm.answers.user_of_next(&idp.trust.idp))??;
    idp.realm.users.get(&key)
}

/// The user that an automatic page signs in: the configured one, the one that the request names, or the only employee.
fn automatic_user(idp: &Idp, sign_on: &SignOn) -> Option<User> {
    match &idp.page {
        SignInPage::Automatic => {}
        SignInPage::AutomaticAs(key) => return idp.realm.users.get(key),
        _ => return None,
    }
    let named = sign_on.hint.as_deref().and_then(|hint| idp.named(hint));
    if named.is_some() && !guard::admits(idp, sign_on) {
        // A request must not choose what the page lets nobody choose without the token.
        return None;
    }
    named.or_else(|| idp.realm.users.only_employee())
}

/// Compares in constant time.
fn same_bytes(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && openssl::memcmp::eq(left, right)
}

/// What a page of the form asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FormPart {
    Both,
    Username,
    Password,
}

impl FormPart {
    fn first(page: &SignInPage) -> Self {
        if Self::after_username(page) == Self::Password { Self::Username } else { Self::Both }
    }

    /// What is asked once the username is known. Contract K1.10, K1.11.
    fn after_username(page: &SignInPage) -> Self {
        match page {
            SignInPage::Entra | SignInPage::Okta => Self::Password,
            SignInPage::Automatic
            | SignInPage::AutomaticAs(_)
            | SignInPage::Own
            | SignInPage::OktaClassic
            | SignInPage::Fields { .. } => Self::Both,
        }
    }
}

fn show(idp: &Idp, id: &str, part: FormPart, username: &str, error: Option<&'static str>) -> Response {
    let name = &idp.trust.idp;
    let page = PageName::IdpSignIn;
    let methods = METHODS.iter().map(|(method, label)| MethodOption {
        name: method.into(),
        label,
        selected: *method == idp.trust.spec.method,
    });
    let of_a_product = matches!(idp.page, SignInPage::Entra | SignInPage::Okta | SignInPage::OktaClassic);
    let methods: Vec<MethodOption> = methods.filter(|_| !of_a_product).collect();
    let (context_name, protocol) = match idp.trust.spec.protocol {
        IdpProtocol::Saml => ("AuthnContextClassRef", Protocol::Saml),
        IdpProtocol::Oidc => ("acr", Protocol::Oidc),
    };
    let attacks = catalogue().iter().filter(|case| case.protocol == protocol && case.sent_by_provider());
    let faults = Fault::iter().chain(attacks.map(Case::fault));
    let can_happen = |fault: &Fault| has_choices(&idp.page) && fault.has_place_in(idp.trust.spec.protocol);
    let faults: Vec<Fault> = faults.filter(can_happen).collect();
    if idp.page.is_automatic() {
        let mut users = idp.realm.users.all();
        users.retain(|user| idp.directory.admits(&user.key));
        let template = ChooserTemplate { page, idp: name, request: id, users, methods, context_name, faults };
        return page::show(idp, PATH, page, StatusCode::OK, &template);
    }
    let template = SignInTemplate {
        page,
        idp: name,
        request: id,
        error,
        username,
        part,
        title: if idp.page == SignInPage::Entra { "Sign in to your account" } else { "Sign in" },
        username_type: if idp.page == SignInPage::Entra { "email" } else { "text" },
        button: match (&idp.page, part) {
            (SignInPage::Entra | SignInPage::Okta, FormPart::Username) => "Next",
            (SignInPage::Okta, FormPart::Password) => "Verify",
            (SignInPage::Okta | SignInPage::OktaClassic, _) => "Sign In",
            _ => "Sign in",
        },
        fields: idp.page.fields(),
        methods,
        context_name,
        faults,
    };
    page::show(idp, PATH, page, StatusCode::OK, &template)
}

/// The page on which a user who is signed in chooses this account or another one.
fn show_accounts(idp: &Idp, context: &RequestContext, id: &str) -> Response {
    let user = idp.session_of(context).and_then(|session| idp.realm.users.get(&session.user));
    let Some(user) = user else { return unknown_request(idp) };
    let page = PageName::IdpSignIn;
    let template = AccountsTemplate { page, idp: &idp.trust.idp, request: id, user: &user };
    page::show(idp, PATH, page, StatusCode::OK, &template)
}

/// Whether a page lets the user choose what the login says. Forms with the fields of others have no fields besides those.
fn has_choices(page: &SignInPage) -> bool {
    page.is_automatic() || *page == SignInPage::Own
}

fn unknown_request(idp: &Idp) -> Response {
    let why = "This sign-on cannot continue: it has expired or is already complete. Start again where you came from.";
    idp.realm.record(Event::RequestRefused {
        host: idp.role(),
        path: PATH.to_owned(),
        status: StatusCode::BAD_REQUEST.as_u16(),
        why: why.to_owned(),
    });
    page::error(idp, PATH, "unknown_request", why)
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
    part: FormPart,
    title: &'static str,
    username_type: &'static str,
    button: &'static str,
    fields: SignInFields<'a>,
    /// Empty on the pages of a product, which have no such choice.
    methods: Vec<MethodOption>,
    context_name: &'static str,
    /// Empty where the login cannot be chosen.
    faults: Vec<Fault>,
}

/// "Stay signed in?", the last page of Entra.
#[derive(Template)]
#[template(path = "idp/stay_signed_in.html")]
struct StayTemplate<'a> {
    page: PageName,
    idp: &'a str,
    request: &'a str,
    username: &'a str,
}

/// "Choose an account", for `prompt=select_account`.
#[derive(Template)]
#[template(path = "idp/accounts.html")]
struct AccountsTemplate<'a> {
    page: PageName,
    idp: &'a str,
    request: &'a str,
    user: &'a User,
}

#[derive(Template)]
#[template(path = "idp/chooser.html")]
struct ChooserTemplate<'a> {
    page: PageName,
    idp: &'a str,
    request: &'a str,
    users: Vec<User>,
    methods: Vec<MethodOption>,
    context_name: &'static str,
    faults: Vec<Fault>,
}

pub(super) const PATH: &str = "/sign-in";
/// The field of the answer to "Stay signed in?".
const STAY_SIGNED_IN: &str = "stay";
/// The field of the answer to "Choose an account": the key of the user, or nothing for another one.
const ACCOUNT: &str = "account";
const WRONG: &str = "Wrong username or password.";
const UNKNOWN: &str = "This username may be incorrect.";
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

//! A few pages with the ids of the contract. The path names what follows the password: `/two-step-totp`.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Form, Path, State};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::Value;
use totp_rs::Builder;

use crate::authenticator::tests::relying_party::RelyingParty;

pub(super) const PASSWORD: &str = "Correct-Horse-1";
pub(super) const TOTP_SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
pub(super) const EMAIL_CODE: &str = "424242";
/// The middle of a TOTP step.
pub(super) const NOW: i64 = 1_780_000_035;

const HOME: &str = "/lightning/page/home";
const GATE: &str = "/_ui/identity/webauthn/AddPasskeyUi";
const TOTP: &str = "/_ui/identity/verification/method/TotpVerificationUi/e";
const EMAIL: &str = "/_ui/identity/verification/method/EmailVerificationFinishUi/e";
const PASSKEY: &str = "/_ui/identity/verification/method/UnifiedPasskeyVerificationUi";

type Fields = Form<HashMap<String, String>>;

pub(super) fn pages() -> Router {
    let rp = RelyingParty::new(1);
    Router::new()
        .route("/{login}", get(first_page).post(login))
        .route(HOME, get(|| html("Home | Salesforce", "<p>Home</p>".to_owned())))
        .route("/idp/sign-in", get(idp).post(|| async { Redirect::to(HOME) }))
        .route(TOTP, get(|| code("tc")).post(|form| check_code("tc", form)))
        .route(EMAIL, get(|| code("emc")).post(|form| check_code("emc", form)))
        .route(GATE, get(|| gate("<a id=chRegL href=/choose>Choose another verification method</a>")))
        .route("/hard", get(|| gate("")))
        .route("/choose", get(choose))
        .route("/connect", get(connect).post(|form| check_code("t", form)))
        .route(PASSKEY, get(passkey))
        .route("/rp/creation", get(async |State(rp): State<Arc<RelyingParty>>| Json(rp.creation())))
        .route("/rp/request", get(async |State(rp): State<Arc<RelyingParty>>| Json(rp.request())))
        .route(
            "/rp/created",
            post(async |State(rp): State<Arc<RelyingParty>>, Json(body): Json<Value>| {
                rp.created(&serde_json::from_value(body).unwrap()).unwrap();
            }),
        )
        .route(
            "/rp/asserted",
            post(async |State(rp): State<Arc<RelyingParty>>, Json(body): Json<Value>| {
                rp.asserted(&serde_json::from_value(body).unwrap()).unwrap();
            }),
        )
        .with_state(rp)
}

async fn first_page(Path(login): Path<String>) -> Response {
    match login.as_str() {
        "classic" => html(LOGIN, format!("{FORM}{USERNAME}{PASSWORD_FIELD}{SUBMIT}</form>")).await.into_response(),
        // A page that moves on by script, as the front door does.
        "frontdoor" => html("", format!("<script>location.replace('{HOME}')</script>")).await.into_response(),
        _ => html(LOGIN, format!("{FORM}{USERNAME}{SUBMIT}</form>{IDP_BUTTON}")).await.into_response(),
    }
}

async fn login(Path(login): Path<String>, Form(fields): Fields) -> Response {
    match fields.get("pw") {
        None => {
            if login == "slow" {
                tokio::time::sleep(Duration::from_millis(600)).await;
            }
            let hidden = "<input type=hidden id=username name=username value=rep>";
            html(LOGIN, format!("{FORM}{hidden}{PASSWORD_FIELD}{SUBMIT}</form>")).await.into_response()
        }
        Some(password) if password == PASSWORD => Redirect::to(match login.as_str() {
            "two-step-totp" => TOTP,
            "two-step-email" => EMAIL,
            "gate" => GATE,
            "hard-gate" => "/hard",
            "passkey" => PASSKEY,
            _ => HOME,
        })
        .into_response(),
        Some(_) => {
            let error = "<div id=error class=loginError>Error: Please check your username and password.</div>";
            html(LOGIN, format!("{error}{FORM}{USERNAME}{PASSWORD_FIELD}{SUBMIT}</form>")).await.into_response()
        }
    }
}

async fn idp() -> Html<String> {
    html(
        "Sign in",
        "<form method=post><input id=okta-name name=u><input id='okta:pass' name=p type=password>\
         <button id=okta-go>Sign in</button></form>"
            .to_owned(),
    )
    .await
}

async fn code(id: &'static str) -> Html<String> {
    html(
        "Verify Your Identity | Salesforce",
        format!("<h2>Verify Your Identity</h2><form method=post><input type=text id={id} name={id}><input type=submit id=save value=Verify></form>"),
    )
    .await
}

async fn check_code(id: &'static str, Form(fields): Fields) -> Response {
    let secret = totp_rs::Secret::try_from_base32(TOTP_SECRET).unwrap();
    let totp = Builder::new().with_secret(secret).with_account_name("rep").build().unwrap();
    let right =
        if id == "emc" { EMAIL_CODE.to_owned() } else { totp.generate(u64::try_from(NOW).unwrap()).to_string() };
    if fields.get(id) == Some(&right) { Redirect::to(HOME).into_response() } else { code(id).await.into_response() }
}

async fn gate(way_out: &'static str) -> Html<String> {
    let button = ceremony("Create Passkey", "create", "parseCreationOptionsFromJSON", "creation", "created");
    html("Create a Passkey", format!("<h1>Create a Passkey</h1>{button}{way_out}")).await
}

async fn passkey() -> Html<String> {
    let button = ceremony("Log In With a Passkey", "get", "parseRequestOptionsFromJSON", "request", "asserted");
    html("Verify Your Identity", button).await
}

async fn choose() -> Html<String> {
    html(
        "Choose a Verification Method",
        "<h1>Choose a Verification Method</h1><button>Security Key</button>\
         <button onclick=\"location='/connect'\">One-Time Password App</button>"
            .to_owned(),
    )
    .await
}

async fn connect() -> Html<String> {
    html(
        "Connect an Authenticator App",
        format!(
            "<h1>Connect an Authenticator App</h1>\
             <a href=# onclick=\"document.getElementById('k').hidden=false\">I Can't Scan the QR Code</a>\
             <p id=k hidden>{TOTP_SECRET}</p>\
             <form method=post><input type=text id=t name=t><input type=submit value=Connect></form>"
        ),
    )
    .await
}

fn ceremony(label: &str, method: &str, parse: &str, options: &str, answer: &str) -> String {
    format!(
        "<button id=go>{label}</button><script>
        document.getElementById('go').onclick = async () => {{
          const options = await (await fetch('/rp/{options}')).json();
          const credential = await navigator.credentials.{method}({{ publicKey: PublicKeyCredential.{parse}(options.publicKey) }});
          const headers = {{ 'content-type': 'application/json' }};
          await fetch('/rp/{answer}', {{ method: 'POST', headers, body: JSON.stringify(credential.toJSON()) }});
          location = '{HOME}';
        }};</script>"
    )
}

async fn html(title: &str, body: String) -> Html<String> {
    Html(format!("<!DOCTYPE html><title>{title}</title><body>{body}</body>"))
}

const LOGIN: &str = "Login | Salesforce";
const FORM: &str = "<form method=post>";
const USERNAME: &str = "<input type=email id=username name=username>";
const PASSWORD_FIELD: &str = "<input type=password id=password name=pw>";
const SUBMIT: &str = "<input type=submit id=Login name=Login value='Log In'>";
const IDP_BUTTON: &str =
    "<button type=button class=button onclick=\"location='/idp/sign-in'\">Log in with <span>Okta</span></button>";

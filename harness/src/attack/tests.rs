//! Apps that do one thing: accept, refuse, break.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header::{COOKIE, LOCATION, SET_COOKIE};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::civil::date;
use tokio::sync::watch;
use url::Url;
use vestibule_model::{
    AssertionConsumerService, IdpProtocol, IdpSpec, LogoutBinding, OrgSpec, RelyingPartySpec, ServiceProviderSpec,
    SignInPage, SingleLogoutService, UserSpec,
};
use vestibule_simulator::attacks::{Case, Delivery, Expected, Protocol, Reason, catalogue};

use super::*;
use crate::outcome::{AttackOutcome, Conclusion, EndedEarly, ExitCode, LoginEnding};

/// What an app does with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does {
    /// Signs in whoever brings one.
    AcceptsEverything,
    /// Signs nobody in.
    RefusesEverything,
    /// Says "signed in" to everybody.
    SaysSignedInAlways,
    /// Signs in whoever has begun a login.
    SignsInAtTheStart,
    /// Reads whether the answer reports success, and breaks where it does not.
    BreaksOnErrors,
    /// The same, and never answers.
    HangsOnErrors,
    /// Begins the login by script.
    NeedsScript,
    /// Accepts the first six, and refuses everything after that.
    LocksOut,
    /// Leads to another host before it asks the identity provider.
    LeadsElsewhere,
    /// Signs in whoever has the name, all of which it reads, and shows it.
    ShowsWholeName,
    /// The same, and it reads the name up to the first comment.
    ShowsStartOfName,
    /// Ends no session at a logout.
    IgnoresLogouts,
    /// Ends every session at a logout whose form is right: a signature is there, and the token is none of a login.
    ReadsFormOfLogouts,
}

struct App {
    does: Does,
    idp_port: u16,
    port: u16,
    /// How many answers came.
    answers: AtomicUsize,
    /// How many of the sessions have ended, which are numbered as the answers.
    ended: AtomicUsize,
}

#[tokio::test]
async fn an_app_that_accepts_everything_fails_every_case_that_must_be_refused_and_no_other() {
    for protocol in [Protocol::Saml, Protocol::Oidc] {
        let outcome = attacked(Does::AcceptsEverything, protocol, &some(protocol)).await.unwrap();

        for attacked in &outcome.cases {
            let expected = match attacked.case.expected {
                // It knows nobody, so it cannot know whom it should refuse.
                Expected::Refuse(Reason::User) => Conclusion::DoesNotApply,
                Expected::Refuse(_) => Conclusion::WronglyAccepted,
                Expected::Accept | Expected::AcceptAs(_) => Conclusion::Accepted,
            };
            assert_eq!(attacked.conclusion(), expected, "{}: {:?}", attacked.case.id, attacked.answer);
        }
        assert!(!outcome.findings().is_empty());
        assert_eq!(outcome.exit_code(), ExitCode::Failed);
        assert_eq!(outcome.target.driven_by, "plain HTTP");
    }
}

#[tokio::test]
async fn an_app_that_ends_sessions_by_any_logout_fails_every_case_that_must_be_refused_and_no_other() {
    for protocol in [Protocol::SamlLogout, Protocol::Logout] {
        let outcome = attacked(Does::AcceptsEverything, protocol, &logouts(protocol)).await.unwrap();

        for attacked in &outcome.cases {
            let expected = match attacked.case.expected {
                Expected::Refuse(_) => Conclusion::WronglyAccepted,
                Expected::Accept | Expected::AcceptAs(_) => Conclusion::Accepted,
            };
            assert_eq!(attacked.conclusion(), expected, "{}: {:?}", attacked.case.id, attacked.answer);
        }
        assert!(outcome.cases.iter().any(|case| case.case.delivery == Delivery::Twice));
    }
}

#[tokio::test]
async fn an_app_that_checks_one_thing_of_a_logout_refuses_what_lacks_it_and_nothing_else() {
    for (protocol, refused) in [
        (Protocol::SamlLogout, &["saml.logout.unsigned"][..]),
        (Protocol::Logout, &["logout.events-array", "logout.events-missing", "logout.events-text", "logout.nonce"]),
    ] {
        let outcome = attacked(Does::ReadsFormOfLogouts, protocol, &logouts(protocol)).await.unwrap();

        let found = outcome.cases.iter().filter(|case| case.conclusion() == Conclusion::Refused);
        let found: Vec<&str> = found.map(|case| case.case.id.as_str()).collect();
        assert_eq!(found, refused, "{outcome:?}");
    }
}

/// That it ends no session is no praise.
#[tokio::test]
async fn cases_of_logout_do_not_apply_to_an_app_that_ignores_a_good_one() {
    for protocol in [Protocol::SamlLogout, Protocol::Logout] {
        let outcome = attacked(Does::IgnoresLogouts, protocol, &logouts(protocol)).await.unwrap();

        assert_eq!(outcome.count(Conclusion::DoesNotApply), outcome.cases.len(), "{outcome:?}");
        assert!(outcome.notes.iter().any(|note| note.contains("does not end the session")), "{:?}", outcome.notes);
    }
}

/// An app without a list of users may sign in the attacker under the attacker's own name.
#[tokio::test]
async fn a_name_that_was_read_in_part_is_a_finding_and_one_that_was_read_as_a_whole_is_none() {
    let case = first(|case| case.name_ends_in.is_some());
    for (does, expected) in [
        (Does::ShowsStartOfName, Conclusion::WronglyAccepted),
        (Does::ShowsWholeName, Conclusion::Accepted),
        (Does::AcceptsEverything, Conclusion::DoesNotApply),
    ] {
        let outcome = attacked(does, Protocol::Saml, &[case]).await.unwrap();

        assert_eq!(outcome.cases[0].conclusion(), expected, "{does:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn what_the_app_was_sent_is_in_the_outcome_unless_it_is_hidden() {
    let case = first(|case| case.protocol == Protocol::Saml && case.delivery == Delivery::Once);
    let shown = attacked(Does::AcceptsEverything, Protocol::Saml, &[case]).await.unwrap();
    let (app, mut plan) = planned(Does::AcceptsEverything, Protocol::Saml, &[case]).await;
    plan.hide_payloads = true;
    let hidden = ran(&plan).await.unwrap();

    let sent = |outcome: &AttackOutcome| outcome.cases[0].answer.as_ref().unwrap().sent.clone();
    assert!(sent(&shown).unwrap().contains("Response"), "{shown:?}");
    assert_eq!(sent(&hidden), None);
    assert!(app.answers.load(Ordering::SeqCst) > 0);
}

#[tokio::test]
async fn an_app_that_refuses_a_good_answer_cannot_be_judged() {
    for protocol in [Protocol::Saml, Protocol::Oidc] {
        let error = attacked(Does::RefusesEverything, protocol, &some(protocol)).await.unwrap_err();

        let AttackError::NoGoodLogin { why, advice } = &error else { panic!("{error:?}") };
        assert!(why.contains("our identity provider has answered") && why.contains("refused here"), "{why}");
        assert!(advice.contains("does it trust our key"), "{advice}");
    }
}

#[tokio::test]
async fn a_sign_that_holds_without_a_session_is_no_sign() {
    let always = attacked(Does::SaysSignedInAlways, Protocol::Saml, &some(Protocol::Saml)).await.unwrap_err();
    let begun = attacked(Does::SignsInAtTheStart, Protocol::Saml, &some(Protocol::Saml)).await.unwrap_err();

    assert!(always.to_string().contains("although nobody has signed in"), "{always}");
    assert!(begun.to_string().contains("although the login failed"), "{begun}");
    assert!(always.remedy().unwrap().contains("--signed-in-when"));
}

#[tokio::test]
async fn a_status_of_500_is_a_finding_unless_the_app_refuses_so() {
    let error = first(is_error);
    let other = first(|case| {
        case.protocol == Protocol::Saml && matches!(case.expected, Expected::Refuse(why) if why != Reason::Status)
    });

    let outcome = attacked(Does::BreaksOnErrors, Protocol::Saml, &[error, other]).await.unwrap();

    let endings: Vec<_> = outcome.cases.iter().map(|case| case.answer.as_ref().unwrap().ending).collect();
    assert_eq!(endings[0], LoginEnding::Refused, "{outcome:?}");
    assert!(outcome.notes.iter().any(|note| note.contains("with status 500")), "{:?}", outcome.notes);
}

#[tokio::test]
async fn who_refuses_a_good_login_at_last_is_not_praised_for_its_refusals() {
    let outcome = attacked(Does::LocksOut, Protocol::Saml, &some(Protocol::Saml)).await.unwrap();

    assert_eq!(outcome.ended_early, Some(EndedEarly::LoginBroken), "{outcome:?}");
    assert_eq!(outcome.exit_code(), ExitCode::Broken);
    assert_eq!(outcome.count(Conclusion::Refused), 0);
    assert!(outcome.count(Conclusion::NotJudged) > 0 && outcome.count(Conclusion::WronglyAccepted) > 0, "{outcome:?}");
}

#[tokio::test]
async fn an_app_that_does_not_answer_in_time_is_a_finding() {
    let (_app, mut plan) = planned(Does::HangsOnErrors, Protocol::Saml, &[first(is_error)]).await;
    plan.limit = Duration::from_millis(1500);

    let outcome = ran(&plan).await.unwrap();

    assert_eq!(outcome.cases[0].conclusion(), Conclusion::Hung, "{outcome:?}");
    assert_eq!(outcome.exit_code(), ExitCode::Failed);
}

#[tokio::test]
async fn nothing_is_sent_to_a_host_that_nobody_named() {
    let (_app, plan) = planned(Does::LeadsElsewhere, Protocol::Saml, &some(Protocol::Saml)).await;
    let elsewhere = AttackPlan { start: "http://app.example/login".parse().unwrap(), ..plan.clone() };

    let led = ran(&plan).await.unwrap_err();
    let started = ran(&elsewhere).await.unwrap_err();

    assert!(led.to_string().contains("leads to elsewhere.example, to which nothing was sent"), "{led}");
    assert!(matches!(started, AttackError::NotNamed(_)), "{started:?}");
    assert!(started.remedy().unwrap().contains("--target app.example"));
}

#[tokio::test]
async fn an_app_that_is_not_there_is_waited_for() {
    let (_app, mut plan) = planned(Does::AcceptsEverything, Protocol::Saml, &some(Protocol::Saml)).await;
    plan.start = format!("http://127.0.0.1:{}/login", free_port()).parse().unwrap();
    plan.wait = Duration::from_millis(300);

    let error = ran(&plan).await.unwrap_err();

    assert!(error.to_string().contains("nothing has listened at"), "{error}");
}

#[tokio::test]
async fn who_interrupts_a_run_keeps_what_has_run() {
    let (_app, plan) = planned(Does::AcceptsEverything, Protocol::Saml, &some(Protocol::Saml)).await;
    let (told, stop) = watch::channel(false);

    let outcome = run(&plan, stop, |progress| {
        if let Progress::Done { number: 2, .. } = progress {
            told.send(true).unwrap();
        }
    });
    let outcome = outcome.await.unwrap();

    assert_eq!(outcome.ended_early, Some(EndedEarly::Interrupted));
    assert_eq!(outcome.exit_code(), ExitCode::Interrupted);
    let ran = outcome.cases.iter().filter(|case| case.answer.is_some()).count();
    assert!((2..outcome.cases.len()).contains(&ran), "{ran}");
}

#[tokio::test]
async fn an_app_that_needs_script_is_driven_in_a_browser() {
    let case = first(|case| {
        case.protocol == Protocol::Saml && case.sent_by_provider() && matches!(case.expected, Expected::Refuse(_))
    });
    let (_app, mut plan) = planned(Does::NeedsScript, Protocol::Saml, &[case]).await;

    let outcome = ran(&plan).await.unwrap();
    plan.browser = BrowserUse::Never;
    let without = ran(&plan).await.unwrap_err();

    assert!(outcome.target.driven_by.starts_with("chromium"), "{outcome:?}");
    assert_eq!(outcome.cases[0].conclusion(), Conclusion::WronglyAccepted, "{outcome:?}");
    assert!(without.to_string().contains("the app does not ask our identity provider"), "{without}");
}

/// At most three cases of each delivery that must be refused, and three that must be accepted.
fn some(protocol: Protocol) -> Vec<&'static Case> {
    let of = |is: &dyn Fn(&Case) -> bool| -> Vec<&'static Case> {
        catalogue().iter().filter(|case| case.protocol == protocol && is(case)).take(3).collect()
    };
    let refused = |delivery| of(&move |case| matches!(case.expected, Expected::Refuse(_)) && case.delivery == delivery);
    let mut some = [Delivery::Once, Delivery::Twice, Delivery::OtherBrowser].map(refused).concat();
    some.extend(of(&|case| case.expected == Expected::Accept));
    some
}

fn first(is: impl Fn(&Case) -> bool) -> &'static Case {
    catalogue().iter().find(|case| is(case)).unwrap()
}

/// Every case of a kind of logout.
fn logouts(protocol: Protocol) -> Vec<&'static Case> {
    catalogue().iter().filter(|case| case.protocol == protocol).collect()
}

/// Whether the identity provider says itself that nobody is signed in.
fn is_error(case: &Case) -> bool {
    case.protocol == Protocol::Saml && case.expected == Expected::Refuse(Reason::Status)
}

async fn attacked(does: Does, protocol: Protocol, cases: &[&'static Case]) -> Result<AttackOutcome, AttackError> {
    let (_app, plan) = planned(does, protocol, cases).await;
    ran(&plan).await
}

async fn ran(plan: &AttackPlan) -> Result<AttackOutcome, AttackError> {
    let (_never, stop) = watch::channel(false);
    run(plan, stop, |_| {}).await
}

/// The app, running, and the plan to attack it.
async fn planned(does: Does, protocol: Protocol, cases: &[&'static Case]) -> (Arc<App>, AttackPlan) {
    vestibule_certs::install_tls_provider();
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let (port, idp_port) = (listener.local_addr().unwrap().port(), free_port());
    let app = Arc::new(App { does, idp_port, port, answers: AtomicUsize::default(), ended: AtomicUsize::default() });
    let protocol = match protocol {
        Protocol::SamlLogout => Protocol::Saml,
        Protocol::Logout => Protocol::Oidc,
        login => login,
    };
    let start = if protocol == Protocol::Saml { "/login" } else { "/oidc" };
    let pages = Router::new()
        .route("/login", get(login))
        .route("/oidc", get(oidc))
        .route("/acs", post(acs))
        .route("/callback", get(callback))
        .route("/home", get(home))
        .route("/slo", get(single_logout))
        .route("/signed-out", post(back_channel))
        .with_state(Arc::clone(&app));
    tokio::spawn(async move { axum::serve(listener, pages).await });
    let spoken = if protocol == Protocol::Saml { IdpProtocol::Saml } else { IdpProtocol::Oidc };
    let mut idp = IdpSpec::new(spoken);
    idp.sign_in = SignInPage::AutomaticAs(USER.to_owned());
    let acs = AssertionConsumerService::post(format!("http://127.0.0.1:{port}/acs").parse().unwrap());
    let service = SingleLogoutService {
        url: format!("http://127.0.0.1:{port}/slo").parse().unwrap(),
        response_url: None,
        binding: LogoutBinding::HttpRedirect,
    };
    let sp = ServiceProviderSpec { acs: vec![acs], single_logout: Some(service), ..ServiceProviderSpec::default() };
    idp.service_providers.insert("urn:app".to_owned(), sp);
    let redirect_uris = vec![format!("http://127.0.0.1:{port}/callback").parse().unwrap()];
    let client_secret = Some(vestibule_model::Secret::new("the-secret"));
    let rp = RelyingPartySpec {
        client_secret,
        redirect_uris,
        backchannel_logout_uri: Some(format!("http://127.0.0.1:{port}/signed-out").parse().unwrap()),
        ..RelyingPartySpec::default()
    };
    idp.relying_parties.insert("app".to_owned(), rp);
    let plan = AttackPlan {
        start: format!("http://127.0.0.1:{port}{start}").parse().unwrap(),
        check: None,
        sign: "#signed-in".parse().unwrap(),
        allowed: AllowedHosts::default(),
        authorities: Vec::new(),
        provider: ProviderSpec {
            key: spoken.to_string(),
            idp,
            user: UserSpec::new("Standard User"),
            org: OrgSpec::production("acme", date(2026, 11, 2)),
            plain_http: false,
            port: idp_port,
        },
        protocol,
        cases: cases.to_vec(),
        browser: BrowserUse::Auto,
        limit: Duration::from_secs(20),
        wait: Duration::from_secs(5),
        library: None,
        hide_payloads: false,
    };
    (app, plan)
}

async fn login(State(app): State<Arc<App>>) -> Response {
    let sso = format!("https://saml.localhost:{}/saml/sso", app.idp_port);
    let request = STANDARD.encode(format!(
        "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_r{}\" Version=\"2.0\" \
         IssueInstant=\"2026-11-02T12:00:00Z\" Destination=\"{sso}\" \
         AssertionConsumerServiceURL=\"http://127.0.0.1:{}/acs\"><saml:Issuer>urn:app</saml:Issuer></samlp:AuthnRequest>",
        app.answers.load(Ordering::SeqCst),
        app.port
    ));
    let form = |shown: &str| format!("<form method=post action='{sso}'>{shown}</form>");
    match app.does {
        Does::LeadsElsewhere => (StatusCode::FOUND, [(LOCATION, "https://elsewhere.example/login")]).into_response(),
        Does::SignsInAtTheStart => {
            let field = format!("<input type=hidden name=SAMLRequest value='{request}'>");
            ([(SET_COOKIE, "sid=1; Path=/")], Html(form(&field))).into_response()
        }
        Does::NeedsScript => {
            let script = format!(
                "const field = document.createElement('input'); field.type = 'hidden'; field.name = 'SAML' + 'Request'; \
                 field.value = '{request}'; document.forms[0].append(field); setTimeout(() => document.forms[0].submit(), 50);"
            );
            Html(form("<input type=text name=unused>") + &format!("<script>{script}</script>")).into_response()
        }
        _ => Html(form(&format!("<input type=hidden name=SAMLRequest value='{request}'>"))).into_response(),
    }
}

async fn oidc(State(app): State<Arc<App>>) -> Response {
    let redirect = format!("http://127.0.0.1:{}/callback", app.port);
    let request = [
        ("response_type", "code"),
        ("client_id", "app"),
        ("redirect_uri", redirect.as_str()),
        ("scope", "openid"),
        ("state", "the-state"),
        ("nonce", "the-nonce"),
    ];
    let url =
        Url::parse_with_params(&format!("https://oidc.localhost:{}/oidc/authorize", app.idp_port), request).unwrap();
    (StatusCode::FOUND, [(LOCATION, url.to_string())]).into_response()
}

async fn acs(State(app): State<Arc<App>>, Form(fields): Form<Vec<(String, String)>>) -> Response {
    app.answers.fetch_add(1, Ordering::SeqCst);
    let message = fields.into_iter().find(|(name, _)| name == "SAMLResponse").map(|(_, value)| value);
    let message = message.and_then(|value| STANDARD.decode(value).ok()).unwrap_or_default();
    let success = String::from_utf8_lossy(&message).contains("status:Success");
    match app.does {
        Does::LocksOut if app.answers.load(Ordering::SeqCst) > 6 => decided(Does::RefusesEverything),
        Does::BreaksOnErrors if !success => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Does::HangsOnErrors if !success => std::future::pending().await,
        Does::ShowsWholeName => signed_in_as(&name_id(&message).replace("<!---->", "")),
        Does::ShowsStartOfName => signed_in_as(name_id(&message).split("<!--").next().unwrap()),
        does => numbered(&app, decided(does)),
    }
}

/// What stands in the NameID.
fn name_id(message: &[u8]) -> String {
    let message = String::from_utf8_lossy(message);
    let (_, name) = message.split_once("<saml:NameID").unwrap();
    let (_, name) = name.split_once('>').unwrap();
    name.split_once("</saml:NameID>").unwrap().0.to_owned()
}

fn signed_in_as(name: &str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, "/home".to_owned()), (SET_COOKIE, format!("sid=1{name}; Path=/"))])
        .into_response()
}

/// Redeems the code: otherwise the provider does not know who takes part in the session.
async fn callback(State(app): State<Arc<App>>, Query(answer): Query<BTreeMap<String, String>>) -> Response {
    app.answers.fetch_add(1, Ordering::SeqCst);
    if let (Does::IgnoresLogouts | Does::ReadsFormOfLogouts | Does::AcceptsEverything, Some(code)) =
        (app.does, answer.get("code"))
    {
        redeem(&app, code).await;
    }
    numbered(&app, decided(app.does))
}

async fn redeem(app: &App, code: &str) {
    // Who it is does not matter here, nor whether the code can be redeemed.
    let client = reqwest::Client::builder().no_proxy().tls_danger_accept_invalid_certs(true);
    let local = std::net::SocketAddr::from((Ipv4Addr::LOCALHOST, app.idp_port));
    let client = client.resolve("oidc.localhost", local).build().unwrap();
    let redirect = format!("http://127.0.0.1:{}/callback", app.port);
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect.as_str()),
        ("client_id", "app"),
        ("client_secret", "the-secret"),
    ];
    let url = format!("https://oidc.localhost:{}/oidc/token", app.idp_port);
    let _answer = client.post(url).form(&form).send().await;
}

/// The session has the number of the answer that made it.
fn numbered(app: &App, mut response: Response) -> Response {
    let number = format!("number={}; Path=/", app.answers.load(Ordering::SeqCst));
    response.headers_mut().append(SET_COOKIE, number.parse().unwrap());
    response
}

/// A logout by HTTP-Redirect.
async fn single_logout(State(app): State<Arc<App>>, Query(query): Query<BTreeMap<String, String>>) -> Response {
    end_sessions(&app, query.contains_key("Signature"));
    Html("<p>bye</p>").into_response()
}

/// A logout token.
async fn back_channel(State(app): State<Arc<App>>, Form(form): Form<BTreeMap<String, String>>) -> StatusCode {
    let claims = form["logout_token"].split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let claims: serde_json::Value = claims.and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or_default();
    end_sessions(&app, claims["events"].is_object() && claims.get("nonce").is_none());
    StatusCode::OK
}

fn end_sessions(app: &App, has_form: bool) {
    if app.does != Does::IgnoresLogouts && (has_form || app.does != Does::ReadsFormOfLogouts) {
        app.ended.store(app.answers.load(Ordering::SeqCst), Ordering::SeqCst);
    }
}

fn decided(does: Does) -> Response {
    if does == Does::RefusesEverything {
        return (StatusCode::FORBIDDEN, Html("<p>refused here</p>")).into_response();
    }
    (StatusCode::SEE_OTHER, [(LOCATION, "/home"), (SET_COOKIE, "sid=1; Path=/")]).into_response()
}

async fn home(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let cookies = headers.get(COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let number = cookies.split("; ").find_map(|cookie| cookie.strip_prefix("number="));
    let ended = number.is_some_and(|number| number.parse::<usize>().unwrap() <= app.ended.load(Ordering::SeqCst));
    if app.does == Does::SaysSignedInAlways || (cookies.contains("sid=1") && !ended) {
        let name = cookies.split_once("sid=1").map_or("rep", |(_, name)| name);
        return Html(format!("<p id=signed-in>{name}</p>")).into_response();
    }
    (StatusCode::FOUND, [(LOCATION, "/login")]).into_response()
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}
